"""finadwatch doctor: is every part there, and does it answer."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import click

from finadwatch.commands.options import example, json_option, store_option
from finadwatch.context import Desk
from finadwatch.i18n import language, t
from finadwatch.show import emit, safe
from findings.errors import IndexMissing
from findings.model.errors import FinAdWatchError, Said, ServiceAway


@click.command(
    help=t(
        "检查浏览器、模型、存储、名录、来源、时间戳是否就绪。",
        "Check browser, models, store, registers, sources and time stamps.",
    )
    + "\n\n"
    + example("finadwatch doctor --store http://localhost:9200")
)
@store_option
@json_option
@click.pass_obj
def command(desk: Desk, store_url: str | None, as_json: bool) -> int:
    """Check each part and say in a sentence what to do about one that is missing; exit 1 then."""
    checks: list[tuple[str, Callable[[], str]]] = [
        (t("浏览器", "browser"), lambda: _browser(desk)),
        (t("HanLP 组件", "HanLP component"), lambda: _hanlp(desk)),
        (t("权重", "heads"), lambda: _heads(desk)),
        (t("存储", "store"), lambda: _store(desk, store_url)),
        (t("发件箱", "outbox"), lambda: _outbox(desk)),
        (t("准入清单", "registers"), lambda: _registers(desk)),
        (t("规则", "rules"), _rules),
        (t("来源", "sources"), lambda: _sources(desk)),
        (t("文书 PDF", "papers as PDF"), _papers),
        (t("时间戳", "time stamps"), lambda: _timestamps(desk)),
    ]
    faults = 0
    for name, check in checks:
        try:
            said, good = check(), True
        except FinAdWatchError as error:
            said, good = error.said(language()), False
            faults += 1
        if as_json:
            emit({"part": name, "ok": good, "detail": said})
        else:
            click.echo(f"{'✓' if good else '✗'} {name}: {safe(said)}")
    return 1 if faults else 0


def _browser(desk: Desk) -> str:
    path = desk.chromium()
    try:
        ran = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError) as error:
        raise ServiceAway(
            f"{path} does not run ({error}); install chromium again",
            zh=f"{path} 无法运行（{error}）：请重新安装 chromium",
        ) from error
    return f"{ran.stdout.strip()}  {path}"


def _hanlp(desk: Desk) -> str:
    from analyzers.errors import ModelMissing, ModelUnusable
    from models.build import MANIFEST, is_built

    name = desk.config.hanlp
    if Path(name).is_absolute() and not (Path(name) / "config.json").exists():
        raise ModelMissing("HanLP", name)
    # Only what this project assembled has a manifest; an official model's folder has none.
    if (Path(name) / MANIFEST).is_file() and not is_built(Path(name)):
        raise ModelUnusable("HanLP", name, Said("damaged or of another version", "已损坏，或由其他版本装配"))
    return name


def _heads(desk: Desk) -> str:
    from finadwatch.commands.models import heads_in_use

    return heads_in_use(desk)


def _store(desk: Desk, url: str | None) -> str:
    with desk.store(url) as store:
        try:
            documents = sum(row.documents for row in store.status())
        except IndexMissing:
            return t(f"{store.url}（尚未建立，首次抓取时建立）", f"{store.url} (not created yet)")
        return t(f"{store.url}，{documents} 份文档", f"{store.url}, {documents} documents")


def _outbox(desk: Desk) -> str:
    file = desk.config.outbox_file
    if not file.exists():
        return t(f"{file}（尚未使用）", f"{file} (not used yet)")
    with desk.outbox() as outbox:
        piles, broken = outbox.piles(), outbox.set_aside()
    if dead := sum(pile.dead for pile in piles):
        raise FinAdWatchError(
            f"stores refused {dead} bundles: finadwatch outbox dead says why, finadwatch outbox retry sends them again",
            zh=f"存储拒绝了 {dead} 份结果：原因见 finadwatch outbox dead，排除后用 finadwatch outbox retry 重新发送",
        )
    if broken:
        raise FinAdWatchError(
            f"a broken outbox was put aside as {broken[-1]}: crawl --resume fetches again what was in it; then remove it",
            zh=f"损坏的发件箱另存为 {broken[-1]}：请用 crawl --resume 重新抓取其中的结果，然后删除该文件",
        )
    waiting, size = sum(pile.waiting for pile in piles), sum(pile.size for pile in piles)
    return t(
        f"{file}，待发 {waiting} 份（{size / 1e6:.1f} MB）",
        f"{file}, {waiting} waiting ({size / 1e6:.1f} MB)",
    )


def _registers(desk: Desk) -> str:
    status = desk.registers().status(desk.today())
    stale = sum(row.stale for row in status)
    return t(f"{len(status)} 份名录，其中 {stale} 份已过期", f"{len(status)} lists, {stale} of them stale")


def _rules() -> str:
    from analyzers.ruleset import load_ruleset

    rules = load_ruleset()
    return t(
        f"版本 {rules.version}，{len(rules.rules)} 条", f"version {rules.version}, {len(rules.rules)} rules"
    )


def _sources(desk: Desk) -> str:
    from crawlers.sources import load_sources

    sources = desk.sources()
    own = sorted(set(sources) - set(load_sources()))
    said = t(f"{len(sources)} 个", f"{len(sources)}")
    return said + (t(f"，其中自有：{'、'.join(own)}", f", of one's own: {', '.join(own)}") if own else "")


def _timestamps(desk: Desk) -> str:
    """Each authority is asked for a token that nobody keeps: nothing less shows that it gives them."""
    from finadwatch.stamping import stamper, stamps_folder
    from handover.timestamps.checking import ask, check_answer
    from handover.timestamps.errors import TokenRefused
    from handover.timestamps.records import Records

    working = stamper(desk)
    if not working.authorities:
        return t(
            "未配置服务机构：抓取内容不加盖时间戳，移送材料将注明",
            "no authority is configured: nothing is stamped, and papers say so",
        )
    for authority in working.authorities:
        asked = ask(b"finadwatch doctor", authority.policy)
        try:
            check_answer(working.post(authority, asked.request), asked, b"finadwatch doctor", authority.roots)
        except TokenRefused as error:
            raise FinAdWatchError(f"{authority.name}: {error}", zh=f"{authority.name}：{error.zh}") from error
    names = "、".join(authority.name for authority in working.authorities)
    owed = len(Records(stamps_folder(desk)).owed())
    return t(f"{names}；{owed} 份清单尚缺令牌", f"{names}; {owed} lists lack a token")


def _papers() -> str:
    """Without LibreOffice there are no PDF files, and nothing else is missing: that is said, and is no fault."""
    from handover.documents.errors import LibreOfficeAway
    from handover.documents.pdf import soffice

    try:
        path = soffice()
    except LibreOfficeAway as away:
        return away.said(language())
    return f"LibreOffice {path}"
