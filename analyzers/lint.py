"""Checks of a ruleset that need the scanner: patterns compile, samples fire or stay silent."""

from collections.abc import Iterable, Iterator
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from analyzers.errors import Fault
from analyzers.evidence import Field
from analyzers.form_rules import form_faults
from analyzers.gate import gate, signs
from analyzers.normalise import Normaliser, Variants
from analyzers.patterns import fault_of
from analyzers.product import product_of
from analyzers.rules import Rule, Ruleset
from analyzers.ruleset import read_ruleset, shipped
from analyzers.scan import Scanner
from analyzers.yamlfile import Document
from findings.model.errors import Said


def lint(folder: Traversable | None = None, cache: Path | None = None) -> list[Fault]:
    """Every fault of a ruleset: form, references, patterns, samples.

    `cache` is the scanner's folder for compiled patterns: what stands there has compiled.
    """
    folder = folder or shipped()
    ruleset, faults = read_ruleset(folder)
    places = Places(folder)
    normalise = normaliser_of(folder)
    sound = not any(fault.file.startswith(("rules/", "lexicons/")) for fault in faults)
    scanner = _scanner(ruleset, normalise, cache) if sound else None
    # What the scanner has compiled compiles; else each pattern is tried, 10 ms each, to name the faulty one.
    tried = {rule.id for rule in ruleset.active} if scanner is not None else set()
    broken = list(_pattern_faults((rule for rule in ruleset.rules if rule.id not in tried), places))
    faults += broken
    faults += _form_faults(folder, ruleset, normalise)
    if scanner is not None and not broken:
        faults += check_samples(scanner, normalise, places)
    return sorted(faults)


def _scanner(ruleset: Ruleset, normalise: Normaliser, cache: Path | None) -> Scanner | None:
    """The scanner; None where a pattern does not compile."""
    import hyperscan

    try:
        return Scanner(ruleset, normalise, cache)
    except hyperscan.HyperscanError:
        return None


def _form_faults(folder: Traversable, ruleset: Ruleset, normalise: Normaliser) -> Iterator[Fault]:
    if ruleset.form is not None:
        document = Document("form.yaml", folder.joinpath("form.yaml").read_text("utf-8-sig"))
        yield from form_faults(ruleset.form, document, normalise)


class Places:
    """Finds a rule's file again, to say the line of a fault."""

    def __init__(self, folder: Traversable) -> None:
        self._files = {entry.name.removesuffix(".yaml"): entry for entry in _below(folder.joinpath("rules"))}
        self._root = str(folder)

    def fault(self, rule: Rule, path: tuple[str | int, ...], said: Said) -> Fault:
        """A fault at a place of a rule's file."""
        entry = self._files[rule.id]
        name = str(entry).removeprefix(self._root).lstrip("/\\").replace("\\", "/")
        return Document(name, entry.read_text("utf-8")).fault(path, said)


def _below(folder: Traversable) -> Iterator[Traversable]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _below(entry)
        else:
            yield entry


def normaliser_of(folder: Traversable) -> Normaliser:
    """The normaliser with a ruleset's own evasive spellings."""
    file = folder.joinpath("lexicons/variants.yaml")
    if not file.is_file():
        return Normaliser(Variants({}, {}))
    document = Document("lexicons/variants.yaml", file.read_text("utf-8"))
    return Normaliser(msgspec.convert(document.data, Variants, strict=False))


def _pattern_faults(rules: Iterable[Rule], places: Places) -> Iterator[Fault]:
    for rule in rules:
        for pattern in sorted({atom.pattern for atom in rule.atoms() if atom.pattern}):
            reason = fault_of(pattern)
            if reason is not None:
                said = Said(
                    f"the pattern {pattern!r} does not compile: {reason}",
                    zh=f"表达式 {pattern!r} 无法编译：{reason}",
                )
                yield places.fault(rule, ("detection",), said)


def check_samples(scanner: Scanner, normalise: Normaliser, places: Places) -> list[Fault]:
    """Samples that do not do what their rule says.

    A `fire` sample must make the rule fire. A `silent` one must not, or, for a category, must
    be no promotion or a promotion of a product that the rule leaves out.
    """
    faults = []
    for rule in scanner.ruleset.active:
        for at, sample in enumerate(rule.samples.fire):
            if not fires(rule, sample, scanner, normalise):
                said = Said(
                    f"{rule.id} does not fire on {sample!r}", zh=f"规则 {rule.id} 未命中样例 {sample!r}"
                )
                faults.append(places.fault(rule, ("samples", "fire", at), said))
        for at, sample in enumerate(rule.samples.silent):
            if fires(rule, sample, scanner, normalise) and not excused(rule, sample, scanner, normalise):
                said = Said(f"{rule.id} fires on {sample!r}", zh=f"规则 {rule.id} 误中样例 {sample!r}")
                faults.append(places.fault(rule, ("samples", "silent", at), said))
    return faults


def fires(rule: Rule, text: str, scanner: Scanner, normalise: Normaliser) -> bool:
    """Whether a rule fires in a text, by its detection and textual conditions."""
    return any(fired.rule.id == rule.id for fired in scanner.scan(normalise(text).text))


def excused(rule: Rule, text: str, scanner: Scanner, normalise: Normaliser) -> bool:
    """Whether a category rule that fires makes no finding, as the text promotes nothing it covers."""
    if rule.category is None:
        return False
    normalised = normalise(text)
    fields = (Field("text", text, normalised, tuple(scanner.scan(normalised.text))),)
    product = product_of(fields)
    asked = rule.conditions
    return (
        (rule.needs_promotion and not gate(signs(fields)).promotion)
        or product in asked.not_products
        or bool(asked.products and product not in asked.products)
    )
