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
SURELY = math.log(1.0 - 1e-4)  # log probability of a blank that nothing can be doubted about


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


class ClosedGuide(Guide, Protocol):
    """A guide that allows few classes at a time and says which, as a pattern does."""

    def following(self, state: Any, likely: NDArray[np.int64]) -> NDArray[np.int64]:
        """Classes that may follow, however unlikely; of those in `likely` where to name all would be too much work."""
        ...


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One way to read a line: classes without blanks, log probability of the columns, and with the guide's part."""

    classes: tuple[int, ...]
    log_probability: float
    guided: float


class _Prefix:
    """A text so far, as a node of the tree of texts: log probabilities of its columns ending in a blank and in its
    last class, after the column `column`; the guide's part and state; and the texts longer by one class (None: the
    guide forbids it).
    """

    __slots__ = ("blank", "children", "column", "label", "last", "parent", "part", "state")

    def __init__(self, parent: _Prefix | None, label: int, state: Any, part: float) -> None:
        self.parent, self.label, self.state, self.part = parent, label, state, part
        self.children: dict[int, _Prefix | None] = {}
        self.blank, self.last, self.column = NEVER, NEVER, -1

    def grown(self, label: int, guide: Guide | None) -> _Prefix | None:
        """The text with another class, or None where the guide forbids it."""
        stepped = (None, 0.0) if guide is None else guide.step(self.state, label)
        child = None if stepped is None else _Prefix(self, label, stepped[0], self.part + stepped[1])
        self.children[label] = child
        return child

    def classes(self) -> tuple[int, ...]:
        """All classes of the text."""
        found: list[int] = []
        node = self
        while node.parent is not None:
            found.append(node.label)
            node = node.parent
        return tuple(reversed(found))


def prefix_beam(
    log_probability: NDArray[Any],
    *,
    width: int = 8,
    floor: float = 1e-3,
    least_classes: int = 0,
    within: float = 20.0,
    guide: Guide | None = None,
) -> list[Hypothesis]:
    """The likeliest readings of log probabilities (T, classes), best first, at most `width`; class 0 is the blank.

    In each column the classes of a probability above `floor` are tried, and the best `least_classes` in any case,
    which a guide that forbids much will need. Texts less likely than the best by more than `within` (in logarithms) are
    given up. Empty if a guide allows no reading.
    """
    if width < 1 or log_probability.ndim != 2:
        raise InputError(f"log probabilities (T, classes), width 1 or more were wanted, got {log_probability.shape}")
    first = _Prefix(None, BLANK, guide.start() if guide else None, 0.0)
    first.blank = 0.0
    beam = [first]
    columns = log_probability[_telling(log_probability)]
    for number, (column, chosen) in enumerate(zip(columns, _candidates(columns, floor, least_classes), strict=True)):
        beam = _advance(beam, number, float(column[BLANK]), column, chosen, guide)
        scores = [_add(each.blank, each.last) + each.part for each in beam]
        least = max(scores, default=0.0) - within
        kept = [k for k, score in enumerate(scores) if score >= least]
        if len(kept) > width:
            kept = sorted(sorted(kept, key=lambda k: -scores[k])[:width])
        beam = [beam[k] for k in kept]
    found = []
    for prefix in beam:
        total, ending = _add(prefix.blank, prefix.last), guide.end(prefix.state) if guide else 0.0
        if ending is not None and total > NEVER:
            found.append(Hypothesis(prefix.classes(), total, total + prefix.part + ending))
    return sorted(found, key=lambda each: -each.guided)


def _telling(log_probability: NDArray[Any]) -> NDArray[np.bool_]:
    """Which columns matter (T,): of neighbours that are surely blank the first alone does."""
    sure = log_probability[:, BLANK] > SURELY
    return ~(sure & np.concatenate(([False], sure[:-1])))


def _candidates(log_probability: NDArray[Any], floor: float, least: int) -> list[list[int]]:
    """The classes worth trying in each column, the blank apart."""
    likely = log_probability > math.log(floor)
    least = min(least, log_probability.shape[1])
    top = np.argpartition(log_probability, -least, axis=1)[:, -least:] if least else np.zeros((len(likely), 0), int)
    np.put_along_axis(likely, top, True, axis=1)
    likely[:, BLANK] = False
    return [np.flatnonzero(row).tolist() for row in likely]


def _advance(
    beam: list[_Prefix], number: int, blank: float, column: NDArray[Any], chosen: list[int], guide: Guide | None
) -> list[_Prefix]:
    """The beam after one more column."""
    scored = [(each, float(column[each])) for each in chosen]
    # What each text brings along is taken before any is changed: one may be the beginning of another.
    before = [(prefix, prefix.blank, prefix.last, _add(prefix.blank, prefix.last)) for prefix in beam]
    following: list[_Prefix] = []
    for prefix, ended, last, total in before:
        label = prefix.label
        again = last + float(column[label]) if last > NEVER else NEVER
        if prefix.column != number:
            prefix.column, prefix.blank, prefix.last = number, total + blank, again
            following.append(prefix)
        else:
            prefix.blank, prefix.last = _add(prefix.blank, total + blank), _add(prefix.last, again)
        for each, score in scored:
            # The same class again is the same character unless a blank stood between.
            source = ended if each == label else total
            if source == NEVER:
                continue
            child = prefix.children[each] if each in prefix.children else prefix.grown(each, guide)
            if child is None:
                continue
            if child.column != number:
                child.column, child.blank, child.last = number, NEVER, source + score
                following.append(child)
            else:
                child.last = _add(child.last, source + score)
    return following


def _add(a: float, b: float) -> float:
    """log(exp(a) + exp(b))."""
    if a < b:
        a, b = b, a
    return a if b == NEVER or b < a - 40.0 else a + math.log1p(math.exp(b - a))


def align(codec: CTC, log_probability: NDArray[Any], classes: tuple[int, ...]) -> Reading:
    """The Reading of known classes: where each stands on the likeliest path, and its highest probability there.

    Each class is a character of its own here: `codec.join` makes a text of it. InputError if there are too few columns
    for the classes.
    """
    best_of = log_probability.argmax(1)
    changed = np.concatenate(([True], best_of[1:] != best_of[:-1]))[: len(best_of)]
    if tuple(best_of[changed & (best_of != BLANK)].tolist()) == tuple(classes):
        # The best class of each column spells just that: no path is likelier.
        return codec.spelt(best_of, np.exp(log_probability.max(1)))
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
