"""The folder of a model that was learned: its card and sums, put in place whole; the setting that uses it."""

import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from shutil import rmtree
from typing import Any

import msgspec
import yaml

from finadwatch.errors import ConfigError
from finadwatch.learning.retraining import Trained
from finadwatch.learning.samples import Sample
from findings.model.errors import Said
from findings.model.vocabulary import CATEGORY_ZH
from models.learning_on import PROMOTION, Answer

CARD = "README.md"
_ANSWERS = {Answer.YES: "确认", Answer.ARGUABLE: "存疑", Answer.NO: "排除"}


@contextmanager
def workshop(out: Path) -> Iterator[Path]:
    """A folder to build a model in, beside its later place; what is left of it goes in the end."""
    out.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".heads-", dir=out))
    try:
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)


def sum_of(file: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def put_in_place(built: Path, out: Path, day: date, trained: Trained, samples: Sequence[Sample]) -> Path:
    """Add scores and card to a built model and rename it to `heads-<day>-<hash>`; return that folder.

    The same weights on the same day are the same folder; the one that is there stays.
    """
    place = out / f"heads-{day.isoformat()}-{sum_of(built / 'heads.npz')[:8]}"
    scores = msgspec.json.format(msgspec.json.encode(trained), indent=1)
    (built / "scores.json").write_bytes(scores + b"\n")
    (built / CARD).write_text(_card(built, day, trained, samples), encoding="utf-8")
    if not place.is_dir():
        built.chmod(0o755)  # mkdtemp makes it private
        built.replace(place)
    return place


def _card(built: Path, day: date, trained: Trained, samples: Sequence[Sample]) -> str:
    told = Counter((question, answer) for sample in samples for question, answer in sample.answers.items())
    found = trained.comparison
    lines = [
        f"# Heads learned on {day.isoformat()}",
        "",
        f"训练 {trained.taught} 条核查样本，留出 {trained.checked} 条；另以 {trained.ballast} 条自有样本稳住原有判断，"
        f"{trained.own} 条自有样本用于检验。规则与权重的融合（fusion.json）未改。",
        f"Taught {trained.taught} reviewed texts, {trained.checked} kept aside; {trained.ballast} own samples held the "
        f"heads in place, {trained.own} checked them. Started from the project's own heads; their fusion is unchanged.",
        "",
        "| 情形 category | 确认 confirmed | 存疑 unsure | 排除 excluded | F1 前 before | F1 后 after |",
        "|---|---|---|---|---|---|",
    ]
    for question in range(10):
        one = found.promotion if question == PROMOTION else found.categories[question]
        name = "推广 promotion" if question == PROMOTION else f"{question} {CATEGORY_ZH[question]}"
        counts = " | ".join(str(told[question, answer]) for answer in _ANSWERS)
        lines.append(f"| {name} | {counts} | {_shown(one.before)} | {_shown(one.after)} |")
    before, after, of = found.silent
    lines += [
        f"| **2–9** | | | | {_shown(found.micro.before)} | {_shown(found.micro.after)} |",
        "",
        f"误报 false alarms: {before} → {after} / {of}. 全部数字见 all figures: `scores.json`.",
        "",
        "| file | SHA-256 |",
        "|---|---|",
        *(f"| {name} | `{sum_of(built / name)}` |" for name in ("heads.npz", "fusion.json", "scores.json")),
    ]
    return "\n".join(lines) + "\n"


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def set_heads(config: Path, folder: Path) -> None:
    """Set `models.heads` in a configuration file; every other character stays as it was.

    Raises ConfigError where the file has a form in which that can't be done safely.
    """
    text = config.read_text("utf-8") if config.is_file() else ""
    wanted = _parsed(text) or {}
    if not isinstance(wanted, dict):
        raise ConfigError(config, [Said("it is no mapping", zh="不是键值对")])
    wanted["models"] = {**(wanted.get("models") or {}), "heads": str(folder)}
    changed = _with_heads(text, json.dumps(str(folder), ensure_ascii=False))
    if _parsed(changed) != wanted:
        raise ConfigError(
            config, [Said(f"set models.heads to {folder} by hand", zh=f"请手工将 models.heads 设为 {folder}")]
        )
    config.parent.mkdir(parents=True, exist_ok=True)
    aside = config.with_name(f".{config.name}.new")
    aside.write_text(changed, "utf-8")
    if config.exists():
        aside.chmod(config.stat().st_mode & 0o777)
    aside.replace(config)


def _parsed(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None


def _with_heads(text: str, quoted: str) -> str:
    """The text of a YAML mapping with `models.heads` set to a quoted string."""
    top = yaml.compose(text, Loader=yaml.SafeLoader)
    models = _value(top, "models")
    if models is None:
        if isinstance(top, yaml.MappingNode) and top.flow_style and text.strip():
            at = top.start_mark.index + 1
            return f"{text[:at]}models: {{heads: {quoted}}}, {text[at:]}"
        return f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}models:\n  heads: {quoted}\n"
    if not isinstance(models, yaml.MappingNode):  # `models:` with nothing behind it
        at = models.start_mark.index
        return f"{text[:at]} {{heads: {quoted}}}{text[models.end_mark.index :]}"
    heads = _value(models, "heads")
    if heads is not None:
        return f"{text[: heads.start_mark.index]}{quoted}{text[heads.end_mark.index :]}"
    at = models.start_mark.index
    if models.flow_style:
        return f"{text[: at + 1]}heads: {quoted}, {text[at + 1 :]}"
    return f"{text[:at]}heads: {quoted}\n{' ' * models.start_mark.column}{text[at:]}"


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key:
                return value  # type: ignore[no-any-return]  # PyYAML's nodes are untyped
    return None
