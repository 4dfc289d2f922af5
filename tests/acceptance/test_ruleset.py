"""The ruleset against the shared folder: law that stands in the regulation notes, and nothing copied."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.shared

ROOT = Path(__file__).parents[2]
#: Short names that the notes use. None: articles of this law stand there as bare numbers.
SHORT: dict[str, tuple[str, ...] | None] = {
    "广告法": None,
    "互联网广告管理办法": None,
    "防范和处置非法集资条例": ("处非条例",),
    "证券投资基金法": ("基金法",),
    "银行业监督管理法": ("银监法",),
    "私募投资基金监督管理条例": ("私募条例",),
    "非银行支付机构监督管理条例": ("支付条例",),
    "征信业管理条例": ("征信条例",),
    "融资担保公司监督管理条例": ("融资担保条例",),
    "上海市地方金融监督管理条例": ("上海条例",),
    "金融产品网络营销管理办法": ("办法 2026", "Art "),
    "银发〔2019〕316号": ("316号",),
    "银发〔2021〕237号": ("237号",),
}
#: Characters in a row, letters and numerals alone, that no text of the project shares with the data.
RUN = 18


def test_every_article_stands_in_the_notes(shared: Path) -> None:
    notes = (shared / "regulation.md").read_text("utf-8")
    missing = []
    for law in yaml.safe_load((ROOT / "ruleset/law.yaml").read_text("utf-8"))["laws"]:
        short = SHORT.get(law["name"], ())
        names = (law["name"], law["title"], *(short or ()))
        told = [line for line in notes.splitlines() if short is None or any(name in line for name in names)]
        for article in law["articles"]:
            number = re.match(r"\d+", str(article["article"]))
            wanted = rf"(?<!\d){number[0]}(?!\d)" if number else ""
            if not any(re.search(wanted, line) for line in told):
                missing.append((law["name"], article["article"]))
            assert article["confidence"] in "LSWGMI"
    assert missing == []


def test_no_sentence_of_the_data_stands_in_the_project(shared: Path) -> None:
    known = {run for text in texts_of(shared / "data") for run in runs(text)}
    copied = []
    for folder in ("ruleset", "models", "sandbox", "tests", "docs", "licences", "crawlers"):
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in {".py", ".yaml", ".jsonl", ".md", ".html", ".json", ".txt"}:
                if file.name in {"samples_own.jsonl"} or "licences/data" in str(file):
                    continue  # may be committed; names of institutions are facts
                found = next((run for run in runs(file.read_text("utf-8", "replace")) if run in known), None)
                copied += [(str(file.relative_to(ROOT)), found)] if found else []
    assert copied == []


def texts_of(data: Path) -> Iterator[str]:
    """Every text of the data folder that may not be committed."""
    for file in sorted(data.glob("*.jsonl")):
        if file.name in {"samples_own.jsonl", "licensed_institutions.jsonl", "sac_blacklist_2018Q4.jsonl"}:
            continue
        for line in file.read_text("utf-8").split("\n"):
            if line.strip():
                yield json.loads(line)["text"]


def runs(text: str) -> Iterator[str]:
    """Every run of letters and numerals of a text, whatever stands between them."""
    plain = "".join(char for char in text if char.isalnum())
    return (plain[at : at + RUN] for at in range(len(plain) - RUN + 1))
