"""The network of the default HanLP component in torch: embedding, two-layer BiGRU, linear, CRF."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import torch
from hanlp.layers.crf.crf import CRF
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from models.hanlp_lac.source import LacWeights


class LacNetwork(nn.Module):
    """Gives one score for each tag of each character. Index 0 of the vocabulary is padding."""

    def __init__(self, n_tokens: int, n_tags: int, embedding_dim: int, hidden: int) -> None:
        super().__init__()
        self.embed = nn.Embedding(n_tokens, embedding_dim, padding_idx=0)
        self.rnn = nn.GRU(embedding_dim, hidden, num_layers=2, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * hidden, n_tags)
        # HanLP's RNNTaggingModel passes its (absent) constraints where CRF takes batch_first, so
        # the stock tagger runs its CRF along the batch; here the axis is said.
        self.crf = CRF(n_tags, batch_first=True)

    def forward(self, x: torch.Tensor, **_: object) -> tuple[torch.Tensor, torch.Tensor]:
        """Score padded sequences, longest first; returns (scores, mask) as HanLP's taggers do."""
        mask = x.gt(0)
        packed = pack_padded_sequence(self.embed(x), mask.sum(dim=1).cpu(), batch_first=True)
        states, _lengths = pad_packed_sequence(self.rnn(packed)[0], batch_first=True)
        return self.out(states), mask


def state_of(weights: LacWeights) -> Mapping[str, torch.Tensor]:
    """Lay LAC's arrays out as the parameters of `LacNetwork`."""
    padding = np.zeros((1, weights.vectors.shape[1]), dtype=np.float32)
    n_tags = len(weights.tags)
    state: dict[str, npt.NDArray[np.float32]] = {
        "embed.weight": np.concatenate([padding, weights.unknown[None, :], weights.vectors]),
        "out.weight": weights.out_weight.T,
        "out.bias": weights.out_bias,
        "crf.transitions": weights.transitions,
        "crf.start_transitions": np.zeros(n_tags, dtype=np.float32),
        "crf.end_transitions": np.zeros(n_tags, dtype=np.float32),
    }
    for layer, (w, r, b) in enumerate(weights.layers):
        for direction, suffix in enumerate(("", "_reverse")):
            half = b.shape[1] // 2
            state[f"rnn.weight_ih_l{layer}{suffix}"] = _torch_gates(w[direction])
            state[f"rnn.weight_hh_l{layer}{suffix}"] = _torch_gates(r[direction])
            state[f"rnn.bias_ih_l{layer}{suffix}"] = _torch_gates(b[direction, :half])
            state[f"rnn.bias_hh_l{layer}{suffix}"] = _torch_gates(b[direction, half:])
    return {name: torch.from_numpy(np.array(array, order="C")) for name, array in state.items()}


def _torch_gates(array: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Reorder the gate thirds from ONNX (update z, reset r, hidden h) to torch (r, z, n)."""
    z, r, h = np.split(array, 3)
    return np.concatenate([r, z, h])
