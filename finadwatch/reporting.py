"""A report of one store: its figures, and the files that they make."""

import json
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

from finadwatch.context import Desk
from finadwatch.errors import OutputRefused
from finadwatch.exporting import appearing
from finadwatch.i18n import language, t
from handover.reports.figures import Figures, gather
from handover.reports.plain import plain_values
from handover.reports.plan import Kind, ReportPlan, checked

#: What may stand in the name of a file: no more of a subject, whatever it is called.
_UNSAFE = re.compile(r"[^\w-]+")


def figures_of(desk: Desk, plan: ReportPlan, store_url: str | None) -> Figures:
    """The figures of a plan. Raises PeriodWrong, SubjectWrong, PersonNamed, QueryValueError."""
    plan = checked(plan, desk.today())
    with desk.store(store_url) as store:
        return gather(store, plan, desk.now())


def write_report(desk: Desk, figures: Figures, folder: Path, console: str | None) -> list[Path]:
    """Write DOCX, HTML and JSON into a folder, each whole or not at all, and return where.

    A report of the same kind, subject and days is replaced. Raises FontMissing, TemplateFault, OutputRefused.
    """
    from finadwatch.entering import source_titles
    from handover.reports.document import document
    from handover.reports.laying import laid
    from handover.reports.page import page
    from handover.reports.words import Words

    names = source_titles(desk) if language() == "zh" else {}
    report = laid(
        figures, Words(language(), names), desk.config.takedown.office, f"FinAdWatch {version('finadwatch')}"
    )
    templates = desk.config.takedown.templates
    written = {
        "docx": document(
            report, Path(templates).expanduser() if templates else None, console, figures.made_at
        ),
        "html": page(report, console).encode(),
        "json": json.dumps(value_of(figures), ensure_ascii=False, indent=1).encode() + b"\n",
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputRefused(folder, error.strerror or str(error)) from error
    files = []
    for kind, content in written.items():
        path = folder / f"{_stem(figures.plan)}.{kind}"
        with appearing(path) as file:
            file.write(content)
        files.append(path)
    return files


def value_of(figures: Figures) -> Any:
    """The figures for `--json`."""
    return plain_values(figures)


def _stem(plan: ReportPlan) -> str:
    """The name of the files: kind, subject, days."""
    kind = t("监测简报", "brief") if plan.kind is Kind.BRIEF else t("监测专报", "special")
    subjects = [f"{t('类别', 'category')}{plan.category}"] if plan.category else []
    subjects += [*plan.sources, *plan.provinces, *([plan.advertiser] if plan.advertiser else [])]
    plain = [_UNSAFE.sub("", subject)[:20] for subject in subjects]
    return "_".join((kind, *(subject for subject in plain if subject), f"{plan.since}", f"{plan.until}"))
