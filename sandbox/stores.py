"""Two more app stores of the sandbox: one keeps its data in its pages, one hands out tokens and wants them back."""

import json
import re
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sandbox.data_files import DATA, load_yaml
from sandbox.web import Answer, Sent, html

_HEADER = re.compile(r"(?P<token>[\w-]+)_\d{13}")
_PC, _PHONE = "7", "0"


class TencentStore:
    """Answers `/search` and `/appdetail/<package>` as 应用宝 does: in a page's `__NEXT_DATA__`."""

    def __init__(self, apps: Sequence[Mapping[str, Any]]) -> None:
        self.apps = tuple(apps)

    def render(self, path: str, query: Mapping[str, list[str]], sent: Sent) -> Answer | None:
        """The answer to a path of the store's host; None for one that it does not know."""
        if path == "/search":
            term = " ".join(next(iter(query.get("q", ())), "").split())
            found = [_listed(app) for app in self.apps if term in app["terms"]]
            hot = [_listed(app) for app in self.apps if app.get("promoted")]
            return _page(
                "/search",
                [_card("YYB_HOME_SEARCH_NORMAL_GAME", found), _card("YYB_HOME_SEARCH_HOT_GAME", hot)],
            )
        if path.startswith("/appdetail/"):
            package = path.removeprefix("/appdetail/")
            one = [
                {**_listed(app), "description": app["description"]}
                for app in self.apps
                if app["package"] == package
            ]
            return _page("/appdetail/[pkgname]", [_card("yybn_game_basic_info", one)]) if one else None
        return None


class HuaweiStore:
    """Answers as AppGallery does: search and details only for a token that it handed out."""

    def __init__(self, apps: Sequence[Mapping[str, Any]]) -> None:
        self.apps = tuple(apps)
        self._tokens: set[str] = set()
        self._lock = threading.Lock()

    def render(self, path: str, query: Mapping[str, list[str]], sent: Sent) -> Answer | None:
        """The answer to a path of the store's host; None for one that it does not know."""
        if path == "/edge/webedge/getInterfaceCode" and sent.method == "POST":
            return _json(self._new_token())
        if path not in ("/edge/uowap/index", "/edge/webedge/appinfo"):
            return None
        if not self._knows(sent.headers.get("interface-code", "")):
            return _json({"rtnCode": 1002, "rtnDesc": "interface code is invalid"}, status=403)
        if path == "/edge/uowap/index":
            term = next(iter(query.get("uri", ())), "").removeprefix("searchApp|")
            found = [_gallery(app) for app in self.apps if term in app["terms"]]
            return _json(
                {"rtnCode": 0, "count": len(found), "layoutData": [{"layoutName": "app", "dataList": found}]}
            )
        package = _wanted(sent.body)
        one = next((app for app in self.apps if app["package"] == package), None)
        if one is None:
            return _json({"rtnCode": 0, "rtnDesc": "no such app"})
        return _json(
            {
                "pkgName": one["package"],
                "name": one["name"],
                "developerName": one["developer"],
                "description": one["description"],
            }
        )

    def _new_token(self) -> str:
        with self._lock:
            token = f"sandbox-{len(self._tokens) + 1}"
            self._tokens.add(token)
            return token

    def _knows(self, header: str) -> bool:
        found = _HEADER.fullmatch(header)
        with self._lock:
            return found is not None and found["token"] in self._tokens


def load_stores(path: Path = DATA / "stores.yaml") -> tuple[TencentStore, HuaweiStore]:
    """Read the fictional apps of both stores. Raises SandboxDataFault with every fault."""
    apps = load_yaml(path, DATA / "stores.schema.json")
    return TencentStore(apps["tencent"]), HuaweiStore(apps["huawei"])


def _listed(app: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "app_id": str(5_000_000 + len(app["package"])),
        "pkg_name": app["package"],
        "name": app["name"],
        "developer": app["developer"],
        "operator": app["developer"],
        "icp_number": app.get("icp", ""),
        "icp_entity": app["developer"] if "icp" in app else "",
        "editor_intro": app["line"],
        "cate_name_new": app["genre"],
        "game_type": _PC if app.get("computer") else _PHONE,
        "version_name": "1.0.0",
        "apk_size": "20000000",
    }


def _gallery(app: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": app["name"],
        "package": app["package"],
        "appid": f"C{1_000_000 + len(app['package'])}",
        "memo": app["line"],
        "kindName": app["genre"],
        "appVersionName": "1.0.0",
        "adFlag": "1" if app.get("promoted") else "0",
    }


def _card(name: str, items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"cardId": name, "data": {"itemData": list(items)}}


def _page(page: str, cards: Sequence[Mapping[str, Any]]) -> Answer:
    answer = {"ret": 0, "msg": "", "data": {"components": list(cards)}}
    data = {"page": page, "props": {"pageProps": {"dynamicCardResponse": answer}}}
    # `<` would end the script early, wherever it stood in a text.
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return html(
        "<!doctype html><html lang='zh-CN'><meta charset='utf-8'><title>应用宝</title><div id='__next'></div>"
        f'<script id="__NEXT_DATA__" type="application/json">{text}</script></html>'
    )


def _json(value: Any, *, status: int = 200) -> Answer:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Answer(status=status, headers={"Content-Type": "application/json; charset=utf-8"}, body=body)


def _wanted(body: bytes) -> str | None:
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        return None
    package = asked.get("pkgName") if isinstance(asked, dict) else None
    return package if isinstance(package, str) else None
