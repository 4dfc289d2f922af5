"""Fifty kills of the sender, also on the way to a million findings, and Elasticsearch away for ten minutes under load."""

import json
from pathlib import Path

import pytest

from tests.support.endurance import folder_of, told
from tests.support.outage import Outage
from tests.support.sender_kills import SenderMarathon

KILLS, SHARE = 50, 300
#: Fifty rounds of so many bundles, of so many ads each, are a million findings and more.
MANY, OWN = 2_050, 10
OUTAGE_S, A_SECOND = 600, 50

pytestmark = [pytest.mark.endurance, pytest.mark.elastic, pytest.mark.timeout(0)]


def test_fifty_kills_of_the_sender_lose_and_double_nothing(elasticsearch_url: str) -> None:
    """Goes on where it was interrupted if the same server still runs (`tests/support/elasticsearch.py start`)."""
    marathon = SenderMarathon(
        folder_of("sender-kills") / "marathon", elasticsearch_url, share=SHARE, kills=KILLS, seed=2026
    )
    marathon.go()
    figures = marathon.check()
    assert figures["kills"] == KILLS
    told("sender-kills", json.dumps(figures, ensure_ascii=False))


def test_fifty_kills_on_the_way_to_a_million_findings_lose_and_double_nothing(elasticsearch_url: str) -> None:
    """Goes on like the one before."""
    folder = folder_of("sender-kills-million") / "marathon"
    marathon = SenderMarathon(
        folder, elasticsearch_url, share=MANY, kills=KILLS, seed=2027, own=OWN, reach=2 * MANY
    )
    marathon.go()
    figures = marathon.check()
    assert figures["kills"] == KILLS
    assert figures["ads"] >= 1_000_000
    told("sender-kills-million", json.dumps(figures, ensure_ascii=False))


def test_ten_minutes_without_elasticsearch_lose_and_double_nothing(tmp_path: Path) -> None:
    with Outage(tmp_path) as outage:
        outage.go(seconds=OUTAGE_S, a_second=A_SECOND)
        figures = outage.check()
    assert figures["grown_to"] > OUTAGE_S * A_SECOND / 4
    told("outage", json.dumps(figures, ensure_ascii=False))
