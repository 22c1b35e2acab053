"""Character language model: which character tends to follow which, so that O and 0 are told apart by what is around.

An n-gram model with Witten-Bell smoothing in back-off form, kept as a trie in breadth-first order. It guides the beam
search of a recogniser; `munja language` counts one from texts.
"""

from __future__ import annotations

import json
import math
import struct
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.core.artifact import Artifact
from munja.core.errors import ArtifactError

EDGE = 0  # the token of the start and the end of a line; token i + 1 is character i of the manifest's charset
STEP = 0.05  # log probabilities are stored in steps of this size, in one byte
UNKNOWN = -9.0  # log probability of a character that the model has never heard of
REMEMBERED = 200_000  # steps kept; a page needs a few thousand
_TENSORS = ("token", "children", "score", "backoff")
_TYPES = {"U8": np.uint8, "U16": np.uint16, "F16": np.float16, "F32": np.float32, "I64": np.int64}


@dataclass(frozen=True)
class Trie:
    """N nodes in breadth-first order, node 0 the root, children of a node side by side and sorted by token.

    `token` (N,) and `children` (N,), the number of children, are uint16; `score` (N,) and `backoff` (N,) are uint8:
    the negative log probability of a node's token after its ancestors, and of leaving its context, in steps of STEP.
    """

    token: NDArray[np.uint16]
    children: NDArray[np.uint16]
    score: NDArray[np.uint8]
    backoff: NDArray[np.uint8]


class LanguageModel:
    """Guides a beam search over the classes of a recogniser (see read.codecs.beam.Guide).

    `weight` scales what the model says, `bonus` is added for every character, since any text gets less likely as it
    grows.
    """

    def __init__(
        self, trie: Trie, tokens: Sequence[str], classes: Sequence[str], *, weight: float, bonus: float
    ) -> None:
        self._token, self._score, self._backoff = (
            array(kind, each.astype(kind).tobytes())
            for kind, each in (("H", trie.token), ("B", trie.score), ("B", trie.backoff))
        )
        first = np.concatenate(([1], 1 + np.cumsum(trie.children, dtype=np.int64)))
        if first[-1] != len(trie.token):
            raise ArtifactError("the language model is damaged: its counts of children do not fit its nodes")
        self._first = array("q", first.tobytes())
        number = {character: i + 1 for i, character in enumerate(tokens)}
        # Class 0 is the recogniser's blank, which never comes here.
        self._of_class = [EDGE, *(number.get(each, -1) for each in classes)]
        self._weight, self.bonus = weight, bonus
        self._links: dict[int, int] = {}
        self._steps: dict[int, tuple[int, float]] = {}

    def start(self) -> int:
        """The state at the start of a line."""
        return max(self._find(0, EDGE), 0)

    def step(self, state: int, following: int) -> tuple[int, float]:
        """The state after a class, and weight * log probability + bonus, which is `bonus` at most."""
        key = state << 16 | following
        known = self._steps.get(key)
        if known is None:
            token = self._of_class[following]
            after, score = (0, UNKNOWN) if token < 0 else self._follow(state, token)
            known = (after, self._weight * score + self.bonus)
            if len(self._steps) < REMEMBERED:
                self._steps[key] = known
        return known

    def end(self, state: int) -> float:
        """weight * log probability of the line's end."""
        return self._weight * self._follow(state, EDGE)[1]

    def log_probability(self, classes: Sequence[int]) -> float:
        """Natural logarithm of the probability of a whole line."""
        state, total = self.start(), 0.0
        for each in classes:
            token = self._of_class[each]
            state, score = (0, UNKNOWN) if token < 0 else self._follow(state, token)
            total += score
        return total + self._follow(state, EDGE)[1]

    def _follow(self, state: int, token: int) -> tuple[int, float]:
        node, score = state, 0.0
        while True:
            child = self._find(node, token)
            if child >= 0:
                return child, score - STEP * self._score[child]
            if node == 0:
                return 0, UNKNOWN
            score -= STEP * self._backoff[node]
            node = self._link(node)

    def _find(self, node: int, token: int) -> int:
        """The child of a node for a token, or -1."""
        low, high = self._first[node], self._first[node + 1]
        at = bisect_left(self._token, token, low, high)
        return at if at < high and self._token[at] == token else -1

    def _link(self, node: int) -> int:
        """The node of the same context without its first token."""
        known = self._links.get(node)
        if known is None:
            parent = self._parent(node)
            known = self._links[node] = 0 if parent == 0 else self._find(self._link(parent), self._token[node])
        return known

    def _parent(self, node: int) -> int:
        # The last node whose first child is not beyond this one.
        return max(0, bisect_right(self._first, node, 0, node) - 1)


def open_language_model(artifact: Artifact, classes: Sequence[str]) -> LanguageModel:
    """The language model in an artifact, for a recogniser of these classes (without the blank)."""
    manifest = artifact.expect("language").manifest
    found = read_tensors(artifact)
    if missing := [name for name in _TENSORS if name not in found]:
        raise ArtifactError(f"{artifact.where}: not a whole language model, it lacks {', '.join(missing)}")
    codec = manifest.codec
    trie = Trie(*(found[name] for name in _TENSORS))
    return LanguageModel(trie, manifest.charset, classes, weight=codec["weight"], bonus=codec["bonus"])


def read_tensors(artifact: Artifact) -> dict[str, NDArray[Any]]:
    """The tensors of a `.safetensors` artifact, read without the package safetensors."""
    content = artifact.read_bytes()
    try:
        (length,) = struct.unpack_from("<Q", content)
        header = json.loads(content[8 : 8 + length])
        found = {}
        for name, entry in header.items():
            if name == "__metadata__":
                continue
            begin, end = entry["data_offsets"]
            kind = np.dtype(_TYPES[entry["dtype"]]).newbyteorder("<")
            found[name] = np.frombuffer(content[8 + length + begin : 8 + length + end], kind).reshape(entry["shape"])
        return found
    except (struct.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArtifactError(f"{artifact.where}: damaged ({error})") from error


def quantised(log_probability: float) -> int:
    """A log probability as it is stored: steps of STEP below 0, in 0..255."""
    return min(255, max(0, round(-log_probability / STEP))) if log_probability > -math.inf else 255
