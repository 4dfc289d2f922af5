"""An office with leads to work on, on each kind of store, and what tests ask of it."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from findings.model.vocabulary import Severity
from findings.stores import open_store
from tests.support import records as make
from tests.support.inprocess import Office

KINDS = ["sqlite", pytest.param("elastic", marks=[pytest.mark.elastic, pytest.mark.slow])]
SEEN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


def deskwork(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """An office whose store holds three leads (a, b, c) and an ad that is none."""
    home = tmp_path / "home"
    home.mkdir()
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'findings.db'}"
    else:
        url = f"{request.getfixturevalue('elasticsearch_url')}?prefix=t{secrets.token_hex(6)}"
    with open_store(url) as store:
        store.create()
        for page, (text, found, host) in enumerate(
            (
                ("保本保息，年化12%，随存随取", [make.finding(score=0.9)], "a"),
                ("不看征信，凭身份证当天放款", [make.finding(6, Severity.MEDIUM, 0.8)], "b"),
                ("内部消息，带你抓住涨停牛股", [make.finding(8, Severity.LOW, 0.7)], "c"),
                ("今日天气晴，适合出行和郊游", [], "d"),
            )
        ):
            ad = make.ad(text, *found, url=f"https://{host}.example/", title=host, first_seen=SEEN)
            store.write(make.bundle(ad, page=page, at=SEEN))
        yield Office(home, url)
        if request.param == "elastic":
            _drop(store.url)


def _drop(url: str) -> None:
    from elasticsearch import Elasticsearch

    server, _, prefix = url.partition("?prefix=")
    with Elasticsearch(server) as client:
        for name in client.indices.get(index=f"{prefix}-*"):
            client.indices.delete(index=name)


def configure(office: Office, text: str) -> None:
    (office.home / "config.yaml").write_text(text, "utf-8")


def leads(office: Office) -> list[str]:
    """The ids of a, b and c, as the queue has them."""
    files = office("cases", "queue", "--json").values[0]["files"]
    assert [file["facts"]["title"] for file in files] == ["a", "b", "c"]
    return [file["id"] for file in files]


def state(office: Office, case_id: str) -> str:
    shown = office("cases", case_id, "--json").values[0]["state"]
    assert isinstance(shown, str)
    return shown
