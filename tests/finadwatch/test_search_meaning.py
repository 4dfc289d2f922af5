"""`finadwatch search --meaning` as an officer types it, on both stores, with the model that embeds ads."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzers.semantics import Semantics
from finadwatch.context import bundled
from findings.stores import open_store
from tests.support import records as make
from tests.support.cache import share_patterns
from tests.support.inprocess import Office
from tests.support.stores import server_of

pytestmark = [pytest.mark.models, pytest.mark.slow]

SAFE = "本金绝对安全，到期还本付息，亏损由平台全额补偿"
LOAN = "不看征信，凭身份证当天放款，额度最高十万元"
CAMP = "周末去郊外露营，帐篷睡袋一站式租赁，赠送烧烤炉"


@pytest.fixture(params=["sqlite", pytest.param("elastic", marks=pytest.mark.elastic)])
def office(request: pytest.FixtureRequest, tmp_path: Path, hanlp: Path) -> Iterator[Office]:
    """An office whose store holds three ads with their vectors, and one without."""
    home = tmp_path / "home"
    home.mkdir()
    share_patterns(home)
    (home / "config.yaml").write_text(f"models: {{hanlp: '{hanlp}'}}\n", "utf-8")
    elastic = request.param == "elastic"
    prefix = f"t{secrets.token_hex(6)}"
    url = (
        f"{request.getfixturevalue('elasticsearch_url')}?prefix={prefix}"
        if elastic
        else f"sqlite:///{tmp_path / 'findings.db'}"
    )
    vectors = Semantics.load(str(bundled("embedding")), bundled("heads") / "heads.npz").embed(
        [SAFE, LOAN, CAMP]
    )
    ads = [
        make.ad(text, title="", url=f"https://h{number}.example/", embedding=tuple(vector.tolist()))
        for number, (text, vector) in enumerate(zip((SAFE, LOAN, CAMP), vectors, strict=True))
    ]
    with open_store(url) as store:
        store.create()
        store.write(make.bundle(*ads, make.ad("稳赚不赔的投资", title="")))
        yield Office(home, url)
        if elastic:
            with server_of(url) as client:
                client.indices.delete(index=[part.name for part in store.status()])


def test_ads_come_by_their_meaning(office: Office) -> None:
    """None of the words typed stands in what is found first; an ad that was stored without a vector is not found."""
    (told,) = office("search", "--meaning", "稳赚不赔的投资", "--json").values
    assert [near["ad"]["text"] for near in told["near"]] == [SAFE, LOAN, CAMP]
    far = [near["nearness"] for near in told["near"]]
    assert far == sorted(far, reverse=True)
    assert 0.5 < far[2] < far[0] < 1
    (told,) = office("search", "--meaning", "借钱不用查信用记录", "--limit", "1", "--json").values
    assert [near["ad"]["text"] for near in told["near"]] == [LOAN]
    few = office("search", "露营", "--meaning", "稳赚不赔的投资")
    assert "共 1 条" in few.out
    assert "露营" in few.out
