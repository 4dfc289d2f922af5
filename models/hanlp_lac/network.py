"""Writes the network of the default HanLP component as an ONNX file; runs when models are built.

Embedding, two bidirectional GRU layers, linear: LAC's own arrays in LAC's own layout, at half
precision. A node widens each, which onnxruntime does once, when it loads the file; only the
embedding stays halved in memory, and the rows looked up are widened.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from models.hanlp_lac.source import LacWeights

TOKENS = "tokens"
"""Input (steps, texts): rows of the embedding, one column a text; what is under a text counts for nothing."""
LENGTHS = "lengths"
"""Input (texts): characters of each text."""
ROWS = "rows"
"""Input (characters): which of the steps × texts places to score, in the order of the answer."""
EMISSIONS = "emissions"
"""Output (characters, tags)."""

# The oldest pair that holds all of it: folders outlive the libraries that wrote them.
OPSET = 13
IR_VERSION = 7


def network_of(weights: LacWeights) -> bytes:
    """Lay LAC's arrays out as an ONNX model. Row 0 of the embedding is padding, row 1 the unknown."""
    from onnx import TensorProto, checker, helper, numpy_helper

    nodes: list[Any] = []
    constants: list[Any] = []

    def constant(name: str, array: npt.NDArray[Any]) -> str:
        constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def node(kind: str, inputs: list[str], output: str, **options: Any) -> str:
        nodes.append(helper.make_node(kind, inputs, [output], **options))
        return output

    def widened(halves: str) -> str:
        return node("Cast", [halves], f"{halves}.wide", to=TensorProto.FLOAT)

    def weight(name: str, array: npt.NDArray[np.float32]) -> str:
        return widened(constant(name, array.astype(np.float16)))

    padding = np.zeros_like(weights.unknown)
    table = np.concatenate([padding[None], weights.unknown[None], weights.vectors])
    hidden = int(weights.layers[0][1].shape[2])
    states = widened(node("Gather", [constant("embedding", table.astype(np.float16)), TOKENS], "embedded"))
    both = constant("both", np.array([0, 0, 2 * hidden], dtype=np.int64))
    for layer, arrays in enumerate(weights.layers):
        w, r, b = (weight(f"gru{layer}.{name}", array) for name, array in zip("wrb", arrays, strict=True))
        ran = node(
            "GRU",
            [states, w, r, b, LENGTHS],
            f"gru{layer}",
            direction="bidirectional",
            hidden_size=hidden,
            linear_before_reset=1,
        )
        # (steps, directions, texts, hidden) → (steps, texts, forward and backward side by side)
        states = node(
            "Reshape", [node("Transpose", [ran], f"{ran}.turned", perm=[0, 2, 1, 3]), both], f"{ran}.both"
        )
    places = node("Reshape", [states, constant("flat", np.array([-1, 2 * hidden], dtype=np.int64))], "places")
    scored = node("Gather", [places, ROWS], "scored")
    node(
        "Gemm",
        [scored, weight("out.weight", weights.out_weight), weight("out.bias", weights.out_bias)],
        EMISSIONS,
    )
    whole, single = TensorProto.INT32, TensorProto.FLOAT
    model = helper.make_model(
        helper.make_graph(
            nodes,
            "lac",
            [
                helper.make_tensor_value_info(TOKENS, whole, ["steps", "texts"]),
                helper.make_tensor_value_info(LENGTHS, whole, ["texts"]),
                helper.make_tensor_value_info(ROWS, whole, ["characters"]),
            ],
            [helper.make_tensor_value_info(EMISSIONS, single, ["characters", len(weights.tags)])],
            constants,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    checker.check_model(model, full_check=True)
    serialised: bytes = model.SerializeToString(deterministic=True)
    return serialised
