"""Labelled rows: the one reader of JSONL files of labelled texts, the project's own samples included.

A row without `promotion` and `cats` is a silent one: nobody labelled it, and no clear finding of
categories 2–9 may be made of it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from finadwatch.errors import InputMissing, LabelsRefused
from findings.model.errors import Said
from findings.model.judgement import AppInfo, ScreenInput
from findings.model.vocabulary import Channel, Product

_NUMBERS = frozenset(range(1, 10))


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line as written; other fields are left alone."""

    text: str
    id: str | int | None = None
    title: str | None = None
    url: str | None = None
    advertiser: str | None = None
    app: AppInfo | None = None
    kind: str | None = None
    channel: Channel | None = None
    group: str | int | None = None
    promotion: bool | None = None
    warning: bool | None = None
    cats: frozenset[int] | None = None
    soft: frozenset[int] | None = None
    type: str | None = None
    product: Product | None = None
    spans: Mapping[str, str] = {}
    why: str | None = None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One labelled text. `line` counts from 1; `kind` is the row's own, else the stem of its file.

    `cats` are the categories that clearly apply, `soft` the arguable ones, which count neither way.
    `promotion` is None for a silent row. `spans` are quotations by category, as the labeller chose them.
    `unasked` are the questions (0: promotion, 1–9) that a reviewer's verdict left open.
    """

    file: str
    line: int
    id: str
    group: str | None
    kind: str
    channel: Channel
    ad: ScreenInput
    promotion: bool | None = None
    warning: bool | None = None
    cats: frozenset[int] = frozenset()
    soft: frozenset[int] = frozenset()
    unasked: frozenset[int] = frozenset()
    type: str | None = None
    product: Product | None = None
    spans: Mapping[str, str] = {}
    why: str | None = None

    @property
    def silent(self) -> bool:
        """Whether nobody labelled it."""
        return self.promotion is None

    @property
    def text(self) -> str:
        """The text that was labelled."""
        return self.ad.text or ""


_decoder = msgspec.json.Decoder(_Line)


def read_rows(file: Path, channel: Channel | None = None) -> list[Row]:
    """The rows of a JSONL file; blank lines are skipped, a BOM is taken off.

    Lines end with a line feed and nothing else: texts hold U+2028. `channel` stands above the rows' own.
    Raises InputMissing, or LabelsRefused for the first line that is no labelled row.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputMissing(file, error.strerror or str(error)) from error
    return list(_rows(file, data.removeprefix(b"\xef\xbb\xbf"), channel))


def _rows(file: Path, data: bytes, channel: Channel | None) -> Iterator[Row]:
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            yield _row(file, number, line, channel)


def _row(file: Path, number: int, line: bytes, channel: Channel | None) -> Row:
    try:
        read = _decoder.decode(line)
    # ValueError: bytes that are no UTF-8; RecursionError: nested too deep to be a row
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise LabelsRefused(file, number, Said(str(error), zh=str(error))) from error
    if fault := _fault(read):
        raise LabelsRefused(file, number, fault)
    name = str(read.id) if read.id is not None else f"{file.stem}:{number}"
    kind = read.kind or file.stem
    chosen = channel or read.channel or channel_of(kind)
    return Row(
        file=file.name,
        line=number,
        id=name,
        group=str(read.group) if read.group is not None else None,
        kind=kind,
        channel=chosen,
        ad=ScreenInput(
            id=name,
            text=read.text,
            title=read.title,
            url=read.url,
            advertiser=read.advertiser,
            app=read.app,
            channel=chosen,
        ),
        promotion=read.promotion,
        warning=read.warning,
        cats=read.cats or frozenset(),
        soft=read.soft or frozenset(),
        type=read.type,
        product=read.product,
        spans=read.spans,
        why=read.why,
    )


def _fault(read: _Line) -> Said | None:
    """What makes labels unusable; finer rules for the project's own samples are in `samples`."""
    if (read.promotion is None) != (read.cats is None):
        return Said("promotion and cats go together", zh="promotion 与 cats 须同时给出")
    cats, soft = read.cats or frozenset(), read.soft or frozenset()
    if not (cats | soft) <= _NUMBERS:
        return Said("categories are 1 to 9", zh="类别应为 1 至 9")
    if cats & soft:
        return Said("a category is either clear or arguable", zh="同一类别不能既明确又可商榷")
    return None


def channel_of(kind: str) -> Channel:
    """The channel that texts of a kind come through, where a row names none."""
    first = kind.partition("_")[0]
    return {"sms": Channel.SMS, "app": Channel.APP, "apps": Channel.APP}.get(first, Channel.WEB)
