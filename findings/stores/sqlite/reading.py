"""Cases and coverage read from the tables, inside a transaction of the caller."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby

from findings.model.crawl import Filled
from findings.model.ids import RECHECK_RUN
from findings.model.records import AdRecord, CaseView, Sighting
from findings.model.vocabulary import CaseState
from findings.model.zone import CHINA
from findings.query import Coverage, PlaceCoverage, SourceCoverage, SourceDay
from findings.search.asked import Asked
from findings.search.cursor import micros
from findings.stores.codec import decode
from findings.stores.ranking import case_view
from findings.stores.sqlite import case_files
from findings.stores.sqlite.conditions import where

# Only conditions made by conditions.py are put into statements; what people type is a parameter.

_CASE_IDS = """
SELECT ads.case_id FROM ads
WHERE ads.case_id IN (
    SELECT ads.case_id FROM ad_facts AS f JOIN ads ON ads.row = f.ad WHERE {where}
)
GROUP BY ads.case_id
ORDER BY max(ads.worst) DESC,
    coalesce(
        (SELECT max(s.at) FROM sightings s JOIN ads a ON a.row = s.ad WHERE a.case_id = ads.case_id),
        max(ads.first_seen)
    ) DESC,
    ads.case_id
"""


#: Captures of what is watched, not of what was handed over and is visited again; `.` is what comes behind `-`.
_WATCHED = f"NOT (run_id >= '{RECHECK_RUN}' AND run_id < '{RECHECK_RUN[:-1]}.')"
_SOURCE_DAYS = f"""
SELECT source, (at + :offset) / :day AS number, 'outcome' AS kind, outcome AS name, count(*), 0
    FROM captures WHERE at >= :begin AND at < :end AND {_WATCHED} GROUP BY source, number, outcome
UNION ALL
SELECT source, (at + :offset) / :day AS number, 'filled' AS kind, key AS name,
    sum(json_extract(value, '$[0]')), sum(json_extract(value, '$[1]'))
    FROM captures, json_each(captures.filled) WHERE at >= :begin AND at < :end AND {_WATCHED} GROUP BY source, number, key
ORDER BY source, number, kind, name
"""  # noqa: S608
#: Microseconds of a day, and by how many China is ahead of UTC.
_DAY = 86_400_000_000
_OFFSET = 8 * 3_600_000_000


def case_ids(connection: sqlite3.Connection, asked: Asked) -> Iterator[str]:
    """Ids of the cases with an ad that matches, worst first."""
    condition, values = where(asked.expression)
    for (case_id,) in connection.execute(_CASE_IDS.format(where=condition), values):
        yield case_id


def case(connection: sqlite3.Connection, case_id: str) -> CaseView | None:
    """One case with all its ads, or None; that of a merged case's id is the one that has its ads."""
    case_id, _ = case_files.successor(connection, case_id)
    rows = connection.execute("SELECT record FROM ads WHERE case_id = ?", (case_id,)).fetchall()
    if not rows:
        return None
    of_case = "FROM sightings s JOIN ads ON ads.row = s.ad WHERE ads.case_id = ?"
    sightings, runs = connection.execute(
        f"SELECT count(*), count(DISTINCT s.run_id) {of_case}",
        (case_id,),
    ).fetchone()
    last = connection.execute(
        f"SELECT s.record {of_case} ORDER BY s.at DESC, s.id DESC LIMIT 1",
        (case_id,),
    ).fetchone()
    file = case_files.find(connection, case_id)
    last_sighting = None if last is None else decode(last[0], Sighting)
    return case_view(
        case_id,
        [decode(record, AdRecord) for (record,) in rows],
        last_seen=last_sighting.at if last_sighting else None,
        runs=runs,
        sightings=sightings,
        evidence=last_sighting.evidence if last_sighting else (),
        state=file.state if file else CaseState.OPEN,
    )


def source_days(connection: sqlite3.Connection, since: date, until: date) -> Iterator[SourceDay]:
    """Outcomes and filled fields by source and day in China, a row of the tables at a time."""
    begin, end = (micros(datetime.combine(day, time(), CHINA)) for day in (since, until))
    rows = connection.execute(_SOURCE_DAYS, {"begin": begin, "end": end, "offset": _OFFSET, "day": _DAY})
    for (source, number), some in groupby(rows, key=lambda row: row[:2]):
        outcomes: dict[str, int] = {}
        filled: dict[str, Filled] = {}
        for _, _, kind, name, count, total in some:
            if kind == "outcome":
                outcomes[name] = count
            else:
                filled[name] = Filled(count, total)
        yield SourceDay(source, date(1970, 1, 1) + timedelta(days=number), outcomes, filled)


def coverage(connection: sqlite3.Connection, run_id: str | None) -> Coverage:
    """Outcomes by source and ads by category, of one run or of everything."""
    run = [] if run_id is None else [run_id]
    of_run = "TRUE" if run_id is None else "run_id = ?"
    watched = _WATCHED if run_id is None else "run_id = ?"
    seen = "TRUE" if run_id is None else "row IN (SELECT ad FROM sightings WHERE run_id = ?)"
    outcomes: dict[str, dict[str, int]] = defaultdict(dict)
    skipped: dict[str, dict[str, int]] = defaultdict(dict)
    for source, outcome, count in connection.execute(
        f"SELECT source, outcome, count(*) FROM captures WHERE {watched} GROUP BY source, outcome",  # noqa: S608
        run,
    ):
        outcomes[source][outcome] = count
    for source, detail, count in connection.execute(
        "SELECT source, coalesce(detail, ''), count(*) FROM captures"  # noqa: S608
        f" WHERE outcome = 'skipped' AND {watched} GROUP BY source, detail",
        run,
    ):
        skipped[source][detail] = count
    places: dict[str, dict[tuple[str, str | None], dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for source, device, region, outcome, count in connection.execute(
        "SELECT source, device, region, outcome, count(*) FROM captures"  # noqa: S608
        f" WHERE {watched} GROUP BY source, device, region, outcome ORDER BY source, device, region",
        run,
    ):
        places[source][device, region][outcome] = count
    ads = dict(
        connection.execute(f"SELECT source, count(*) FROM ads WHERE {seen} GROUP BY source", run)  # noqa: S608
    )
    findings = connection.execute(
        "SELECT category, count(*) FROM ad_categories JOIN ads ON ads.row = ad_categories.ad"  # noqa: S608
        f" WHERE {seen} GROUP BY category ORDER BY category",
        run,
    )
    form = connection.execute(
        "SELECT duty, count(*) FROM ad_duties JOIN ads ON ads.row = ad_duties.ad"  # noqa: S608
        f" WHERE {seen} GROUP BY duty ORDER BY duty",
        run,
    )
    (listed,) = connection.execute(
        f"SELECT count(*) FROM ads WHERE licence_status = 'listed_negative' AND {seen}",  # noqa: S608
        run,
    ).fetchone()
    (sightings,) = connection.execute(
        f"SELECT count(*) FROM sightings WHERE {of_run}",  # noqa: S608
        run,
    ).fetchone()
    return Coverage(
        run_id=run_id,
        sources=tuple(
            SourceCoverage(
                source=source,
                outcomes=outcomes.get(source, {}),
                ads=ads.get(source, 0),
                skipped=skipped.get(source, {}),
                places=tuple(PlaceCoverage(*place, ended) for place, ended in places[source].items()),
            )
            for source in sorted({*outcomes, *ads})
        ),
        findings=dict(findings.fetchall()),
        ads=sum(ads.values()),
        sightings=sightings,
        form=dict(form.fetchall()),
        listed=listed,
    )
