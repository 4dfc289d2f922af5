"""Rows of the business register and of ICP and app filings become entries, or a reason why not."""

import re

import msgspec

from findings.model.codes import valid_uscc
from findings.model.errors import Said
from findings.model.places import place_of_name
from licences.codes import LicenceNumberKind, clean_code, licence_number_kind
from licences.model import FilingEntry, FirmEntry, FirmStatus, Shareholder
from licences.names import full_key, text_key
from licences.registerwords import register_words, word_key
from licences.rows import RowFault, RowReader, entry_id

MAX_SHAREHOLDERS = 500  # a firm of more is listed on an exchange
_HOLDER = re.compile(
    r"(.+?)\s*[（(:：]?\s*(?:持股|出资)?(?:比例)?\s*[:：]?\s*(\d{1,3}(?:\.\d{1,8})?)\s*[%％]\s*[)）]?"
)
_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,8})?)\s*[%％]?")


def _share(row: RowReader, text: str) -> float | None:
    """A share in percent; a figure up to 1 without a sign is a fraction in a spreadsheet."""
    cell = row.cells.get("share")
    if isinstance(cell, float) and 0 <= cell <= 1:
        return round(cell * 100, 8)
    found = _SHARE.fullmatch(text)
    if found is None or float(found[1]) > 100:
        at = row.titled("share")
        raise RowFault(f"{at} is no percentage: {text[:20]}", zh=f"{at} 不是百分比：{text[:20]}")
    return float(found[1])


def _shareholders(row: RowReader) -> tuple[Shareholder, ...]:
    """Holders of a cell that lists them, and of the columns for one holder a row."""
    found = []
    for part in row.items("shareholders"):
        match = _HOLDER.fullmatch(part)
        share = float(match[2]) if match else None
        if share is not None and share > 100:
            raise RowFault(f"a share over 100 %: {part[:30]}", zh=f"持股比例超过 100%：{part[:30]}")
        found.append(Shareholder(name=match[1] if match else part, share=share))
    if name := row.text("shareholder"):
        code = row.text("shareholder_code")
        cleaned = clean_code(code) if code else None
        share_text = row.text("share")
        found.append(
            Shareholder(
                name=name,
                # other numbers than a firm's code may be a person's: they are not kept
                code=cleaned if cleaned and valid_uscc(cleaned) else None,
                share=_share(row, share_text) if share_text else None,
            )
        )
    if len(found) > MAX_SHAREHOLDERS:
        row.notes.append(
            Said(
                f"only the first {MAX_SHAREHOLDERS} shareholders were kept",
                zh=f"只保留前 {MAX_SHAREHOLDERS} 名股东",
            )
        )
    return tuple(found[:MAX_SHAREHOLDERS])


def _optional(row: RowReader, column: str) -> str | None:
    """A cell's text; None where it says that there is nothing."""
    text = row.text(column)
    nothing = register_words().nothing
    return None if text is None or text in nothing or text_key(text) in nothing else text


def _seat(row: RowReader, name: str, address: str | None) -> str | None:
    """The province's short name: stated, else that of the address, else that of the name."""
    for text in (row.text("seat"), address, name):
        if text and (place := place_of_name(text)):
            return place.parent or place.short
    return None


def firm_entry(row: RowReader, source: str) -> FirmEntry:
    """A firm of the business register. Raises RowFault with the first reason against it."""
    name = row.name("name")
    if name is None:
        raise RowFault("the name is missing", zh="缺少名称")
    uscc = row.uscc()
    text = row.text("status")
    status = register_words().firm_status.get(word_key(text)) if text else FirmStatus.ACTIVE
    if status is None:
        at = row.titled("status")
        raise RowFault(f"{at} is unknown: {text or '':.30}", zh=f"{at} 不认识：{text or '':.30}")
    address = row.text("address")
    return FirmEntry(
        id=entry_id(row.register, "", uscc or full_key(name)),
        name=name,
        uscc=uscc,
        former_names=row.items("former_names"),
        legal_representative=row.text("legal_representative"),
        shareholders=_shareholders(row),
        status=status,
        abnormal=_optional(row, "abnormal"),
        seat=_seat(row, name, address),
        address=address,
        business_scope=row.text("business_scope"),
        registered_on=row.day("registered_on"),
        source=source,
    )


def joined(first: FirmEntry, second: FirmEntry) -> FirmEntry | None:
    """One firm of two rows that differ in shareholders alone; None if they are no such rows."""
    if first.id != second.id or not second.shareholders:
        return None
    if len(first.shareholders) + len(second.shareholders) > MAX_SHAREHOLDERS:
        return first if msgspec.structs.replace(second, shareholders=first.shareholders) == first else None
    holders = tuple(dict.fromkeys((*first.shareholders, *second.shareholders)))
    together = msgspec.structs.replace(second, shareholders=holders)
    return together if together == msgspec.structs.replace(first, shareholders=holders) else None


def filing_entry(row: RowReader, source: str) -> FilingEntry:
    """A filing. Raises RowFault with the first reason against it."""
    owner = row.name("name")
    raw = row.text("number")
    if owner is None or raw is None:
        missing = [Said("owner", zh="主办单位")] * (owner is None) + [Said("number", zh="备案号")] * (
            raw is None
        )
        raise RowFault(f"missing: {', '.join(missing)}", zh="缺少" + "、".join(one.zh for one in missing))
    number = "".join(raw.split())
    if licence_number_kind(number) not in (LicenceNumberKind.ICP, LicenceNumberKind.APP_FILING):
        raise RowFault(f"no filing number: {raw[:30]}", zh=f"不是备案号：{raw[:30]}")
    text = row.text("nature")
    nature = register_words().owner_nature.get(word_key(text)) if text else None
    if text and nature is None:
        row.notes.append(Said(f"unknown kind of owner: {text[:20]}", zh=f"主办单位性质不认识：{text[:20]}"))
    return FilingEntry(
        id=f"{row.register}:{number}",
        number=number,
        owner=owner,
        nature=nature,
        domains=row.domains(negative=False),
        app_name=row.text("app_name"),
        app_packages=row.items("app_packages"),
        updated_on=row.day("updated_on"),
        source=source,
    )
