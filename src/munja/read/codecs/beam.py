"""Prefix beam search over CTC outputs, and the columns of a text that is already known.

Greedy decoding takes the best class of each column; the beam adds up all the ways in which columns can spell a text
(Hannun et al., arXiv:1408.2873) and lets a guide, such as a language model or a pattern, have its say.
"""

from __future__ import annotations

import heapq
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
    """A text so far, as a node of the tree of texts: log probabilities of its columns ending in a blank, in its last
    class, and in either, after the column `column`; `ended` and `before` are blank and total one column earlier. With
    the guide's part and state, and the texts longer by one class.
    """

    __slots__ = ("before", "blank", "children", "column", "ended", "label", "last", "parent", "part", "state", "total")

    def __init__(self, parent: _Prefix | None, label: int, state: Any, part: float) -> None:
        self.parent, self.label, self.state, self.part = parent, label, state, part
        self.children: dict[int, _Prefix] = {}
        self.blank, self.last, self.total, self.column = NEVER, NEVER, NEVER, -1
        self.ended, self.before = NEVER, NEVER

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
    most: float = math.inf,
    merge: bool = False,
) -> list[Hypothesis]:
    """The likeliest readings of log probabilities (T, classes), best first, at most `width`; class 0 is the blank.

    In each column the classes of a probability above `floor` are tried, and the best `least_classes` in any case,
    which a guide that forbids much will need. Texts less likely than the best by more than `within` (in logarithms) are
    given up. `most` is the most that one step of the guide adds: with it, fewer steps are asked for. `merge` goes on
    with the likeliest alone of the texts that end in the same class and the same state of the guide, which judges what
    follows them alike: the best text comes sooner, the others may be missing. Empty if a guide allows no reading.
    """
    if merge and guide is None:
        raise InputError("merge: without a guide all texts would be in the same state")
    if width < 1 or log_probability.ndim != 2:
        raise InputError(f"log probabilities (T, classes), width 1 or more were wanted, got {log_probability.shape}")
    first = _Prefix(None, BLANK, guide.start() if guide else None, 0.0)
    first.blank = first.total = 0.0
    beam = [first]
    columns = log_probability[_telling(log_probability)]
    growth = _Growth(width, within, guide, most if guide else 0.0, merge)
    for number, (column, chosen) in enumerate(zip(columns, _candidates(columns, floor, least_classes), strict=True)):
        beam = growth.advance(beam, number, column, chosen)
    found = []
    for prefix in beam:
        ending = guide.end(prefix.state) if guide else 0.0
        if ending is not None and prefix.total > NEVER:
            found.append(Hypothesis(prefix.classes(), prefix.total, prefix.total + prefix.part + ending))
    return sorted(found, key=lambda each: -each.guided)


def _telling(log_probability: NDArray[Any]) -> NDArray[np.bool_]:
    """Which columns matter (T,): of neighbours that are surely blank the first alone does."""
    sure = log_probability[:, BLANK] > SURELY
    return ~(sure & np.concatenate(([False], sure[:-1])))


def _candidates(log_probability: NDArray[Any], floor: float, least: int) -> list[dict[int, float]]:
    """The classes worth trying in each column, the blank apart, and their log probabilities, the likeliest first."""
    likely = log_probability > math.log(floor)
    least = min(least, log_probability.shape[1])
    if least:
        top = np.argpartition(log_probability, -least, axis=1)[:, -least:]
        np.put_along_axis(likely, top, True, axis=1)
    likely[:, BLANK] = False
    found: list[dict[int, float]] = [{} for _ in likely]
    places = np.flatnonzero(likely)  # a fifth of the time that nonzero takes
    scores = log_probability.reshape(-1)[places]
    order = np.argsort(-scores, kind="stable")
    rows, classes = np.divmod(places[order], likely.shape[1])
    for row, each, score in zip(rows.tolist(), classes.tolist(), scores[order].tolist(), strict=True):
        found[row][each] = score
    return found


class _Growth:
    """How a beam of some width grows by a column under a guide, of which a step adds no more than `most`."""

    def __init__(self, width: int, within: float, guide: Guide | None, most: float, merge: bool) -> None:
        self._width, self._within, self._guide, self._most, self._merge = width, within, guide, most, merge

    def advance(
        self, beam: list[_Prefix], number: int, column: NDArray[Any], chosen: dict[int, float]
    ) -> list[_Prefix]:
        """The beam after one more column, of which `chosen` holds the classes to try, the likeliest first."""
        scores = self._stay(beam, number, column, chosen) if chosen else self._wait(beam, column)
        if chosen and (new := self._new(beam, number, chosen, scores)):
            beam = beam + new
            scores += [each.total + each.part for each in new]
        if len(beam) == 1:
            return beam
        least = max(scores) - self._within
        kept = [k for k, score in enumerate(scores) if score >= least]
        if self._merge and len(kept) > 1:
            best: dict[tuple[Any, int], int] = {}
            for k in kept:
                same = best.setdefault((beam[k].state, beam[k].label), k)
                if scores[k] > scores[same]:
                    best[beam[k].state, beam[k].label] = k
            kept = sorted(best.values())
        if len(kept) > self._width:
            kept = sorted(sorted(kept, key=lambda k: -scores[k])[: self._width])
        return beam if len(kept) == len(beam) else [beam[k] for k in kept]

    def _wait(self, beam: list[_Prefix], column: NDArray[Any]) -> list[float]:
        """As `_stay`, of a column in which no class is worth trying: none is seen after the text shorter by it."""
        blank, scores = float(column[BLANK]), []
        for prefix in beam:
            ended = prefix.blank = prefix.total + blank
            if prefix.last > NEVER:
                last = prefix.last = prefix.last + float(column[prefix.label])
                ended = _add(ended, last)
            prefix.total = ended
            scores.append(ended + prefix.part)
        return scores

    def _stay(self, beam: list[_Prefix], number: int, column: NDArray[Any], chosen: dict[int, float]) -> list[float]:
        """Let each text of the beam take the column as a blank, as its last class once more, or as its last class after
        the text that is shorter by it; returns their scores.
        """
        blank = float(column[BLANK])
        for prefix in beam:
            # What each text brings along is kept until all are changed: one may be the beginning of another.
            prefix.ended, prefix.before, prefix.column = prefix.blank, prefix.total, number
        scores = []
        for prefix in beam:
            label, last, parent = prefix.label, prefix.last, prefix.parent
            score = chosen.get(label)
            if last > NEVER:
                last += float(column[label]) if score is None else score
            if score is not None and parent is not None and parent.column == number:
                # The same class again is the same character unless a blank stood between.
                last = _add(last, (parent.ended if label == parent.label else parent.before) + score)
            ended = prefix.blank = prefix.before + blank
            prefix.last = last
            ended = prefix.total = _add(ended, last)
            scores.append(ended + prefix.part)
        return scores

    def _new(self, beam: list[_Prefix], number: int, chosen: dict[int, float], scores: list[float]) -> list[_Prefix]:
        """The texts that the column adds to the beam.

        Each comes from one text of the beam alone, so its score is known before it is made: those that would be given
        up at once, for the best text or for as many better ones as are kept, are not.
        """
        guide, width, most = self._guide, self._width, self._most
        best = scores[:]  # a heap of the best scores so far, the least of them first
        heapq.heapify(best)
        least = max(max(best) - self._within, best[0] if len(best) >= width else NEVER)
        new: list[_Prefix] = []
        for prefix in beam:
            label, part, children = prefix.label, prefix.part, prefix.children
            for each, score in chosen.items():
                if prefix.before + score + part + most < least:
                    break  # all that follow are less likely still
                child = children.get(each)
                if child is not None and child.column == number:
                    continue
                reached = (prefix.ended if each == label else prefix.before) + score
                if reached == NEVER:
                    continue
                if child is None:
                    stepped = (None, 0.0) if guide is None else guide.step(prefix.state, each)
                    if stepped is None or reached + (part + stepped[1]) < least:
                        continue
                    child = children[each] = _Prefix(prefix, each, stepped[0], part + stepped[1])
                elif reached + child.part < least:
                    continue
                child.column, child.blank, child.last, child.total = number, NEVER, reached, reached
                new.append(child)
                found = reached + child.part
                if len(best) < width:
                    heapq.heappush(best, found)
                else:
                    heapq.heappushpop(best, found)
                least = max(least, found - self._within, best[0] if len(best) >= width else NEVER)
        return new


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
    skip = np.full(len(spread), NEVER)
    skip[3::2][spread[3::2] != spread[1:-2:2]] = 0.0
    seen = log_probability[:, spread]  # (T, states)
    # Two states that are never reached stand before the first.
    reached = np.full((steps, len(spread) + 2), NEVER)
    reached[:1, 2:4] = seen[:1, :2]
    jumped = np.empty(len(spread))
    for t in range(1, steps):
        before, here = reached[t - 1], reached[t, 2:]
        np.add(before[:-2], skip, out=jumped)
        np.maximum(before[2:], before[1:-1], out=here)
        np.maximum(here, jumped, out=here)
        here += seen[t]
    end = reached[-1, 2:] if steps else np.full(len(spread), NEVER)
    state = len(spread) - 1 if len(spread) == 1 or end[-1] > end[-2] else len(spread) - 2
    if not steps or end[state] == NEVER:
        raise InputError(f"{len(classes)} classes do not fit into {steps} columns")
    path = _way_back(reached, skip, state)
    # Greedy decoding of the path finds columns and scores; equal neighbours have a blank between them by construction.
    return codec.spelt(spread[path], np.exp(log_probability[np.arange(steps), spread[path]]))


def _way_back(reached: NDArray[Any], skip: NDArray[Any], state: int) -> NDArray[np.int64]:
    """The state in each column of the likeliest path to `state`; reached[:, 2 + k] are log probabilities of state k."""
    path = np.zeros(len(reached), np.int64)
    path[-1] = state
    for t in range(len(reached) - 2, -1, -1):
        two, one, stay = reached[t, state : state + 3].tolist()
        if two + skip[state] > max(stay, one):
            state -= 2
        elif one > stay:
            state -= 1
        path[t] = state
    return path
