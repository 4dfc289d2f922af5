"""Feeds for other systems: the frozen schema, STIX as its validator reads it, tables that run nothing."""

import csv
import io
import json
import uuid
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from findings.model.crawl import Landing
from findings.model.judgement import AppInfo, Icp
from findings.model.records import AdRecord, CaseView
from findings.model.vocabulary import CaseState, Outcome
from handover.interchange.entry import MOST, FeedEntry, feed_entry
from handover.interchange.stix import identity, objects
from handover.interchange.writing import feed_bytes
from tests.support import records as make

HOST = '{"value":"shop.xinghe.example"}'
AT = datetime(2026, 11, 22, 8, 30, 0, 123456, tzinfo=UTC)
SCHEMA = Draft202012Validator(
    json.loads(files("handover.interchange").joinpath("feed.schema.json").read_text("utf-8")),
    format_checker=Draft202012Validator.FORMAT_CHECKER,
)


def case(*ads: AdRecord, number: int = 1) -> CaseView:
    return CaseView(
        id=f"c1-{number:032x}", state=CaseState.CONFIRMED, ads=ads, first_seen=AT, last_seen=AT + timedelta(days=1),
        runs=1, sightings=3, evidence=())  # fmt: skip


def guilty(
    text: str = "保本保息，年化12%", url: str | None = "https://shop.xinghe.example/a?b='c'"
) -> AdRecord:
    url_ip = Landing(url=url or "", outcome=Outcome.OK, ip="203.0.113.7")
    return replace(make.ad(text, make.finding(), url=url, title="=HYPERLINK(1)"), landing=url_ip)


def feed(form: str, *entries: FeedEntry) -> bytes:
    return b"".join(feed_bytes(entries, form, office="测试市市场监督管理局", since=AT))


def stix_faults(bundle: bytes) -> list[str]:
    """What the library and the pattern checker of STIX 2.1 (OASIS) object to."""
    import stix2
    from stix2patterns.validator import run_validator

    read = stix2.parse(bundle.decode(), allow_custom=False, version="2.1")
    patterns = [one.pattern for one in read.objects if one.type == "indicator"]
    return [str(fault) for pattern in patterns for fault in run_validator(pattern, stix_version="2.1")]


def test_an_entry_is_as_the_schema_says() -> None:
    full = replace(
        guilty(),
        app=AppInfo(name="星河", package="com.xinghe.loan", developer=None),
        icp=Icp(number="沪ICP备1号", owner="星河"),
    )
    for one in (case(full, guilty("秒批", None)), case(make.ad("无", url=None))):
        (line,) = feed("jsonl", feed_entry(one)).splitlines()
        assert list(SCHEMA.iter_errors(json.loads(line))) == []
    told = feed_entry(case(full))
    assert (told.urls, told.hosts, told.ips) == (
        ("https://shop.xinghe.example/a?b='c'",),
        ("shop.xinghe.example",),
        ("203.0.113.7",),
    )
    assert told.statement.startswith("线索，不作违法认定")
    assert not list(SCHEMA.iter_errors(json.loads(line) | {"more": 1}))
    assert list(SCHEMA.iter_errors(json.loads(line) | {"verdict": "违法"}))


def test_a_natural_person_is_named_by_the_first_character() -> None:
    person = make.ad("带你发财", make.finding(), advertiser_shown="张三丰")
    assert feed_entry(case(person)).advertiser.name == "张**"
    assert feed_entry(case(person), whole=True).advertiser.name == "张三丰"
    firm = make.ad("带你发财", make.finding(), advertiser_shown="张三丰示例理财有限公司")
    assert feed_entry(case(firm)).advertiser.name == "张三丰示例理财有限公司"


def test_lists_are_cut_and_say_so() -> None:
    told = feed_entry(case(*(guilty(f"保本{n}", f"https://h{n}.example/") for n in range(MOST + 5))))
    assert len(told.urls) == len(told.hosts) == MOST
    assert told.more >= 10


def test_a_bundle_is_valid_stix_and_holds_each_object_once() -> None:
    entries = [
        feed_entry(case(guilty(), number=1)),
        feed_entry(case(guilty("秒批"), number=2)),
        feed_entry(case(make.ad("无", url=None), number=3)),
    ]
    bundle = feed("stix", *entries)
    read = json.loads(bundle)
    ids = [one["id"] for one in read["objects"]]
    assert len(ids) == len(set(ids))
    kinds = [one["type"] for one in read["objects"]]
    assert kinds == [
        "identity",
        "url",
        "domain-name",
        "ipv4-addr",
        *["observed-data", "indicator", "relationship"] * 2,
        "note",
    ]
    assert stix_faults(bundle) == []
    assert bundle == feed("stix", *entries)
    # STIX 2.1 §2.9: the namespace of observables over the canonical JSON of what tells them apart.
    spaced = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
    assert ids[2] == f"domain-name--{uuid.uuid5(spaced, HOST)}"


@given(st.text(max_size=60), st.text("abc.'\\\"\n ：𠮷😀", min_size=1, max_size=40))
def test_hostile_words_stay_words(title: str, path: str) -> None:
    hostile = replace(
        guilty(url="https://h.example/" + path), title=title.encode("utf-8", "replace").decode()
    )
    entry = feed_entry(case(hostile))
    for one in objects(entry, identity("局", AT)["id"]):
        json.dumps(one)
    table = list(csv.reader(io.StringIO(feed("csv", entry).decode("utf-8-sig"), newline="")))
    assert len(table) == 2
    assert all(not cell.startswith(("=", "+", "-", "@")) for cell in table[1])


@pytest.mark.parametrize("form", ["jsonl", "csv", "stix"])
def test_an_empty_feed_is_whole(form: str) -> None:
    data = feed(form)
    assert {
        "jsonl": not data,
        "csv": data.count(b"\r\n") == 1,
        "stix": form != "stix" or stix_faults(data) == [],
    }[form]
