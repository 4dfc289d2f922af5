"""Puts one bundle into the tables, inside a transaction that the caller holds."""

import sqlite3
from datetime import UTC, datetime

import msgspec
from msgspec.structs import replace

from findings.cases.joining import Signs, signs_of
from findings.errors import WriteRefused
from findings.model.crawl import Capture
from findings.model.records import AdRecord, CaptureBundle, Sighting
from findings.search.cursor import micros
from findings.search.fold import letters
from findings.stores.codec import decode, encode, replaceable
from findings.stores.merging import merge
from findings.stores.ranking import severity_rank, worst
from findings.stores.sqlite import alike, case_files
from findings.stores.sqlite.indexing import index_ad, index_sighting
from findings.stores.sqlite.settling import Touched


def write_bundle(connection: sqlite3.Connection, bundle: CaptureBundle, touched: Touched) -> None:
    """Store the capture, its ads and its sightings, or replace those with their ids.

    What that means for cases is noted in `touched`; the caller settles it.
    """
    capture = bundle.capture
    task = capture.task
    connection.execute(
        "INSERT INTO captures (task_id, run_id, source, outcome, detail, at, filled, device, region, record)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (task_id) DO UPDATE SET run_id = excluded.run_id, source = excluded.source,"
        " outcome = excluded.outcome, detail = excluded.detail, at = excluded.at,"
        " filled = excluded.filled, device = excluded.device, region = excluded.region,"
        " record = excluded.record",
        (
            task.id,
            task.run_id,
            task.source,
            capture.outcome,
            capture.detail,
            micros(capture.at),
            filled_text(capture),
            task.device,
            task.region,
            encode(task.id, capture),
        ),
    )
    for ad in bundle.ads:
        _write_ad(connection, ad, touched)
    for sighting in bundle.sightings:
        _write_sighting(connection, sighting, touched)


def filled_text(capture: Capture) -> str:
    """`Capture.filled` as the column holds it: {"field": [found, total]}."""
    pairs = {field: (filled.found, filled.total) for field, filled in capture.filled.items()}
    return msgspec.json.encode(pairs).decode()


def _write_ad(connection: sqlite3.Connection, new: AdRecord, touched: Touched) -> None:
    found = connection.execute("SELECT row, record FROM ads WHERE id = ?", (new.id,)).fetchone()
    signs: Signs | None = None
    if found is None:
        stored = None
        signs = signs_of(new)
        near, known = alike.near(connection, signs)
        signs = None if known else signs
        case_id, has_file = case_files.successor(connection, near or new.case_id)
        ad = new if case_id == new.case_id else replace(new, case_id=case_id)
        part = touched.ad_is_new(ad, has_file)
    else:
        stored = decode(found[1], AdRecord)
        ad = merge(stored, new)
        part = touched.ad_is_there(stored, ad)
        if ad == stored:
            return
        replaceable(ad.id, msgspec.json.decode(found[1]), AdRecord)
    row = put_ad(connection, ad, stored, None if found is None else found[0], part.creative)
    if signs is not None:
        alike.put(connection, row, micros(ad.first_seen), signs)


def put_ad(
    connection: sqlite3.Connection, ad: AdRecord, stored: AdRecord | None, row: int | None, creative: str
) -> int:
    """Put an ad, and what it is searched by, into the tables, in place of what was `stored` in a row; return its row."""
    values = (
        ad.case_id,
        ad.source,
        ad.judgement.licence.status,
        ad.landing_host,
        severity_rank(ad.judgement),
        worst(ad.judgement),
        micros(ad.first_seen),
        creative,
        encode(ad.id, ad),
        ad.id,
    )
    if row is None:
        row = connection.execute(
            "INSERT INTO ads (case_id, source, licence_status, host, severity, worst, first_seen,"
            " creative, record, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        ).lastrowid
        assert row is not None
    else:
        connection.execute(
            "UPDATE ads SET case_id = ?, source = ?, licence_status = ?, host = ?, severity = ?,"
            " worst = ?, first_seen = ?, creative = ?, record = ? WHERE id = ?",
            values,
        )
        connection.execute("DELETE FROM ad_categories WHERE ad = ?", (row,))
        connection.execute("DELETE FROM ad_duties WHERE ad = ?", (row,))
    if stored is None or _words(stored) != _words(ad):
        connection.execute("DELETE FROM ad_letters WHERE rowid = ?", (row,))
        connection.execute(
            "INSERT INTO ad_letters (rowid, title, text) VALUES (?, ?, ?)",
            (row, *map(_tokens, _words(ad))),
        )
    index_ad(connection, row, ad, micros(datetime.now(UTC)))
    connection.executemany(
        "INSERT INTO ad_categories (category, ad) VALUES (?, ?)",
        [(category, row) for category in {f.category for f in ad.judgement.findings}],
    )
    connection.executemany(
        "INSERT INTO ad_duties (duty, ad) VALUES (?, ?)",
        [(duty, row) for duty in {missed.duty for missed in ad.judgement.form}],
    )
    return row


def _words(ad: AdRecord) -> tuple[list[str], list[str]]:
    """What is searched as its title and as its text; what was read in its picture is searched as text."""
    return [ad.title], [ad.text, ad.picture_text] if ad.picture_text else [ad.text]


def _tokens(texts: list[str]) -> str:
    # Between two texts a token that no letter has: no phrase reaches from one into the next.
    return " ux ".join(map(letters, texts))


def _write_sighting(connection: sqlite3.Connection, sighting: Sighting, touched: Touched) -> None:
    found = connection.execute("SELECT row, case_id FROM ads WHERE id = ?", (sighting.ad_id,)).fetchone()
    if found is None:
        raise WriteRefused(sighting.id, f"its ad {sighting.ad_id} is not stored")
    ad, case_id = found
    there = connection.execute("SELECT record FROM sightings WHERE id = ?", (sighting.id,)).fetchone()
    record = encode(sighting.id, sighting)
    if there is None:
        touched.sighting_is_new(sighting, case_id)
    elif there[0] != record:
        touched.sighting_is_other(case_id)
    connection.execute(
        "INSERT OR REPLACE INTO sightings (id, ad, run_id, task_id, at, record) VALUES (?, ?, ?, ?, ?, ?)",
        (sighting.id, ad, sighting.run_id, sighting.task_id, micros(sighting.at), record),
    )
    index_sighting(connection, ad, sighting)
