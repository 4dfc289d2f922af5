"""finadwatch licences watch: firms that use a financial word without a licence that justifies it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from finadwatch.commands.options import example, existing_file, json_option
from finadwatch.context import Desk
from finadwatch.errors import NoSuchRegister, SomeFailed
from finadwatch.i18n import language, t
from finadwatch.labels import firm_status_label
from finadwatch.show import emit, progress, safe

if TYPE_CHECKING:
    from datetime import date

    from analyzers.authorities import Kind
    from licences.model import FirmEntry
    from licences.reading import Reading
    from licences.registers import Registers
    from licences.watch import Watched

#: Refused rows that are named one by one.
SHOWN = 20


@click.command(
    help=t(
        "列出名称或经营范围使用“交易所、金融、理财、基金、支付”等十六个字样而没有相应许可的企业，供告知金融管理部门。",
        "List firms whose name or scope of business uses one of the sixteen financial words without a licence.",
    )
    + "\n\n"
    + example(
        "finadwatch licences watch companies.csv --csv told.csv",
        "finadwatch licences watch --register firms --json",
    )
)
@click.argument("file", type=existing_file(), required=False)
@click.option(
    "--register",
    "register_id",
    help=t("已导入的企业登记名录", "an imported business register instead of a file"),
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help=t("也列出有相应许可的和已注销的", "also those that a licence justifies, and firms struck off"),
)
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help=t("写入 CSV 文件", "write a CSV file"),
)
@json_option
@click.pass_obj
def watch(
    desk: Desk,
    file: Path | None,
    register_id: str | None,
    everything: bool,
    csv_file: Path | None,
    as_json: bool,
) -> None:
    """Stream firms and print each use of a word; exit 1 only if rows of a file could not be read."""
    from analyzers.authorities import load_kinds
    from licences.mapping import load_mapping
    from licences.reading import Reading
    from licences.watch import watch as watched

    if (file is None) == (register_id is None):
        raise click.UsageError(
            t("请给出一个文件或 --register 之一", "give a file or --register, one of the two")
        )
    registers = desk.registers()
    reading: Reading | None = None
    if file is not None:
        reading = Reading(load_mapping("firms"), "firms", file.name)
        firms = _of(reading, file)
    else:
        firms = _stored(registers, register_id or "")
    today = desk.today()
    teller = _Teller(load_kinds(), today, desk.config.province)
    found = watched(firms, registers, today, everything=everything)
    count = _write(found, teller, csv_file, as_json)
    if not as_json:
        progress(t(f"共 {count} 条", f"{count} uses"))
    if reading is not None and reading.refused_count:
        for row in reading.refused[:SHOWN]:
            progress(f"✗ {t('第', 'row')} {row.row} {t('行', '')}: {t(row.reason, row.reason_en)}")
        raise SomeFailed(reading.refused_count, reading.rows)


def _of(reading: "Reading", file: Path) -> "Iterator[FirmEntry]":
    from licences.model import FirmEntry

    return (entry for entry in reading.entries(file) if isinstance(entry, FirmEntry))


def _stored(registers: "Registers", register_id: str) -> "Iterator[FirmEntry]":
    """The firms of an imported list. Raises NoSuchRegister."""
    from licences.model import FirmEntry, ListKind

    for one in registers.lists:
        if one.register.id == register_id and one.register.kind is ListKind.FIRMS:
            return (entry for entry in one.entries() if isinstance(entry, FirmEntry))
    raise NoSuchRegister(register_id)


class _Teller:
    """Who is to be told, by the names of today: the authorities of the firm's seat, else of the bureau's place."""

    def __init__(self, kinds: "dict[str, Kind]", today: "date", home: str) -> None:
        self._kinds = kinds
        self._today = today
        self._home = home

    def names(self, row: "Watched") -> list[str]:
        from finadwatch.seats import city_of
        from findings.model.places import PLACES

        known = row.seat is not None and row.seat in PLACES
        seat = city_of(row.seat or "", row.address or "", row.uscc) if known else self._home
        kinds = [self._kinds[key] for key in row.tell]
        named = [kind.name(kind.place(seat), self._today, language()).text for kind in kinds]
        return list(dict.fromkeys(named))


def _write(found: "Iterator[Watched]", teller: _Teller, csv_file: Path | None, as_json: bool) -> int:
    from finadwatch.commands.licences.exports import write_csv

    if csv_file is not None:
        return write_csv(csv_file, _columns(), (_cells(row, teller) for row in found))
    count = 0
    for row in found:
        count += 1
        if as_json:
            emit(_plain(row, teller))
        else:
            _print(row, teller)
    return count


def _plain(row: "Watched", teller: _Teller) -> dict[str, object]:
    import msgspec

    return {**msgspec.to_builtins(row), "tell": teller.names(row)}


def _columns() -> tuple[str, ...]:
    return (
        t("企业名称", "name"), t("统一社会信用代码", "code"), t("字样", "word"), t("所在", "where"),
        t("原文", "quoted"), t("程度", "sign"), t("许可情况", "licence"), t("名录条目", "entry"),
        t("名录日期", "as of"), t("名录已过期", "stale"), t("登记状态", "status"), t("异常名录", "abnormal"),
        t("所在省份", "seat"), t("住所", "address"), t("拟告知", "to be told"),
    )  # fmt: skip


def _cells(row: "Watched", teller: _Teller) -> tuple[object, ...]:
    return (
        row.name, row.uscc, row.word, _where(row), row.quoted, _sign(row), _standing(row), row.entry,
        row.as_of, t("是", "yes") if row.stale else "", firm_status_label(row.status.value), row.abnormal, row.seat, row.address,
        "；".join(teller.names(row)),
    )  # fmt: skip


def _print(row: "Watched", teller: _Teller) -> None:
    dated = row.as_of or t("无名录", "no list")
    old = t("，已过期", ", stale") if row.stale else ""
    abnormal = f"  {t('异常名录', 'abnormal')}: {safe(row.abnormal)}" if row.abnormal else ""
    click.echo(
        f"{safe(row.name)}  {row.uscc or '-'}  【{row.word}】{_where(row)}  {_sign(row)}"
        f"  {_standing(row)}（{t('名录日期', 'as of')} {dated}{old}）{abnormal}"
        f"  → {'；'.join(teller.names(row))}"
    )


def _where(row: "Watched") -> str:
    return {"name": t("名称", "name"), "scope": t("经营范围", "scope")}[row.where.value]


def _sign(row: "Watched") -> str:
    return t("弱", "weak") if row.weak else t("强", "strong")


def _standing(row: "Watched") -> str:
    return {
        "licensed": t("有相应许可", "licensed"),
        "other_licence": t("仅有其他许可", "another licence"),
        "ended": t("许可已终止", "licence ended"),
        "hint": t("仅见于提示名单", "on a list of hints only"),
        "not_found": t("名录未见", "on no list"),
        "unknown": t("无法判断（缺少现行名录）", "unknown (no current list)"),
    }[row.standing.value]
