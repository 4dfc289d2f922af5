"""finadwatch cases show, merge, split, undo, on both stores."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from findings.cases import files, regrouping
from findings.store import FindingStore
from findings.stores import open_store
from tests.support import records as make
from tests.support.inprocess import Office

KINDS = ["sqlite", pytest.param("elastic", marks=[pytest.mark.elastic, pytest.mark.slow])]


@pytest.fixture(params=KINDS)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """An office with a case of two ads (`c1-one`), and one of a single ad (`c1-two`)."""
    home = tmp_path / "home"
    home.mkdir()
    if request.param == "sqlite":
        with open_store(f"sqlite:///{tmp_path / 'findings.db'}") as store:
            store.create()
            _fill(store)
            yield Office(home, store.url)
    else:
        server = request.getfixturevalue("elasticsearch_url")
        with open_store(f"{server}?prefix=t{secrets.token_hex(6)}") as store:
            store.create()
            _fill(store)
            yield Office(home, store.url)


def _fill(store: FindingStore) -> None:
    one = [make.ad(text, make.finding(), case_id="c1-one", title="保本") for text in ("甲", "乙")]
    store.write(make.bundle(*one, make.ad("丙", make.finding(8), case_id="c1-two", title="代币")))


def _ads(office: Office, case_id: str) -> dict[str, str]:
    (shown,) = office("cases", "show", case_id, "--json").values
    with open_store(office.store) as store:
        texts = {ad["id"]: store.ad(ad["id"]) for ad in shown["ads"]}
    return {ad.text: name for name, ad in texts.items() if ad is not None}


def test_a_case_is_shown_with_its_ads_and_trail(office: Office) -> None:
    told = office("cases", "show", "c1-one")
    assert told.code == 0
    assert "检出 2 次，广告 2 条（内容 2 种）" in told.out
    assert told.out.count("a1-") == 2
    assert office("cases", "show", "c1-none").code == 2


def test_cases_are_merged_and_parted_again(office: Office) -> None:
    told = office("cases", "merge", "c1-two", "c1-one", "--note", "同一主体", by="沈一")
    assert told.code == 0
    assert set(_ads(office, "c1-one")) == {"甲", "乙", "丙"}
    assert "已并入 c1-two" in office("cases", "show", "c1-one").out
    assert office("cases", "merge", "c1-two", "c1-one", "--note", "再来", by="沈一").code == 1
    assert office("review", "c1-one", "--verdict", "confirm", "--note", "x", by="沈一").code == 1
    assert office("cases", "undo", "c1-one", "--note", "并非同一主体", by="沈一").code == 0
    assert (set(_ads(office, "c1-one")), set(_ads(office, "c1-two"))) == ({"甲", "乙"}, {"丙"})
    assert office("cases", "undo", "c1-one", by="沈一").code == 1
    (shown,) = office("cases", "show", "c1-one", "--json").values
    assert [entry["draft"]["action"] for entry in shown["trail"]] == ["merged", "undone"]
    assert office("audit", "verify").code == 0


def test_many_ads_are_merged_in_several_changes_and_taken_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (regrouping, files):
        monkeypatch.setattr(place, "MAX_MOVES", 2)
    with open_store(office.store) as store:
        ads = [make.ad(text, make.finding(), case_id="c1-big") for text in "子丑寅卯辰"]
        store.write(make.bundle(*ads, page=2))
    # Broken off after the first change of five ads.
    merge = ("cases", "merge", "c1-two", "c1-big", "c1-one", "--note", "同一主体")
    with monkeypatch.context() as broken:
        broken.setattr("finadwatch.commands.cases.regroup.progress", _interrupt)
        assert office(*merge, by="沈一").code == 130
    assert len(_ads(office, "c1-big")) == 3
    assert office(*merge, by="沈一").code == 0
    assert set(_ads(office, "c1-two")) == set("甲乙丙子丑寅卯辰")
    assert "已并入 c1-two" in office("cases", "show", "c1-big").out
    for left in (5, 3):  # the second call, then the first
        assert office("cases", "undo", "c1-two", by="沈一").code == 0
        assert len(_ads(office, "c1-two")) == {5: 3, 3: 1}[left]
    assert set(_ads(office, "c1-big")) == set("子丑寅卯辰")
    assert set(_ads(office, "c1-one")) == {"甲", "乙"}
    assert office("audit", "verify", "--cases").code == 0


def _interrupt(sentence: str) -> None:
    raise KeyboardInterrupt


def test_ads_are_split_off_and_come_back(office: Office) -> None:
    away = _ads(office, "c1-one")["乙"]
    told = office("cases", "split", "c1-one", away, "--note", "共用模板", "--json", by="沈一")
    assert told.code == 0
    new = told.values[1]["file"]
    assert (new["state"], new["version"], new["facts"]["ads"]) == ("open", 1, 1)
    assert set(_ads(office, "c1-one")) == {"甲"}
    assert set(_ads(office, new["id"])) == {"乙"}
    assert office("cases", "undo", new["id"], by="沈一").code == 0
    assert set(_ads(office, "c1-one")) == {"甲", "乙"}
    assert set(_ads(office, new["id"])) == {"甲", "乙"}


def test_what_another_regrouping_stands_on_is_not_taken_back(office: Office) -> None:
    away = _ads(office, "c1-one")["乙"]
    new = office("cases", "split", "c1-one", away, "--note", "分", "--json", by="沈一").values[1]["file"][
        "id"
    ]
    assert office("cases", "merge", "c1-two", "c1-one", "--note", "并", by="沈一").code == 0
    refused = office("cases", "undo", new, by="沈一")
    assert refused.code == 1
    assert "请先撤销后者" in refused.err
    assert office("cases", "undo", "c1-two", by="沈一").code == 0
    assert office("cases", "undo", new, by="沈一").code == 0
    assert set(_ads(office, "c1-one")) == {"甲", "乙"}


def test_what_can_not_be_meant_is_wrong_use(office: Office) -> None:
    only = _ads(office, "c1-two")["丙"]
    for words in (
        ("merge", "c1-one", "c1-one"),
        ("merge", "c1-one", "c1-none"),
        ("split", "c1-two", only),
        ("split", "c1-one", only),
        ("undo", "c1-none"),
    ):
        assert office("cases", *words, "--note", "x", by="沈一").code == 2, words
