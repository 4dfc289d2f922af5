"""Puts one bundle into the tables, inside a transaction that the caller holds."""

import sqlite3

import msgspec

from findings.errors import WriteRefused
from findings.model.crawl import Capture
from findings.model.records import AdRecord, CaptureBundle, Sighting
from findings.search.cursor import micros
from findings.search.fold import letters
from findings.stores.codec import decode, encode
from findings.stores.merging import merge
from findings.stores.ranking import severity_rank, worst


def write_bundle(connection: sqlite3.Connection, bundle: CaptureBundle) -> None:
    """Store the capture, its ads and its sightings, or replace those with their ids."""
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
        _write_ad(connection, ad)
    for sighting in bundle.sightings:
        _write_sighting(connection, sighting)


def filled_text(capture: Capture) -> str:
    """`Capture.filled` as the column holds it: {"field": [found, total]}."""
    pairs = {field: (filled.found, filled.total) for field, filled in capture.filled.items()}
    return msgspec.json.encode(pairs).decode()


def _write_ad(connection: sqlite3.Connection, new: AdRecord) -> None:
    found = connection.execute("SELECT row, record FROM ads WHERE id = ?", (new.id,)).fetchone()
    stored = None if found is None else decode(found[1], AdRecord)
    ad = merge(stored, new)
    if ad == stored:
        return
    values = (
        ad.case_id,
        ad.source,
        ad.judgement.licence.status,
        ad.landing_host,
        severity_rank(ad.judgement),
        worst(ad.judgement),
        micros(ad.first_seen),
        encode(ad.id, ad),
        ad.id,
    )
    if found is None:
        row = connection.execute(
            "INSERT INTO ads (case_id, source, licence_status, host, severity, worst, first_seen,"
            " record, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        ).lastrowid
    else:
        row = found[0]
        connection.execute(
            "UPDATE ads SET case_id = ?, source = ?, licence_status = ?, host = ?, severity = ?,"
            " worst = ?, first_seen = ?, record = ? WHERE id = ?",
            values,
        )
        connection.execute("DELETE FROM ad_categories WHERE ad = ?", (row,))
        connection.execute("DELETE FROM ad_duties WHERE ad = ?", (row,))
    if stored is None or (stored.title, stored.text) != (ad.title, ad.text):
        connection.execute("DELETE FROM ad_letters WHERE rowid = ?", (row,))
        connection.execute(
            "INSERT INTO ad_letters (rowid, title, text) VALUES (?, ?, ?)",
            (row, letters(ad.title), letters(ad.text)),
        )
    connection.executemany(
        "INSERT INTO ad_categories (category, ad) VALUES (?, ?)",
        [(category, row) for category in {f.category for f in ad.judgement.findings}],
    )
    connection.executemany(
        "INSERT INTO ad_duties (duty, ad) VALUES (?, ?)",
        [(duty, row) for duty in {missed.duty for missed in ad.judgement.form}],
    )


def _write_sighting(connection: sqlite3.Connection, sighting: Sighting) -> None:
    found = connection.execute("SELECT row FROM ads WHERE id = ?", (sighting.ad_id,)).fetchone()
    if found is None:
        raise WriteRefused(sighting.id, f"its ad {sighting.ad_id} is not stored")
    connection.execute(
        "INSERT OR REPLACE INTO sightings (id, ad, run_id, task_id, at, record) VALUES (?, ?, ?, ?, ?, ?)",
        (
            sighting.id,
            found[0],
            sighting.run_id,
            sighting.task_id,
            micros(sighting.at),
            encode(sighting.id, sighting),
        ),
    )
