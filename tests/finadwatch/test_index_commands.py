"""`finadwatch index` as a person runs it, from an old store to a migrated one without its old indices."""

import json
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from findings.stores.elastic.names import VERSION
from findings.stores.sqlite.database import APPLICATION_ID, SCHEMA_VERSION
from tests.conftest import Call
from tests.support import records as make
from tests.support.cli import run_finadwatch
from tests.support.old_store import OldStore

pytestmark = pytest.mark.slow


@pytest.fixture
def old(elasticsearch_url: str) -> Iterator[tuple[str, OldStore]]:
    """The address of a store of version 1 with one capture in it."""
    prefix = f"i{secrets.token_hex(6)}"
    with Elasticsearch(elasticsearch_url, request_timeout=60) as client:
        store = OldStore(client, f"{prefix}-")
        store.create("2026.11")
        store.write(make.bundle(make.ad("保本", make.finding())))
        yield f"{elasticsearch_url}?prefix={prefix}", store
        client.indices.delete(index=list(client.indices.get_alias(index=f"{prefix}-*").body))


@pytest.mark.elastic
def test_a_store_is_migrated_looked_at_and_tidied(home: Path, old: tuple[str, OldStore]) -> None:
    url, _ = old
    home.mkdir()

    def ran(*words: str, code: int = 0) -> str:
        told = run_finadwatch(home, "--lang", "zh", *words, "--store", url)
        assert (told.returncode, "Traceback" in told.stderr) == (code, False), told.stderr
        return told.stdout + told.stderr

    assert f"第 1 版，本程序需要第 {VERSION} 版：请运行 finadwatch index migrate" in ran("runs", code=2)
    assert f"已由第 1 版迁移到第 {VERSION} 版" in ran("index", "migrate")
    assert "无需迁移" in ran("index", "migrate")
    shown = ran("index", "status")
    assert "旧版" in shown
    assert "--drop-old" in shown
    rows = json.loads(ran("index", "status", "--json"))
    assert {(row["version"], row["role"]) for row in rows} == {("1", "old"), (str(VERSION), "current")}
    assert "ads-v1-2026.11" in ran("index", "migrate", "--drop-old")
    assert "没有旧版本的索引" in ran("index", "migrate", "--drop-old")
    assert "保本" in ran("search", "保本")


def test_a_file_of_the_old_release_is_brought_up_in_place(home: Path, call: Call) -> None:
    path = home / "old.db"
    with sqlite3.connect(path) as connection:
        script = Path(__file__).parents[1] / "findings" / "schema_v1.sql"
        connection.executescript(script.read_text("utf-8"))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
    words = ("index", "migrate", "--store", f"sqlite:///{path}", "--json")
    told = call(*words)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["migrated"]["version"] == 1
    assert json.loads(call(*words).stdout)["migrated"]["version"] == SCHEMA_VERSION
    assert json.loads(call(*words, "--drop-old").stdout)["dropped"] == []


def test_nothing_to_migrate_is_said(home: Path, call: Call) -> None:
    told = call("index", "migrate", "--store", f"sqlite:///{home / 'none.db'}")
    assert told.returncode == 2
    assert "index create" in told.stderr
