"""All lists of an installation together: imported ones, the starter, the negative lists."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import yaml

from findings.model.vocabulary import Product
from licences.index import Index
from licences.model import ListKind, RegisterStatus
from licences.names import head_office_of, short_of, text_key
from licences.stored import StoredList
from licences.versions import read_folder

BUNDLED = ("starter-2018.jsonl", "starter-2021.jsonl", "starter-2023.jsonl", "starter-2025.jsonl")
BUNDLED_NEGATIVE = ("negative_sac_2018Q4.jsonl",)


def set_id(versions: Mapping[str, str]) -> str:
    """12 hex of the SHA-256 over `register@version` of every list."""
    named = "\n".join(f"{register}@{version}" for register, version in sorted(versions.items()))
    return sha256(named.encode()).hexdigest()[:12]


class Registers:
    """Lists, indexed. The same versions give the same answers, on any machine, any day."""

    def __init__(self, lists: Iterable[StoredList]) -> None:
        self.lists = tuple(lists)

    @classmethod
    def load(cls, folder: Path | None, *, versions: Mapping[str, str] | None = None) -> "Registers":
        """Bundled lists and the current imported ones of `folder`.

        `versions` (register → version) asks for older versions instead, to replay a verdict.
        A missing folder means nothing was imported. Raises VersionAltered for a stored list
        that was changed after its import.
        """
        data = files("licences").joinpath("data")
        bundled = [
            StoredList.read(data.joinpath(name).read_bytes(), f"licences/data/{name}")
            for name in (*BUNDLED, *BUNDLED_NEGATIVE)
        ]
        imported = [] if folder is None else read_folder(folder, versions or {})
        return cls((*imported, *bundled))

    @cached_property
    def index(self) -> Index:
        """Everything findable; built at first use."""
        phrases = yaml.safe_load(files("licences").joinpath("data/not_firms.yaml").read_text("utf-8"))
        return Index(self.lists, phrases["phrases"])

    @cached_property
    def _unread(self) -> frozenset[str]:
        """Keys, without legal forms, of names in rows that could not be imported."""
        return frozenset(short_of(text_key(name)) for one in self.lists for name in one.register.unread)

    def left_out(self, name: str) -> bool:
        """Whether a name, or that of its head office, stands in a row that could not be imported."""
        key = text_key(name)
        head = head_office_of(key)
        return short_of(key) in self._unread or (head is not None and short_of(head) in self._unread)

    @property
    def versions(self) -> dict[str, str]:
        """Register → version: what to keep in order to replay a verdict."""
        return {one.register.id: one.version for one in self.lists}

    @cached_property
    def set_id(self) -> str:
        """The short name of these versions (`sets.py` keeps what it stands for)."""
        return set_id(self.versions)

    @property
    def licence_lists(self) -> list[StoredList]:
        """All whitelists, hints included."""
        return [one for one in self.lists if one.register.kind is ListKind.LICENCE]

    def covering(self, product: Product) -> list[StoredList]:
        """Complete licence lists that name everyone who may advertise the product, newest first."""
        lists = [
            one for one in self.licence_lists if one.register.complete and product in one.register.products
        ]
        return sorted(lists, key=lambda one: one.register.as_of, reverse=True)

    def naming(self, licence_type: str) -> list[StoredList]:
        """Complete licence lists that name every holder of a licence type in their territory, newest first."""
        lists = [
            one
            for one in self.licence_lists
            if one.register.complete and licence_type in one.register.licence_types
        ]
        return sorted(lists, key=lambda one: one.register.as_of, reverse=True)

    def short_names(self) -> tuple[str, ...]:
        """Names and brands without legal form, as lists write them: words for a segmenter.

        Only such as may be looked for inside a text (three characters or more), and of a list
        that has very many the first (`compiled.MAX_WORDS`).
        """
        words = {word for one in self.licence_lists for word in one.words}
        return tuple(sorted(word for word in words if self.index.stands_in_text(word)))

    def status(self, on: date) -> list[RegisterStatus]:
        """One row a list, imported ones first."""
        return [
            RegisterStatus(
                register=one.register.id,
                title_zh=one.register.title_zh,
                kind=one.register.kind,
                version=one.version,
                as_of=one.register.as_of,
                entries=len(one),
                stale=one.register.stale(on),
                complete=one.register.complete,
                source=one.register.source,
                fresh_until=one.register.fresh_until,
                hints=one.register.hints,
                territory=one.register.territory,
                refused=one.register.refused,
            )
            for one in self.lists
        ]
