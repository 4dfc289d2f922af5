"""Rules of an ad filter list (EasyList syntax), asked about one page at a time.

Network rules and plain element rules are the `adblock` package's work. Rules on text
(`#?#… :-abp-contains(广告)`) are ours: that package leaves them out. A list is read from a path
that the user names; none ships, because the lists' licences don't allow it here.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from findings.model.errors import UsageError

if TYPE_CHECKING:
    import adblock

#: Largest list that is read, in bytes: EasyList China has 0.55 MB, the largest public ones about 10.
MAX_LIST_BYTES = 64_000_000

_TEXT_RULE = re.compile(r"^(?P<domains>[^#/\s]*)#\?#(?P<selector>.+)$")
_CONTAINS = re.compile(r":(?:-abp-contains|has-text|contains)\((?P<what>(?:[^()\\]|\\.|\([^()]*\))*)\)")
_LITERALS = re.compile(r"^/(?P<words>[\w\s|·]+)/i?$")


class AdFilters:
    """One loaded filter list. Make it with `load`, or `none` where there is no list."""

    def __init__(self, engine: "adblock.Engine | None", text_rules: Iterable[tuple[str, str]] = ()) -> None:
        self._engine = engine
        self._by_domain: dict[str, list[str]] = {}
        for domain, selector in text_rules:
            self._by_domain.setdefault(domain, []).append(selector)

    @classmethod
    def none(cls) -> "AdFilters":
        """No rules: only a source's own marks count."""
        return cls(None)

    @classmethod
    def load(cls, path: Path) -> "AdFilters":
        """Read a list. Raises UsageError where the file can't be read or holds no rules."""
        try:
            if path.stat().st_size > MAX_LIST_BYTES:
                raise UsageError(
                    f"the filter list {path} has more than {MAX_LIST_BYTES} bytes: name a list of ad rules",
                    zh=f"过滤规则文件 {path} 超过 {MAX_LIST_BYTES} 字节：请换用广告规则列表",
                )
            raw = path.read_bytes()
        except OSError as bad:
            raise UsageError(
                f"the filter list {path} can't be read ({bad.strerror or bad}): check the path",
                zh=f"读不到过滤规则文件 {path}（{bad.strerror or bad}）：请检查路径",
            ) from bad
        return cls.from_text(raw.decode("utf-8-sig", "replace"), str(path))

    @classmethod
    def from_text(cls, text: str, name: str = "list") -> "AdFilters":
        """Rules from the text of a list; `name` is for errors. Raises UsageError if it holds none."""
        import adblock

        lines = text.splitlines()
        if not any(line.strip() and not line.lstrip().startswith(("!", "[")) for line in lines):
            raise UsageError(
                f"the filter list {name} holds no rule: give a list in the format of EasyList",
                zh=f"过滤规则文件 {name} 里没有规则：请给出 EasyList 格式的列表",
            )
        rules = adblock.FilterSet()
        rules.add_filter_list(text)
        return cls(adblock.Engine(rules), _text_rules(lines))

    @property
    def loaded(self) -> bool:
        """Whether there are any rules to ask."""
        return self._engine is not None

    def blocks(self, url: str, page_url: str | None, kind: str) -> bool:
        """Whether a network rule names this request. `kind`: `subdocument image script document …`."""
        if self._engine is None:
            return False
        return bool(self._engine.check_network_urls(url, page_url or url, kind).matched)

    def element_rules(self, page_url: str | None, classes: set[str], ids: set[str]) -> tuple[str, ...]:
        """CSS selectors of elements that the list hides on this page, in a stable order."""
        if self._engine is None:
            return ()
        asked = page_url or "https://unknown.invalid/"
        own = self._engine.url_cosmetic_resources(asked)
        found = set(own.hide_selectors)
        if not own.generichide:  # type: ignore[attr-defined]  # missing in the package's stub
            generic = self._engine.hidden_class_id_selectors(sorted(classes), sorted(ids), own.exceptions)
            found.update(generic)
        return tuple(sorted(found))

    def text_rules(self, page_url: str | None) -> tuple[str, ...]:
        """CSS selectors (with `:has()` and `:contains()`) of the list's rules on text for this page."""
        try:
            host = urlsplit(page_url or "").hostname or ""
        except ValueError:
            host = ""
        labels = host.split(".")
        names = ["", *(".".join(labels[index:]) for index in range(len(labels)))]
        return tuple(rule for name in dict.fromkeys(names) for rule in self._by_domain.get(name, ()))


def _text_rules(lines: Iterable[str]) -> list[tuple[str, str]]:
    """Domain and selector of each rule on text; rules with other conditions are left out."""
    found: list[tuple[str, str]] = []
    for line in lines:
        match = _TEXT_RULE.match(line.strip())
        if match is None or ("contains(" not in line and "has-text(" not in line):
            continue
        selector = plain_selector(match["selector"])
        if selector is None:
            continue
        domains = [name for name in match["domains"].lower().split(",") if not name.startswith("~")]
        found.extend((domain, selector) for domain in domains)
    return found


@lru_cache(maxsize=4096)
def plain_selector(extended: str) -> str | None:
    """An extended selector in the terms that lxml's CSS knows, or None.

    `:-abp-has(x)` becomes `:has(x)`, `:-abp-contains(x)` becomes `:contains("x")`; a regular
    expression is taken where it is no more than words with `|` between them.
    """
    unknown = False

    def contains(match: re.Match[str]) -> str:
        nonlocal unknown
        what = match["what"].strip().strip("\"'")
        words = [what]
        if what.startswith("/"):
            literal = _LITERALS.match(what)
            if literal is None:
                unknown = True
                return ""
            words = literal["words"].split("|")
        parts = [f':contains("{_quoted(word)}")' for word in words]
        return parts[0] if len(parts) == 1 else f":is({', '.join(parts)})"

    plain = _CONTAINS.sub(contains, extended).replace(":-abp-has(", ":has(")
    return None if unknown or ":-abp-" in plain else plain


def _quoted(word: str) -> str:
    return word.replace("\\", "\\\\").replace('"', '\\"')
