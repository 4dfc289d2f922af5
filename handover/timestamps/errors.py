"""Errors of time stamps.

FinAdWatchError
├── ListBroken          bytes are no stamp list of ours, or were altered
├── RecordBroken        what is known of a list can't be read
└── TokenRefused        an answer or a token is not to be used; its kinds say why
    ├── RequestRefused      the authority answers that it gives none
    ├── TokenBroken         it can't be read
    ├── TokenForeign        it is over other data
    ├── TokenMismatched     it is no answer to this request: another nonce or policy
    └── TokenUnproven       signature, chain, purpose or validity of a certificate fail
UsageError
├── NoAuthority         no authority is configured
└── RootsUnusable       the file of an authority's root certificates can't be used
ServiceAway
├── AuthorityAway       an authority gives no answer
└── StampingBusy        another process is stamping
"""

from findings.model.errors import FinAdWatchError, Said, ServiceAway, UsageError


class ListBroken(FinAdWatchError):
    """Bytes are no stamp list."""

    def __init__(self, reason: Said) -> None:
        super().__init__(
            f"this is no stamp list, or it was altered: {reason}",
            zh=f"不是时间戳清单，或已被改动：{reason.zh}",
        )
        self.reason = reason


class RecordBroken(FinAdWatchError):
    """What is known of a list can't be read."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"{path} can't be read ({reason}): bring it back from a backup",
            zh=f"{path} 无法读取（{reason}）：请从备份恢复",
        )
        self.path = path


class TokenRefused(FinAdWatchError):
    """An answer or a token is not to be used."""

    def __init__(self, reason: Said) -> None:
        super().__init__(f"the time stamp is refused: {reason}", zh=f"时间戳不予采用：{reason.zh}")
        self.reason = reason


class RequestRefused(TokenRefused):
    """The authority answers that it gives no token."""


class TokenBroken(TokenRefused):
    """It can't be read as a time stamp."""


class TokenForeign(TokenRefused):
    """It is over other data."""


class TokenMismatched(TokenRefused):
    """It does not answer this request."""


class TokenUnproven(TokenRefused):
    """Nothing proves that the authority made it."""


class NoAuthority(UsageError):
    """Nobody is configured to be asked for time stamps."""

    def __init__(self) -> None:
        super().__init__(
            "no time-stamp authority is configured: name one under timestamps.authorities",
            zh="未配置时间戳服务机构：请在配置 timestamps.authorities 中写明",
        )


class RootsUnusable(UsageError):
    """The root certificates of an authority can't be used."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(
            f"{place} holds no certificates that can be used ({reason}): give the authority's roots in PEM",
            zh=f"{place} 中没有可用的证书（{reason}）：请提供该时间戳服务机构的根证书（PEM）",
        )
        self.place = place


class AuthorityAway(ServiceAway):
    """An authority gives no answer that could be read."""

    def __init__(self, authority: str, reason: Said) -> None:
        super().__init__(
            f"the time-stamp authority {authority} gives no answer: {reason}",
            zh=f"时间戳服务机构 {authority} 无应答：{reason.zh}",
        )
        self.authority = authority
        self.reason = reason


class StampingBusy(ServiceAway):
    """Another process is stamping what is pending."""

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"another process is stamping what is pending in {folder}: try again in a minute",
            zh=f"{folder} 中待加盖的内容正由另一进程处理：请稍后重试",
        )
        self.folder = folder
