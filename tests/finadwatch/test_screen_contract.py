"""The contract of `finadwatch screen` (design §6) on lines nobody should send, with the real models."""

import json
from pathlib import Path
from typing import Any

import pytest

from findings.contracts import validator
from tests.conftest import Call

GOOD = "保本保息理财，年化收益12%，立即购买"


def line(**fields: Any) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


#: What each line must end in: its id, or None where an error stands in its place.
LINES: list[tuple[bytes, str | None]] = [
    (b"\xef\xbb\xbf" + line(id="bom", text=GOOD) + b"\r", "bom"),
    (b"not json", None),
    (line(id="gbk", text=GOOD).decode().encode("gbk"), None),
    (line(id="again", text=GOOD), "again"),
    (line(id="again", text=GOOD), "again"),
    (line(id=7, text=GOOD), None),
    (line(id="html", html=f"<script>{GOOD}</script><p>保本保息<b>理财</b>，年化收益12%，立即购买"), "html"),
    (line(id="outside", image="../secret.png"), None),
    (line(id="absolute", image="/etc/passwd"), None),
    (line(id="linked", image="link.png"), None),
    (line(id="folder", image="."), None),
    (line(id="nul", image="a\0b.png"), None),
    (line(id="no image", image="ads.jsonl"), None),
    (line(id="day", text=GOOD, captured_at="yesterday"), None),
    (line(id="old", text=GOOD, captured_at="1960-01-01"), "old"),
    (line(id="late", text=GOOD, captured_at="9999-12-31T23:59:59-12:00"), "late"),
    (b'{"id":"deep","text":"x","more":' + b"[" * 100_000 + b"]" * 100_000 + b"}", None),
    (b'{"id":"surrogate","text":"\\ud800"}', None),
    (line(id="nuls", text="\0保\0本保息理财\0，立即购买"), "nuls"),
    (line(id="emoji", text="😀💰" * 200), "emoji"),
    (line(id="inserted", text="保😀本💰保🔥息理财，年化收益12%，👨‍👩‍👧‍👦立即购买"), "inserted"),
    (line(id="marks", text="\u202e息保本保\u202c 保\u200b本\u200b保\u200f息理财，年化收益12%"), "marks"),
    (line(id="quotes", text="“" * 10_000 + GOOD + "”" * 10_000), "quotes"),
    (line(id="combining", text="保" + "\u0301" * 10_000 + "本保息理财"), "combining"),
    (line(id="long", text=GOOD * 20_000), "long"),
    (line(id="tags", html="<div>" * 20_000 + GOOD), "tags"),
    (line(id="digits", text="年化" + "9" * 100_000 + "%"), "digits"),
    (b"[]", None),
    (b"null", None),
    (line(id="last", text=GOOD), "last"),
]


@pytest.mark.models
def test_a_line_out_for_a_line_in_each_by_the_contract(call: Call, tmp_path: Path) -> None:
    (tmp_path / "link.png").symlink_to("/etc/passwd")
    source = tmp_path / "ads.jsonl"
    source.write_bytes(b"\n\n".join(data for data, _ in LINES))
    outputs = []
    for workers in ("1", "2"):
        output = tmp_path / f"out{workers}.jsonl"
        ran = call("screen", str(source), "-o", str(output), "--workers", workers)
        assert ran.returncode == 1, ran.stderr
        assert "again" in ran.stderr
        outputs.append(output.read_bytes())
    assert outputs[0] == outputs[1]
    said = [json.loads(one) for one in outputs[0].splitlines()]
    assert [one["id"] for one in said] == [wanted for _, wanted in LINES]
    for number, ((data, wanted), one) in enumerate(zip(LINES, said, strict=True)):
        if wanted is None:
            validator("screen_error").validate(one)
            assert one["error"]["line"] == 2 * number + 1
            continue
        validator("screen_output").validate(one)
        given = json.loads(data.decode("utf-8-sig"))
        for span in (span for finding in one["findings"] for span in finding["spans"]):
            if span["field"] in given:
                assert given[span["field"]][span["start"] : span["end"]] == span["text"]
    assert {2} <= {finding["category"] for finding in said[-1]["findings"]}


@pytest.mark.models
def test_errors_in_the_output_speak_the_language_of_the_call(call: Call, home: Path, tmp_path: Path) -> None:
    """The configuration's language reaches worker processes too."""
    source = tmp_path / "ads.jsonl"
    source.write_bytes(line(id="a", text=GOOD) + b"\noops\n")
    call("config")
    with (home / "config.yaml").open("a", encoding="utf-8") as config:
        config.write("lang: en\n")
    one, two = (call("screen", str(source), "--workers", workers).stdout for workers in ("1", "2"))
    assert one == two
    assert "line 2 is not a JSON object" in one
