"""A crawl killed three times loses no task and reports none twice (fifty times: `make endurance`)."""

from pathlib import Path

import pytest

from tests.support.kills import Marathon, Replica


@pytest.mark.browser
@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_three_kills_lose_and_double_nothing(tmp_path: Path, hanlp: Path) -> None:
    with Replica(tmp_path, words=54, pages=6) as replica:
        marathon = Marathon(tmp_path / "marathon", hanlp, replica, kills=3, seed=5)
        marathon.go()
        assert marathon.state.kills == 3
        figures = marathon.check()
    assert (figures["tasks"], figures["ads"]) == (60, 46)
