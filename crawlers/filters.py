"""Rules of an ad filter list (EasyList syntax), asked about one page at a time.

Network rules and plain element rules are the `adblock` package's work. Rules with conditions
that CSS does not know (`#?#… :-abp-contains(广告)`) are ours (`parsers/extended`), as are pages
that the list exempts (`@@||site^$elemhide`): that package leaves both out. A list is read from a
path that the user names; none ships, because the lists' licences don't allow it here.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawlers.parsers.extended import compiled, is_extended
from findings.model.errors import UsageError

if TYPE_CHECKING:
    import adblock

#: Largest list that is read, in bytes: EasyList China has 0.55 MB, the largest public ones about 10.
MAX_LIST_BYTES = 64_000_000

_RULE = re.compile(r"^(?P<domains>[^#/\s]*)#(?P<kind>\?|@|@\?|\?@|)#(?P<selector>.+)$")
_EXEMPTION = re.compile(r"^@@(?P<address>[^$]+)\$(?P<options>[\w~,=|.-]+)$")


@dataclass(frozen=True)
class _TextRule:
    """A rule with conditions; `only` and `never` are the domains it is for and not for."""

    selector: str
    only: frozenset[str]
    never: frozenset[str]

    def holds_on(self, names: tuple[str, ...]) -> bool:
        """Whether it holds on a host, given with all the domains above it, the host first."""
        for name in names:
            if name in self.never:
                return False
            if name in self.only:
                return True
        return not self.only


class AdFilters:
    """One loaded filter list. Make it with `load`, or `none` where there is no list."""

    def __init__(self, engine: "adblock.Engine | None", lines: Iterable[str] = ()) -> None:
        self._engine = engine
        self._exempt: dict[str, adblock.Engine] = {}
        self._by_domain: dict[str, list[_TextRule]] = {}
        self._kept: dict[str, list[_TextRule]] = {}
        if engine is None:
            return
        exemptions: dict[str, list[str]] = {}
        for line in map(str.strip, lines):
            self._add_rule(line)
            _note_exemption(line, exemptions)
        for kind, rules in exemptions.items():
            self._exempt[kind] = _engine("\n".join(rules))

    def _add_rule(self, line: str) -> None:
        match = _RULE.match(line)
        if match is None:
            return
        selector = match["selector"].strip()
        if "@" in match["kind"]:
            if is_extended(selector):
                self._kept.setdefault(selector, []).append(_text_rule(match["domains"], selector))
            return
        # "##" with plain CSS is the engine's; "#?#" never is, whatever follows.
        if (match["kind"] or is_extended(selector)) and compiled(selector) is not None:
            rule = _text_rule(match["domains"], selector)
            for domain in rule.only or {""}:
                self._by_domain.setdefault(domain, []).append(rule)

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
        lines = text.splitlines()
        if not any(line.strip() and not line.lstrip().startswith(("!", "[")) for line in lines):
            raise UsageError(
                f"the filter list {name} holds no rule: give a list in the format of EasyList",
                zh=f"过滤规则文件 {name} 里没有规则：请给出 EasyList 格式的列表",
            )
        return cls(_engine(text), lines)

    @property
    def loaded(self) -> bool:
        """Whether there are any rules to ask."""
        return self._engine is not None

    def blocks(self, url: str, page_url: str | None, kind: str) -> bool:
        """Whether a network rule names this request. `kind`: `subdocument image script document …`."""
        if self._engine is None or self._exempted(page_url, "document"):
            return False
        return bool(self._engine.check_network_urls(url, page_url or url, kind).matched)

    def element_rules(self, page_url: str | None, classes: set[str], ids: set[str]) -> tuple[str, ...]:
        """CSS selectors of elements that the list hides on this page, in a stable order."""
        if self._engine is None or self._exempted(page_url, "elemhide", "document"):
            return ()
        asked = page_url or "https://unknown.invalid/"
        own = self._engine.url_cosmetic_resources(asked)
        found = set(own.hide_selectors)
        if not own.generichide:  # type: ignore[attr-defined]  # missing in the package's stub
            generic = self._engine.hidden_class_id_selectors(sorted(classes), sorted(ids), own.exceptions)
            found.update(generic)
        return tuple(sorted(found))

    def text_rules(self, page_url: str | None) -> tuple[str, ...]:
        """Selectors with conditions (for `parsers.extended`) of the list's rules for this page."""
        if self._engine is None or self._exempted(page_url, "elemhide", "document"):
            return ()
        names = _names(page_url)
        generic = () if self._exempted(page_url, "generichide") else ("",)
        rules = [rule for name in (*names, *generic) for rule in self._by_domain.get(name, ())]
        return tuple(
            dict.fromkeys(
                rule.selector
                for rule in rules
                if rule.holds_on(names)
                and not any(kept.holds_on(names) for kept in self._kept.get(rule.selector, ()))
            )
        )

    def _exempted(self, page_url: str | None, *kinds: str) -> bool:
        """Whether the list says `@@…$kind` of this page."""
        return page_url is not None and any(
            kind in self._exempt
            and bool(self._exempt[kind].check_network_urls(page_url, page_url, "other").matched)
            for kind in kinds
        )


def _engine(text: str) -> "adblock.Engine":
    import adblock

    rules = adblock.FilterSet()
    rules.add_filter_list(text)
    return adblock.Engine(rules)


def _note_exemption(line: str, exemptions: dict[str, list[str]]) -> None:
    """The address of an `@@` rule under each kind of page-wide exemption that it names."""
    match = _EXEMPTION.match(line)
    if match is None:
        return
    options = {option.strip().lower() for option in match["options"].split(",")}
    for kind, names in (
        ("document", {"document", "doc"}),
        ("elemhide", {"elemhide", "ehide"}),
        ("generichide", {"generichide", "ghide"}),
    ):
        if options & names:
            exemptions.setdefault(kind, []).append(match["address"])


def _text_rule(domains: str, selector: str) -> _TextRule:
    names = [name for name in domains.lower().split(",") if name]
    return _TextRule(
        selector,
        only=frozenset(name for name in names if not name.startswith("~")),
        never=frozenset(name[1:] for name in names if name.startswith("~")),
    )


def _names(page_url: str | None) -> tuple[str, ...]:
    """A page's host and every domain above it."""
    try:
        host = urlsplit(page_url or "").hostname or ""
    except ValueError:
        host = ""
    labels = host.split(".")
    return tuple(".".join(labels[index:]) for index in range(len(labels))) if host else ()
