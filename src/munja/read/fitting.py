"""What of a line fits a pattern: the free reading, the likeliest reading that does, or words of a longer line."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from munja.core.page import geometric_mean
from munja.read.codecs.ctc import BLANK, Reading
from munja.read.decode import LIMIT, CTCDecoder, Fit, LineDecoder

if TYPE_CHECKING:  # most pictures are read without a pattern
    from munja.read.patterns.guide import PatternGuide

MOST_WORDS = 10  # of a longer line that are taken together, since codes are printed in groups
MOST_FORCED = 5  # of them that are read anew together
LONGER = 1.5  # a fitting reading has at most so many times the characters of the free one, to be thought of in a word


@dataclass(frozen=True, slots=True)
class Wish:
    """The pattern that a line shall fit, and the score that a reading which does needs."""

    guide: PatternGuide
    least: float


@dataclass(frozen=True, slots=True)
class Fitting:
    """A reading that fits, its score, and whether it is all of its line."""

    reading: Reading
    score: float
    whole: bool


@dataclass(frozen=True, slots=True)
class Fittings:
    """The readings of a line that fit, left to right; and whether another look at it might help.

    It might where only a reading that is not the free one fits, however little that scores.
    """

    readings: Sequence[Fitting] = ()
    near: bool = False


def fit_line(
    decoder: LineDecoder, found: Mapping[str, NDArray[Any]], columns: int, free: Reading, wish: Wish
) -> Fittings:
    """The readings of a line that fit a pattern; none if nothing that scores enough does.

    `free` is what `found` says without the pattern, with its blanks. First the whole line is asked for, then words of
    it. A reading that is not the free one has the free one's score, lowered by exp(gap / 2) per character. Among lines
    of codes, 19 in 20 of the readings that were right had a gap of 0.8 or less per character; of 1,300 lines and words
    that were no codes, none with fewer than 1.
    """
    whole = wish.guide.fitted(free)
    if whole is not None:
        score = _score(whole)
        return Fittings([Fitting(whole, score, True)] if score >= wish.least else [])
    columns_of = _Columns(decoder, found, columns, wish.guide) if isinstance(decoder, CTCDecoder) else None
    if columns_of is None:
        forced = _scored(decoder.fit(found, columns, wish.guide), free, wish.guide)
    else:
        forced = _scored(columns_of.fit(0, columns, LIMIT), free, wish.guide)
    if forced is not None and forced[1] >= wish.least:
        return Fittings([Fitting(*forced, True)], near=True)
    runs = list(_runs(free))
    fitting = [(run, reading) for run in runs if (reading := wish.guide.fitted(_part(free, *run))) is not None]
    if fitting:
        scored = [(run, reading, _score(reading)) for run, reading in fitting]
    elif columns_of is not None and wish.guide.narrow:
        few = [(first, last) for first, last in runs if _words(free, first, last) <= MOST_FORCED]
        scored = list(_forced_runs(columns_of, free, wish, few))
    else:
        # A part of a line's features is no line to a network that looks at all of them, and to try all that a bare
        # function might say yes to, in all words, would take seconds.
        scored = []
    readings = _apart([each for each in scored if each[2] >= wish.least])
    return Fittings(readings, near=not fitting and (forced is not None or bool(readings)))


class _Columns:
    """The columns of a line, of which runs are fitted; those that cannot fit are known at once."""

    def __init__(
        self, decoder: CTCDecoder, found: Mapping[str, NDArray[Any]], columns: int, guide: PatternGuide
    ) -> None:
        self._decoder, self._guide = decoder, guide
        self._log_probability = decoder.log_probability(found, columns)
        self.count = len(self._log_probability)
        # Whatever fits is made of the pattern's classes and blanks: at least so much less likely is each column then.
        allowed = self._log_probability[:, np.append(guide.classes, BLANK)].max(1)
        self._lost = np.concatenate(([0.0], np.cumsum(self._log_probability.max(1) - allowed)))

    def fit(self, first: int, last: int, limit: float) -> Fit | None:
        """What fits in the columns from `first` to before `last`, at most `limit` nats below the free reading."""
        last = min(last, self.count)
        if last <= first or self._lost[last] - self._lost[first] > limit:
            return None
        return self._decoder.fit_columns(self._log_probability[first:last], self._guide, limit=limit)


def _score(reading: Reading) -> float:
    return geometric_mean(reading.scores.astype(np.float64).tolist())


def _scored(fit: Fit | None, free: Reading, guide: PatternGuide) -> tuple[Reading, float] | None:
    """What was found to fit, its blanks as the pattern has them, and its score."""
    reading = None if fit is None else guide.fitted(fit.reading)
    if fit is None or reading is None:
        return None
    letters = max(1, _letters(free), _letters(reading))
    return reading, _score(free) * math.exp(-fit.gap / 2 / letters)


def _letters(reading: Reading) -> int:
    """Number of characters, blanks apart."""
    return sum(not each.isspace() for each in reading.characters)


def _runs(free: Reading) -> Iterator[tuple[int, int]]:
    """First and last + 1 of the characters of a few words side by side, but not of all."""
    blank = [True, *(each.isspace() for each in free.characters), True]
    starts = [k for k in range(len(free.characters)) if blank[k] and not blank[k + 1]]
    ends = [k + 1 for k in range(len(free.characters)) if not blank[k + 1] and blank[k + 2]]
    for length in range(1, min(MOST_WORDS, len(starts) - 1) + 1):
        yield from zip(starts, ends[length - 1 :], strict=False)


def _words(free: Reading, first: int, last: int) -> int:
    """Number of words of a run, single blanks between them."""
    return 1 + sum(each.isspace() for each in free.characters[first:last])


def _part(reading: Reading, first: int, last: int) -> Reading:
    return Reading(reading.characters[first:last], reading.columns[first:last], reading.scores[first:last])


def _forced_runs(
    columns: _Columns, free: Reading, wish: Wish, runs: Sequence[tuple[int, int]]
) -> Iterator[tuple[tuple[int, int], Reading, float]]:
    """The runs of words that can be read so that they fit, each from its own columns."""
    for first, last in runs:
        part = _part(free, first, last)
        left = 0 if first == 0 else math.ceil((free.columns[first - 1] + free.columns[first]) / 2)
        right = columns.count
        if last < len(free.characters):
            right = math.ceil((free.columns[last - 1] + free.columns[last]) / 2)
        # What would score too little is not looked for.
        enough = math.inf if wish.least <= 0.0 else 2 * math.log(1 / wish.least) * LONGER * _letters(part)
        forced = _scored(columns.fit(left, right, min(LIMIT, enough)), part, wish.guide)
        if forced is not None:
            reading, score = forced
            yield (first, last), Reading(reading.characters, reading.columns + left, reading.scores), score


def _apart(scored: Sequence[tuple[tuple[int, int], Reading, float]]) -> list[Fitting]:
    """Readings of runs of words that share no word, the longest and then the best of those that do; left to right."""
    taken: list[tuple[tuple[int, int], Fitting]] = []
    for (first, last), reading, score in sorted(scored, key=lambda each: (-_letters(each[1]), -each[2])):
        if all(last <= start or end <= first for (start, end), _ in taken):
            taken.append(((first, last), Fitting(reading, score, False)))
    return [fitting for _, fitting in sorted(taken, key=lambda each: each[0])]
