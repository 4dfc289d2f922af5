"""The main job on real input, end to end, on both stores: every page ends in an outcome, findings
are stored, found again by search, and leave on a takedown list whose evidence verifies."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Call

pytestmark = [pytest.mark.shared, pytest.mark.browser, pytest.mark.models, pytest.mark.slow]


def lines(text: str) -> list[Any]:
    # Only a line feed ends a line of JSONL: U+2028 and U+0085 may stand inside a text.
    return [json.loads(line) for line in text.split("\n") if line]


def pages(shared: Path) -> list[str]:
    data = shared / "data"
    return [
        str(path.relative_to(data))
        for kind in ("landing", "pages")
        for path in sorted((data / kind).glob("*.html"))
    ]


@pytest.mark.timeout(1500)
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("elastic", marks=pytest.mark.elastic)])
def test_the_main_job_on_real_pages(
    kind: str, shared: Path, served: str, tmp_path: Path, call: Call, request: pytest.FixtureRequest
) -> None:
    store = (
        f"sqlite:///{tmp_path}/real.db"
        if kind == "sqlite"
        else f"{request.getfixturevalue('elasticsearch_url')}?prefix=real"
    )
    assert call("index", "create", "--store", store).returncode == 0
    listed = pages(shared)
    assert len(listed) == 48
    urls = tmp_path / "urls.txt"
    urls.write_text("".join(f"{served}/{name}\n" for name in listed), "utf-8")

    crawled = call("crawl", "--urls", str(urls), "--allow-private", "--store", store, "--json")
    assert crawled.returncode == 0, crawled.stderr
    coverage = lines(crawled.stdout)[0]
    outcomes = coverage["sources"][0]["outcomes"]
    assert sum(outcomes.values()) == len(listed)
    assert outcomes["ok"] >= 44, outcomes  # a busy machine may let a page run out of time
    assert sum(coverage["findings"].values()) > 0

    found = lines(call("search", "--limit", "1000", "--store", store, "--json").stdout)[0]
    assert found["total"] == coverage["ads"]
    judged = [hit["ad"] for hit in found["hits"] if hit["ad"]["judgement"]["findings"]]
    assert judged
    spans = [span for ad in judged for finding in ad["judgement"]["findings"] for span in finding["spans"]]
    quoted = next(span["text"] for span in spans if span["field"] == "text" and len(span["text"]) >= 2)
    again = lines(call("search", f'"{quoted}"', "--store", store, "--json").stdout)[0]
    assert again["total"] >= 1
    assert again["hits"][0]["highlights"]

    drafted = call("takedown", "new", "--store", store, "--json", "--as", "甲")
    assert drafted.returncode == 0, drafted.stderr
    name = lines(drafted.stdout)[0]["id"]
    assert call("takedown", "approve", name, "--store", store, "--as", "乙").returncode == 0
    taken = call("takedown", "seal", name, "--store", store, "--json")
    assert taken.returncode == 0, taken.stderr
    batch = lines(taken.stdout)[0]
    assert batch["cases"] >= 1
    verified = call("evidence", "verify", batch["folder"], "--json")
    assert verified.returncode == 0, verified.stdout
    assert lines(verified.stdout)[0]["faults"] == []


def test_every_app_description_is_judged(shared: Path, call: Call, tmp_path: Path) -> None:
    source = shared / "data" / "apps_finance.jsonl"
    out = tmp_path / "out.jsonl"
    ran = call("screen", str(source), "-o", str(out))
    assert ran.returncode == 0, ran.stderr
    answers = lines(out.read_text("utf-8"))
    assert [one["id"] for one in answers] == [row["id"] for row in lines(source.read_text("utf-8"))]
    assert not [one for one in answers if "error" in one]
    for row, one in zip(lines(source.read_text("utf-8")), answers, strict=True):
        for finding in one["findings"]:
            for span in finding["spans"]:
                assert row["text"][span["start"] : span["end"]] == span["text"]


def test_the_same_answers_in_one_process_and_in_two(shared: Path, call: Call, tmp_path: Path) -> None:
    source = tmp_path / "some.jsonl"
    rows = (shared / "data" / "apps_finance.jsonl").read_text("utf-8").split("\n")[:120]
    source.write_text("\n".join(rows) + "\n", "utf-8")
    alone = call("screen", str(source)).stdout
    assert len(lines(alone)) == 120
    assert call("screen", str(source), "--workers", "2").stdout == alone


@pytest.mark.parametrize("number", [2, 6, 8, 10])
def test_real_baidu_pages_are_read(number: int, shared: Path, call: Call) -> None:
    folder = shared / "data" / "pages_real" / "baidu_pc"
    expected = json.loads((folder / f"{number}.expected.json").read_text("utf-8"))
    ran = call("parse", "--source", "baidu", str(folder / f"{number}.html"))
    assert ran.returncode == 0, ran.stderr
    read = json.loads(ran.stdout)
    assert read["outcome"] == expected["outcome"]
    assert len(read["organic"]) == expected["organic_n"]
    assert [ad["title"] for ad in read["ads"]] == [ad["title"] for ad in expected["ads"]]
