"""Applies the templates of index_templates/ under a prefix."""

import json
from importlib.resources import files
from typing import Any

from elasticsearch import BadRequestError, Elasticsearch

from findings.stores.elastic.names import MONTHLY, SINGLE, Names


def apply_templates(client: Elasticsearch, names: Names, *, aside: bool = False) -> None:
    """Put all component and index templates, replacing older ones of these names.

    What is made from them while they stand `aside` has no alias: nobody reads it yet.
    """
    for name, body in _read("components"):
        client.cluster.put_component_template(
            name=f"{names.prefix}{name}", template=body["template"], meta=body["_meta"]
        )
    for name, body in _read("indices"):
        template = body["template"]
        client.indices.put_index_template(
            name=f"{names.prefix}{name}",
            index_patterns=[f"{names.prefix}{pattern}" for pattern in body["index_patterns"]],
            composed_of=[f"{names.prefix}{part}" for part in body["composed_of"]],
            priority=body["priority"],
            meta=body["_meta"],
            template=template
            | {"aliases": {} if aside else {names.alias(alias): {} for alias in template["aliases"]}},
        )


def close_version(client: Elasticsearch, names: Names) -> None:
    """See to it that new indices of an old version (a month that begins) refuse all writes.

    The template outlives those of the old release, whose `index create` puts its own again.
    """
    client.indices.put_index_template(
        name=closed(names),
        index_patterns=names.patterns(),
        priority=1000,
        template={"settings": {"index.blocks.write": True}},
    )


def reopen_version(client: Elasticsearch, names: Names) -> None:
    """Undo `close_version`."""
    client.options(ignore_status=404).indices.delete_index_template(name=closed(names))


def closed(names: Names) -> str:
    """The template that closes a version."""
    return f"{names.prefix}finadwatch-closed-v{names.version}"


def create_index(client: Elasticsearch, index: str) -> bool:
    """Make an index from its template; False if it was there. It then gains the fields it lacks."""
    try:
        client.indices.create(index=index)
    except BadRequestError as error:
        if error.error != "resource_already_exists_exception":
            raise
    else:
        return True
    properties = _properties(index)
    there: Any = client.indices.get_mapping(index=index).body[index]["mappings"].get("properties", {})
    missing = {name: field for name, field in properties.items() if name not in there}
    if missing:
        client.indices.put_mapping(index=index, properties=missing)
    return False


def _properties(index: str) -> dict[str, Any]:
    """The fields that the templates of this release give an index of such a name."""
    parts = dict(_read("components"))
    for name, body in _read("indices"):
        if f"{name}-" in f"{index}-":
            mapped = [parts[part]["template"]["mappings"] for part in body["composed_of"]]
            mapped.append(body["template"]["mappings"])
            return {field: kind for mapping in mapped for field, kind in mapping["properties"].items()}
    return {}


def first_indices(names: Names, month: str) -> list[str]:
    """The indices a new store begins with, so that every alias exists."""
    return [
        *(names.index(kind, month) for kind in MONTHLY),
        *(names.index(kind) for kind in SINGLE),
    ]


def _read(folder: str) -> list[tuple[str, dict[str, Any]]]:
    found = files("index_templates").joinpath(folder)
    return [
        (file.name.removesuffix(".json"), json.loads(file.read_text("utf-8")))
        for file in sorted(found.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".json")
    ]
