"""licences import, diff and status as an officer calls them."""

import json
from pathlib import Path

import pytest

from tests.support.cli import run_finadwatch

pytestmark = pytest.mark.slow  # each test starts the program anew

HEAD = "名称,机构类型,有效期至"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which two versions of a list were imported."""
    tmp_path = tmp_path_factory.mktemp("lists")
    home = tmp_path / "home"
    first = tmp_path / "first.csv"
    first.write_text("\n".join([HEAD, "云岫银行,商业银行,2030-01-01", "走了银行,商业银行,"]), "utf-8")
    second = tmp_path / "second.csv"
    second.write_text(
        "\n".join([HEAD, "云岫银行,商业银行,2031-01-01", "来了银行,商业银行,", "读不出银行,星际银行,"]),
        "utf-8",
    )
    for file, day, code in ((first, "2026-09-30", 0), (second, "2026-10-31", 1)):
        done = run_finadwatch(
            home,
            "licences",
            "import",
            str(file),
            "--register",
            "nfra_own",
            "--as-of",
            day,
            "--mapping",
            str(_own(tmp_path)),
        )
        assert done.returncode == code, done.stderr
    return home


def _own(folder: Path) -> Path:
    path = folder / "own.yaml"
    path.write_text(
        "register: nfra_own\nkind: licence\ntitle: {zh: 自有名单, en: Own list}\nmax_age_days: 30\ncomplete: true\n"
        "territory: [上海]\ncolumns:\n  name: {required: true, synonyms: [名称]}\n"
        "  licence_type: {required: true, synonyms: [机构类型]}\n  valid_to: {synonyms: [有效期至]}\n",
        "utf-8",
    )
    return path


def test_diff_names_what_changed_with_old_and_new_values(home: Path) -> None:
    done = run_finadwatch(home, "licences", "diff", "nfra_own")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[:2] == ["+ 来了银行", "- 走了银行"]
    assert lines[2].startswith("~ 云岫银行")
    assert lines[3].strip() == "valid_to: 2030-01-01 → 2031-01-01"
    assert "新增 1，变更 1，减少 1" in lines[-1]


def test_diff_as_json_between_named_versions(home: Path) -> None:
    status = run_finadwatch(home, "licences", "status", "--json").stdout
    own = next(row for row in map(json.loads, status.splitlines()) if row["register"] == "nfra_own")
    old, new = own["kept"]
    there = run_finadwatch(home, "licences", "diff", "nfra_own", old, new, "--json").stdout.splitlines()
    back = run_finadwatch(home, "licences", "diff", "nfra_own", new, old, "--json").stdout.splitlines()
    assert [json.loads(line)["change"] for line in there] == ["added", "gone", "changed"]
    assert json.loads(back[0]) == {"change": "added", "name": "走了银行"}
    assert json.loads(there[2])["fields"] == [{"field": "valid_to", "old": "2030-01-01", "new": "2031-01-01"}]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere",), "没有导入过"),
        (("nfra_own", "2020-01-01-00000000"), "没有版本"),
        (("../nfra_own",), "没有导入过"),
    ],
    ids=["no-register", "no-version", "a-path"],
)
def test_what_cannot_be_compared_is_said(home: Path, words: tuple[str, ...], said: str) -> None:
    done = run_finadwatch(home, "licences", "diff", *words)
    assert (done.returncode, said in done.stderr) == (2, True)


def test_status_shows_what_a_list_proves(home: Path) -> None:
    rows = [
        json.loads(line) for line in run_finadwatch(home, "licences", "status", "--json").stdout.splitlines()
    ]
    own = next(row for row in rows if row["register"] == "nfra_own")
    assert (own["kind"], own["entries"], own["refused"], own["territory"]) == ("licence", 2, 1, ["上海"])
    assert (own["as_of"], own["fresh_until"], len(own["kept"])) == ("2026-10-31", "2026-11-30", 2)
    assert all(row["kept"] == [] for row in rows if row["register"].startswith("starter"))
    shown = run_finadwatch(home, "licences", "status").stdout
    assert "2026-11-30" in shown
    assert "仅供参考" in shown


def test_a_preview_shows_the_changes_and_stores_nothing(home: Path, tmp_path: Path) -> None:
    third = tmp_path / "third.csv"
    third.write_text("\n".join([HEAD, "云岫银行,商业银行,2031-01-01", "新新银行,商业银行,"]), "utf-8")
    before = sorted(
        path.name for path in (home / "licences" / "nfra_own").iterdir() if path.suffix == ".jsonl"
    )
    done = run_finadwatch(
        home, "licences", "import", str(third), "--register", "nfra_own", "--as-of", "2026-11-15",
        "--mapping", str(_own(tmp_path)), "--preview",
    )  # fmt: skip
    assert done.returncode == 0
    assert "+ 新新银行" in done.stdout
    assert "仅预览" in done.stdout
    after = sorted(
        path.name for path in (home / "licences" / "nfra_own").iterdir() if path.suffix == ".jsonl"
    )
    assert before == after


def test_a_provinces_list_asks_for_its_province(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "small.csv"
    file.write_text("公司名称\n云岫小额贷款有限公司\n", "utf-8")
    words = ("licences", "import", str(file), "--register", "small_loan", "--as-of", "2026-10-31")
    done = run_finadwatch(home, *words)
    assert (done.returncode, "--territory" in done.stderr) == (2, True)
    done = run_finadwatch(home, *words, "--territory", "上海", "--json")
    assert json.loads(done.stdout)["territory"] == ["上海"]
