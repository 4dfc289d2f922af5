"""The templates use what Elasticsearch's core distribution has, and no more (design §7)."""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from findings.stores.elastic.documents import (
    DIMENSIONS,
    Seen,
    ad_document,
    capture_document,
    plan_document,
    run_document,
    sighting_document,
    task_document,
)
from findings.stores.elastic.names import MONTHLY, SINGLE, Names
from tests.support import records as make

CORE_TYPES = {"keyword", "text", "date", "long", "integer", "byte", "double", "float", "boolean",
              "object", "nested", "dense_vector"}  # fmt: skip
CORE_ANALYZERS = {"standard", "whitespace"}

TEMPLATES: dict[str, Any] = {
    file.name: json.loads(file.read_text("utf-8"))
    for folder in ("components", "indices")
    for file in files("index_templates").joinpath(folder).iterdir()
}


#: What an index is composed of where it is more than the common part.
PARTS = {"ads": ["finadwatch-common-v2", "finadwatch-text-v2", "finadwatch-findings-v2"]}


def fields(properties: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, field in properties.items():
        yield name, field
        for inner, below in fields(field.get("properties", {})):
            yield f"{name}.{inner}", below


@pytest.mark.parametrize("name", TEMPLATES)
def test_only_core_types_and_analyzers(name: str) -> None:
    for _, field in fields(TEMPLATES[name]["template"].get("mappings", {}).get("properties", {})):
        assert field.get("type", "object") in CORE_TYPES
        assert field.get("analyzer", "standard") in CORE_ANALYZERS
        # Longer keywords are refused by Lucene: 32,766 bytes, four to a character.
        if field.get("type") == "keyword" and field.get("index", True):
            assert field["ignore_above"] <= 32766 // 4


def test_every_kind_has_a_template_with_alias_and_version() -> None:
    assert {name for name in TEMPLATES if not name.startswith("finadwatch-")} == {
        f"{kind}-v2.json" for kind in (*MONTHLY, *SINGLE)
    }
    names = Names("")
    for kind in (*MONTHLY, *SINGLE):
        template = TEMPLATES[f"{kind}-v2.json"]
        pattern = names.index(kind, "*" if kind in MONTHLY else None)
        assert template["index_patterns"] == [pattern]
        assert list(template["template"]["aliases"]) == [kind]
        assert template["composed_of"] == PARTS.get(kind, ["finadwatch-common-v2"])


AD = make.ad("保本", make.finding(), embedding=(1.0,) * DIMENSIONS)
DOCUMENTS = {
    "ads": ad_document(AD, Seen(frozenset(["r1"]))),
    "sightings": sighting_document(make.bundle(AD).sightings[0], AD.case_id),
    "captures": capture_document(make.bundle(AD).capture),
    "runs": run_document(make.run()),
    "plans": plan_document("r1", "{}"),
    "tasks": task_document(make.task(), "r1", 0),
}


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_documents_fill_exactly_the_fields_of_their_template(kind: str) -> None:
    template = TEMPLATES[f"{kind}-v2.json"]
    parts = [TEMPLATES[f"{part}.json"] for part in template["composed_of"]] + [template]
    properties = {name for part in parts for name in part["template"]["mappings"]["properties"]}
    assert set(json.loads(DOCUMENTS[kind])) == properties
