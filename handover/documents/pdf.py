"""DOCX to PDF by LibreOffice without a window: in a profile of its own each time, shut off from the network.

What goes in may be hostile (a template from elsewhere, captured text): macros are off, links and linked pictures are
neither fetched nor brought up to date, and every address outside is sent to a proxy that is not there.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from findings.model.errors import Said
from handover.documents.errors import ConversionFailed, LibreOfficeAway
from handover.documents.pdf_fonts import fonts_conf
from handover.documents.pdf_profile import PROFILE
from handover.documents.pdf_times import settled

#: Seconds that LibreOffice may take to start, and for each file and megabyte of files beyond that.
_START_S, _FILE_S, _MEGABYTE_S = 60.0, 20.0, 60.0
#: Seconds that processes which were killed may take to be gone, and between two looks.
_GONE_S, _LOOK_S = 5.0, 0.02
#: Files given to one process: a command line holds that many names.
_AT_ONCE = 200


def soffice() -> str:
    """LibreOffice's program: SOFFICE, else what the system offers. Raises LibreOfficeAway."""
    named = os.environ.get("SOFFICE")
    for name in (named,) if named else ("soffice", "libreoffice"):
        if found := shutil.which(name):
            return found
    raise LibreOfficeAway(
        Said(f"SOFFICE names {named}, which is no program", f"SOFFICE 所指的 {named} 不是可执行程序")
        if named
        else Said("LibreOffice is not installed", "未安装 LibreOffice")
    )


def to_pdf(sources: Sequence[Path], folder: Path) -> list[Path]:
    """Convert DOCX files to PDF in `folder`, under their own names, and return the paths in order.

    One process converts many. A source's times (its properties) stand in the PDF, so that the same DOCX gives the same
    PDF on one machine. Calls may go on side by side.
    Raises LibreOfficeAway, ConversionFailed naming every file without a PDF; the PDF files of the others are there.
    """
    program = soffice()
    folder.mkdir(parents=True, exist_ok=True)
    targets = [folder / f"{source.stem}.pdf" for source in sources]
    assert len(set(targets)) == len(targets), "two files of one name"
    missing: list[str] = []
    reason = Said("no reason was given", "未说明原因")
    for start in range(0, len(sources), _AT_ONCE):
        some = sources[start : start + _AT_ONCE]
        with tempfile.TemporaryDirectory(prefix="finadwatch-pdf-") as scratch:
            failed = _convert(program, some, Path(scratch))
            for number, (source, target) in enumerate(zip(some, targets[start:], strict=False)):
                made = Path(scratch) / "out" / f"{number:05d}.pdf"
                if not made.exists():
                    missing.append(source.name)
                    reason = failed or reason
                    continue
                written = target.with_name(f".{target.name}.part")
                written.write_bytes(settled(made.read_bytes(), source))
                written.replace(target)
    if missing:
        raise ConversionFailed(missing, reason)
    return targets


def _convert(program: str, sources: Sequence[Path], scratch: Path) -> Said | None:
    """Have one process convert what it can; a sentence where it failed. Names are ours: none is an option."""
    inputs, profile = scratch / "in", scratch / "profile"
    inputs.mkdir()
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(PROFILE, "utf-8")
    system = os.environ.get("FONTCONFIG_FILE", "/etc/fonts/fonts.conf")
    (scratch / "fonts.conf").write_text(fonts_conf(system), "utf-8")
    names, size = [], 0
    for number, source in enumerate(sources):
        name = inputs / f"{number:05d}.docx"
        shutil.copyfile(source, name)
        size += name.stat().st_size
        names.append(str(name))
    command = [
        program,
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--nodefault",
        "--convert-to",
        "pdf:writer_pdf_Export",
        "--outdir",
        str(scratch / "out"),
        *names,
    ]
    limit = _START_S + _FILE_S * len(sources) + _MEGABYTE_S * size / 1e6
    try:
        process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_environment(os.environ, scratch),
            cwd=scratch,
            start_new_session=True,
        )
    except OSError as error:
        raise LibreOfficeAway(
            Said(f"{program} does not start ({error})", f"{program} 无法启动（{error}）")
        ) from error
    try:
        told, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        return Said(f"stopped after {limit:.0f} seconds", f"{limit:.0f} 秒内未完成，已终止")
    finally:
        _end(process)
    if process.returncode == 0:
        last = re.findall(r"(?m)^Error: .*$", told.decode("utf-8", "replace"))
        return Said(last[-1][:200], last[-1][:200]) if last else None
    return Said(f"it ended with code {process.returncode}", f"程序以代码 {process.returncode} 退出")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Nothing that it started outlives it: soffice is a script, the program itself a child of it.

    One that had to be killed is waited for with all of its own: none may write where its files are being removed.
    """
    at_work = process.poll() is None
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for _ in range(round(_GONE_S / _LOOK_S) if at_work else 0):
            os.killpg(process.pid, 0)
            time.sleep(_LOOK_S)
    process.wait()
    if process.stdout:
        process.stdout.close()


def _environment(ours: Mapping[str, str], scratch: Path) -> dict[str, str]:
    """What LibreOffice is told of its surroundings: where programs, fonts and libraries are, and nothing else."""
    kept = {key: ours[key] for key in ("PATH", "LD_LIBRARY_PATH", "FONTCONFIG_PATH") if key in ours}
    own = {"HOME": str(scratch), "TMPDIR": str(scratch), "FONTCONFIG_FILE": str(scratch / "fonts.conf")}
    return {**kept, **own, "LANG": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp", "TZ": "UTC"}
