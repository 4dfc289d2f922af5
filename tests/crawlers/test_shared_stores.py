"""Real answers of an app store (`make acceptance SHARED=…`): none of their text may stand here."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from crawlers.parse import parse_page
from crawlers.sources import load_sources

pytestmark = pytest.mark.shared

DATA = Path(os.environ.get("SHARED", "../shared")) / "data" / "pages_real" / "xiaomi"
ANSWERS = sorted(path for path in DATA.glob("*.json") if not path.name.endswith(".expected.json"))


def test_the_real_answers_are_there() -> None:
    assert ANSWERS, f"{DATA} 里没有真实应答；请用 SHARED 指明目录。"


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_store_answer(answer: Path) -> None:
    wanted: dict[str, Any] = json.loads(answer.with_suffix(".expected.json").read_text("utf-8"))
    read = parse_page(load_sources()[wanted["source"]], answer.read_bytes())
    assert read.outcome.value == wanted["outcome"]
    assert len(read.apps) == wanted["apps_n"]
    assert sum(app.promoted for app in read.apps) == wanted["promoted_n"]
    found = {(app.name, app.package, app.developer) for app in read.apps}
    assert {(app["name"], app["package"], app["developer"]) for app in wanted["apps"]} <= found
    assert all(app.package and app.developer and app.genre for app in read.apps)
