"""Fifty kills in a crawl of 2,000 tasks. An interrupted call of `make endurance` goes on where it was."""

import json
from pathlib import Path

import pytest

from tests.support.endurance import folder_of, told
from tests.support.kills import Marathon, Replica

KILLS, WORDS, PAGES = 50, 1980, 20


@pytest.mark.endurance
@pytest.mark.timeout(0)
def test_fifty_kills_lose_and_double_nothing(hanlp: Path) -> None:
    folder = folder_of("kills")
    with Replica(folder, words=WORDS, pages=PAGES) as replica:
        marathon = Marathon(folder / "marathon", hanlp, replica, kills=KILLS, seed=2026)
        marathon.go()
        figures = marathon.check()
    assert figures["kills"] == KILLS
    told("kills", json.dumps(figures, ensure_ascii=False))
