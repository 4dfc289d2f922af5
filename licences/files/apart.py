"""Reads a file in a process of its own (`child.py`) and gives its tables on."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from findings.model.errors import Said
from licences.errors import ListUnreadable
from licences.files import cells
from licences.files.cells import Row, Table, too_long
from licences.files.events import Event, Failed, Remark, RowRead, TableBegins, from_wire

_MAX_LINE = 16 << 20  # bytes of one event
_decoder = msgspec.json.Decoder(Event)


def _unreadable(path: Path, form: str, said: Said) -> ListUnreadable:
    return ListUnreadable(
        f"{path.name} can't be read as {form} ({said}): save its table as XLSX or CSV",
        zh=f"{path.name} 无法按 {form} 读取（{said.zh}）：请将表格另存为 XLSX 或 CSV",
    )


class _Reading:
    """The events of one child, looked at one ahead."""

    def __init__(self, path: Path, kind: str, form: str) -> None:
        self._path, self._form = path, form
        self._child = subprocess.Popen(  # noqa: S603 (this very interpreter, no shell)
            [sys.executable, "-m", "licences.files.child", kind, str(path.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._next: Event | None = None
        self.step()

    @property
    def event(self) -> Event | None:
        """The event at hand; None at the end."""
        return self._next

    def step(self) -> None:
        """Go on to the next event. Raises ListUnreadable."""
        assert self._child.stdout is not None
        line = self._child.stdout.readline(_MAX_LINE)
        if not line:
            self._next = None
            if self._child.wait() != 0:
                raise _unreadable(
                    self._path,
                    self._form,
                    Said("it needs too much memory or time", zh="所需内存或时间超过上限"),
                )
            return
        try:
            self._next = _decoder.decode(line)
        except msgspec.MsgspecError as error:
            said = Said("its reader broke off", zh="读取中断")
            raise _unreadable(self._path, self._form, said) from error
        if isinstance(self._next, Failed):
            raise _unreadable(self._path, self._form, Said(self._next.text, zh=self._next.zh))

    def close(self) -> None:
        """End the child, wherever it is."""
        self._child.kill()
        assert self._child.stdout is not None
        self._child.stdout.close()
        self._child.wait()


def _rows(reading: _Reading, table: Table, name: str) -> Iterator[Row]:
    count = 0
    while not isinstance(event := reading.event, TableBegins | None):
        if isinstance(event, Remark):
            (table.gaps if event.gap else table.notes).append(Said(event.text, zh=event.zh))
        elif isinstance(event, RowRead):
            count += 1
            if count > cells.MAX_ROWS:
                raise too_long(name)
            plain = tuple(map(from_wire, event.cells))
            yield Row(event.number, plain, merged=frozenset(event.merged), page=event.page)
        reading.step()


def tables_apart(path: Path, kind: str, form: str, *, knows_merged: bool = True) -> Iterator[Table]:
    """The tables of a file of that kind (`xls`, `html`, `pdf`); `form` names it in errors.

    Raises ListUnreadable.
    """
    reading = _Reading(path, kind, form)
    try:
        while isinstance(begins := reading.event, TableBegins):
            reading.step()
            table = Table(iter(()), name=begins.name, hidden=begins.hidden, knows_merged=knows_merged)
            rows = _rows(reading, table, path.name)
            table.rows = rows
            yield table
            for _ in rows:  # what the caller left
                pass
    finally:
        reading.close()
