"""The app store's answers."""

import json

import pytest

from sandbox.app_store import load_app_store

STORE = load_app_store()


def _answer(path: str, **query: str) -> dict:
    return json.loads(STORE.render(path, {key: [value] for key, value in query.items()}).body)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"term": "借钱"}, ["青穗借款-青穗湾消费金融", "闪砚花-极速借钱", "慢砚记账-家庭账本"]),
        ({"term": "借钱", "limit": "1"}, ["青穗借款-青穗湾消费金融"]),
        ({"term": "借钱", "limit": "50", "offset": "2"}, ["慢砚记账-家庭账本"]),
        (
            {"term": "借钱", "limit": "-3"},
            ["青穗借款-青穗湾消费金融", "闪砚花-极速借钱", "慢砚记账-家庭账本"],
        ),
        ({"term": "无"}, []),
        ({}, []),
    ],
    ids=["all", "limit", "offset", "bad-limit", "zero", "no-term"],
)
def test_search(query, names):
    answer = _answer("/search", **query)

    assert [app["trackName"] for app in answer["results"]] == names
    assert answer["resultCount"] == len(names)


@pytest.mark.parametrize("query", [{"id": "9900000002"}, {"bundleId": "example.shandaohua.app"}])
def test_lookup(query):
    assert _answer("/lookup", **query)["results"][0]["sellerName"] == "闪砚花网络科技工作室"


def test_other_paths_are_not_known():
    assert STORE.render("/", {}) is None
