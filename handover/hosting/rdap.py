"""Answers of an RDAP server (RFC 9083): the province of an address, the registrar of a domain. Pure."""

from typing import Any

import msgspec

from findings.model.errors import Said
from handover.hosting.model import HostFacts
from handover.hosting.places import province_in

#: Entities and properties of an answer that are looked at, and how deep entities stand in entities.
_MOST, _DEEP = 40, 3


def of_address(answer: bytes, server: str) -> HostFacts:
    """Where an address is registered (RFC 9083 §5.4): the country of the network, and for this country the province
    that its holder's address names. It is where the holder sits; the server may stand elsewhere.
    Raises ValueError for an answer that is no RDAP object."""
    network = _object(answer)
    country = str(network.get("country") or "").strip().upper()[:2]
    if country and country not in {"CN", "EU", "AP"}:
        return HostFacts(abroad=country, by=(_by(server),))
    texts = [str(network.get("name", ""))[:200]]
    for entity in _entities(network):
        texts += _addresses(entity)
    texts += [
        " ".join(map(str, _list(remark.get("description"))))[:300]
        for remark in _list(network.get("remarks"))
        if isinstance(remark, dict)
    ]
    for text in texts:
        if province := province_in(text):
            return HostFacts(province, by=(_by(server),))
    return HostFacts()


def of_domain(answer: bytes, server: str) -> HostFacts:
    """Who registered a domain (RFC 9083 §5.3): the name of the entity whose role is registrar (§10.2.4).
    Raises ValueError for an answer that is no RDAP object."""
    for entity in _entities(_object(answer)):
        if "registrar" in _list(entity.get("roles")):
            for kind in ("fn", "org"):
                for value in _card(entity, kind):
                    if isinstance(value, str) and value.strip():
                        return HostFacts(registrar=value.strip()[:200], by=(_by(server),))
    return HostFacts()


def _by(server: str) -> Said:
    return Said(f"RDAP {server}", zh=f"RDAP {server}")


def _object(answer: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(answer)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(f"no JSON: {error}") from error
    if not isinstance(found, dict) or "objectClassName" not in found:
        raise ValueError("no RDAP object (RFC 9083)")
    return found


def _list(value: object) -> list[Any]:
    return value[:_MOST] if isinstance(value, list) else []


def _entities(holder: dict[str, Any], depth: int = 0) -> list[dict[str, Any]]:
    found = [entity for entity in _list(holder.get("entities")) if isinstance(entity, dict)]
    if depth < _DEEP:
        found += [below for entity in list(found) for below in _entities(entity, depth + 1)]
    return found[: _MOST * _DEEP]


def _card(entity: dict[str, Any], kind: str) -> list[Any]:
    """The values of one property of an entity's jCard (RFC 7095): [name, parameters, type, value]."""
    card = _list(entity.get("vcardArray"))
    properties = _list(card[1]) if len(card) > 1 else []
    return [one[3] for one in properties if isinstance(one, list) and len(one) > 3 and one[0] == kind]


def _addresses(entity: dict[str, Any]) -> list[str]:
    """Postal addresses, from their parts or from their label: the region (RFC 6350 §6.3.1, fifth part) comes first."""
    card = _list(entity.get("vcardArray"))
    found = []
    for one in _list(card[1]) if len(card) > 1 else []:
        if not isinstance(one, list) or len(one) < 4 or one[0] != "adr":
            continue
        parts = [part if isinstance(part, str) else "" for part in _list(one[3])]
        found += [part for part in (*parts[4:5], *parts[3:4], *parts[:3]) if part]
        if isinstance(one[1], dict) and isinstance(one[1].get("label"), str):
            found.append(one[1]["label"][:300])
    return found
