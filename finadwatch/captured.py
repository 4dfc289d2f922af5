"""The record of a capture as a file of evidence: what was fetched, how and when, provable like the files themselves."""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from findings.model.crawl import Capture, Landing
from findings.model.evidence import EvidenceStore
from findings.stores.codec import readable

#: Role of the record among the evidence of a capture.
ROLE = "capture"


def with_record(capture: Capture, evidence: EvidenceStore) -> Capture:
    """The capture with its record among its evidence: itself as JSON, as the store keeps it but for the record's own name.

    Raises EvidenceStoreAway.
    """
    whole = readable(capture)
    data = msgspec.json.encode(whole, order="deterministic")
    record = evidence.put(data, role=ROLE, media_type="application/json")
    return replace(whole, evidence=(*whole.evidence, record))


def files_of(capture: Capture) -> Sequence[str]:
    """The hashes of all evidence files of a capture, of its ads and the pages behind them, each once."""
    refs = list(capture.evidence)
    for ad in capture.ads:
        refs += ad.evidence
        landings: tuple[Landing, ...] = (ad.landing,) if ad.landing else ()
        for page in (*landings, *ad.landings):
            refs += page.evidence
    return tuple(dict.fromkeys(ref.sha256 for ref in refs))
