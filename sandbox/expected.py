"""What an officer expects of the sandbox: the answer key of an end-to-end test."""

from pathlib import Path

import msgspec

from findings.model.vocabulary import FormDuty, LicenceStatus, Outcome, Product
from sandbox.data_files import DATA, load_yaml


class ExpectedTask(msgspec.Struct, frozen=True, kw_only=True):
    """How one task of the default plan ends. None leaves a number open."""

    source: str
    outcome: Outcome
    keyword: str | None = None
    url: str | None = None
    page: int = 1
    ads: int | None = None
    organic: int | None = None
    slots_empty: int | None = None
    ad_iframes: int | None = None
    form: tuple[FormDuty, ...] = ()


class ExpectedVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What is right for one advertiser's page or app.

    `categories` must be found, clearly; `arguable` ones may be or not; any other clear finding
    is a false alarm. Empty `product` or `licence` leaves that open; `image` pages show
    their words only in a picture, `script` pages only after their scripts ran.
    """

    promotion: bool
    product: tuple[Product, ...] = ()
    categories: frozenset[int] = frozenset()
    arguable: frozenset[int] = frozenset()
    type: str | None = None
    licence: tuple[LicenceStatus, ...] = ()
    stale: bool | None = None
    image: bool = False
    script: bool = False


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """The answer key: by task, by page address (where the chain ends), by app package."""

    tasks: tuple[ExpectedTask, ...]
    pages: dict[str, ExpectedVerdict]
    apps: dict[str, ExpectedVerdict]
    not_judged: tuple[str, ...]

    def page(self, url: str | None) -> ExpectedVerdict | None:
        """What is expected of the page at an address, whatever its query; None where it is not judged."""
        return self.pages.get(url.partition("#")[0].partition("?")[0]) if url else None


def load_expected(path: Path = DATA / "expected.yaml") -> Expected:
    """Read the answer key. Raises SandboxDataFault with every fault."""
    return msgspec.convert(load_yaml(path, DATA / "expected.schema.json"), Expected)
