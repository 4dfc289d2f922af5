"""One call of `rescreen`: begun or gone on with, worked through, told."""

from dataclasses import dataclass
from datetime import date

import click

from finadwatch.context import Desk
from finadwatch.errors import SomeFailed
from finadwatch.i18n import t
from finadwatch.rescreening.beginning import begin, end_if_done, wanted_job
from finadwatch.rescreening.errors import NoSuchRescreen
from finadwatch.rescreening.local import Rehearsing, Writing, work
from finadwatch.rescreening.says import Teller, as_json, print_tally
from finadwatch.show import emit, progress, table
from findings.query import SearchQuery
from findings.rescreening.job import Job, Progress
from findings.review.acting import name_of
from findings.store import FindingStore


@dataclass(frozen=True)
class Asked:
    """What a call asks for."""

    query: SearchQuery
    as_of: date | None
    actor: str | None
    workers: int
    dry: bool
    anew: bool
    as_json: bool


def rescreen(desk: Desk, asked: Asked, store_url: str | None) -> int:
    """Judge an archive again by processes of this machine; return the exit code.

    Raises SomeFailed where ads could not be judged; StoreAway, WorkerLost, OtherVersions: the same call goes on.
    """
    judge = desk.judge()
    with desk.store(store_url, create=not asked.dry) as store:
        by = name_of(asked.actor if asked.actor is not None else desk.actor)
        job = wanted_job(desk, store, judge, asked.query, asked.as_of, by, anew=asked.anew)
        if asked.dry:
            return _rehearse(desk, store, asked, job)
        job = begin(store, job)
        if job.ended_at is not None:
            return _say_nothing_to_do(store, job, asked)
        teller = Teller(job, store.rescreens().progress(job))
        if teller.tally.judged:
            progress(
                t(
                    f"继续重新判定 {job.id}：已判 {teller.tally.judged}/{job.ads}",
                    f"going on with rescreen {job.id}: {teller.tally.judged}/{job.ads} are judged",
                )
            )
        keeper = Writing(store, store.rescreens(), job)
        work(desk, store, judge, job, keeper, teller, workers=asked.workers)
        job = end_if_done(desk, store, job)
        return _tell(job, teller, asked)


def queue(desk: Desk, asked: Asked, store_url: str | None, broker: str | None, *, wait: bool) -> int:
    """Put the slices that are not done on the queue of rescreens, where workers take them; wait for them if asked.

    Raises BrokerAway, StoreAway; SomeFailed as `rescreen`.
    """
    from finadwatch.cluster.broker import broker_url, require_cluster
    from finadwatch.cluster.rescreens import queue_rescreen, wait_for_rescreen

    require_cluster()
    url = broker_url(desk.config, broker)
    with desk.store(store_url, create=True) as store:
        by = name_of(asked.actor if asked.actor is not None else desk.actor)
        job = wanted_job(desk, store, desk.judge(), asked.query, asked.as_of, by, anew=asked.anew)
        job = begin(store, job)
        if job.ended_at is not None:
            return _say_nothing_to_do(store, job, asked)
        messages = queue_rescreen(desk, store, job, url)
        job = end_if_done(desk, store, job)
        said = t(
            f"重新判定 {job.id}：{messages} 片已下发，共 {job.ads} 条",
            f"rescreen {job.id}: {messages} slices queued, {job.ads} ads",
        )
        if wait:
            progress(said)
            teller = Teller(job, store.rescreens().progress(job))
            return _tell(wait_for_rescreen(store, job, teller), teller, asked)
    if asked.as_json:
        emit({"job": job.id, "messages": messages, "ads": job.ads})
    else:
        click.echo(said)
    return 0


def _rehearse(desk: Desk, store: FindingStore, asked: Asked, job: Job) -> int:
    teller = Teller(job, ())
    work(desk, store, desk.judge(), job, Rehearsing(), teller, workers=asked.workers)
    return _tell(job, teller, asked)


def _tell(job: Job, teller: Teller, asked: Asked) -> int:
    tally = teller.tally
    if asked.as_json:
        rate = {"seconds": round(teller.seconds, 3), "rate": round(teller.rate, 1)}
        emit(as_json(job, teller.slices, dry_run=asked.dry, nothing_to_do=False, **rate))
    else:
        print_tally(tally, dry=asked.dry)
        progress(
            t(
                f"用时 {teller.seconds:.1f} 秒，{teller.rate:.0f} 条/秒",
                f"{teller.seconds:.1f} s, {teller.rate:.0f} ads a second",
            )
        )
    if tally.failed:
        raise SomeFailed(tally.failed, tally.judged)
    return 0


def _say_nothing_to_do(store: FindingStore, job: Job, asked: Asked) -> int:
    slices = store.rescreens().progress(job)
    if asked.as_json:
        emit(as_json(job, slices, dry_run=False, nothing_to_do=True))
    else:
        click.echo(
            t(
                f"无需重新判定：规则、名录与模型自 {job.begun_at:%Y-%m-%d %H:%M} 的重新判定 {job.id} 以来未变"
                "（--anew 从头再判）",
                f"nothing to do: rules, lists and models are those of rescreen {job.id}, begun "
                f"{job.begun_at:%Y-%m-%d %H:%M} and through (--anew begins again)",
            )
        )
    return 0


def show(desk: Desk, job_id: str | None, store_url: str | None, *, as_json: bool) -> None:
    """List rescreens, or show one."""
    with desk.store(store_url) as store:
        book = store.rescreens()
        if job_id is not None:
            job = book.job(job_id)
            if job is None:
                raise NoSuchRescreen(job_id, store.url)
            _show_one(job, book.progress(job), in_json=as_json)
            return
        jobs = [(job, book.progress(job)) for job in book.jobs()]
    _list(jobs, in_json=as_json)


def _show_one(job: Job, slices: list[Progress], *, in_json: bool) -> None:
    teller = Teller(job, slices)
    if in_json:
        emit(as_json(job, slices))
    else:
        click.echo(f"{job.id}  {job.begun_at:%Y-%m-%d %H:%M}  {_state(job, slices)}")
        print_tally(teller.tally, dry=False)


def _list(jobs: list[tuple[Job, list[Progress]]], *, in_json: bool) -> None:
    if in_json:
        for job, slices in jobs:
            emit(as_json(job, slices))
    elif not jobs:
        click.echo(t("没有重新判定的记录", "there are no rescreens"))
    else:
        table(
            t("重新判定", "Rescreens"),
            (
                t("编号", "id"),
                t("开始 (UTC)", "begun (UTC)"),
                t("规则", "rules"),
                t("进度", "progress"),
                t("已判", "judged"),
                t("变更", "changed"),
                t("失败", "failed"),
            ),
            [
                (
                    job.id,
                    f"{job.begun_at:%Y-%m-%d %H:%M}",
                    job.versions.ruleset,
                    _state(job, slices),
                    tally.judged,
                    tally.changed,
                    tally.failed,
                )
                for job, slices in jobs
                for tally in (Teller(job, slices).tally,)
            ],
        )


def _state(job: Job, slices: list[Progress]) -> str:
    if job.ended_at is not None:
        return t("已完成", "through")
    return f"{sum(one.done for one in slices)}/{job.slices}"
