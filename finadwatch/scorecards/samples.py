"""The project's own samples (`ruleset/samples/*.jsonl`): where they lie, and every fault in them."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from analyzers.errors import Fault
from analyzers.yamlfile import validator
from findings.model.errors import Said
from findings.model.faults import schema_fault


def shipped_samples() -> list[Path]:
    """The files of shipped samples, by name."""
    return sorted(Path(str(files("ruleset").joinpath("samples"))).glob("*.jsonl"))


def sample_faults(paths: list[Path]) -> list[Fault]:
    """Every fault of sample files: schema, quotations, ids and texts that stand twice over all of them."""
    faults: list[Fault] = []
    ids: dict[str, str] = {}
    texts: dict[str, str] = {}
    for path in paths:
        for place, said in _in_file(path, ids, texts):
            faults.append(Fault(f"samples/{path.name}", place, str(said), said.zh))
    return sorted(faults)


def _in_file(path: Path, ids: dict[str, str], texts: dict[str, str]) -> Iterator[tuple[int, Said]]:
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            row = msgspec.json.decode(line)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            yield number, Said(f"not JSON: {error}", zh=f"不是合法的 JSON：{error}")
            continue
        wrong = [schema_fault(_place(error), error) for error in validator("sample").iter_errors(row)]
        yield from ((number, said) for said in wrong)
        if not wrong:
            here = f"{path.name}:{number}"
            yield from ((number, said) for said in _told(row, here, ids, texts))


def _place(error: Any) -> str:
    return ".".join(str(step) for step in error.absolute_path) or "(root)"


def _told(row: dict[str, Any], here: str, ids: dict[str, str], texts: dict[str, str]) -> Iterator[Said]:
    """What a schema can't say."""
    both = sorted(set(row["cats"]) & set(row["soft"]))
    if both:
        yield Said(f"{both} are clear and arguable at once", zh=f"类别 {both} 既明确又可商榷")
    if "spans" in row and set(row["spans"]) != {str(number) for number in row["cats"]}:
        yield Said("spans must quote exactly the categories in cats", zh="spans 应与 cats 中的类别一一对应")
    for number, quote in row.get("spans", {}).items():
        if quote not in row["text"]:
            yield Said(
                f"the span of {number} is not in the text: {quote}",
                zh=f"类别 {number} 的引文不在文本中：{quote}",
            )
    for kind, value, seen in (("id", row["id"], ids), ("text", row["text"].strip(), texts)):
        if value in seen:
            yield Said(f"its {kind} stands at {seen[value]} too", zh=f"{kind} 与 {seen[value]} 重复")
        seen.setdefault(value, here)
