"""Prefix beam search over CTC outputs, and the columns of a text that is already known.

Greedy decoding takes the best class of each column; the beam adds up all the ways in which columns can spell a text
(Hannun et al., arXiv:1408.2873) and lets a guide, such as a language model or a pattern, have its say.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError
from munja.read.codecs.ctc import BLANK, CTC, Reading

NEVER = -math.inf


class Guide(Protocol):
    """Which classes may follow each other, and what each adds to the log probability of a text."""

    def start(self) -> Hashable:
        """The state before the first class."""
        ...

    def step(self, state: Any, following: int) -> tuple[Any, float] | None:
        """The state after another class and what it adds, or None where it may not follow."""
        ...

    def end(self, state: Any) -> float | None:
        """What ending here adds, or None where a text may not end."""
        ...


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One way to read a line: classes without blanks, log probability of the columns, and with the guide's part."""

    classes: tuple[int, ...]
    log_probability: float
    guided: float


class _Prefix:
    """A text so far: log probabilities of its columns ending in a blank and in its last class, guide's part, state."""

    __slots__ = ("blank", "last", "part", "state")

    def __init__(self, state: Any, part: float) -> None:
        self.blank, self.last, self.state, self.part = NEVER, NEVER, state, part


def prefix_beam(
    log_probability: NDArray[Any],
    *,
    width: int = 8,
    floor: float = 1e-3,
    least_classes: int = 0,
    guide: Guide | None = None,
) -> list[Hypothesis]:
    """The likeliest readings of log probabilities (T, classes), best first, at most `width`; class 0 is the blank.

    In each column the classes of a probability above `floor` are tried, and the best `least_classes` in any case,
    which a guide that forbids much will need. Empty if a guide allows no reading.
    """
    if width < 1 or log_probability.ndim != 2:
        raise InputError(f"log probabilities (T, classes), width 1 or more were wanted, got {log_probability.shape}")
    first = _Prefix(guide.start() if guide else None, 0.0)
    first.blank = 0.0
    beam: dict[tuple[int, ...], _Prefix] = {(): first}
    for column, chosen in zip(log_probability, _candidates(log_probability, floor, least_classes), strict=True):
        beam = _advance(beam, column, chosen, guide)
        if len(beam) > width:
            best = sorted(beam.items(), key=lambda item: _add(item[1].blank, item[1].last) + item[1].part)
            beam = dict(best[-width:])
    found = []
    for classes, prefix in beam.items():
        total, ending = _add(prefix.blank, prefix.last), guide.end(prefix.state) if guide else 0.0
        if ending is not None and total > NEVER:
            found.append(Hypothesis(classes, total, total + prefix.part + ending))
    return sorted(found, key=lambda each: -each.guided)


def _candidates(log_probability: NDArray[Any], floor: float, least: int) -> list[list[int]]:
    """The classes worth trying in each column, the blank apart."""
    likely = log_probability > math.log(floor)
    least = min(least, log_probability.shape[1])
    top = np.argpartition(log_probability, -least, axis=1)[:, -least:] if least else np.zeros((len(likely), 0), int)
    np.put_along_axis(likely, top, True, axis=1)
    likely[:, BLANK] = False
    return [np.flatnonzero(row).tolist() for row in likely]


def _advance(
    beam: dict[tuple[int, ...], _Prefix], column: NDArray[Any], chosen: list[int], guide: Guide | None
) -> dict[tuple[int, ...], _Prefix]:
    """The beam after one more column."""
    following: dict[tuple[int, ...], _Prefix] = {}
    blank = float(column[BLANK])
    scores = [float(column[each]) for each in chosen]
    for classes, prefix in beam.items():
        total = _add(prefix.blank, prefix.last)
        kept = following.get(classes)
        if kept is None:
            kept = following[classes] = _Prefix(prefix.state, prefix.part)
        kept.blank = _add(kept.blank, total + blank)
        if classes:
            kept.last = _add(kept.last, prefix.last + float(column[classes[-1]]))
        for each, score in zip(chosen, scores, strict=True):
            # The same class again is the same character unless a blank stood between.
            source = prefix.blank if classes and each == classes[-1] else total
            if source == NEVER:
                continue
            longer = (*classes, each)
            grown = following.get(longer)
            if grown is None:
                state, part = None, 0.0
                if guide is not None:
                    stepped = guide.step(prefix.state, each)
                    if stepped is None:
                        continue
                    state, part = stepped
                grown = following[longer] = _Prefix(state, prefix.part + part)
            grown.last = _add(grown.last, source + score)
    return following


def _add(a: float, b: float) -> float:
    """log(exp(a) + exp(b))."""
    if a < b:
        a, b = b, a
    return a if b == NEVER else a + math.log1p(math.exp(b - a))


def align(codec: CTC, log_probability: NDArray[Any], classes: tuple[int, ...]) -> Reading:
    """The Reading of known classes: where each stands on the likeliest path, and its highest probability there.

    Each class is a character of its own here: `codec.join` makes a text of it. InputError if there are too few columns
    for the classes.
    """
    spread = np.full(2 * len(classes) + 1, BLANK)
    spread[1::2] = classes
    steps = len(log_probability)
    # From two states before only onto a class that differs from the one before it.
    skip = np.zeros(len(spread), bool)
    skip[3::2] = spread[3::2] != spread[1:-2:2]
    best = np.full(len(spread), NEVER)
    best[:2] = log_probability[0, spread[:2]] if steps else NEVER
    came = np.zeros((steps, len(spread)), np.int8)
    for t in range(1, steps):
        one = np.concatenate(([NEVER], best[:-1]))
        two = np.where(skip, np.concatenate(([NEVER, NEVER], best))[: len(spread)], NEVER)
        ways = np.stack([best, one, two])
        came[t] = ways.argmax(0)
        best = ways.max(0) + log_probability[t, spread]
    state = len(spread) - 1 if len(spread) == 1 or best[-1] > best[-2] else len(spread) - 2
    if not steps or best[state] == NEVER:
        raise InputError(f"{len(classes)} classes do not fit into {steps} columns")
    path = np.zeros(steps, np.int64)
    for t in range(steps - 1, -1, -1):
        path[t] = state
        state -= int(came[t, state])
    # Greedy decoding of the path finds columns and scores; equal neighbours have a blank between them by construction.
    return codec.spelt(spread[path], np.exp(log_probability[np.arange(steps), spread[path]]))
