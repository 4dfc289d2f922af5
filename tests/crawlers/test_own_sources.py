"""`docs/add-a-source.md` as it stands: its files make sources, its pages read as shown, nothing else changes."""

import json
import re
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from crawlers.options import CrawlSettings
from crawlers.parse import parse_page
from crawlers.parse_output import to_contract
from crawlers.plan import parse_plan, plan_from_urls, plan_tasks
from crawlers.run import crawl
from crawlers.sources import Source, UnknownSource, load_sources
from findings.evidence import FolderEvidenceStore
from findings.model.vocabulary import Device, Outcome
from tests.support.authority import Authority
from tests.support.crawling import run_crawl
from tests.support.web import Site, Visit

TEXT = (Path(__file__).parents[2] / "docs" / "add-a-source.md").read_text("utf-8")
#: A file of the example: its path in bold, then its content in a fence.
EXAMPLES = dict(re.findall(r"^\*\*`([\w./]+)`\*\*\n\n```\w+\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
NAMES = {"xingtu", "xingtu_store", "xingtu_news"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example's files, laid down as the document says."""
    for name, content in EXAMPLES.items():
        path = tmp_path / "sources" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return tmp_path / "sources"


@pytest.fixture
def sources(folder: Path) -> dict[str, Source]:
    return load_sources(folder)


def test_its_folders_are_sources_and_nothing_else_changes(sources: dict[str, Source]) -> None:
    shipped = load_sources()
    assert set(sources) - set(shipped) == NAMES
    assert {name: sources[name] for name in shipped} == shipped


@pytest.mark.parametrize(
    "shown", sorted(name for name in EXAMPLES if name.endswith("/expected.json")), ids=lambda name: name
)
def test_its_pages_read_as_shown(sources: dict[str, Source], shown: str) -> None:
    case = shown.removesuffix("expected.json")
    source = sources[case.partition("/")[0]]
    (body,) = (text for name, text in EXAMPLES.items() if name.startswith(f"{case}input."))
    assert to_contract(parse_page(source, body), source.kind) == json.loads(EXAMPLES[shown])


@pytest.mark.parametrize(
    ("case", "outcome", "detail"),
    [
        ("zero", Outcome.EMPTY, "signature: nothing-found"),
        ("refused", Outcome.CAPTCHA, "signature: generic-captcha-title"),
        ("changed", Outcome.SELECTOR_BROKEN, "no result list on the page"),
    ],
)
def test_its_three_kinds_of_empty(
    sources: dict[str, Source], case: str, outcome: Outcome, detail: str
) -> None:
    page = parse_page(sources["xingtu"], EXAMPLES[f"xingtu/{case}/input.html"])
    assert (page.outcome, page.detail) == (outcome, detail)


def test_its_empty_list_of_apps_is_a_true_zero(sources: dict[str, Source]) -> None:
    (body,) = re.findall(r"^`(\{.*\})` is `empty`", TEXT, re.MULTILINE)
    assert parse_page(sources["xingtu_store"], body).outcome is Outcome.EMPTY


def test_a_plan_names_them_like_any_other(sources: dict[str, Source]) -> None:
    plan = parse_plan(
        json.dumps(
            {
                "title": "自有来源",
                "sources": [
                    {"source": "xingtu", "keywords": ["保本 理财"], "pages": 2},
                    {"source": "xingtu_news"},
                ],
            }
        ),
        "plan",
    )
    assert [task.url for task in plan_tasks(plan, "r", sources, date(2026, 11, 22))] == [
        "https://www.xingtu.example/s?q=%E4%BF%9D%E6%9C%AC%20%E7%90%86%E8%B4%A2&start=0",
        "https://www.xingtu.example/s?q=%E4%BF%9D%E6%9C%AC%20%E7%90%86%E8%B4%A2&start=10",
        "https://finance.xingtu.example/",
    ]


def test_a_list_of_packages_asks_the_own_store_too(sources: dict[str, Source]) -> None:
    plan = plan_from_urls(["app:example.qianbao"], stores=sources)
    assert "xingtu_store" in {entry.source for entry in plan.sources}


def test_every_key_of_the_schema_is_explained() -> None:
    schema = json.loads(files("crawlers.sources").joinpath("source.schema.json").read_text("utf-8"))
    explained = set(re.findall(r"`([a-z_]+)`", TEXT[TEXT.index("## All keys") :]))
    assert set(schema["properties"]) <= explained
    assert set(schema["$defs"]["candidate"]["properties"]) <= explained


@pytest.mark.browser
def test_an_own_store_is_crawled(folder: Path, tmp_path: Path) -> None:
    asked: list[object] = []

    def search(visit: Visit) -> None:
        asked.append(json.loads(visit.body))
        visit.answer(200, EXAMPLES["xingtu_store/apps/input.json"], "application/json")

    host = "api.xingtu.example"
    authority = Authority(tmp_path / "ca")
    with Site({f"{host}/apps/search": search}, tls=authority.context(host)) as site:
        settings = CrawlSettings(
            state_dir=tmp_path / "state",
            own_sources=folder,
            hosts={host: "127.0.0.1"},
            ports={443: site.port},
            ca_file=authority.file,
            pace=0.0,
        )
        plan = parse_plan(
            '{"title": "甲", "sources": [{"source": "xingtu_store", "keywords": ["钱包"]}]}', "p"
        )
        (capture,) = run_crawl(plan, settings, tmp_path / "run").captures
    assert asked == [{"word": "钱包", "page": 1}]
    assert (capture.outcome, capture.task.device) == (Outcome.OK, Device.DESKTOP)
    assert [ad.title for ad in capture.ads] == ["星图钱包", "星图日历"]


def test_a_source_that_was_taken_away_is_named(tmp_path: Path) -> None:
    plan = parse_plan('{"title": "甲", "sources": [{"source": "xingtu_store", "keywords": ["钱包"]}]}', "p")
    settings = CrawlSettings(state_dir=tmp_path, own_sources=tmp_path / "gone")
    with pytest.raises(UnknownSource, match="xingtu_store"):
        crawl(plan, [], settings, FolderEvidenceStore(tmp_path / "evidence"), lambda _: None)
