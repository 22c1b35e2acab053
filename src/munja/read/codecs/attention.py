"""Codec of attention: text <-> one class for each letter and an end mark, spelt letter by letter over a line's columns.

The network gives features and keys of the columns once; what is spelt from them is stepped through here, so that it
stops at the end mark and any guide of a beam, such as a language model or a pattern, can have its say.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from annotated_types import Gt, doc
from numpy.typing import NDArray

from munja.core.errors import InputError, SpecError
from munja.core.registry import register
from munja.read.codecs.beam import NEVER, Guide
from munja.read.codecs.ctc import Reading
from munja.read.codecs.stepper import State, Stepper, log_softmax

GO, STOP, FIRST = 0, 1, 2  # the class before the first letter, the one after the last, and that of charset[0]
BESIDE = FIRST - 1  # guides count classes as CTC does, where charset[0] is class 1

Following = Callable[[Any, NDArray[np.int64]], NDArray[np.int64]]  # see read.codecs.beam.ClosedGuide


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to spell a line: K classes of letters, and what each of its steps saw.

    `logits` (S, classes) and `attention` (S, T) have a row for each letter and, where it was asked for, the end mark.
    `log_probability` is that of the letters and the end; `guided` has the guide's part added.
    """

    classes: tuple[int, ...]
    logits: NDArray[np.float32]
    attention: NDArray[np.float32]
    log_probability: float = 0.0
    guided: float = 0.0


@register("codec", "attention")
class Attention:
    """Class 0 is the start, class 1 the end, class i + 2 is `charset[i]` (RARE, arXiv:1603.03915)."""

    def __init__(
        self, charset: Sequence[str], /, *, longest: Annotated[int, Gt(0), doc("most characters of a line")] = 25
    ) -> None:
        if not charset or any(len(each) != 1 for each in charset) or len(set(charset)) != len(charset):
            raise SpecError(
                "codec.attention: a charset of one character or more, each a single one and there once, was wanted, "
                f"got {len(charset)} entries"
            )
        self.charset, self.longest = tuple(charset), longest
        self._class_of = {character: i + FIRST for i, character in enumerate(self.charset)}

    @property
    def classes(self) -> int:
        """Number of classes, start and end included."""
        return len(self.charset) + FIRST

    def encode(self, text: str) -> list[int]:
        """The classes of a text, the end mark last; InputError names what the charset lacks, or the length."""
        if len(text) > self.longest:
            raise InputError(f"{text!r}: {len(text)} characters; this codec spells {self.longest} at most")
        for character in text:
            if character not in self._class_of:
                raise InputError(
                    f"{text!r}: the character {character!r} (U+{ord(character):04X}) is not in the charset"
                )
        return [*(self._class_of[character] for character in text), STOP]

    def text(self, classes: Sequence[int]) -> str:
        """The text of classes up to the end mark, which may be missing: the inverse of `encode`."""
        index = np.asarray(classes, np.int64)
        return self.decode(index, np.ones(len(index), np.float32)).text

    def decode(self, index: NDArray[Any], score: NDArray[Any]) -> Reading:
        """The Reading of the best class (S,) and its probability (S,) at each step; its columns count the steps."""
        ends = np.flatnonzero(index == STOP)
        length = int(ends[0]) if len(ends) else len(index)
        kept = np.flatnonzero(index[:length] >= FIRST)
        return Reading(
            tuple(self.charset[each - FIRST] for each in index[kept].tolist()),
            kept.astype(np.float32),
            score[kept].astype(np.float32),
        )

    def reading(self, spelling: Spelling, *, temperature: float = 1.0) -> Reading:
        """The Reading of a spelling: each letter stands at the centre of mass of its attention."""
        count = len(spelling.classes)
        attention = spelling.attention[:count].astype(np.float64)
        columns = attention @ np.arange(attention.shape[1]) / np.maximum(attention.sum(1), 1e-12)
        chosen = np.asarray(spelling.classes, np.int64)
        scores = np.exp(log_softmax(spelling.logits[:count], temperature)[np.arange(count), chosen])
        letters = tuple(self.charset[each - FIRST] for each in spelling.classes)
        return Reading(letters, columns.astype(np.float32), scores.astype(np.float32))


def greedy(stepper: Stepper, count: int, *, longest: int, temperature: float = 1.0) -> list[Spelling]:
    """The letter that is likeliest at each step, until the end mark or `longest` letters: `count` spellings.

    A line without an end keeps all of its letters.
    """
    state, previous = stepper.start(count), np.full(count, GO, np.int64)
    chosen: list[NDArray[np.int64]] = []
    logits: list[NDArray[Any]] = []
    attention: list[NDArray[Any]] = []
    running = np.ones(count, bool)
    while running.any() and len(chosen) < longest:
        state, values, weight = stepper.step(state, previous)
        values = np.array(values, np.float32)
        values[:, GO] = NEVER  # nothing is ever trained to start again
        previous = values.argmax(1)
        running &= previous != STOP
        chosen.append(previous)
        logits.append(values)
        attention.append(weight)
    found = []
    for row in range(count):
        steps = [int(each[row]) for each in chosen]
        length = steps.index(STOP) if STOP in steps else len(steps)
        used = slice(0, min(length + 1, len(steps)))
        rows = [np.stack([each[row] for each in values[used]]) for values in (logits, attention)]
        best = log_softmax(rows[0], temperature).max(1).sum()
        found.append(Spelling(tuple(steps[:length]), rows[0], rows[1], float(best), float(best)))
    return found


@dataclass(frozen=True, slots=True)
class _Open:
    """A spelling that goes on: its letters, rows of logits and attention, the guide's state and part."""

    classes: tuple[int, ...] = ()
    rows: tuple[tuple[NDArray[Any], NDArray[Any]], ...] = ()
    log_probability: float = 0.0
    part: float = 0.0
    state: Any = None

    @property
    def guided(self) -> float:
        return self.log_probability + self.part


def beam(
    stepper: Stepper,
    *,
    longest: int,
    width: int = 8,
    floor: float = 1e-3,
    guide: Guide | None = None,
    following: Following | None = None,
    temperature: float = 1.0,
) -> list[Spelling]:
    """The likeliest spellings of one line, best first, at most `width`; a guide's `end` is asked at the end mark.

    After each letter the classes of a probability above `floor` are tried, and those that `following` names beyond
    them, as a guide that forbids much needs. Guides are told of classes as CTC counts them: charset[i] is i + 1. Empty
    if the guide allows no spelling.
    """
    if width < 1 or longest < 1:
        raise InputError(f"a beam of width 1 or more and 1 letter or more were wanted, got {width} and {longest}")
    going = [_Open(state=guide.start() if guide else None)]
    state: State = stepper.start(1)
    done: list[Spelling] = []
    for _ in range(longest):
        previous = np.array([each.classes[-1] if each.classes else GO for each in going], np.int64)
        state, logits, attention = stepper.step(state, previous)
        logits = np.array(logits, np.float32)
        logits[:, GO] = NEVER
        surprise = log_softmax(logits, temperature)
        longer: list[tuple[int, _Open]] = []
        for row, each in enumerate(going):
            rows = (*each.rows, (logits[row], attention[row]))
            done += _ended(each, rows, float(surprise[row, STOP]), guide)
            longer += [(row, new) for new in _grown(each, rows, surprise[row], floor, guide, following)]
        longer = sorted(longer, key=lambda pair: -pair[1].guided)[:width]
        done = sorted(done, key=lambda each: -each.guided)[:width]
        going = [new for _, new in longer]
        # What goes on only gets less likely: it stops when it cannot come among the best any more.
        if not going or (len(done) == width and going[0].guided <= done[-1].guided):
            return done
        parents = np.array([row for row, _ in longer])
        state = tuple(each[parents] for each in state)
    # The longest spellings end without an end mark, which greedy spelling does not ask for either.
    done += [ended for each in going for ended in _ended(each, each.rows, 0.0, guide)]
    return sorted(done, key=lambda each: -each.guided)[:width]


def _grown(
    before: _Open,
    rows: tuple[tuple[NDArray[Any], NDArray[Any]], ...],
    surprise: NDArray[np.float64],
    floor: float,
    guide: Guide | None,
    following: Following | None,
) -> list[_Open]:
    """The spellings one letter longer that the guide allows."""
    tried = np.flatnonzero(surprise[FIRST:] > math.log(floor)) + FIRST - BESIDE
    if following is not None:
        tried = following(before.state, tried)
    found = []
    for each in tried.tolist():
        state, part = None, 0.0
        if guide is not None:
            stepped = guide.step(before.state, each)
            if stepped is None:
                continue
            state, part = stepped
        letter = each + BESIDE
        total = before.log_probability + float(surprise[letter])
        found.append(_Open((*before.classes, letter), rows, total, before.part + part, state))
    return found


def _ended(
    last: _Open, rows: tuple[tuple[NDArray[Any], NDArray[Any]], ...], surprise: float, guide: Guide | None
) -> list[Spelling]:
    """The spelling that ends here, `surprise` being the end's log probability; none where the guide forbids it."""
    part = guide.end(last.state) if guide else 0.0
    if part is None or surprise == NEVER:
        return []
    logits, attention = (np.stack([row[side] for row in rows]) for side in (0, 1))
    total = last.log_probability + surprise
    return [Spelling(last.classes, logits, attention, total, total + last.part + part)]
