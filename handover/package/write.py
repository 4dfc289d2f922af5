"""The evidence of one case written as a folder, signed: pure of network and clock.

The same case, captures, stamps and facts give the same bytes. What the evidence store no longer has, or has altered, is
named in `case.json` and in the answer; the package is made all the same.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace

from findings.model.crawl import Capture
from findings.model.evidence import EvidenceStore
from findings.model.records import AdRecord, CaseView, Sighting
from findings.model.zone import CHINA
from findings.redaction import masked, masked_record
from handover.guide import Tokens
from handover.manifest import Kind, Manifest
from handover.package.choosing import MOST_ADS, enclosed
from handover.package.enclosing import Encloser
from handover.package.facts import AdFacts, CaseFile, Marked, Package, PackageFacts, Seen, Stamped, Visited
from handover.package.files import Files
from handover.sealing import seal
from handover.signing import Signer
from handover.times import CASE
from handover.timestamps.model import IN_TIME, Stamp

#: Sightings listed in `case.json`, the newest: a case may have been seen any number of times.
MOST_SIGHTINGS = 2_000


def write_package(
    case: CaseView,
    sightings: Sequence[Sighting],
    captures: Mapping[str, Capture],
    evidence: EvidenceStore,
    stamps: Sequence[Stamp],
    folder: Path,
    facts: PackageFacts,
    signer: Signer,
) -> Package:
    """Write the package of a case into `folder`, which must not be there or be empty.

    `sightings` are all of the case's ads; of the last one of each of the worst ads (`choosing.enclosed`) all that was
    captured is enclosed, and `captures` holds those captures by task id, as far as the store has them. `stamps` are the
    time stamps known of evidence; those that cover none of this package's files are left out.
    Raises EvidenceStoreAway, OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = Files(folder, evidence)
    encloser = Encloser(files, facts.software)
    ads = {ad.id: ad for ad in case.ads}
    tasks: dict[str, list[tuple[Sighting, AdRecord]]] = {}
    for one in enclosed(case, sightings):
        tasks.setdefault(one.task_id, []).append((one, ads[one.ad_id]))
    pages: list[Visited] = []
    marked: list[Marked] = []
    folders: dict[str, str] = {}
    for count, (task, seen) in enumerate(tasks.items(), 1):
        folders[task] = f"captures/{count:02d}"
        done = encloser.enclose(folders[task], captures.get(task), seen)
        pages += done.pages
        marked += done.marked
    captured = {kept.sha256: page.at for page in pages for kept in page.files if kept.file}
    own = files.hashes
    stamped = _stamp(files, stamps, own, captured)
    rulesets = tuple(sorted({ad.judgement.ruleset for ad in case.ads}))
    said = CaseFile(
        case_id=case.id,
        state=case.state,
        office=facts.office,
        actor=facts.actor,
        software=facts.software,
        created_at=facts.at,
        clock=facts.clock,
        first_seen=case.first_seen,
        last_seen=case.last_seen,
        runs=case.runs,
        sightings_total=case.sightings,
        rulesets=rulesets,
        models=tuple(sorted({ad.judgement.model for ad in case.ads})),
        ads=tuple(map(_ad, case.ads[:MOST_ADS])),
        ads_total=len(case.ads),
        sightings=tuple(_seen(one, folders) for one in sightings[-MOST_SIGHTINGS:]),
        captures=tuple(map(masked_record, pages)),
        marked=tuple(map(_masked_words, marked)),
        unframed=_unframed(marked),
        stamps=stamped,
        unstamped=len(own.difference(*(one.covers for one in stamps if one.record.tokens))),
        missing=tuple(files.missing),
    )
    files.write(CASE, msgspec.json.format(msgspec.json.encode(said), indent=2) + b"\n")
    manifest = Manifest(
        kind=Kind.PACKAGE,
        number=case.id,
        office=facts.office,
        actor=facts.actor,
        created_at=facts.at,
        software=facts.software,
        rulesets=rulesets,
        cases=1,
    )
    tokens = [
        Tokens(listing=one.listing, token=one.token, authority=one.authority, roots=one.roots, at=one.at)
        for one in stamped
        if one.listing and one.token and one.roots and one.at
    ]
    sealed = seal(folder, manifest, signer, known=files.entries, tokens=tokens)
    return Package(
        folder=folder,
        manifest_sha256=sealed.sha256,
        key=sealed.key,
        files=sealed.files,
        missing=tuple(files.missing),
    )


def _ad(ad: AdRecord) -> AdFacts:
    """What is said of an ad, masked. The text holds the landing page's already."""
    plain = masked_record(replace(ad, landing=None, landings=(), tokens=(), embedding=None, creative=""))
    return AdFacts(
        id=plain.id,
        source=plain.source,
        channel=plain.channel,
        title=plain.title,
        text=plain.text,
        picture_text=plain.picture_text,
        display=plain.display,
        landing_url=plain.landing_url,
        landing_host=plain.landing_host,
        advertiser_shown=plain.advertiser_shown,
        app=plain.app,
        icp=plain.icp,
        keyword=plain.keyword,
        first_seen=plain.first_seen,
        judged_at=plain.judged_at,
        law_of=ad.first_seen.astimezone(CHINA).date(),
        judgement=plain.judgement,
    )


def _seen(one: Sighting, folders: Mapping[str, str]) -> Seen:
    return Seen(
        id=one.id,
        ad_id=one.ad_id,
        at=one.at,
        source=one.source,
        device=one.device,
        region=one.region,
        keyword=masked(one.keyword) if one.keyword else None,
        slot=one.slot,
        position=one.position,
        mark=masked(one.mark),
        page_url=masked(one.page_url),
        run_id=one.run_id,
        task_id=one.task_id,
        folder=folders.get(one.task_id),
    )


def _masked_words(one: Marked) -> Marked:
    return replace(one, words=tuple(replace(words, text=masked(words.text)) for words in one.words))


def _unframed(marked: Sequence[Marked]) -> tuple[str, ...]:
    """The words that are framed on no picture of their ad."""
    found = {(one.ad_id, words.text) for one in marked if one.copies for words in one.words if words.boxes}
    wanted = ((one.ad_id, words.text) for one in marked for words in one.words)
    return tuple(dict.fromkeys(masked(text) for ad, text in wanted if (ad, text) not in found))


def _stamp(
    files: Files, stamps: Sequence[Stamp], own: frozenset[str], captured: Mapping[str, datetime]
) -> tuple[Stamped, ...]:
    """Lay the lists that hold hashes of this package beside it, with their tokens; what is missing is told."""
    said: list[Stamped] = []
    ordered = sorted(stamps, key=lambda one: (one.record.begin, one.record.listing.sha256))
    for count, stamp in enumerate((one for one in ordered if one.covers & own), 1):
        covers = stamp.covers & own
        times = [captured[sha256] for sha256 in covers if sha256 in captured]
        listing = files.keep("stamps", stamp.record.listing, f"{count:02d}.txt").file
        for number, token in enumerate(stamp.record.tokens, 1):
            delay = token.at - min(times) if times else None
            said.append(
                Stamped(
                    authority=token.authority,
                    listing=listing,
                    token=files.keep("stamps", token.file, f"{count:02d}-{number}.tsr").file,
                    roots=files.keep("stamps", token.roots, f"{count:02d}-{number}-roots.pem").file,
                    at=token.at,
                    delay_s=delay.total_seconds() if delay is not None else None,
                    late=delay is not None and delay > IN_TIME,
                    clock_off_s=token.clock_off.total_seconds(),
                    covers=len(covers),
                )
            )
        said += [
            Stamped(
                authority=gap.authority,
                listing=listing,
                covers=len(covers),
                gap=gap.reason,
                gap_zh=gap.reason_zh,
            )
            for gap in stamp.record.missing
        ]
    return tuple(said)
