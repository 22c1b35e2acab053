"""Steps of an attention decoder in NumPy: what a graph gives once for all columns, gone through letter by letter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from munja.core.errors import ArtifactError

# Outputs of an exported graph that are the same for every picture: the weights of its decoder.
WEIGHTS = (
    "decoder.h2h.weight",
    "decoder.h2h.bias",
    "decoder.score.weight",
    "decoder.rnn.weight_ih",
    "decoder.rnn.weight_hh",
    "decoder.rnn.bias_ih",
    "decoder.rnn.bias_hh",
    "decoder.generator.weight",
    "decoder.generator.bias",
)

State = tuple[NDArray[Any], ...]  # arrays of one row for each spelling


class Stepper(Protocol):
    """Goes through B spellings side by side, a letter at a time."""

    def start(self, count: int) -> State:
        """The state of `count` spellings before their first letter."""
        ...

    def step(self, state: State, previous: NDArray[np.int64]) -> tuple[State, NDArray[Any], NDArray[Any]]:
        """After the letters `previous` (B,): the next state, logits (B, classes) and attention (B, T)."""
        ...


class DecoderWeights:
    """The weights of an attention decoder, ready to step with; `found` holds the WEIGHTS by name."""

    def __init__(self, found: Mapping[str, NDArray[Any]]) -> None:
        if missing := [name for name in WEIGHTS if name not in found]:
            raise ArtifactError(f"not a whole attention decoder, it lacks {', '.join(missing)}; export the model anew")
        weights = [np.asarray(found[name], np.float32) for name in WEIGHTS]
        query, query_bias, score, into, recurrent, into_bias, recurrent_bias, generator, generator_bias = weights
        self.hidden, self.classes = query.shape[1], len(generator)
        features = into.shape[1] - self.classes
        self.query, self.query_bias, self.score = query.T.copy(), query_bias, score.reshape(-1)
        self.context, self.recurrent = into[:, :features].T.copy(), recurrent.T.copy()
        self.letters = into[:, features:].T + into_bias + recurrent_bias  # (classes, 4 * hidden), a row for each letter
        self.generator, self.generator_bias = generator.T.copy(), generator_bias

    def over(self, features: NDArray[Any], keys: NDArray[Any]) -> AttentionStepper:
        """Steps over the columns of lines: features (N, T, C), keys (N, T, hidden).

        As many spellings as lines are gone through, each over its own; or any number over a single line.
        """
        return AttentionStepper(self, features, keys)


class AttentionStepper:
    """The published step: where to look, what is seen there, and the next state of an LSTM cell."""

    def __init__(self, weights: DecoderWeights, features: NDArray[Any], keys: NDArray[Any]) -> None:
        self._weights, self._features, self._keys = weights, features, keys

    def start(self, count: int) -> State:
        """Hidden state and cell (count, hidden), all 0."""
        return np.zeros((count, self._weights.hidden), np.float32), np.zeros((count, self._weights.hidden), np.float32)

    def step(self, state: State, previous: NDArray[np.int64]) -> tuple[State, NDArray[Any], NDArray[Any]]:
        """After the letters `previous` (B,): the next state, logits (B, classes) and attention (B, T)."""
        weights, (hidden, cell) = self._weights, state
        query = hidden @ weights.query + weights.query_bias
        energy = np.tanh(self._keys + query[:, None]) @ weights.score  # (B, T)
        attention = np.exp(energy - energy.max(1, keepdims=True))
        attention /= attention.sum(1, keepdims=True)
        context = (attention[:, None] @ self._features)[:, 0]  # (B, C)
        gates = context @ weights.context + hidden @ weights.recurrent + weights.letters[previous]
        into, forget, fresh, out = np.split(gates, 4, axis=1)
        cell = _sigmoid(forget) * cell + _sigmoid(into) * np.tanh(fresh)
        hidden = _sigmoid(out) * np.tanh(cell)
        return (hidden, cell), hidden @ weights.generator + weights.generator_bias, attention


def _sigmoid(values: NDArray[Any]) -> NDArray[Any]:
    # By way of tanh, which does not overflow.
    result: NDArray[Any] = 0.5 * np.tanh(0.5 * values) + 0.5
    return result


def log_softmax(logits: NDArray[Any], temperature: float = 1.0) -> NDArray[np.float64]:
    """Log probabilities (..., classes) of logits divided by a temperature; of a class that is never chosen, -inf."""
    scaled = np.array(logits, np.float64)  # divided in place: a tenth of the time of a division that casts
    if temperature != 1.0:
        scaled /= temperature
    scaled -= scaled.max(-1, keepdims=True)
    scaled -= np.log(np.exp(scaled).sum(-1, keepdims=True))
    return scaled
