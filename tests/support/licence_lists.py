"""Fictional registers in a line. Firms, codes and hosts are invented; `.example` hosts only."""

from datetime import date
from pathlib import Path

from findings.model.codes import uscc_check_character
from findings.model.vocabulary import Product
from licences.hosts import clean_host
from licences.model import FilingEntry, FirmEntry, LicenceEntry, ListKind, NegativeEntry, Register
from licences.registers import Registers
from licences.stored import StoredList

ON = date(2026, 11, 22)
FRESH = date(2026, 11, 1)
STALE = date(2025, 1, 1)
EVERYTHING = tuple(
    Product(name)
    for name in [
        "deposit",
        "wealth",
        "fund",
        "securities",
        "futures",
        "insurance",
        "loan",
        "credit_card",
        "payment",
    ]
)


def code(serial: int) -> str:
    """A 统一社会信用代码 with a right check character in a region that does not exist."""
    first = f"91990000MA{serial:07d}"
    return first + uscc_check_character(first)


def entry(name: str, licence_type: str = "bank", **fields: object) -> LicenceEntry:
    """An entry; its full name is `<name>股份有限公司` unless given."""
    fields.setdefault("full_name", f"{name}股份有限公司")
    fields.setdefault("id", f"test:{name}:{licence_type}")
    return LicenceEntry(name=name, licence_type=licence_type, **fields)  # type: ignore[arg-type]


def whitelist(*entries: LicenceEntry, as_of: date = FRESH, **fields: object) -> StoredList:
    """A complete list of all ordinary products unless said otherwise."""
    fields = {
        "products": EVERYTHING,
        "complete": True,
        "max_age_days": 92,
        "id": "test",
        "source": "t",
    } | fields
    register = Register(title_zh="测试名单", kind=ListKind.LICENCE, as_of=as_of, **fields)  # type: ignore[arg-type]
    return StoredList.of(register, entries, f"{as_of}-00000000")


def blacklist(*negatives: NegativeEntry, as_of: date = FRESH) -> StoredList:
    """A negative list."""
    register = Register(
        id="negative",
        title_zh="测试负面清单",
        kind=ListKind.NEGATIVE,
        as_of=as_of,
        max_age_days=366,
        source="t",
    )
    return StoredList.of(register, negatives, f"{as_of}-00000000")


def negative(name: str, *hosts: str, **fields: object) -> NegativeEntry:
    """A negative entry of an authority that does not exist."""
    fields.setdefault("listed_on", date(2026, 6, 1))
    domains = tuple(filter(None, map(clean_host, hosts)))
    return NegativeEntry(id=f"negative:{name}", name=name, authority="测试监管局", domains=domains, **fields)  # type: ignore[arg-type]


def business_register(*firms: FirmEntry, as_of: date = FRESH) -> StoredList:
    """A part of the business register."""
    register = Register(
        id="firms", title_zh="测试市场主体登记", kind=ListKind.FIRMS, as_of=as_of, max_age_days=92, source="t"
    )
    return StoredList.of(register, firms, f"{as_of}-00000000")


def filings(*entries: FilingEntry, as_of: date = FRESH) -> StoredList:
    """A list of ICP and app filings."""
    register = Register(
        id="filings", title_zh="测试备案名单", kind=ListKind.FILINGS, as_of=as_of, max_age_days=92, source="t"
    )
    return StoredList.of(register, entries, f"{as_of}-00000000")


def registers(*lists: StoredList) -> Registers:
    """Only these lists, without the bundled ones."""
    return Registers(lists)


def stored(folder: Path, register: str) -> list[str]:
    """The versions of a register that lie in a folder, oldest list first."""
    return sorted(path.stem for path in (folder / register).glob("*.jsonl"))
