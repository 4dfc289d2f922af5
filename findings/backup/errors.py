"""Errors of backing up and restoring.

FinAdWatchError
├── BackupDamaged       a backup is not as it was written: altered, cut off, incomplete
├── BackupFailed        a store could not write or read a backup whole
UsageError
├── BackupForeign       a folder holds no backup, or one of another kind of store or a newer release
├── BackupRefused       a folder can't take a backup
├── BackupBusy          another process is backing up into the same place, or restoring to it
├── StoreHolds          the store to restore to holds something
└── StoreInUse          other programs have the store open that a backup is to take the place of
"""

from findings.model.errors import FinAdWatchError, Said, UsageError


class BackupDamaged(FinAdWatchError):
    """A backup is not as it was written. Nothing was restored from it."""

    def __init__(self, place: str, reason: Said) -> None:
        super().__init__(
            f"the backup {place} is damaged ({reason}): restore from another one",
            zh=f"备份 {place} 已损坏（{reason.zh}）：请改用其他备份",
        )
        self.place = place
        self.reason = reason


class BackupFailed(FinAdWatchError):
    """A backup or a restore ended before it was whole; what stood before still stands."""

    def __init__(self, place: str, reason: Said) -> None:
        super().__init__(
            f"the backup {place} did not get through ({reason}); what was there before is unchanged",
            zh=f"备份 {place} 未能完成（{reason.zh}）；原有内容未变",
        )
        self.place = place
        self.reason = reason


class BackupForeign(UsageError):
    """There is no backup there that this store could be restored from."""

    def __init__(self, place: str, reason: Said) -> None:
        super().__init__(
            f"{place} can't be restored here ({reason}): name a folder that finadwatch backup wrote",
            zh=f"无法从 {place} 恢复（{reason.zh}）：请给出 finadwatch backup 写出的文件夹",
        )
        self.place = place
        self.reason = reason


class BackupRefused(UsageError):
    """A folder can't take a backup."""

    def __init__(self, place: str, reason: Said) -> None:
        super().__init__(
            f"{place} takes no backup ({reason})",
            zh=f"无法备份到 {place}（{reason.zh}）",
        )
        self.place = place
        self.reason = reason


class BackupBusy(UsageError):
    """Another process is at work in the same place."""

    def __init__(self, place: str) -> None:
        super().__init__(
            f"another process is backing up to {place}, or restoring to it: wait until it ends",
            zh=f"另一进程正在备份到 {place} 或向其恢复：请等其结束",
        )
        self.place = place


class StoreHolds(UsageError):
    """A store that is not empty is only replaced when that is asked for."""

    def __init__(self, url: str) -> None:
        super().__init__(
            f"the store {url} holds something already: restore to another one, or give --replace",
            zh=f"存储 {url} 中已有内容：请恢复到其他存储，或加 --replace 替换",
        )
        self.url = url


class StoreInUse(UsageError):
    """What other programs write meanwhile would be lost."""

    def __init__(self, url: str) -> None:
        super().__init__(
            f"the store {url} is in use: end crawls, workers and other programs that have it open, then restore",
            zh=f"存储 {url} 正在使用：请先结束抓取及其他打开它的程序，再恢复",
        )
        self.url = url
