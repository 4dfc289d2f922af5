"""The firms of the business register, as the search for related parties asks them."""

from collections.abc import Sequence

from licences.index import FirmHit, Index
from licences.model import FirmEntry


class RegisteredFirms:
    """Firms of all lists, of each its newest entry; `register` (its id) asks one list alone."""

    def __init__(self, index: Index, register: str | None = None) -> None:
        self._index = index
        self._register = register

    def firm_of(self, name_or_code: str) -> Sequence[FirmEntry]:
        """Firms with a code or a registered or former name."""
        return self._entries(self._index.firm_of(name_or_code))

    def of_person(self, key: str) -> Sequence[FirmEntry]:
        """Firms whose legal representative bears this name."""
        return self._entries(self._index.firm_person.get(key))

    def of_holder(self, key: str, code: str | None) -> Sequence[FirmEntry]:
        """Firms of which somebody of this name, or with this code, is a shareholder."""
        by_code = self._index.firm_holder_code.get(code) if code else ()
        return self._entries((*by_code, *self._index.firm_holder.get(key)))

    def _entries(self, hits: Sequence[FirmHit]) -> Sequence[FirmEntry]:
        """Lists come newest first: the same firm in an older one says nothing more."""
        found: dict[str, FirmEntry] = {}
        for hit in hits:
            if self._register in (None, hit.register.id):
                found.setdefault(hit.entry.uscc or hit.entry.id, hit.entry)
        return list(found.values())
