"""How an office works: who heads it, its districts, which cases a second officer reads."""

import msgspec

from findings.model.casework import CaseFacts
from findings.model.vocabulary import Severity


class SecondReader(msgspec.Struct, frozen=True):
    """Which cases two officers must agree on: all, or those of a category or severity named here."""

    always: bool = False
    categories: tuple[int, ...] = ()
    severities: tuple[Severity, ...] = ()


class House(msgspec.Struct, frozen=True, kw_only=True):
    """An office's own rules. Without `heads` every officer acts as one; without `districts` any name is one."""

    heads: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    second_reader: SecondReader = SecondReader()

    def leads(self, officer: str) -> bool:
        """Whether an officer may do what the head of the office has to approve."""
        return not self.heads or officer in self.heads

    def readers(self, facts: CaseFacts) -> int:
        """How many officers must agree on a case."""
        rule = self.second_reader
        both = (
            rule.always
            or facts.severity in rule.severities
            or not set(rule.categories).isdisjoint(facts.categories)
        )
        return 2 if both else 1
