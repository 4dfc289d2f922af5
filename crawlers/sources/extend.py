"""A source that stands on another: one portal differs from portals in general by a few lines."""

from collections.abc import Iterator, Mapping
from typing import Any

from findings.model.errors import Said

#: What a source says of itself alone: nobody has verified a portal because another was.
_OWN = ("name", "title_zh", "verified_on", "verified_pages", "pages", "extends")


def extended(raw: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """A definition over the one that it extends.

    Single settings replace the base's. In lists and tables of lists (selectors, hosts, signatures)
    the own entries come first and the base's follow.
    """
    merged = {key: value for key, value in base.items() if key not in _OWN} | dict(raw)
    for key in ("selectors", "hosts"):
        own, more = raw.get(key) or {}, base.get(key) or {}
        merged[key] = {
            name: _joined(own.get(name, ()), more.get(name, ())) for name in dict.fromkeys((*own, *more))
        }
    merged["signatures"] = _joined(raw.get("signatures") or (), base.get("signatures") or ())
    return merged


def _joined(own: Any, more: Any) -> list[Any]:
    return [*own, *(one for one in more if one not in own)]


def base_faults(raw: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> Iterator[Said]:
    """What is wrong with the source that a definition extends: it is missing, or extends one itself."""
    name = raw.get("extends")
    if name is None:
        return
    if name not in known or name == raw.get("name"):
        yield Said(
            f"extends: there is no source {name!r} to extend", zh=f"extends：没有可继承的来源 {name!r}"
        )
    elif "extends" in known[name]:
        yield Said(
            f"extends: {name} extends a source itself; name that one",
            zh=f"extends：{name} 本身也是继承来的，请直接写其来源",
        )
