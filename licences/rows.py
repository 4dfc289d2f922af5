"""One row of a register becomes an entry, or a reason why not."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from findings.model.codes import valid_uscc
from findings.model.errors import Said
from findings.model.vocabulary import Product
from licences.codes import clean_code, payment_licence_warning
from licences.files.cells import Cell
from licences.hosts import clean_host, is_shared
from licences.model import EntryStatus, LicenceEntry, NegativeEntry
from licences.names import full_key, has_legal_form, text_key
from licences.phones import phone_key
from licences.registerwords import register_words, word_key
from licences.scope import scope_table

MAX_CELL = 4_000  # code points; longer cells are a broken quotation that swallowed rows
MAX_NAME = 120  # code points; the longest registered names have about 60
_TWO_LETTERS = re.compile(r"[^\W_].*[^\W_]")
_LIST = re.compile(r"[;；|、\n]+")
_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?"
)
_PLAIN_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"(\d{5})(?:\.\d{1,15})?", re.ASCII)
_NO_END = frozenset({"长期", "永久", "长期有效", "无固定期限", "无", "long", "none"})
_SPREADSHEET_ZERO = date(1899, 12, 30)  # day 0 of Excel's 1900 system, its false leap day included
_SERIALS = range(18_264, 73_051)  # 1950-01-01 to 2100-01-01
_NO_DAY = date.min
_YES = frozenset({"yes", "y", "true", "1", "是", ""})
_NO = frozenset({"no", "n", "false", "0", "否"})


@lru_cache(1 << 14)
def _day(text: str) -> date | None:
    """A date as tables write it; None for none; `_NO_DAY` for what is no date."""
    if text.casefold() in _NO_END or not text.strip("-—/ "):
        return None
    if (serial := _SERIAL.fullmatch(text)) and int(
        serial[1]
    ) in _SERIALS:  # with the time of day as its fraction
        return _SPREADSHEET_ZERO + timedelta(days=int(serial[1]))
    half = unicodedata.normalize("NFKC", text)
    if found := _DATE.fullmatch(half) or _PLAIN_DATE.fullmatch(half):
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            pass
    return _NO_DAY


@lru_cache(1 << 12)
def _products(printed: tuple[str, ...]) -> tuple[Product, ...]:
    return scope_table().products_of(printed)


class RowFault(ValueError):
    """Why one row can't go in: in English as its text, in Chinese as `zh`."""

    def __init__(self, message: str, *, zh: str) -> None:
        super().__init__(message)
        self.zh = zh


@dataclass(slots=True)
class RowReader:
    """The mapped cells of one row. `notes` collects what went in with a doubt; `titles` are the file's own headings."""

    register: str
    cells: dict[str, Cell]
    notes: list[Said] = field(default_factory=list)
    titles: Mapping[str, str] = field(default_factory=dict)

    def titled(self, column: str) -> str:
        """A column as the file calls it."""
        return self.titles.get(column, column)

    def text(self, column: str) -> str | None:
        """A cell as clean text; None if empty. Raises RowFault for formulas and hostile text."""
        value = self.cells.get(column)
        if value is None or value == "":
            return None
        if isinstance(value, str) and len(value) < MAX_CELL and value.isprintable() and "  " not in value:
            plain = value.strip()  # most cells; the rest of the checks is slow at a million rows
            if plain and plain[0] not in "=@#":
                return plain
        if isinstance(value, float):
            value = str(int(value)) if value.is_integer() else str(value)
        elif isinstance(value, date):
            value = value.isoformat()
        text = value.strip() if isinstance(value, str) else str(value)
        if len(text) > MAX_CELL:
            raise RowFault(
                f"a cell of {self.titled(column)} has {len(text)} characters: a quotation mark may be unpaired",
                zh=f"{self.titled(column)} 一格有 {len(text)} 字，疑似引号不成对",
            )
        if text.startswith(("=", "@")) or text in {"#REF!", "#N/A", "#VALUE!", "#NAME?"}:
            raise RowFault(
                f"{self.titled(column)} is a formula or its error, not computed: paste it as a value",
                zh=f"{self.titled(column)} 是公式或公式错误，未计算：请粘贴为数值",
            )
        if not text.isprintable():  # most cells are, and a look at each character is slow
            text = "".join(char for char in text if unicodedata.category(char) != "Cf")
            if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\r\t" for char in text):
                at = self.titled(column)
                raise RowFault(f"{at} holds control characters", zh=f"{at} 含控制字符")
        return " ".join(text.split()) or None

    def items(self, column: str) -> tuple[str, ...]:
        """A cell that holds a list."""
        raw = self.cells.get(column)
        if isinstance(raw, str) and "\n" in raw:
            self.cells[column] = raw.replace("\n", ";")
        text = self.text(column)
        if text is None:
            return ()
        if _LIST.search(text) is None:
            return (text,)
        return tuple(dict.fromkeys(part.strip() for part in _LIST.split(text) if part.strip()))

    def name(self, column: str) -> str | None:
        """A firm's name."""
        text = self.text(column)
        if text is None:
            return None
        if len(text) > MAX_NAME or text[0] in "+-":
            raise RowFault(
                f"{self.titled(column)} is no name of a firm: {text[:30]}",
                zh=f"{self.titled(column)} 不像机构名称：{text[:30]}",
            )
        if _TWO_LETTERS.search(text) is None and len(text_key(text)) < 2:
            raise RowFault(
                f"{self.titled(column)} holds no usable name: {text[:30]}",
                zh=f"{self.titled(column)} 没有可用的名称：{text[:30]}",
            )
        return text

    def uscc(self) -> str | None:
        """The checked 统一社会信用代码."""
        if isinstance(self.cells.get("uscc"), float):
            raise RowFault(
                "the credit code became a number in the spreadsheet, its last digit is lost: make it text",
                zh="统一社会信用代码被表格软件改成了数字，末位已丢失：请改为文本格式",
            )
        text = self.text("uscc")
        if text is None:
            return None
        code = clean_code(text)
        if not valid_uscc(code):
            raise RowFault(
                f"the credit code {code[:30]} is wrong in length, characters or check digit",
                zh=f"统一社会信用代码 {code[:30]} 位数、字符或校验位不符",
            )
        return code

    def day(self, column: str) -> date | None:
        """A date in any of the forms officers' tables have; None for 长期 and empty cells."""
        value = self.cells.get(column)
        if isinstance(value, date):
            return value
        text = self.text(column)
        if text is None or (found := _day(text)) is None:
            return None
        if found is not _NO_DAY:
            return found
        at = self.titled(column)
        raise RowFault(f"{at} is no date: {text[:30]}", zh=f"{at} 不是日期：{text[:30]}")

    def domains(self, *, negative: bool) -> tuple[str, ...]:
        """Listed hosts. A shared platform is refused on a negative list, left out of a whitelist."""
        hosts: list[str] = []
        for part in self.items("domains"):
            host = clean_host(part)
            if host is None:
                at = self.titled("domains")
                raise RowFault(f"{at} holds no domain: {part[:40]}", zh=f"{at} 不是域名：{part[:40]}")
            if is_shared(host):
                if negative:
                    raise RowFault(
                        f"{host} is a platform of many: it can't be listed as a whole",
                        zh=f"{host} 是多人共用的平台，不能整体列入负面清单",
                    )
                self.notes.append(
                    Said(
                        f"{host} is a platform of many, not taken as the firm's domain",
                        zh=f"{host} 是多人共用的平台，未作为该机构的域名",
                    )
                )
                continue
            hosts.append(host)
        return tuple(dict.fromkeys(hosts))


def entry_id(register: str, kind: str, best: str) -> str:
    """The same licence has the same id in every version of its list; `best` is the surest it bears."""
    if not best.isascii():
        best = hashlib.sha256(best.encode("utf-8")).hexdigest()[:12]
    return ":".join(filter(None, (register, best, kind)))


def _status(row: RowReader) -> EntryStatus:
    text = row.text("status") or "valid"
    status = register_words().licence_status.get(word_key(text))
    if status is None:
        at = row.titled("status")
        raise RowFault(f"{at} is unknown: {text[:30]}", zh=f"{at} 不认识：{text[:30]}")
    return status


def _licence_type(row: RowReader, default: str | None) -> str:
    text = row.text("licence_type")
    if text is None and default is not None:
        return default
    kind = scope_table().type_of(text) if text else None
    if kind is None:
        at = row.titled("licence_type")
        if text is None:
            raise RowFault(f"{at} is missing", zh=f"缺少 {at}")
        raise RowFault(f"{at} is unknown: {text[:30]}", zh=f"{at} 不认识：{text[:30]}")
    return kind


def _licence_no(row: RowReader, kind: str) -> str | None:
    number = row.text("licence_no")
    if number is not None and kind == "payment" and (warning := payment_licence_warning(clean_code(number))):
        row.notes.append(
            Said(
                f"payment licence number {number[:20]}: {warning}",
                zh=f"支付业务许可证编号 {number[:20]}：{warning.zh}",
            )
        )
    return number


def licence_entry(row: RowReader, licence_type: str | None, source: str) -> LicenceEntry:
    """An entry of a whitelist. Raises RowFault with the first reason against it."""
    name = row.name("name")
    full_name = row.name("full_name")
    name = name or full_name
    if name is None:
        raise RowFault("the name is missing", zh="缺少名称")
    full_name = full_name or (name if has_legal_form(name) else None)
    uscc = row.uscc()
    kind = _licence_type(row, licence_type)
    printed = row.items("scope")
    scope = _products(printed)
    if printed and not scope:
        row.notes.append(
            Said(
                f"the scope names no known business: {'; '.join(printed)[:60]}",
                zh=f"业务范围没有认识的业务：{'；'.join(printed)[:60]}",
            )
        )
    valid_from, valid_to = row.day("valid_from"), row.day("valid_to")
    if valid_from and valid_to and valid_to < valid_from:
        raise RowFault(
            f"its term ends on {valid_to}, before it begins on {valid_from}",
            zh=f"有效期止 {valid_to} 早于起 {valid_from}",
        )
    number = _licence_no(row, kind)
    return LicenceEntry(
        id=entry_id(
            row.register,
            kind,
            uscc or (clean_code(number) if number else None) or full_key(full_name or name),
        ),
        name=name,
        full_name=full_name,
        uscc=uscc,
        licence_no=number,
        licence_type=kind,
        scope=scope,
        region=row.text("region"),
        domains=row.domains(negative=False),
        app_packages=row.items("app_packages"),
        brands=row.items("brands"),
        former_names=row.items("former_names"),
        phones=tuple(filter(None, map(phone_key, row.items("phones")))),
        owners=row.items("owners"),
        valid_from=valid_from,
        valid_to=valid_to,
        status=_status(row),
        source=source,
    )


def negative_entry(row: RowReader) -> NegativeEntry:
    """An entry of a negative list. Raises RowFault with the first reason against it."""
    name = row.name("name")
    authority = row.text("authority")
    listed_on = row.day("date")
    if name is None or authority is None or listed_on is None:
        wanted = (
            (Said("name", zh="名称"), name),
            (Said("authority", zh="认定机关"), authority),
            (Said("date", zh="日期"), listed_on),
        )
        missing = [title for title, value in wanted if not value]
        raise RowFault(f"missing: {', '.join(missing)}", zh="缺少" + "、".join(title.zh for title in missing))
    uscc = row.uscc()
    domains = row.domains(negative=True)
    packages = row.items("app_packages")
    word = (row.text("match_name") or "").casefold()
    if word not in _YES | _NO:
        raise RowFault(
            f"{row.titled('match_name')} is neither yes nor no: {word[:20]}",
            zh=f"{row.titled('match_name')} 不是 是/否：{word[:20]}",
        )
    if word in _NO and not (uscc or domains or packages):
        raise RowFault(
            "not matched by name, and without code, domain or app package",
            zh="不按名称匹配，又没有代码、域名或应用包名",
        )
    return NegativeEntry(
        id=entry_id(row.register, "", uscc or (domains[0] if domains else None) or full_key(name)),
        name=name,
        authority=authority,
        listed_on=listed_on,
        uscc=uscc,
        domains=domains,
        app_packages=packages,
        document=row.text("document"),
        expires=row.day("expires"),
        match_name=word in _YES,
    )
