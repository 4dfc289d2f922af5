"""A search as the WHERE clause over `ads`. Values always travel as parameters."""

from collections.abc import Sequence
from typing import Any

from findings.query import SearchQuery
from findings.search.cursor import micros, unpack
from findings.search.fold import token


def where(query: SearchQuery, terms: Sequence[str]) -> tuple[str, list[Any]]:
    """The condition for the ads that match `query` and hold all folded `terms`."""
    parts: list[str] = []
    values: list[Any] = []

    def need(condition: str, *given: Any) -> None:
        parts.append(condition)
        values.extend(given)

    def any_of(column: str, wanted: Sequence[Any]) -> None:
        if wanted:
            need(f"{column} IN ({', '.join('?' * len(wanted))})", *wanted)

    if terms:
        need("ads.row IN (SELECT rowid FROM ad_letters WHERE ad_letters MATCH ?)", _match(terms))
    any_of("ads.source", query.sources)
    any_of("ads.licence_status", query.licence_status)
    any_of("ads.severity", [severity.rank for severity in query.severities])
    any_of("ads.host", [host.lower() for host in query.hosts])
    for table, column, wanted in (
        ("ad_categories", "category", query.categories),
        ("ad_duties", "duty", query.duties),
    ):
        if wanted:
            marks = ", ".join("?" * len(wanted))
            need(f"ads.row IN (SELECT ad FROM {table} WHERE {column} IN ({marks}))", *wanted)  # noqa: S608
    if query.case_id is not None:
        need("ads.case_id = ?", query.case_id)
    if query.run_id is not None:
        need("ads.row IN (SELECT ad FROM sightings WHERE run_id = ?)", query.run_id)
    if query.findings_only:
        need("ads.severity >= 0")
    if query.since is not None:
        need("ads.first_seen >= ?", micros(query.since))
    if query.until is not None:
        need("ads.first_seen < ?", micros(query.until))
    return " AND ".join(parts) or "TRUE", values


def after(cursor: str | None) -> tuple[str, list[Any]]:
    """The condition for the ads behind a cursor in the order of a search."""
    if cursor is None:
        return "TRUE", []
    first_seen, ad_id = unpack(cursor)
    return "(first_seen < ? OR (first_seen = ? AND id > ?))", [first_seen, first_seen, ad_id]


def _match(terms: Sequence[str]) -> str:
    """An FTS5 expression: all terms, each a phrase of letters in one column."""
    return " AND ".join(f'"{" ".join(token(letter) for letter in term)}"' for term in terms)
