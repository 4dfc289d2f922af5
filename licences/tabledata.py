"""Load a YAML file of this room and check it: all faults in one message, with their place."""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from licences.errors import DataFault


@cache
def _schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(files("licences").joinpath(f"schemas/{name}").read_text("utf-8"))
    return schema


def load_checked(text: str, schema: str, origin: str) -> dict[str, Any]:
    """The YAML document of `text`, valid under `schemas/<schema>`.

    `origin` names the file in errors. Raises DataFault.
    """
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise DataFault(f"{origin} is no YAML: {error}") from error
    faults = [
        f"{'/'.join(str(step) for step in fault.absolute_path) or 'top'}: {fault.message}"
        for fault in jsonschema.Draft202012Validator(_schema(schema)).iter_errors(document)
    ]
    if faults:
        raise DataFault(f"{origin} breaks schemas/{schema}: " + "; ".join(faults))
    result: dict[str, Any] = document
    return result


def load_own(path: str, schema: str) -> dict[str, Any]:
    """A bundled YAML file, named by its path inside this package."""
    return load_checked(files("licences").joinpath(path).read_text("utf-8"), schema, f"licences/{path}")


def read_text(path: Path) -> str:
    """A user's YAML file as text. Raises DataFault."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataFault(f"{path} can't be read: {error}") from error
