"""Answers of app stores and search engines in JSON that hold what no honest one would."""

import json
from random import Random
from typing import Any

from tests.hostile.cases import ANSWER, kind
from tests.hostile.internet import Visit
from tests.hostile.text import OFFERS, POISONS, PROMPTS

_JSON = "application/json"
_ODD: tuple[Any, ...] = (None, True, -1, 1e308, 10**400, [], {}, [[]], "", " ", "\x00", [None] * 50, {"a": {"b": {}}}, OFFERS[0],
                         *POISONS[:12])  # fmt: skip


def _app(visit: Visit, number: int, chance: Random, odd: float = 0.0) -> dict[str, Any]:
    """An app in the words of all stores at once."""
    name, package = f"稳盈{number}", f"example.{visit.mark}.a{number}"
    app: dict[str, Any] = {
        "trackId": number, "trackName": name, "bundleId": package, "sellerName": "恒信", "trackViewUrl": f"https://apps.example/{number}",
        "description": OFFERS[number % 6], "artistName": "恒信", "genres": ["Finance"], "genreIds": ["6015"], "screenshotUrls": ["x"],
        "displayName": name, "packageName": package, "publisherName": "恒信", "briefShow": OFFERS[1], "appId": number, "introduction": OFFERS[2],
        "name": name, "package": package, "appname": name, "pkgName": package, "app_name": name, "pkg_name": package, "developer": "恒信",
        "title": name, "url": f"http://land.none.example/{number}", "abstract": OFFERS[3], "snippet": OFFERS[4],
    }  # fmt: skip
    for key in list(app):
        if chance.random() < odd:
            app[key] = chance.choice(_ODD)
    return app


def _wrapped(apps: list[Any], chance: Random) -> Any:
    """A list where one of the stores has its own."""
    said: dict[str, Any] = {
        "resultCount": len(apps),
        "results": apps,
        "listApp": apps,
        "total": len(apps),
        "code": 0,
        "ret": 0,
    }
    said["layoutData"] = [{"dataList": apps}]
    said["data"] = {
        "data": apps,
        "list": apps,
        "appList": apps,
        "search": {"list": apps},
        "assembleInfo": [{"appList": apps}],
    }
    return said


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@kind(ANSWER)
def odd_fields(visit: Visit, chance: Random) -> None:
    apps: list[Any] = [_app(visit, number, chance, 0.4) for number in range(chance.randint(1, 12))]
    if chance.random() < 0.3:
        apps.append(chance.choice(_ODD))
    visit.answer(_dumped(_wrapped(apps, chance)), _JSON)


@kind(ANSWER)
def odd_wrapping(visit: Visit, chance: Random) -> None:
    said = _wrapped([_app(visit, 1, chance)], chance)
    for key in list(said):
        if chance.random() < 0.5:
            said[key] = chance.choice(_ODD)
    visit.answer(
        _dumped(
            chance.choice((said, [said], [said] * 50, {"data": said}, _dumped(said), chance.choice(_ODD)))
        ),
        _JSON,
    )


@kind(ANSWER)
def poisoned_apps(visit: Visit, chance: Random) -> None:
    apps = [_app(visit, number, chance) for number in range(6)]
    for app in apps:
        said = chance.choice((*POISONS, *PROMPTS))
        for key in (
            "trackName",
            "displayName",
            "name",
            "appname",
            "description",
            "briefShow",
            "sellerName",
            "developer",
            "title",
        ):
            app[key] = said
    visit.answer(_dumped(_wrapped(apps, chance)), _JSON)


@kind(ANSWER)
def prompted_apps(visit: Visit, chance: Random) -> None:
    apps = [_app(visit, number, chance) for number in range(3)]
    for app in apps:
        for key in ("description", "briefShow", "introduction", "abstract"):
            app[key] = OFFERS[0] + chance.choice(PROMPTS)
    visit.answer(_dumped(_wrapped(apps, chance)), _JSON)


@kind(ANSWER)
def many_apps(visit: Visit, chance: Random) -> None:
    count = chance.choice((500, 3000))
    visit.answer(
        _dumped(_wrapped([_app(visit, number % 40, chance) for number in range(count)], chance))[:14_000_000],
        _JSON,
    )


@kind(ANSWER)
def long_fields(visit: Visit, chance: Random) -> None:
    app = _app(visit, 1, chance)
    for key in ("description", "trackName", "displayName", "name", "briefShow"):
        app[key] = chance.choice(OFFERS) * chance.choice((100, 4_000))
    visit.answer(_dumped(_wrapped([app], chance)), _JSON)


@kind(ANSWER)
def deep_json(visit: Visit, chance: Random) -> None:
    start, end = chance.choice((("[", "]"), ('{"a":', "}"), ('{"data":', "}"), ('{"results":[', "]}")))
    depth = chance.choice((500, 5_000, 200_000))
    visit.answer(start * depth + "1" + end * (depth if chance.random() < 0.5 else 0), _JSON)


@kind(ANSWER)
def numbers(visit: Visit, chance: Random) -> None:
    value = chance.choice(("1" * 500_000, "1e999999", "-0", "NaN", "Infinity", "0x10", "1." + "0" * 100_000))
    visit.answer(
        f'{{"resultCount": 1, "results": [{{"trackId": {value}, "trackName": "理财", "bundleId": "a.b"}}]}}',
        _JSON,
    )


@kind(ANSWER)
def broken_json(visit: Visit, chance: Random) -> None:
    whole = bytearray(
        _dumped(_wrapped([_app(visit, n, chance) for n in range(4)], chance)).encode("utf-8", "replace")
    )
    if chance.random() < 0.4:
        del whole[chance.randrange(len(whole)) :]
    for _ in range(chance.randint(0, 20)):
        whole[chance.randrange(len(whole))] = chance.randrange(256)
    visit.answer(bytes(whole), chance.choice((_JSON, "text/html", "text/javascript")))


@kind(ANSWER)
def wrapped_json(visit: Visit, chance: Random) -> None:
    text = _dumped(_wrapped([_app(visit, n, chance, 0.1) for n in range(3)], chance))
    form = chance.choice(("callback({});", "<html><pre>{}</pre>", ")]}}'\n{}", "\ufeff{}", "window.__NUXT__={};", "<script>window.__INITIAL_STATE__={}</script>",
                          "<script id=__NEXT_DATA__ type=application/json>{}</script>", "<script>AF_initDataCallback({})</script>"))  # fmt: skip
    visit.answer(form.format(text), chance.choice((_JSON, "text/html")))


@kind(ANSWER)
def repeated_keys(visit: Visit, chance: Random) -> None:
    keys = ",".join(
        f'"{chance.choice(("results", "data", "listApp", "a"))}":{chance.choice(("[]", "{}", "1", "null"))}'
        for _ in range(50_000)
    )
    visit.answer("{" + keys + "}", _JSON)
