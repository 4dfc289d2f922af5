"""What every command shares: configuration, store, evidence, registers, judge; each opened on first use."""

import getpass
import logging
import os
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from finadwatch import i18n
from finadwatch.config import Config, load_config
from finadwatch.errors import BrowserMissing, InputMissing
from finadwatch.i18n import t
from findings.model.zone import CHINA

if TYPE_CHECKING:
    from crawlers.sources import Source
    from finadwatch.judging import Judge
    from findings.evidence import FolderEvidenceStore
    from findings.outbox.box import Outbox
    from findings.store import FindingStore
    from licences.registers import Registers


_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Desk:
    """One call's configuration and the parts it opens. The clock comes in here and nowhere else."""

    config: Config

    @classmethod
    def open(cls, path: Path | None, lang: str | None) -> "Desk":
        """Read the configuration and fix the language: call > environment > configuration."""
        config = load_config(path)
        if lang is None and "FINADWATCH_LANG" not in os.environ and config.lang:
            i18n.choose(config.lang)
        return cls(config)

    def now(self) -> datetime:
        """The time of the call, UTC."""
        return datetime.now(UTC)

    def local_now(self) -> datetime:
        """The time of the call in China."""
        return self.now().astimezone(CHINA)

    def today(self) -> date:
        """The day of the call in China, where the law counts its days."""
        return self.local_now().date()

    @property
    def actor(self) -> str:
        """Under whose name changes are recorded."""
        return self.config.actor or getpass.getuser()

    def store(self, url: str | None = None, *, create: bool = False) -> "FindingStore":
        """Open a store. The embedded default is created when it is first written to.

        Raises StoreUrlError, StoreAway; IndexMissing comes with the first read.
        """
        from findings.stores import open_store

        elastic = self.config.elasticsearch
        chosen = url or self.config.store_url
        store = open_store(
            chosen,
            username=elastic.username,
            password=elastic.password,
            api_key=elastic.api_key,
            ca_file=Path(elastic.ca_file) if elastic.ca_file else None,
        )
        if create and chosen.startswith("sqlite:"):
            store.create()
        return store

    def outbox(self, *, sender: bool = False) -> "Outbox":
        """The outbox of this machine; `sender` for the one who takes out."""
        from findings.outbox.box import Outbox

        return Outbox(self.config.outbox_file, self.config.outbox.megabytes, sender=sender)

    def sources(self) -> "dict[str, Source]":
        """Every source that can be watched: those that ship and the office's own.

        Raises SourceFaults; InputMissing for a folder that the configuration names and nobody made.
        """
        from crawlers.sources import load_sources

        folder = self.config.sources_folder
        if self.config.sources.folder and not folder.is_dir():
            raise InputMissing(folder, t("没有这个文件夹", "no such folder"))
        return load_sources(folder)

    def evidence(self) -> "FolderEvidenceStore":
        """The evidence store."""
        from findings.evidence import FolderEvidenceStore

        return FolderEvidenceStore(self.config.evidence_folder)

    def registers(self) -> "Registers":
        """The whitelists and negative lists: imported ones and the bundled starters."""
        from licences.registers import Registers

        return Registers.load(self.config.licences_folder)

    def registers_again(self, lists: str) -> "Registers":
        """The lists as a verdict names them (`lists`), and no others. Raises VersionUnknown, VersionAltered."""
        from licences.sets import recall, replayed

        folder = self.config.licences_folder
        return replayed(folder, recall(folder, lists), whole=True)

    def remember(self, registers: "Registers") -> None:
        """Keep under which versions verdicts are given, so that they can be had again."""
        from licences.sets import remember

        try:
            remember(self.config.licences_folder, registers.versions)
        except (
            OSError
        ) as error:  # a folder that can't be written: judging goes on, list_version still names the list
            _log.warning("which lists are asked can't be kept in %s: %s", self.config.licences_folder, error)

    def judge(self, lists: str | None = None) -> "Judge":
        """The judge: rules compiled, registers read; its models load when first needed.

        `lists` asks the registers of an older verdict again. Raises ModelMissing if the models were never
        built, RulesetError on faulty rules, VersionUnknown for lists that are not here.
        """
        from analyzers.analyzer import Analyzer, AnalyzerOptions
        from finadwatch.judging import Judge

        registers = self.registers() if lists is None else self.registers_again(lists)
        self.remember(registers)
        analyzer = Analyzer.load(
            AnalyzerOptions(
                hanlp=self.config.hanlp,
                embedding=self.config.models.embedding or str(bundled("embedding")),
                heads=self.heads,
                lang=i18n.language(),
                cache=self.config.home / "cache",
                brands=registers.short_names(),
            )
        )
        return Judge(analyzer, registers, self.config.province)

    @property
    def heads(self) -> Path:
        """The file of heads in use, its fusion beside it: configured, else the project's own."""
        named = self.config.models.heads
        return (Path(named).expanduser() if named else bundled("heads")) / "heads.npz"

    def chromium(self) -> str:
        """Path of the browser: CHROMIUM, configuration, else what the system offers.

        Raises BrowserMissing; a path that was named and leads nowhere is never replaced by another.
        """
        if named := os.environ.get("CHROMIUM") or self.config.crawl.chromium:
            found = shutil.which(named)
            if found is None:
                raise BrowserMissing(named)
            return found
        from crawlers.browser.chromium import NAMES

        for name in NAMES:
            if found := shutil.which(name):
                return found
        raise BrowserMissing


def bundled(name: str) -> Path:
    """The folder of a model that ships with the project."""
    from importlib.resources import files

    return Path(str(files("models").joinpath(name)))


def on_terminal() -> bool:
    """Whether a person reads standard error."""
    return sys.stderr.isatty()
