"""finadwatch evidence: what was captured as papers and packages, and the check of what was kept and handed over."""

import click

from finadwatch.commands.evidence_keys import keys
from finadwatch.commands.evidence_package import package
from finadwatch.commands.evidence_record import record
from finadwatch.commands.evidence_stamp import stamp
from finadwatch.commands.evidence_verify import verify
from finadwatch.commands.options import example
from finadwatch.i18n import t


@click.group(
    help=t(
        "证据：校验、证据包、提取笔录、时间戳、签名密钥。",
        "Evidence: verify, packages, records, time stamps, signing keys.",
    )
    + "\n\n"
    + example("finadwatch evidence verify takedown/2026-0001", "finadwatch evidence package c1-0123… -o 证据")
)
def command() -> None:
    """Group."""


for one in (verify, package, record, stamp, keys):
    command.add_command(one)
