"""The plan files of a schedule, read again when they change."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from crawlers.errors import PlanError
from crawlers.plan import Plan, load_plan
from findings.model.errors import Said

#: What tells that a file changed: its time in nanoseconds, its size, its number in the file system.
_Mark = tuple[int, int, int]


class Watched(msgspec.Struct, frozen=True):
    """One file: the plan in it, or what keeps it from being run."""

    path: Path
    plan: Plan | None
    fault: Said | None


class PlanFiles:
    """Plans by title. A file with a fault pauses its plan until it is mended; the others go on."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._marks: dict[Path, _Mark | None] = {}
        self._watched: dict[Path, Watched] = {}
        self._paths = list(dict.fromkeys(path.absolute() for path in paths))

    def refresh(self) -> list[Watched]:
        """Read what changed since the last call, and return it."""
        # The mark is taken first: what is written while it is read changes the mark of the next call.
        marks = {path: _mark(path) for path in self._paths}
        changed = [
            path for path in self._paths if path not in self._marks or marks[path] != self._marks[path]
        ]
        for path in changed:
            self._watched[path] = _read(path)
        self._marks = marks
        return [file for file in self.all() if file.path in changed]

    def all(self) -> list[Watched]:
        """Every file, in the order given. Of two with one title the second is faulty: a plan is known by it."""
        return list(self._checked())

    def plans(self) -> dict[str, tuple[Path, Plan]]:
        """The plans that can run, by title."""
        return {file.plan.title: (file.path, file.plan) for file in self.all() if file.plan is not None}

    def _checked(self) -> Iterator[Watched]:
        first: dict[str, Path] = {}
        for path in self._paths:
            file = self._watched[path]
            if file.plan is not None and (other := first.setdefault(file.plan.title, path)) != path:
                yield Watched(
                    path,
                    None,
                    Said(
                        f"{path}: another plan has the same title ({other}): give it one of its own",
                        zh=f"{path}：与 {other} 的计划标题相同，请另取标题",
                    ),
                )
            else:
                yield file


def _mark(path: Path) -> _Mark | None:
    try:
        told = path.stat()
    except OSError:
        return None
    return told.st_mtime_ns, told.st_size, told.st_ino


def _read(path: Path) -> Watched:
    try:
        plan = load_plan(path)
    except PlanError as error:
        return Watched(path, None, Said(str(error), zh=error.zh))
    if plan.schedule is None:
        fault = Said(
            f"{path}: the plan carries no schedule: add schedule: {{cron: 0 2 * * *}}",
            zh=f"{path}：计划没有 schedule，请加上如 schedule: {{cron: 0 2 * * *}}",
        )
        return Watched(path, None, fault)
    return Watched(path, plan, None)
