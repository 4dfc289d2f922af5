"""What is asked: the clues of one ad, a product, a day, and the lists that answer."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from findings.model.judgement import AdvertiserClues
from findings.model.vocabulary import Product
from licences.hosts import clean_host
from licences.index import Index
from licences.model import Register
from licences.names import text_key
from licences.owners import SiteOwner, site_owners
from licences.region import shown_region
from licences.registers import Registers

MAX_HEAD, MAX_TAIL = 20_000, 2_000  # code points of a text that are read: senders sign at its ends


@dataclass(frozen=True)
class Question:
    """One verdict asked for. `on` is the day the ad was captured, `lang` (zh, en) that of remarks."""

    clues: AdvertiserClues
    product: Product
    on: date
    registers: Registers
    lang: str = "zh"

    @cached_property
    def index(self) -> Index:
        """All entries of all lists."""
        return self.registers.index

    @cached_property
    def versions(self) -> dict[str, str]:
        """Register → version."""
        return self.registers.versions

    @property
    def lists(self) -> str:
        """The short name of all lists that are asked."""
        return self.registers.set_id

    @cached_property
    def text(self) -> str:
        """The part of the text that is read."""
        text = self.clues.text
        return text if len(text) <= MAX_HEAD + MAX_TAIL else f"{text[:MAX_HEAD]} {text[-MAX_TAIL:]}"

    @cached_property
    def key(self) -> str:
        """The comparable form of the text that is read."""
        return text_key(self.text)

    @cached_property
    def host(self) -> str | None:
        """The landing host, cleaned."""
        return clean_host(self.clues.host) if self.clues.host else None

    @cached_property
    def region(self) -> str | None:
        """The province or city where the ad was shown, where known."""
        return shown_region(self.clues.region)

    @cached_property
    def owners(self) -> tuple[SiteOwner, ...]:
        """Who owns the site and the app, by whatever says so; what proves it comes first."""
        return site_owners(self.clues, self.host, self.index, self.on)

    def named(self, register: Register) -> str:
        """A list and its version as verdicts name it: `nfra@2026-10-31-1a2b3c4d`."""
        return f"{register.id}@{self.versions[register.id]}"
