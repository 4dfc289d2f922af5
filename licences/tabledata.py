"""Load a YAML file of this room and check it: all faults in one message, with their place."""

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from findings.model.errors import Said
from findings.model.faults import schema_fault
from licences.errors import DataFault

#: Written in C, eight times as fast; deep nesting could crash it, so a user's file never meets it.
_OURS = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def _schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(files("licences").joinpath(f"schemas/{name}").read_text("utf-8"))
    return schema


def load_checked(
    text: str, schema: str, origin: str, *, loader: type[Any] = yaml.SafeLoader
) -> dict[str, Any]:
    """The YAML document of `text`, valid under `schemas/<schema>`.

    `origin` names the file in errors. Raises DataFault.
    """
    try:
        document = yaml.load(text, Loader=loader)  # noqa: S506 - a safe one
    except yaml.YAMLError as error:
        raise DataFault(f"{origin} is no YAML: {error}", zh=f"{origin} 不是合法的 YAML：{error}") from error
    faults = [
        schema_fault("/".join(str(step) for step in fault.absolute_path) or "top", fault)
        for fault in jsonschema.Draft202012Validator(_schema(schema)).iter_errors(document)
    ]
    if faults:
        raise faulty(f"{origin} (schemas/{schema})", faults)
    result: dict[str, Any] = document
    return result


def faulty(origin: str, faults: Sequence[Said]) -> DataFault:
    """The error that names all faults of a data file."""
    return DataFault(
        f"{origin} is wrong, correct it: {'; '.join(faults)}",
        zh=f"{origin} 有误，请改正：{'；'.join(fault.zh for fault in faults)}",
    )


def load_own(path: str, schema: str) -> dict[str, Any]:
    """A bundled YAML file, named by its path inside this package."""
    text = files("licences").joinpath(path).read_text("utf-8")
    return load_checked(text, schema, f"licences/{path}", loader=_OURS)


def read_text(path: Path) -> str:
    """A user's YAML file as text. Raises DataFault."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataFault(
            f"{path} can't be read ({error}): check the path", zh=f"无法读取 {path}（{error}）：请检查路径"
        ) from error
