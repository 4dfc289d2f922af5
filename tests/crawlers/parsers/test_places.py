"""Paths through JSON: entries, depth, containers above, lists that are there and empty."""

from typing import Any

import pytest

from crawlers.parsers.places import Place, Way, holds, is_inside, look
from crawlers.sources.model import Condition

_CARDS = {
    "cards": [
        {"id": "MAIN", "data": {"items": [{"n": 1}, {"n": 2}]}},
        {"id": "HOT", "data": {"items": [{"n": 3}]}},
    ]
}


@pytest.mark.parametrize(
    ("document", "path", "values", "hollow"),
    [
        (_CARDS, "cards.*.data.items.*.n", [1, 2, 3], False),
        (_CARDS, "cards.1.data.items.0.n", [3], False),
        ([1, 2], "*", [1, 2], False),
        ({"a": 1}, "", [{"a": 1}], False),
        ({"a": {"b": 1}}, "a.*", [], False),
        ({"a": []}, "a.*", [], True),
        ({"a": [{"b": []}, {"b": []}]}, "a.*.b.*", [], True),
        ({"a": [{"b": []}, {"b": [5]}]}, "a.*.b.*", [5], True),
        ({"a": None}, "a.*", [], False),
        ({}, "a.*", [], False),
        ({"x": {"y": [{"n": 1}, [{"n": 2}]]}}, "**.n", [1, 2], False),
    ],
)
def test_a_path_leads_to_values_in_their_order(
    document: Any, path: str, values: list[Any], hollow: bool
) -> None:
    way = Way(document, path)
    assert [place.value for place in way] == values
    assert way.hollow is hollow


def test_carets_lead_up_to_the_containers() -> None:
    places = list(Way(_CARDS, "cards.*.data.items.*"))
    assert [look(place, "^^^.id") for place in places] == ["MAIN", "MAIN", "HOT"]
    assert look(places[0], "^.1.n") == 2
    assert look(places[0], "^^^^^^^^^^.id") is None
    assert is_inside(places[2], {id(_CARDS["cards"][1])})
    assert not is_inside(places[0], {id(_CARDS["cards"][1])})


@pytest.mark.parametrize(
    ("value", "matches", "wanted"),
    [("HOT_GAME", "HOT", True), ("NORMAL", "HOT", False), (7, "^[78]$", True), (None, ".", False), (True, "True", False),
     ({}, ".", False), ("无", None, True), ("No", None, False)],
)  # fmt: skip
def test_a_condition_holds(value: object, matches: str | None, wanted: bool) -> None:
    assert holds(Place({"at": value}), Condition(at="at", matches=matches)) is wanted
