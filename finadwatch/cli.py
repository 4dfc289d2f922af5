"""The command line. Only names are listed here; a command's module loads when it is called."""

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from finadwatch import i18n
from finadwatch.help import speak_chinese
from finadwatch.i18n import t
from finadwatch.starting import quits_at_once, was_interrupted

#: Command → (Chinese, English) line of `finadwatch --help`. The module is finadwatch.commands.<name>.
COMMANDS: dict[str, tuple[str, str]] = {
    "screen": ("判定广告文本（JSONL）", "judge ads given as JSON lines"),
    "scorecard": ("用带标注的文本给判定打分", "score the judge on labelled texts"),
    "parse": ("解析已保存的页面", "read a saved page or answer"),
    "crawl": ("按计划抓取、判定并入库", "crawl a plan, judge and store what it finds"),
    "schedule": ("按计划的时间定时执行", "run plans at the times that they name"),
    "worker": ("运行抓取进程，从队列取任务", "run a worker that takes crawl tasks from a queue"),
    "search": ("检索已发现的线索", "search what was found"),
    "cases": ("案件线索：列出、领取、分派、办理", "list, take, assign and work on cases"),
    "review": ("核查案件线索：确认、排除、存疑", "read cases: confirm, exclude or doubt them"),
    "rescreen": ("规则变更后重新判定存量", "judge what is stored again after rules changed"),
    "enter": ("人工录入广告：网址、应用、截图", "enter an ad by hand: an address, an app, a screenshot"),
    "audit": ("审计日志：查看与校验", "the trail of every change: show and verify it"),
    "runs": ("列出历次监测及覆盖率", "list what ran, with its coverage"),
    "rules": ("检查、测试、解释规则", "lint, test and explain rules"),
    "licences": ("准入清单与负面清单", "the whitelist and the negative list"),
    "sources": ("列出监测来源，检查页面是否改版", "list the sources, check whether their pages changed"),
    "takedown": ("生成移送批次", "write a batch of cases to hand over"),
    "report": ("监测简报与专报（DOCX、HTML）", "reports of a period, as DOCX and HTML"),
    "outbox": ("本机待发与被拒的抓取结果", "what waits on this machine for its store, what was refused"),
    "evidence": ("校验证据", "verify evidence"),
    "index": ("建立或查看索引", "create or look at the index"),
    "backup": ("备份存储与证据", "back up store and evidence"),
    "restore": ("从备份恢复", "restore a backup"),
    "models": ("装配本地模型", "build and check the models"),
    "config": ("查看配置", "show the configuration"),
    "doctor": ("检查运行环境", "check that every part is there"),
    "sandbox": ("本机演练环境", "a small web on this machine to try everything on"),
}


class _Lazy(click.Group):
    """A group that knows its commands' names and one-line helps without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            raise click.UsageError(t(f"没有命令 {cmd_name}", f"no such command: {cmd_name}"), ctx)
        with quits_at_once():
            command: click.Command = import_module(f"finadwatch.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(t("命令", "Commands")):
            formatter.write_dl([(name, t(*text)) for name, text in COMMANDS.items()])


def build() -> click.Group:
    """The command group, in the language of this process."""

    @click.group(
        cls=_Lazy,
        name="finadwatch",
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        help=t(
            "FinAdWatch 金融广告监测：发现、判定、固证、移送。输出均为线索，不作违法认定。\n\n"
            "例：finadwatch search 保本 --category 2",
            "FinAdWatch watches financial advertising: find, judge, prove, hand over. "
            "What it says are leads, never verdicts.\n\nExample: finadwatch search 保本 --category 2",
        ),
    )
    @click.version_option(package_name="finadwatch", prog_name="finadwatch")
    @click.option(
        "--config",
        type=click.Path(dir_okay=False, path_type=Path),
        help=t("配置文件（默认 FINADWATCH_HOME/config.yaml）", "configuration file"),
    )
    @click.option("--lang", type=click.Choice(i18n.LANGUAGES), help=t("界面语言", "language of the output"))
    @click.pass_context
    def finadwatch(ctx: click.Context, config: Path | None, lang: str | None) -> None:
        from finadwatch.context import Desk

        ctx.obj = Desk.open(config, lang)

    group: click.Group = finadwatch
    return group


def main(argv: list[str] | None = None) -> None:
    """Run one command and exit: 0 done, 1 some failed, 2 wrong use, 3 service away, 4 internal, 130."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        # One core a process: our matrices are small, and --workers is the way to more cores.
        os.environ.setdefault(name, "1")
    words = sys.argv[1:] if argv is None else argv
    i18n.choose(i18n.language_of_call(words))
    if i18n.language() == "zh":
        speak_chinese()
    sys.exit(_run(words))


def _run(words: list[str]) -> int:
    from findings.model.errors import FinAdWatchError

    try:
        result: Any = build().main(args=words, prog_name="finadwatch", standalone_mode=False)
    except FinAdWatchError as error:
        return _say(error.said(i18n.language()), error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except click.ClickException as error:
        from finadwatch.usage import told

        return _say(told(error), 2)
    except (KeyboardInterrupt, click.Abort):
        return _say(t("已中断", "interrupted"), 130)
    except SystemExit:  # how click answers a reader that closed the pipe: it has what it wanted
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        from finadwatch.errors import DiskAway

        gone = DiskAway(error)
        return _say(gone.said(i18n.language()), gone.exit_code)
    except Exception as error:  # the last line of defence: exit code 4, with the trace kept for a report
        if os.environ.get("FINADWATCH_DEBUG"):
            raise
        if was_interrupted(error):
            return _say(t("已中断", "interrupted"), 130)
        return _say(
            t(
                f"程序内部错误（{type(error).__name__}: {error}）；设 FINADWATCH_DEBUG=1 重跑可得详情",
                f"internal error ({type(error).__name__}: {error}); run again with FINADWATCH_DEBUG=1 for the trace",
            ),
            4,
        )
    return result if isinstance(result, int) else 0


def _say(sentence: str, code: int) -> int:
    from finadwatch.show import progress

    progress(f"{t('错误', 'error')}: {sentence}")
    return code
