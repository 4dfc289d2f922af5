"""What an ad is searched by, in small tables beside its record.

`ad_facts` has one narrow row an ad: a search reads thousands of them, records only for its page.
`ad_kinds` holds each combination of the closed lists once, so that counting by all of them is
counting by one number. `terms` and `ad_terms` hold what an ad may have several of.
"""

import sqlite3
from array import array
from collections.abc import Iterable

from findings.model.records import AdRecord, Sighting
from findings.model.vocabulary import FormDuty
from findings.search.cursor import micros
from findings.search.fold import letters
from findings.search.near import parts, signature
from findings.search.vectors import direction
from findings.stores.fields import (
    app_package,
    clear,
    domains,
    highest_score,
    icp_number,
    names,
    provinces,
    rules,
)
from findings.stores.ranking import severity_rank, worst

#: The place of a form duty in `ad_kinds.duties`: bit 0 is the first.
DUTY_BITS = {duty: number for number, duty in enumerate(FormDuty)}

#: Taken off signatures: SQLite's integers are signed.
SIGN = 1 << 63

#: The fields of `terms` that come with sightings, and so are only ever added.
_SEEN = ("device", "region", "keyword")

_KIND = "source = ? AND licence_status = ? AND severity = ? AND categories = ? AND duties = ? AND product = ? AND channel = ?"


def index_ad(connection: sqlite3.Connection, row: int, ad: AdRecord, stored: int) -> None:
    """Make the tables say of an ad what its record does; `stored` (microseconds) counts at the first time."""
    first_seen = micros(ad.first_seen)
    mark = signature(ad)
    known = connection.execute(
        "UPDATE ad_facts SET kind = ?, worst = ?, score = ?, first_seen = ?, last_seen = max(last_seen, ?),"
        " simhash = ? WHERE ad = ?",
        (
            _kind(connection, ad),
            worst(ad.judgement),
            highest_score(ad),
            first_seen,
            first_seen,
            mark - SIGN,
            row,
        ),
    ).rowcount
    if known:
        marks = ", ".join("?" * len(_SEEN))
        connection.execute(
            f"DELETE FROM ad_terms WHERE ad = ? AND term IN (SELECT id FROM terms WHERE field NOT IN ({marks}))",  # noqa: S608
            (row, *_SEEN),
        )
        connection.execute("DELETE FROM ad_names WHERE rowid = ?", (row,))
        connection.execute("DELETE FROM ad_vectors WHERE ad = ?", (row,))
    else:
        connection.execute(
            "INSERT INTO ad_facts (ad, id, kind, worst, score, first_seen, last_seen, stored, simhash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                row,
                ad.id,
                _kind(connection, ad),
                worst(ad.judgement),
                highest_score(ad),
                first_seen,
                first_seen,
                stored,
                mark - SIGN,
            ),
        )
    _add_terms(connection, row, [*_terms(ad), *(("band", band) for band in parts(mark))])
    # The token of U+0000, which no name has: no phrase reaches from one name into the next.
    named = " u0 ".join(letters(name) for name in names(ad))
    if named:
        connection.execute("INSERT INTO ad_names (rowid, names) VALUES (?, ?)", (row, named))
    if (vector := direction(ad.embedding)) is not None:
        connection.execute(
            "INSERT INTO ad_vectors (ad, vector) VALUES (?, ?)", (row, array("f", vector).tobytes())
        )


def index_sighting(connection: sqlite3.Connection, row: int, sighting: Sighting) -> None:
    """Add what one sighting says of the ad in a row."""
    at = micros(sighting.at)
    connection.execute("UPDATE ad_facts SET last_seen = ? WHERE ad = ? AND last_seen < ?", (at, row, at))
    seen = (("device", sighting.device), ("region", sighting.region), ("keyword", sighting.keyword))
    _add_terms(connection, row, ((field, value) for field, value in seen if value))


def index_clear(connection: sqlite3.Connection, row: int, ad: AdRecord) -> None:
    """Add of which categories an ad has a clear finding."""
    _add_terms(connection, row, (("clear", value) for value in clear(ad)))


def _terms(ad: AdRecord) -> Iterable[tuple[str, str]]:
    for field, values in (
        ("clear", clear(ad)),
        ("rule", rules(ad)),
        ("domain", domains(ad)),
        ("province", provinces(ad)),
        ("icp", [icp_number(ad)]),
        ("app", [app_package(ad)]),
        ("keyword", [ad.keyword]),
    ):
        yield from ((field, value) for value in values if value)


def _add_terms(connection: sqlite3.Connection, row: int, terms: Iterable[tuple[str, str]]) -> None:
    for term in terms:
        connection.execute("INSERT OR IGNORE INTO terms (field, value) VALUES (?, ?)", term)
        connection.execute(
            "INSERT OR IGNORE INTO ad_terms (term, ad) SELECT id, ? FROM terms WHERE field = ? AND value = ?",
            (row, *term),
        )


def _kind(connection: sqlite3.Connection, ad: AdRecord) -> int:
    judgement = ad.judgement
    values = (
        ad.source,
        str(judgement.licence.status),
        severity_rank(judgement),
        sum({1 << found.category for found in judgement.findings}),
        sum({1 << DUTY_BITS[missed.duty] for missed in judgement.form}),
        str(judgement.product),
        str(ad.channel),
    )
    found = connection.execute(f"SELECT id FROM ad_kinds WHERE {_KIND}", values).fetchone()  # noqa: S608
    if found is None:
        found = connection.execute(
            "INSERT INTO ad_kinds (source, licence_status, severity, categories, duties, product, channel)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
            values,
        ).fetchone()
    number: int = found[0]
    return number
