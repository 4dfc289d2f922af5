"""The sandbox's web as data: which host answers what. Pure: a request in, an answer out."""

import mimetypes
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from findings.model.errors import Said
from sandbox.data_files import WEB, fill_dates, load_yaml
from sandbox.errors import SandboxDataFault

_TEXT = {".html", ".css", ".js", ".json", ".txt", ".xml", ".svg"}
_TYPES = {".js": "text/javascript", ".json": "application/json"}
_NOT_FOUND = "<!doctype html><html lang='zh-CN'><meta charset='utf-8'><title>404 页面不存在</title><h1>404</h1><p>您访问的页面不存在或已被删除。</p></html>"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a host answers. `delay_s` is how long it keeps the caller waiting, in seconds."""

    status: int = 200
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    body: bytes = b""
    delay_s: float = 0.0


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What a request brought besides its address. Header names are in small letters."""

    method: str = "GET"
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    body: bytes = b""


_PLAIN = Sent()
#: A host's program: path, query and what was sent in, answer out; None where it has no such page.
Renderer = Callable[[str, Mapping[str, list[str]], Sent], Answer | None]


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """One host of the sandbox. `certificate` is the name its certificate bears instead of its own."""

    name: str
    title: str
    certificate: str | None
    answers: dict[str, Answer]
    renderer: Renderer | None = None


class Web:
    """All hosts of the sandbox."""

    def __init__(self, hosts: Mapping[str, Host]) -> None:
        self._hosts = dict(hosts)

    @property
    def hosts(self) -> tuple[Host, ...]:
        """Every host, in the order of `site.yaml`."""
        return tuple(self._hosts.values())

    def urls(self) -> tuple[str, ...]:
        """The https address of every page that stands in a file or a route, without rendered pages."""
        return tuple(
            f"https://{host.name}{path}" for host in self._hosts.values() for path in sorted(host.answers)
        )

    def answer(self, host: str, target: str, sent: Sent = _PLAIN) -> Answer:
        """Answer a request for `target` (path and query as sent) at a host; 404 for what is not there."""
        known = self._hosts.get(host.lower().rstrip("."))
        if known is None:
            return html(_NOT_FOUND, status=404)
        try:
            parts = urlsplit(target)
            query = parse_qs(parts.query, keep_blank_values=True, max_num_fields=50)
        except ValueError:
            return html("<!doctype html><title>400</title><h1>400</h1>", status=400)
        path = parts.path or "/"
        found = known.answers.get(path)
        if found is None and known.renderer is not None:
            found = known.renderer(path, query, sent)
        return found if found is not None else html(_NOT_FOUND, status=404)


def html(text: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """An HTML page in UTF-8."""
    return Answer(
        status=status,
        headers={"Content-Type": "text/html; charset=utf-8", **(headers or {})},
        body=text.encode(),
    )


def redirect(url: str, *, status: int = 302, headers: Mapping[str, str] | None = None) -> Answer:
    """A redirect by Location header."""
    return Answer(status=status, headers={"Location": url, **(headers or {})})


def load_web(today: date, renderers: Mapping[str, Renderer], folder: Path = WEB) -> Web:
    """Read `site.yaml` and the files of each host's folder.

    A file `web/<host>/a/b.html` answers `https://<host>/a/b.html` by itself, `index.html` also
    its folder; a route in `site.yaml` adds a status, headers, a delay, a redirect or an
    encoding. Raises SandboxDataFault with every fault.
    """
    site = load_yaml(folder / "site.yaml", WEB / "site.schema.json")
    faults: list[Said] = []
    hosts: dict[str, Host] = {}
    for name, entry in site["hosts"].items():
        answers = _files(folder / name, today)
        for place, route in enumerate(entry.get("routes", ())):
            try:
                answers[route["path"]] = _route(route, folder / name, answers, today)
            except (LookupError, OSError, UnicodeError) as fault:
                at = f"$.hosts['{name}'].routes[{place}]"
                faults.append(Said(f"{at}: {fault}", zh=f"{at}：无法使用（{fault}）"))
        renderer = entry.get("renderer")
        if renderer is not None and renderer not in renderers:
            at = f"$.hosts['{name}'].renderer"
            faults.append(Said(f"{at}: there is no renderer {renderer}", zh=f"{at}：没有 {renderer}"))
        elif renderer is None and not answers:
            at = f"$.hosts['{name}']"
            said = Said(
                f"{at}: neither a file, a route nor a renderer", zh=f"{at}：既无文件，也无路由或生成器"
            )
            faults.append(said)
        hosts[name] = Host(
            name=name,
            title=entry["title"],
            certificate=entry.get("certificate"),
            answers=answers,
            renderer=renderers.get(renderer) if renderer else None,
        )
    folders = {path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith("_")}
    faults += [
        Said(f"$.hosts: the folder {name} has no entry", zh=f"$.hosts：文件夹 {name} 没有对应的条目")
        for name in sorted(folders - hosts.keys())
    ]
    if faults:
        raise SandboxDataFault("site.yaml", faults)
    return Web(hosts)


def _files(folder: Path, today: date) -> dict[str, Answer]:
    """An answer for every file of a host. All are read now: no request ever touches the disk."""
    answers: dict[str, Answer] = {}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if not path.is_file():
            continue
        place = "/" + path.relative_to(folder).as_posix()
        answer = _file(path, today)
        answers[place] = answer
        if path.name == "index.html":
            answers[place.removesuffix("index.html")] = answer
    return answers


def _file(path: Path, today: date, encoding: str = "utf-8") -> Answer:
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix in _TEXT:
        body = fill_dates(path.read_text("utf-8"), today).encode(encoding)
        kind = f"{kind}; charset={encoding}"
    else:
        body = path.read_bytes()
    return Answer(headers={"Content-Type": kind}, body=body)


def _route(route: Mapping[str, Any], folder: Path, answers: Mapping[str, Answer], today: date) -> Answer:
    """One entry of `routes`. Raises KeyError where it names a file that is not there."""
    headers = dict(route.get("headers", {}))
    status = route.get("status", 302 if "redirect" in route else 200)
    delay = float(route.get("delay_s", 0))
    if "redirect" in route:
        return Answer(status=status, headers={"Location": route["redirect"], **headers}, delay_s=delay)
    place = "/" + route["file"]
    if place not in answers:
        raise KeyError(f"there is no file {route['file']}")
    base = _file(folder / route["file"], today, route["encoding"]) if "encoding" in route else answers[place]
    return Answer(status=status, headers={**base.headers, **headers}, body=base.body, delay_s=delay)
