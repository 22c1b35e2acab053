"""Attention over the columns of a line: letter by letter, each looks where it is written (RARE, arXiv:1603.03915).

The network gives what does not depend on the letters, features and keys, once; `spell` goes through known letters, as
training does. Reading steps through the same cell in NumPy, so that it stops at the end mark and can be guided.
"""

from __future__ import annotations

from typing import Annotated

import torch
from annotated_types import Gt, doc
from torch import Tensor, nn
from torch.nn import functional

from munja.core.registry import register

# The decoder's weights, by the names under which an exported graph gives them.
WEIGHTS = {
    "decoder.h2h.weight": "attention_cell.h2h.weight",
    "decoder.h2h.bias": "attention_cell.h2h.bias",
    "decoder.score.weight": "attention_cell.score.weight",
    "decoder.rnn.weight_ih": "attention_cell.rnn.weight_ih",
    "decoder.rnn.weight_hh": "attention_cell.rnn.weight_hh",
    "decoder.rnn.bias_ih": "attention_cell.rnn.bias_ih",
    "decoder.rnn.bias_hh": "attention_cell.rnn.bias_hh",
    "decoder.generator.weight": "generator.weight",
    "decoder.generator.bias": "generator.bias",
}


class AttentionCell(nn.Module):
    """One step: where to look, what is seen there, and the next state. Its names are those of published checkpoints."""

    def __init__(self, in_channels: int, classes: int, *, hidden: int) -> None:
        super().__init__()
        self.i2h = nn.Linear(in_channels, hidden, bias=False)
        self.h2h = nn.Linear(hidden, hidden)
        self.score = nn.Linear(hidden, 1, bias=False)
        self.rnn = nn.LSTMCell(in_channels + classes, hidden)

    def forward(
        self, state: tuple[Tensor, Tensor], features: Tensor, keys: Tensor, previous: Tensor
    ) -> tuple[tuple[Tensor, Tensor], Tensor]:
        """Two (N, hidden), (N, T, C), (N, T, hidden), one-hot (N, classes) to the next state and weights (N, T)."""
        energy = self.score(torch.tanh(keys + self.h2h(state[0]).unsqueeze(1))).squeeze(2)
        weight = torch.softmax(energy, 1)
        context = (weight.unsqueeze(1) @ features).squeeze(1)  # (N, C)
        return self.rnn(torch.cat([context, previous.to(context.dtype)], 1), state), weight


@register("predictor", "attention")
class AttentionPredictor(nn.Module):
    """Letters one after another; class 0 stands before the first, class 1 after the last, letters from 2 on."""

    def __init__(
        self,
        in_channels: int,
        classes: int,
        /,
        *,
        hidden: Annotated[int, Gt(0), doc("units of the decoder")] = 256,
    ) -> None:
        super().__init__()
        self.classes, self.hidden = classes, hidden
        self.attention_cell = AttentionCell(in_channels, classes, hidden=hidden)
        self.generator = nn.Linear(hidden, classes)

    def predict(self, columns: Tensor) -> dict[str, Tensor]:
        """(N, T, C) to {"features": (N, T, C), "keys": (N, T, hidden)}."""
        return {"features": columns, "keys": self.attention_cell.i2h(columns)}

    def spell(self, features: Tensor, keys: Tensor, previous: Tensor) -> dict[str, Tensor]:
        """{"logits": (N, L, classes), "attention": (N, L, T)} of what follows each of the letters `previous` (N, L).

        previous[:, 0] is class 0; the letter before each is taken from `previous`, never from the logits.
        """
        known = functional.one_hot(previous, self.classes)  # (N, L, classes)
        state = (features.new_zeros(features.shape[0], self.hidden),) * 2
        states, weights = [], []
        for letter in known.unbind(1):
            state, weight = self.attention_cell(state, features, keys, letter)
            states.append(state[0])
            weights.append(weight)
        return {"logits": self.generator(torch.stack(states, 1)), "attention": torch.stack(weights, 1)}
