"""Every error says in Chinese and in English what happened; every tree of errors is complete."""

import importlib
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from findings.model.errors import FinAdWatchError

ROOT = Path(__file__).parents[2]
ROOMS = ("analyzers", "crawlers", "finadwatch", "findings", "handover", "licences", "models", "sandbox")
MODULES = tuple(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for room in ROOMS
    for path in sorted((ROOT / room).rglob("errors.py"))
)

CHINESE = re.compile(r"[\u3400-\u9fff]")
#: Chinese letters and the marks of full width that go with them.
NOT_ENGLISH = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


def errors_of(module: str) -> list[type[FinAdWatchError]]:
    """The errors that a module defines itself."""
    found = vars(importlib.import_module(module)).values()
    return [
        one
        for one in found
        if isinstance(one, type) and issubclass(one, FinAdWatchError) and one.__module__ == module
    ]


def subclasses(kind: type[FinAdWatchError]) -> set[type[FinAdWatchError]]:
    below = set(kind.__subclasses__())
    return below.union(*(subclasses(one) for one in below))


@pytest.mark.parametrize("module", MODULES)
def test_every_error_stands_in_the_tree_of_its_room_with_a_docstring(module: str) -> None:
    tree = importlib.import_module(module).__doc__ or ""
    missing = [one.__name__ for one in errors_of(module) if not re.search(rf"\b{one.__name__}\b", tree)]
    assert missing == []
    assert [one.__name__ for one in errors_of(module) if not one.__dict__.get("__doc__")] == []


def test_every_error_of_the_project_lives_in_an_errors_module() -> None:
    for module in MODULES:
        importlib.import_module(module)
    elsewhere = [
        f"{one.__module__}.{one.__name__}"
        for one in subclasses(FinAdWatchError)
        if one.__module__.partition(".")[0] in ROOMS and one.__module__ not in MODULES
    ]
    assert elsewhere == []


def missing_plan(folder: Path) -> None:
    from crawlers.plan import load_plan

    load_plan(folder / "none.yaml")


def faulty_plan(_folder: Path) -> None:
    from crawlers.plan import parse_plan

    parse_plan("{title: 1, typo: 1, sources: [{source: baidu, keywords: [a], pages: 0}]}", "plan.yaml")


def no_yaml_plan(_folder: Path) -> None:
    from crawlers.plan import parse_plan

    parse_plan("title: [", "plan.yaml")


def plan_without_keyword(_folder: Path) -> None:
    from crawlers.plan import plan_for_source

    plan_for_source("baidu", [" "])


def unknown_source(_folder: Path) -> None:
    from crawlers.plan import plan_for_source, plan_tasks
    from crawlers.sources import load_sources

    plan_tasks(plan_for_source("nobody", ["a"]), "run", load_sources(), date(2026, 11, 22))


def faulty_source(folder: Path) -> None:
    from crawlers.sources import load_sources

    (folder / "one").mkdir()
    (folder / "one" / "source.yaml").write_text("name: uno\n", "utf-8")
    load_sources(folder)


def missing_filter_list(folder: Path) -> None:
    from crawlers.filters import AdFilters

    AdFilters.load(folder / "none.txt")


def browser_away(folder: Path) -> None:
    from crawlers.browser.chromium import find_chromium

    find_chromium(str(folder / "chromium"))


def missing_ca(folder: Path) -> None:
    from crawlers.guard.certificates import read_authorities

    read_authorities(folder / "ca.pem")


def results_unsaved(_folder: Path) -> None:
    from crawlers.errors import TasksFailed

    raise TasksFailed(["t1-0"], "OSError: no space left")


def unreadable_list(folder: Path) -> None:
    imported(folder, b"%PDF-1.7")


def list_without_rows(folder: Path) -> None:
    imported(folder, "机构名称,机构类型\n,=1\n".encode())


def list_of_the_future(folder: Path) -> None:
    imported(folder, b"a\n", as_of=date(2030, 1, 1))


def imported(folder: Path, content: bytes, as_of: date = date(2026, 11, 1)) -> None:
    from licences.importer import import_list

    file = folder / "list.csv"
    file.write_bytes(content)
    import_list(file, "nfra", as_of, folder, now=datetime(2026, 11, 22, tzinfo=UTC))


def wrong_register_name(_folder: Path) -> None:
    from licences.mapping import load_mapping

    load_mapping("No Name")


def faulty_mapping(folder: Path) -> None:
    from licences.mapping import load_mapping

    file = folder / "mapping.yaml"
    file.write_text("kind: colour\n", "utf-8")
    load_mapping("nfra", file)


def lost_version(folder: Path) -> None:
    from licences.versions import read_version

    read_version(folder, "nfra", "2026-11-01-01234567")


def empty_ruleset(folder: Path) -> None:
    from analyzers.ruleset import load_ruleset

    load_ruleset(folder)


def faulty_rule(folder: Path) -> None:
    from analyzers.ruleset import load_ruleset

    (folder / "rules").mkdir()
    (folder / "rules" / "a.yaml").write_text("id: a\ncolour: red\n", "utf-8")
    (folder / "rules" / "b.yaml").write_text("id: [", "utf-8")
    load_ruleset(folder)


def missing_model(folder: Path) -> None:
    from analyzers.heads import Heads

    Heads(folder / "heads.npz")


def unreadable_image(folder: Path) -> None:
    from analyzers.errors import ImageUnreadable
    from findings.model.errors import Said

    raise ImageUnreadable(folder / "a.png", Said("it is no file", zh="不是文件"))


def no_model_folder(folder: Path) -> None:
    from models.build import build_hanlp

    (folder / "other").mkdir()
    (folder / "other" / "thing.txt").write_text("mine", "utf-8")
    build_hanlp(folder / "other")


def missing_weights(folder: Path) -> None:
    from models.hanlp_lac.source import check_source

    check_source(folder)


def faulty_sandbox(folder: Path) -> None:
    from sandbox.web import load_web

    (folder / "site.yaml").write_text("hosts: {NEU: {title: xx}}\n", "utf-8")
    load_web(date(2026, 11, 22), {}, folder)


def sandbox_stopped(folder: Path) -> None:
    from sandbox.server import Sandbox

    _ = Sandbox(folder, today=date(2026, 11, 22)).http_port


def store_away(_folder: Path) -> None:
    from findings.stores import open_store

    with open_store("http://127.0.0.1:9") as store:
        store.runs()


def no_store(_folder: Path) -> None:
    from findings.stores import open_store

    open_store("ftp://x")


def index_missing(folder: Path) -> None:
    from findings.stores import open_store

    with open_store(f"sqlite:///{folder}/none.db") as store:
        store.runs()


def open_quotation(_folder: Path) -> None:
    from findings.search.syntax import parse

    parse('"a')


def lost_evidence(folder: Path) -> None:
    from findings.evidence import FolderEvidenceStore

    FolderEvidenceStore(folder).get("0" * 64)


def broken_batch(folder: Path) -> None:
    from handover.verify import verify

    verify(folder)


def unusable_key(folder: Path) -> None:
    from handover.signing import Signer

    (folder / "key.pem").write_text("none", "utf-8")
    Signer.load_or_make(folder / "key.pem")


def faulty_configuration(folder: Path) -> None:
    from finadwatch.config import load_config

    file = folder / "config.yaml"
    file.write_text("lang: fr\ncrawl: {pace: -1, unknown: 1}\n", "utf-8")
    load_config(file)


def wrong_broker(folder: Path) -> None:
    from finadwatch.cluster.broker import broker_url
    from finadwatch.config import Config

    broker_url(Config(home=folder), "kafka://x")


def broken_outbox(folder: Path) -> None:
    from findings.outbox.box import Outbox

    (folder / "outbox.db").write_text("none" * 1000, "utf-8")
    Outbox(folder / "outbox.db", 1).piles()


def full_outbox(folder: Path) -> None:
    from findings.outbox.box import Outbox
    from tests.support import records as make

    Outbox(folder / "outbox.db", 1).put("http://a.example", make.bundle(make.ad("长" * 300_000)))


def bundles_waiting(folder: Path) -> None:
    from findings.outbox.box import Outbox
    from findings.outbox.courier import Courier
    from findings.stores import open_store

    url = "http://127.0.0.1:9"
    courier = Courier(lambda: Outbox(folder / "outbox.db", 1), lambda: open_store(url), url)
    courier.settle(lambda: 3, patience_s=0)


RAISING: tuple[Callable[[Path], None], ...] = (
    missing_plan, faulty_plan, no_yaml_plan, plan_without_keyword, unknown_source, faulty_source,
    missing_filter_list, browser_away, missing_ca, results_unsaved,
    unreadable_list, list_without_rows, list_of_the_future, wrong_register_name, faulty_mapping, lost_version,
    empty_ruleset, faulty_rule, missing_model, unreadable_image,
    no_model_folder, missing_weights, faulty_sandbox, sandbox_stopped,
    store_away, no_store, index_missing, open_quotation, lost_evidence,
    broken_outbox, full_outbox, bundles_waiting,
    broken_batch, unusable_key, faulty_configuration, wrong_broker,
)  # fmt: skip


@pytest.mark.parametrize("wrong", RAISING, ids=lambda wrong: wrong.__name__)
def test_an_error_speaks_both_languages(wrong: Callable[[Path], None], tmp_path: Path) -> None:
    with pytest.raises(FinAdWatchError) as caught:
        wrong(tmp_path)
    chinese, english = caught.value.said("zh"), caught.value.said("en")
    assert CHINESE.search(chinese), chinese
    assert english == str(caught.value)
    assert NOT_ENGLISH.search(english) is None, english
