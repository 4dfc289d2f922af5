"""Tiny rulesets for tests: a folder like `ruleset/`, with only what a test needs."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from analyzers.normalise import Normaliser, Variants
from analyzers.rules import Ruleset
from analyzers.ruleset import load_ruleset
from analyzers.scan import Scanner

NORMALISE = Normaliser(Variants({"夲": "本"}, {"薇信": "微信", "加v": "加微"}))

BASIS = {
    "law": "广告法",
    "article": "25(1)",
    "penalty": "58(1)(7)",
    "confidence": "L",
    "from": "2015-09-01",
    "until": None,
    "channels": ["search", "web", "app", "live"],
}


def rule(rule_id: str, detection: Sequence[Mapping[str, Any]], **fields: Any) -> dict[str, Any]:
    """A rule as its file holds it: a clear one of category 2 unless `fields` say otherwise."""
    made: dict[str, Any] = {
        "id": rule_id,
        "title": {"zh": "题", "en": "title"},
        "status": "stable",
        "weight": 0.9,
        "created": "2026-11-22",
        "description": "for a test",
        "detection": {"any": list(detection)},
        "samples": {"fire": ["甲", "乙"], "silent": ["丙", "丁"]},
    }
    if "role" not in fields:
        made |= {
            "category": 2,
            "level": "clear",
            "severity": "high",
            "basis": [BASIS],
            "explanation": {"zh": "见“{quote}”。", "en": "See “{quote}”."},
            "remedy": {"zh": "删去。", "en": "Remove it."},
        }
    return made | fields


def write_ruleset(
    folder: Path, rules: Sequence[Mapping[str, Any]], lexicons: Mapping[str, Sequence[str]] | None = None
) -> Path:
    """Write a whole ruleset into a folder; laws, routes and categories are small ones."""
    (folder / "rules").mkdir(parents=True)
    (folder / "lexicons").mkdir()
    (folder / "version.txt").write_text("2026.0.1\n", "utf-8")
    for one in rules:
        _dump(folder / "rules" / f"{one['id']}.yaml", one)
    for name, words in (lexicons or {}).items():
        _dump(
            folder / "lexicons" / f"{name}.yaml",
            {"name": name, "description": "for a test", "words": list(words)},
        )
    subject = {"zh": "题", "en": "subject"}
    articles = ["11(1)", "11(2)", "25", "25(1)", "25(2)", "28", "37"]
    laws = {
        "name": "广告法",
        "title": "中华人民共和国广告法",
        "from": "2015-09-01",
        "until": None,
        "articles": [{"article": number, "subject": subject, "confidence": "L"} for number in articles],
    }
    _dump(folder / "law.yaml", {"laws": [laws]})
    routes = [
        {"to": ["market"], "reason": {"zh": "内容", "en": "any finding"}, "basis": "S"},
        {
            "when": {"categories": [8]},
            "to": ["police"],
            "reason": {"zh": "禁止", "en": "banned"},
            "basis": "S",
        },
    ]
    shipped = yaml.safe_load((shipped_folder() / "routing.yaml").read_text("utf-8"))
    _dump(folder / "routing.yaml", {"seats": shipped["seats"], "routes": routes})
    _dump(
        folder / "authorities.yaml",
        {"kinds": {"market": _kind("市场监管", "Market"), "police": _kind("公安", "Police")}},
    )
    _dump(folder / "publishers.yaml", {"publishers": []})
    entry = {
        "severity": "low",
        "basis": [BASIS | {"article": "25"}],
        "explanation": {"zh": "未见风险提示。", "en": "No warning."},
        "remedy": {"zh": "写明风险。", "en": "State risks."},
    }
    _dump(folder / "categories.yaml", {"categories": dict.fromkeys(range(1, 10), entry)})
    _dump(folder / "notices.yaml", {"notices": {"stop_publication": entry}})
    form = yaml.safe_load((shipped_folder() / "form.yaml").read_text("utf-8"))
    for duty in form["duties"].values():
        duty["basis"] = [BASIS]
    _dump(folder / "form.yaml", form)
    return folder


def _kind(zh: str, en: str) -> dict[str, Any]:
    """A kind of authority that has one name everywhere and always."""
    row = {"places": "all", "zh": zh, "en": en, "from": None, "until": None, "basis": "L"}
    return {"generic": {"zh": zh, "en": en}, "seat": "publisher", "cities": "own", "names": [row]}


def _dump(path: Path, data: Any) -> None:
    text = yaml.dump(data, allow_unicode=True, sort_keys=False, Dumper=_NoAlias)
    path.write_text(text, "utf-8")


class _NoAlias(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def tiny(
    folder: Path, *rules: Mapping[str, Any], lexicons: Mapping[str, Sequence[str]] | None = None
) -> Ruleset:
    """A ruleset of a few rules, loaded and checked."""
    return load_ruleset(write_ruleset(folder / "ruleset", rules, lexicons))


def fired(
    folder: Path,
    text: str,
    *rules: Mapping[str, Any],
    lexicons: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, list[str]]:
    """What each rule matched in a text, in its normalised form."""
    scanner = Scanner(tiny(folder, *rules, lexicons=lexicons), NORMALISE)
    normalised = NORMALISE(text).text
    return {
        one.rule.id: [normalised[start:end] for start, end in one.spans] for one in scanner.scan(normalised)
    }


def shipped_folder() -> Path:
    """The folder of the shipped ruleset."""
    return Path(str(files("ruleset")))
