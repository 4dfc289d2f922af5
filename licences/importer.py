"""A register file goes in: read, checked, compared, stored aside, swapped in at once."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from licences.differences import Differences
from licences.errors import ListOutdated, ListShrunk, ListUnreadable, TerritoryWrong
from licences.mapping import Mapping, load_mapping, unknown_places
from licences.model import Register
from licences.reading import Reading
from licences.reports import MAX_LISTED, Counts, ImportReport, RefusedRow
from licences.staging import Staging
from licences.stored import StoredList
from licences.versions import current_version, read_version

#: A list that lost more than half of this many entries or more is probably cut off.
SHRINK_FROM = 20
#: After so many entries the caller hears how far the reading is: some seconds' work.
TOLD_EVERY = 20_000
#: What stands for a territory where a list of a local kind is about all provinces.
WHOLE_COUNTRY = "全国"


def _nothing_read(name: str, refused: Sequence[RefusedRow]) -> ListUnreadable:
    reasons = "; ".join(f"row {one.row}: {one.reason_en}" for one in refused) or "no rows below the heading"
    known = "；".join(f"第 {one.row} 行：{one.reason}" for one in refused) or "表头下没有数据行"
    return ListUnreadable(
        f"{name}: no row could be imported ({reasons})", zh=f"{name}：没有一行可以导入（{known}）"
    )


def _check_date(file: Path, as_of: date, today: date, old: StoredList | None) -> None:
    if as_of > today:
        raise ListOutdated(
            f"{file.name}: its date {as_of} lies in the future; give the day the list was made",
            zh=f"{file.name}：名单日期 {as_of} 晚于今天，请给出名单的制成日期",
        )
    if old is not None and as_of < old.register.as_of:
        raise ListOutdated(
            f"{file.name} is of {as_of}, older than the current list of {old.register.id} ({old.register.as_of})",
            zh=f"{file.name} 的日期为 {as_of}，早于 {old.register.id} 的现行名单（{old.register.as_of}），未导入",
        )


def _check_length(file: Path, entries: int, old: StoredList | None) -> None:
    before = len(old) if old is not None else 0
    if before >= SHRINK_FROM and entries * 2 < before:
        raise ListShrunk(
            f"{file.name} has {entries} entries, the current list {before}: it looks cut off; "
            "if it is right, import it again with --allow-shrink",
            zh=f"{file.name} 有 {entries} 条，现行名单有 {before} 条，疑似被截断：如确属实，请加 --allow-shrink 重新导入",
        )


def _territory(register: str, layout: Mapping, given: Sequence[str]) -> tuple[str, ...]:
    """The provinces a list is about; empty for the whole country. Raises TerritoryWrong."""
    if not given and layout.local:
        raise TerritoryWrong(
            f"lists of {register} are kept by each province: say whose it is with --territory "
            f"(上海 …, {WHOLE_COUNTRY} for the whole country)",
            zh=f"{register} 由各省分别编制：请用 --territory 说明是哪个省份的名单（如 上海；全国名单写 {WHOLE_COUNTRY}）",
        )
    if list(given) == [WHOLE_COUNTRY]:
        return ()
    faults = unknown_places(given)
    if faults:
        raise TerritoryWrong("; ".join(faults), zh="；".join(fault.zh for fault in faults))
    return tuple(dict.fromkeys(given)) or layout.territory


def _check_places(file: Path, territory: tuple[str, ...], old: StoredList | None) -> None:
    """A list of one province takes the place of no other province's. Raises TerritoryWrong."""
    if (
        old is None
        or not territory
        or (old.register.territory and set(old.register.territory) <= set(territory))
    ):
        return
    before = "、".join(old.register.territory) or WHOLE_COUNTRY
    name = f"{old.register.id.partition('-')[0]}-2"
    raise TerritoryWrong(
        f"{file.name} is a list of {', '.join(territory)}, the current list of {old.register.id} one of {before}, "
        f"which it would replace: give it a register of its own (--register {name}), or correct it with --allow-shrink",
        zh=f"{file.name} 是{'、'.join(territory)}的名单，{old.register.id} 的现行名单属于{before}，导入会将其替换："
        f"请另用一个代号（如 --register {name}），确属更正请加 --allow-shrink",
    )


def _register(reading: Reading, as_of: date, territory: tuple[str, ...]) -> Register:
    """What the list is, once its rows are read: gaps take from it the power to prove absence."""
    layout = reading.mapping
    return Register(
        id=reading.register,
        title_zh=layout.title_zh,
        kind=layout.kind,
        as_of=as_of,
        max_age_days=layout.max_age_days,
        source=reading.source,
        products=layout.products,
        complete=layout.complete and not reading.nameless and not reading.gaps,
        unread=tuple(sorted(reading.unread)),
        territory=territory,
        licence_types=layout.licence_types,
        coded=reading.coded and not reading.refused_count,
        refused=reading.refused_count,
    )


def import_list(
    file: Path,
    register_id: str,
    as_of: date,
    folder: Path,
    *,
    mapping: Path | None = None,
    territory: Sequence[str] = (),
    now: datetime,
    allow_shrink: bool = False,
    preview: bool = False,
    tell: Callable[[int], None] = lambda _: None,
) -> ImportReport:
    """Import a list (CSV, XLSX, XLS, PDF, HTML) as the current version of a register.

    Bad rows are refused with number and reason, the rest goes in. Names in refused rows are
    kept: of them the list says nothing. A refused row without a readable name, a page or sheet
    that can't be read take from the list the power to prove absence. `as_of` is the date of the
    list, `now` the clock, `territory` whose list it is; `preview` compares and stores nothing;
    `tell` hears now and then how many entries were read.

    Raises ListUnreadable, ColumnsWrong, ListOutdated, ListShrunk, TerritoryWrong, DataFault;
    then the current version is untouched.
    """
    layout = load_mapping(register_id, mapping)
    provinces = _territory(register_id, layout, territory)
    current = current_version(folder, register_id)
    old = read_version(folder, register_id, current) if current else None
    _check_date(file, as_of, now.date(), old)
    if not allow_shrink:
        _check_places(file, provinces, old)
    source = "".join(char for char in file.name if char.isprintable())
    reading = Reading(layout, register_id, source)
    entries = reading.entries(file)
    first = list(islice(entries, 1))  # a file without an entry leaves not even a folder
    if not first:
        raise _nothing_read(file.name, reading.refused[:3])
    with ExitStack() as stack:
        place = Path(stack.enter_context(TemporaryDirectory())) if preview else folder
        staging = stack.enter_context(Staging(place, register_id))
        for entry in chain(first, entries):
            staging.add(entry)
            if len(staging) % TOLD_EVERY == 0:
                tell(len(staging))
        if not allow_shrink:
            _check_length(file, len(staging), old)
        new = staging.finish(_register(reading, as_of, provinces))
        if not preview:
            staging.publish(now.isoformat(timespec="seconds"))
        return _report(reading, old, new, stored=not preview)


def _report(reading: Reading, old: StoredList | None, new: StoredList, *, stored: bool) -> ImportReport:
    differences = Differences(old, new)
    return ImportReport(
        register=reading.register,
        version=new.version,
        previous=old.version if old is not None else None,
        as_of=new.register.as_of,
        fresh_until=new.register.fresh_until,
        rows=reading.rows,
        entries=len(new),
        counts=Counts(
            added=len(differences.added),
            gone=len(differences.gone),
            changed=differences.changed,
            refused=reading.refused_count,
            notes=reading.note_count,
        ),
        added=tuple(islice(differences.added_names(), MAX_LISTED)),
        gone=tuple(islice(differences.gone_names(), MAX_LISTED)),
        changed=tuple(islice(differences.changes(), MAX_LISTED)),
        refused=tuple(reading.refused),
        notes=tuple(reading.notes),
        gaps=tuple(reading.gaps),
        complete=new.register.complete,
        products=new.register.products,
        territory=new.register.territory,
        stored=stored,
    )
