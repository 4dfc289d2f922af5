"""The JSON Schemas of the contracts in design §6, which scripts and other systems rely on."""

import json
from functools import cache
from importlib.resources import files

from jsonschema import Draft202012Validator


@cache
def validator(name: str) -> Draft202012Validator:
    """The validator of one contract: `screen_input screen_output screen_error parse_output`."""
    file = files("findings").joinpath("schemas", f"{name}.schema.json")
    return Draft202012Validator(json.loads(file.read_text("utf-8")))
