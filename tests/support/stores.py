"""The same store again, from a thread or a process of its own: with the credentials that its server asks for.

Fixtures `note` them by the server's address, in the environment, so that processes started by tests have them.
"""

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from findings.store import FindingStore
from findings.stores import open_store

_NOTED = "FINADWATCH_TEST_CREDENTIALS"


def note(server: str, options: dict[str, Any]) -> None:
    """Remember what a server asks for: `username`, `password`, `ca_file`."""
    os.environ[_NOTED] = json.dumps(_noted() | {server: options}, default=str)


def again(url: str) -> FindingStore:
    """The store behind this address, opened anew."""
    options = dict(_noted().get(url.partition("?")[0], {}))
    if "ca_file" in options:
        options["ca_file"] = Path(options["ca_file"])
    return open_store(url, **options)


def server_of(url: str) -> Elasticsearch:
    """A client of the server that holds this store."""
    server = url.partition("?")[0]
    options = _noted().get(server, {})
    if not options:
        return Elasticsearch(server, request_timeout=60)
    return Elasticsearch(
        server,
        request_timeout=60,
        basic_auth=(options["username"], options["password"]),
        ca_certs=options["ca_file"],
    )


def _noted() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(os.environ.get(_NOTED, "{}"))
    return found


def changed_record(store: FindingStore, ad_id: str, change: dict[str, Any]) -> None:
    """Put fields into the stored record of an ad, as a newer release would."""
    if store.url.startswith("sqlite"):
        path = Path(store.url.removeprefix("sqlite:///"))
        with sqlite3.connect(path) as connection:
            ((record,),) = connection.execute("SELECT record FROM ads WHERE id = ?", (ad_id,)).fetchall()
            newer = msgspec.json.encode(msgspec.json.decode(record) | change)
            connection.execute("UPDATE ads SET record = ? WHERE id = ?", (newer, ad_id))
        return
    prefix = store.url.partition("?prefix=")[2]
    with server_of(store.url) as client:
        (hit,) = client.search(
            index=f"{prefix}-ads", query={"term": {"id": ad_id}}, source_exclude_vectors=False
        )["hits"]["hits"]
        source = hit["_source"]
        source["record"] |= change
        client.index(index=hit["_index"], id=ad_id, document=source, refresh=True)


def put_fields(store: FindingStore, table: str, document_id: str, change: dict[str, Any]) -> None:
    """Put fields into a record of what was handed over, as a newer release would: `<kind>/<id>` of a table."""
    if store.url.startswith("sqlite"):
        key = document_id.partition("/")[2]
        with sqlite3.connect(store.url.removeprefix("sqlite:///")) as connection:
            ((record,),) = connection.execute(f"SELECT record FROM {table} WHERE id = ?", (key,)).fetchall()
            newer = msgspec.json.encode(msgspec.json.decode(record) | change)
            connection.execute(f"UPDATE {table} SET record = ? WHERE id = ?", (newer, key))
        return
    index = f"{store.url.partition('?prefix=')[2]}-handovers"
    with server_of(store.url) as client:
        client.update(index=index, id=document_id, doc={"record": change})
