"""Errors of providers of host facts.

UsageError
└── HostingFileBroken   an address file or the office's table can't be read
ServiceAway
└── RdapAway            the RDAP server gives no usable answer
"""

from pathlib import Path

from findings.model.errors import ServiceAway, UsageError


class HostingFileBroken(UsageError):
    """A file of provinces or registrars can't be used."""

    def __init__(self, path: Path, reason: str, line: int | None = None) -> None:
        at = "" if line is None else f", line {line}"
        super().__init__(
            f"{path}{at} can't be used for provinces and registrars ({reason}): mend it, or take it out of the configuration (hosting)",
            zh=f"{path} {'' if line is None else f'第 {line} 行'}不能用于查找所在省和注册商（{reason}）：请改正，或从配置 hosting 中删去",
        )
        self.path = path


class RdapAway(ServiceAway):
    """The RDAP server can't be asked."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(
            f"the RDAP server {url} gives no usable answer ({reason}): what it would know is left 未知",
            zh=f"RDAP 服务器 {url} 没有可用的回答（{reason}）：由它查询的项目记为未知",
        )
        self.url = url
