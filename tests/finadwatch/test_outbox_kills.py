"""A sender killed three times, and a store away for a minute, lose and double nothing
(fifty kills and ten minutes: `make endurance`)."""

from pathlib import Path

import pytest

from tests.support.outage import Outage
from tests.support.sender_kills import SenderMarathon

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

STORES = ["sqlite", pytest.param("elastic", marks=pytest.mark.elastic)]


@pytest.mark.parametrize("kind", STORES)
def test_three_kills_of_the_sender_lose_and_double_nothing(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = (
        f"sqlite:///{tmp_path / 'findings.db'}"
        if kind == "sqlite"
        else request.getfixturevalue("elasticsearch_url")
    )
    marathon = SenderMarathon(tmp_path / "marathon", url, share=300, kills=3, seed=7)
    marathon.go()
    figures = marathon.check()
    assert figures["kills"] == 3


@pytest.mark.elastic
def test_a_minute_without_elasticsearch_loses_and_doubles_nothing(tmp_path: Path) -> None:
    with Outage(tmp_path) as outage:
        outage.go(seconds=60, a_second=20)
        figures = outage.check()
    assert figures["grown_to"] > 300
