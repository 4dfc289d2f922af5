"""What an office knows by itself of hosts and addresses: a table of its own, read before every other provider.

CSV with the columns 域名或IP, 省份, 注册商 (or host, province, registrar); a domain's row holds for the names below it.
"""

import csv
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from findings.model.errors import Said
from handover.hosting.errors import HostingFileBroken
from handover.hosting.model import HostFacts
from handover.hosting.places import province_in

#: Most rows, and characters of a cell.
MOST_ROWS, MOST_CELL = 200_000, 200
_HEADS = {
    "域名或ip": "host", "域名": "host", "ip": "host", "host": "host",
    "省份": "province", "所在省": "province", "province": "province",
    "注册商": "registrar", "registrar": "registrar",
}  # fmt: skip


class OfficeTable:
    """Hosts and addresses with what the office wrote beside them."""

    def __init__(self, name: str, rows: dict[str, tuple[str | None, str | None]]) -> None:
        self._by = Said(f"office table {name}", zh=f"本局登记表 {name}")
        self._rows = rows

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a table, UTF-8. Raises HostingFileBroken with the line that can't be read."""
        rows: dict[str, tuple[str | None, str | None]] = {}
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.reader(file)
                heads = [_HEADS.get(head.strip().casefold()) for head in next(reader, [])]
                if "host" not in heads:
                    raise HostingFileBroken(path, "no column 域名或IP (host)", 1)
                for cells in reader:
                    line = {
                        head: cell.strip()[:MOST_CELL]
                        for head, cell in zip(heads, cells, strict=False)
                        if head
                    }
                    host = _key(line.get("host", ""))
                    if not host:
                        continue
                    province = province_in(given) if (given := line.get("province", "")) else None
                    if given and province is None:
                        raise HostingFileBroken(path, f"{given!r}: no province", reader.line_num)
                    rows[host] = (province, line.get("registrar") or None)
                    if len(rows) > MOST_ROWS:
                        raise HostingFileBroken(path, f"> {MOST_ROWS}", reader.line_num)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise HostingFileBroken(path, str(error)) from error
        return cls(path.name, rows)

    def facts(self, host: str | None, ip: str | None) -> HostFacts:
        """What the office wrote of the host, of the nearest domain above it, and of its address."""
        province = registrar = None
        for key in (*_domains(host), _key(ip or "")):
            place, name = self._rows.get(key, (None, None))
            province, registrar = province or place, registrar or name
        return HostFacts(province, None, registrar, (self._by,)) if province or registrar else HostFacts()


def _key(text: str) -> str:
    plain = text.strip().casefold().rstrip(".")
    try:
        return str(ip_address(plain))
    except ValueError:
        return plain


def _domains(host: str | None) -> list[str]:
    """A host and the domains above it, nearest first, its last label left out."""
    labels = _key(host or "").split(".")[-127:]
    return [".".join(labels[start:]) for start in range(max(1, len(labels) - 1))]
