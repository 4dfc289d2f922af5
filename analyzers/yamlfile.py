"""YAML files as plain values, checked by a JSON Schema, with the line of every fault."""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar

import jsonschema
import msgspec
import yaml

from analyzers.errors import Fault
from findings.model.errors import Said
from findings.model.faults import schema_fault

_Base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: Levels of lists and mappings in one file. The fast loader composes by recursion in C: without a bound a line
#: of a hundred thousand brackets ends the process.
MAX_DEPTH = 100


class _Loader(_Base):  # type: ignore[misc, valid-type]
    """Safe loading that keeps dates as text (JSON Schema knows none) and refuses a repeated key."""

    yaml_implicit_resolvers: ClassVar[Any] = {
        first: [(tag, expression) for tag, expression in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in _Base.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is repeated", key_node.start_mark
                )
            seen.add(key)
        # JSON objects, and so JSON Schema, know only text as keys.
        return {str(key): value for key, value in super().construct_mapping(node, deep=deep).items()}


def _bounded(text: str) -> None:
    """Raise ParserError where lists and mappings lie deeper than MAX_DEPTH; events are read without recursion."""
    depth = 0
    for event in yaml.parse(text, Loader=_Base):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                mark: Any = event.start_mark  # of the C parser or of the other, to be read alike
                raise yaml.parser.ParserError(None, None, f"nested deeper than {MAX_DEPTH} levels", mark)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


class Document:
    """A YAML file that was read. `data` is None where it isn't YAML; `faults` says why."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.data: Any = None
        self.faults: list[Fault] = []
        try:
            _bounded(text)
            self.data = yaml.load(text, Loader=_Loader)  # noqa: S506 - derives from the safe loader
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
            line = mark.line + 1 if mark else 1
            self._no_yaml(line, getattr(error, "problem", None) or error)
        except (RecursionError, ValueError) as error:
            self._no_yaml(1, error)

    def _no_yaml(self, line: int, why: object) -> None:
        self.faults.append(Fault(self.file, line, f"not YAML: {why}", f"不是合法的 YAML：{why}"))

    def fault(self, path: Sequence[str | int], said: Said) -> Fault:
        """A fault at a place in the data: keys and list positions from the top."""
        return Fault(self.file, self.line(path), str(said), said.zh)

    def line(self, path: Sequence[str | int]) -> int:
        """The line, from 1, of a place in the data; of its nearest parent where there is none."""
        node = yaml.compose(self.text, Loader=_Loader)
        line = 1
        for step in path:
            child = _child(node, step)
            if child is None:
                break
            node, line = child
        return line

    def check(self, schema: str) -> None:
        """Add a fault for everything in which the data strays from the schema."""
        if self.faults:
            return
        for error in _innermost(validator(schema).iter_errors(self.data)):
            place = ".".join(str(step) for step in error.absolute_path)
            self.faults.append(self.fault(list(error.absolute_path), schema_fault(place or "(root)", error)))


def _child(node: Any, step: str | int) -> tuple[Any, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step].start_mark.line + 1
    return None


def _innermost(errors: Iterator[Any]) -> Iterator[Any]:
    """Errors; one inside an alternative (oneOf, anyOf) is told by its deepest part."""
    for error in errors:
        if error.context:
            yield max(error.context, key=lambda e: len(e.absolute_path))
        else:
            yield error


@cache
def validator(schema: str) -> Any:
    """The validator of `ruleset/schemas/<schema>.schema.json`."""
    text = files("ruleset").joinpath(f"schemas/{schema}.schema.json").read_bytes()
    return jsonschema.Draft202012Validator(msgspec.json.decode(text))
