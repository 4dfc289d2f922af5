"""The app store of the sandbox: answers in the structure of Apple's search and lookup API."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sandbox.data_files import DATA, load_yaml
from sandbox.web import Answer

HOST = "itunes.apple.com"
#: The store's own bounds of `limit`.
_DEFAULT_LIMIT, _MAX_LIMIT = 50, 200


class AppStore:
    """Answers `/search` and `/lookup`. An app is found by any of its `terms`."""

    def __init__(self, apps: Sequence[Mapping[str, Any]]) -> None:
        self.apps = tuple(apps)

    def render(self, path: str, query: Mapping[str, list[str]]) -> Answer | None:
        """The answer to a path of the store's host; None for one that it does not know."""

        def first(key: str) -> str:
            return next(iter(query.get(key, ())), "")

        if path == "/search":
            term = " ".join(first("term").split())
            found = [app["record"] for app in self.apps if term in app["terms"]]
            limit = _number(first("limit"), _DEFAULT_LIMIT)
            offset = _number(first("offset"), 0)
            return _answer(found[offset : offset + min(limit, _MAX_LIMIT)])
        if path == "/lookup":
            return _answer(
                [
                    app["record"]
                    for app in self.apps
                    if str(app["record"]["trackId"]) == first("id")
                    or app["record"]["bundleId"] == first("bundleId")
                ]
            )
        return None


def load_app_store(path: Path = DATA / "apps.yaml") -> AppStore:
    """Read the fictional apps. Raises SandboxDataFault with every fault."""
    return AppStore(load_yaml(path, DATA / "apps.schema.json")["apps"])


def _answer(records: Sequence[Mapping[str, Any]]) -> Answer:
    body = json.dumps({"resultCount": len(records), "results": list(records)}, ensure_ascii=False, indent=1)
    return Answer(headers={"Content-Type": "text/javascript; charset=utf-8"}, body=body.encode())


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else default
