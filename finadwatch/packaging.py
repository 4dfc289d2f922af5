"""The evidence package of one case: what the store has of it gathered, written aside, and there whole or not at all."""

import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from finadwatch.context import Desk
from finadwatch.errors import OutputRefused
from finadwatch.i18n import t

if TYPE_CHECKING:
    from findings.model.crawl import Capture
    from findings.model.records import CaseView, Sighting
    from findings.store import FindingStore
    from handover.keys.ring import KeyRing
    from handover.package.facts import Package, PackageFacts
    from handover.signing import Signer
    from handover.timestamps.lookup import StampLookup
    from handover.timestamps.model import Stamp

PASSPHRASE = "FINADWATCH_KEY_PASSPHRASE"  # noqa: S105 - the name of the variable


class CaseParts(msgspec.Struct, frozen=True):
    """What a package of a case is made of, beside the evidence files."""

    case: "CaseView"
    sightings: "tuple[Sighting, ...]"
    captures: "Mapping[str, Capture]"
    stamps: "Sequence[Stamp]"


def key_ring(desk: Desk) -> "KeyRing":
    """The keys of this installation; the passphrase, if any, comes from the environment."""
    from handover.keys.ring import KeyRing

    passphrase = os.environ.get(PASSPHRASE, "").encode() or None
    return KeyRing(desk.config.signing_key, desk.config.takedown.office, passphrase)


def signer(desk: Desk) -> "Signer":
    """The key that signs now. Raises KeyUnusable, RingBroken."""
    return key_ring(desk).signer(desk.now())


def known_roots(desk: Desk) -> dict[str, str]:
    """The root certificates of the configured time-stamp authorities: SHA-256, and the authority's name.

    Raises ConfigError, InputMissing, RootsUnusable.
    """
    from cryptography.hazmat.primitives.hashes import SHA256

    from finadwatch.authorities import authorities
    from handover.timestamps.checking import root_certificates

    return {
        root.fingerprint(SHA256()).hex(): one.name
        for one in authorities(desk.config)
        for root in root_certificates(one.roots, one.name)
    }


def parts_of(
    desk: Desk, store: "FindingStore", case: "CaseView", stamps: "StampLookup | None" = None
) -> CaseParts:
    """Gather the sightings, captures and time stamps of a case. Who does many gives the lookup of stamps, which
    remembers what it has read. Raises RecordBroken, StoreAway."""
    from finadwatch.captured import files_of
    from finadwatch.stamping import lookup
    from handover.package.choosing import MOST_ADS, enclosed

    sightings = tuple(
        sorted(
            (one for ad in case.ads[:MOST_ADS] for one in store.sightings(ad.id)),
            key=lambda one: (one.at, one.id),
        )
    )
    captures: dict[str, Capture] = {}
    asked = []
    for one in enclosed(case, sightings):
        if one.task_id not in captures and (capture := store.capture(one.task_id)) is not None:
            captures[one.task_id] = capture
            asked += [(sha256, capture.at) for sha256 in files_of(capture)]
        asked += [(ref.sha256, one.at) for ref in one.evidence]
    return CaseParts(case, sightings, captures, (stamps or lookup(desk)).covering(asked))


def facts_of(desk: Desk, actor: str) -> "PackageFacts":
    """In whose name a package is made now."""
    from importlib.metadata import version

    from handover.package.facts import PackageFacts

    return PackageFacts(
        office=desk.config.takedown.office,
        actor=actor,
        software=f"finadwatch {version('finadwatch')}",
        at=desk.now().replace(microsecond=0),
    )


def package_case(
    desk: Desk, case_id: str, folder: Path, *, actor: str | None, store_url: str | None, zipped: bool
) -> "Package":
    """Write the package of a case as `folder/<case>`, and as ZIP beside it; the trail says so first.

    Raises CaseMissing, OutputRefused, StoreAway, EvidenceStoreAway, KeyUnusable.
    """
    from findings.errors import CaseMissing
    from findings.model.casework import AuditAction, AuditDraft
    from handover.package.write import write_package
    from handover.zips import zip_folder

    name = actor or desk.actor
    with desk.store(store_url) as store:
        case = store.case(case_id)
        if case is None:
            raise CaseMissing(case_id)
        final, archive = folder / case.id, folder / f"{case.id}.zip"
        for path in (final, archive):
            if path.exists():
                raise OutputRefused(path, t("已经存在", "it is there already"))
        parts = parts_of(desk, store, case)
        store.casebook().note(
            AuditDraft(
                id=secrets.token_hex(16),
                at=desk.now(),
                actor=name,
                action=AuditAction.PACKAGED,
                case_ids=(),
                note=f"{case.id} → {final}"[:1000],
            )
        )
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f".{case.id}.{os.getpid()}.part"
    try:
        made = write_package(
            case,
            parts.sightings,
            parts.captures,
            desk.evidence(),
            parts.stamps,
            aside / case.id,
            facts_of(desk, name),
            signer(desk),
        )
        if zipped:
            zip_folder(made.folder, aside / archive.name)
            (aside / archive.name).rename(archive)
        made.folder.rename(final)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return msgspec.structs.replace(made, folder=final)
