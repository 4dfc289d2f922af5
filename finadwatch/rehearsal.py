"""The whole way once, on the sandbox: serve, crawl, judge, store, show, hand over."""

from pathlib import Path

import click
import msgspec

from finadwatch.config import FolderConfig, TakedownConfig, load_config
from finadwatch.context import Desk
from finadwatch.crawling import run_plan
from finadwatch.handing_over.addressing import addressee_of
from finadwatch.handing_over.counter import Counter
from finadwatch.handing_over.drafting import Wanted, approve_batch, draft_batch
from finadwatch.handing_over.sealing import seal_batch
from finadwatch.i18n import t
from finadwatch.ledger import exit_of
from finadwatch.redacting import hidden
from finadwatch.show import progress
from finadwatch.summary import print_cases, print_coverage, worst
from findings.model.handover import Paper
from findings.model.vocabulary import Severity
from findings.query import SearchQuery
from handover.batch import Batch
from sandbox.server import Sandbox


def rehearse(desk: Desk, folder: Path) -> int:
    """Play everything in `folder`, apart from the real store; return the exit code."""
    from crawlers.plan import load_plan

    progress(t("启动演练网络（仅本机）", "starting the sandbox (this machine only)"))
    with Sandbox(folder, today=desk.today()) as served:
        stage = _stage(desk, served)
        import_registers(served, stage)
        progress(t("抓取、判定、入库，约一分钟", "crawling, judging, storing; about a minute"))
        coverage = run_plan(stage, load_plan(served.plan))
    print_coverage(coverage)
    query = SearchQuery(run_id=coverage.run_id, findings_only=True)
    with stage.store() as store:
        shown = map(hidden, worst(store.cases(query), 3))
        print_cases(t("最严重的三件案件线索：", "The three worst cases:"), shown)
    batch = _handed_over(
        stage,
        SearchQuery(run_id=coverage.run_id, findings_only=True, severities=(Severity.MEDIUM, Severity.HIGH)),
    )
    click.echo(
        "\n"
        + t(f"移送清单（{len(batch.rows)} 件）：", f"takedown list ({len(batch.rows)} cases): ")
        + str(batch.folder / "移送清单.xlsx")
    )
    click.echo(
        t(
            f"校验：finadwatch evidence verify {batch.folder}\n检索：finadwatch search 保本 --store {stage.config.store_url}",
            f"verify: finadwatch evidence verify {batch.folder}\nsearch: finadwatch search 保本 --store {stage.config.store_url}",
        )
    )
    return exit_of(coverage)


def _handed_over(stage: Desk, query: SearchQuery) -> Batch:
    """The cases of a query as a sealed batch: the sandbox is an office of one person."""
    with stage.store() as store:
        counter = Counter.open(stage, store, None)
        addressee = addressee_of(stage, counter.addressees, Paper.CLOSURE, None)
        assert addressee is not None, "communications administrations are known by place"
        drafted = draft_batch(counter, Wanted(paper=Paper.CLOSURE, addressee=addressee.name, query=query))
        _, batch = seal_batch(counter, approve_batch(counter, drafted))
    return batch


def import_registers(served: Sandbox, desk: Desk) -> None:
    """Bring the sandbox's fictional registers into the desk's licences folder."""
    from licences.importer import import_list

    for file in served.registers:
        import_list(file.path, file.register, file.as_of, desk.config.licences_folder, now=desk.local_now())


def _stage(desk: Desk, served: Sandbox) -> Desk:
    """A desk of the sandbox's own: its configuration, and nothing stored among real findings."""
    config = load_config(served.config)
    folder = served.folder
    return Desk(
        msgspec.structs.replace(
            config,
            store=f"sqlite:///{folder / 'finadwatch.db'}",
            evidence=FolderConfig(str(folder / "evidence")),
            takedown=TakedownConfig(
                folder=str(folder / "takedown"), key=str(folder / "signing.pem"), one_person=True
            ),
            models=desk.config.models,
            actor=desk.actor,
        )
    )
