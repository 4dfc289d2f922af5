"""Loading and linting: every fault, with file and line, in one run."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from analyzers.errors import Fault, RulesetError
from analyzers.lint import lint
from analyzers.ruleset import load_ruleset
from tests.support.rulesets import BASIS, rule, write_ruleset


def sound() -> dict[str, object]:
    samples = {"fire": ["保本理财", "承诺保本"], "silent": ["不含那个词", "理财"]}
    return rule("a.b", [{"pattern": "保本"}], samples=samples)


def test_a_sound_ruleset_has_no_fault(tmp_path: Path) -> None:
    folder = write_ruleset(tmp_path / "r", [sound()])
    assert lint(folder) == []
    assert load_ruleset(folder).version == "2026.0.1"


def edit(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


FAULTS: list[tuple[str, Callable[[str], str], str, str]] = [
    ("unknown key", lambda text: "colour: red\n" + text, "colour: red", "Additional properties"),
    ("wrong value", edit("severity: high", "severity: grave"), "severity: grave", "'grave' is not one of"),
    ("missing key", edit("weight: 0.9\n", ""), "id: a.b", "'weight' is a required property"),
    ("not YAML", edit("weight: 0.9", "weight: [0.9"), "created", "not YAML"),
    ("repeated key", edit("weight: 0.9", "weight: 0.9\nweight: 0.8"), "weight: 0.8", "repeated"),
    ("no such day", edit("created: '2026-11-22'", "created: '2026-02-30'"), "id: a.b", "$.created"),
    ("unknown law", edit("law: 广告法", "law: 无名法"), "law: 无名法", "no law 无名法"),
    ("unknown article", edit("article: 25(1)", "article: '999'"), "article: '999'", "no article 999"),
    ("before the law", edit("'2015-09-01'", "'1999-01-01'"), "law: 广告法", "was in force from 2015-09-01"),
    ("unknown lexicon", edit("pattern: 保本", "lexicon: nothing"), "lexicon: nothing", "no lexicon nothing"),
    ("pattern", edit("pattern: 保本", "pattern: '保(?!本)'"), "detection:", "does not compile"),
    ("silent sample that fires", edit("- 不含那个词", "- 保本基金"), "- 保本基金", "a.b fires on"),
    ("fire sample that is silent", edit("- 承诺保本", "- 承诺"), "- 承诺", "does not fire on '承诺'"),
    ("file name", edit("id: a.b", "id: a.c"), "id: a.c", "must be a.c.yaml"),
    ("too few samples", edit("  - 承诺保本\n", ""), "fire:", "too short"),
]


@pytest.mark.parametrize(
    ("change", "at", "message"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS]
)
def test_a_fault_is_told_with_its_line(
    tmp_path: Path, change: Callable[[str], str], at: str, message: str
) -> None:
    folder = write_ruleset(tmp_path / "r", [sound()])
    file = folder / "rules" / "a.b.yaml"
    text = change(file.read_text("utf-8"))
    file.write_text(text, "utf-8")
    [fault] = lint(folder)
    assert fault.file == "rules/a.b.yaml"
    assert message in fault.message
    assert at in text.split("\n")[fault.line - 1]


def test_every_fault_is_found_in_one_run(tmp_path: Path) -> None:
    bad_sample = {"fire": ["无", "保本"], "silent": ["保本理财", "无"]}
    folder = write_ruleset(tmp_path / "r", [sound(), rule("c.d", [{"pattern": "保("}], samples=bad_sample)])
    (folder / "lexicons" / "misnamed.yaml").write_text(
        "name: other\ndescription: d\nwords: [a, a]\n", "utf-8"
    )
    (folder / "rules" / "bytes.yaml").write_bytes(b"id: \xff\n")
    (folder / "version.txt").unlink()
    (folder / "routing.yaml").unlink()
    files = {fault.file for fault in lint(folder)}
    assert files == {
        "rules/c.d.yaml", "lexicons/misnamed.yaml", "rules/bytes.yaml", "version.txt", "routing.yaml",
    }  # fmt: skip


def test_a_repeated_id_is_a_fault(tmp_path: Path) -> None:
    folder = write_ruleset(tmp_path / "r", [sound()])
    (folder / "rules" / "more").mkdir()
    (folder / "rules" / "more" / "a.b.yaml").write_bytes((folder / "rules" / "a.b.yaml").read_bytes())
    assert [fault.message for fault in lint(folder)] == ["the id a.b is already used in rules/a.b.yaml"]


def test_loading_raises_with_all_faults(tmp_path: Path) -> None:
    folder = write_ruleset(tmp_path / "r", [sound()])
    (folder / "law.yaml").unlink()
    (folder / "routing.yaml").write_text("seats: {}\nroutes: []\n", "utf-8")
    with pytest.raises(RulesetError) as raised:
        load_ruleset(folder)
    assert {fault.file for fault in raised.value.faults} == {"law.yaml", "routing.yaml"}
    assert "law.yaml:1: the file is missing" in str(raised.value)


def test_a_route_to_nobody_is_a_fault(tmp_path: Path) -> None:
    folder = write_ruleset(tmp_path / "r", [sound()])
    text = (folder / "routing.yaml").read_text("utf-8").replace("- police", "- nobody")
    (folder / "routing.yaml").write_text(text, "utf-8")
    assert [fault.message for fault in lint(folder)] == ["there is no kind of authority nobody"]


def test_a_basis_must_end_after_it_begins(tmp_path: Path) -> None:
    made = sound() | {"basis": [BASIS | {"until": "2015-09-01"}]}
    folder = write_ruleset(tmp_path / "r", [made])
    assert [fault.message for fault in lint(folder)] == ["a basis must end after it begins"]


def test_the_digest_changes_with_the_rules(tmp_path: Path) -> None:
    first = load_ruleset(write_ruleset(tmp_path / "one", [sound()]))
    other = load_ruleset(write_ruleset(tmp_path / "two", [sound() | {"weight": 0.5}]))
    assert first.digest != other.digest


def test_faults_print_as_places() -> None:
    fault = Fault("rules/a.yaml", 3, "wrong", "有误")
    assert str(fault) == "rules/a.yaml:3: wrong"
    assert fault.said("zh") == "rules/a.yaml:3: 有误"


def test_a_yaml_bomb_is_refused_or_read_in_bounds(tmp_path: Path) -> None:
    folder = write_ruleset(tmp_path / "r", [sound()])
    (folder / "rules" / "deep.yaml").write_text("[" * 200_000, "utf-8")
    assert [fault.file for fault in lint(folder)] == ["rules/deep.yaml"]


def test_the_shipped_ruleset_loads() -> None:
    ruleset = load_ruleset()
    assert len(ruleset.rules) > 50
    assert ruleset.version == files("ruleset").joinpath("version.txt").read_text("utf-8").strip()
