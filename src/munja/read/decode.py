"""From the outputs of a recogniser to a Reading, a language model having its say where the picture is not clear."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from munja.read.codecs.beam import ClosedGuide, align, prefix_beam
from munja.read.codecs.ctc import BLANK, CTC, Reading
from munja.read.codecs.fit import likeliest_fit
from munja.read.codecs.stepper import log_softmax
from munja.read.fields import among_digits
from munja.read.language import LanguageModel

CERTAIN = 0.98  # a line whose columns are all at least this sure is read without asking
FLOOR = 1e-3  # classes less likely than this are not tried
WITHIN = 5.0  # nats below the best text at which another is given up: 1 of 3,965 lines read otherwise than with 6
KNOWN = 8.0  # nats by which a language model that knows a code prefers its letters; the package's own goes up to 3.4
LIMIT = 40.0  # nats below the free reading at which a fitting one is given up


@dataclass(frozen=True, slots=True)
class Fit:
    """The likeliest reading that a guide allows, and how many nats (natural log) less likely than the free one it is.

    Its characters are those of the guide's classes, joined; `gap` is 0 or more, over the whole line.
    """

    reading: Reading
    gap: float


class LineDecoder(Protocol):
    """Turns what a recogniser computed for one line into a Reading, freely or as a guide allows."""

    @property
    def outputs(self) -> Sequence[str]:
        """The graph's outputs that `decode` looks at."""
        ...

    @property
    def fit_outputs(self) -> Sequence[str]:
        """The graph's outputs that `fit` looks at."""
        ...

    def decode(self, found: Mapping[str, NDArray[Any]], columns: int) -> Reading:
        """The Reading of one line's `outputs`, without the batch axis; its first `columns` columns show the line."""
        ...

    def fit(self, found: Mapping[str, NDArray[Any]], columns: int, guide: ClosedGuide) -> Fit | None:
        """The likeliest Reading of one line's `fit_outputs` that a guide allows; None where none is worth a thought."""
        ...


class CTCDecoder:
    """What decoders of a class per column share: how a guide is followed."""

    fit_outputs = ("logits",)

    def __init__(self, codec: CTC, temperature: float) -> None:
        self._codec, self._temperature = codec, temperature

    def fit(self, found: Mapping[str, NDArray[Any]], columns: int, guide: ClosedGuide) -> Fit | None:
        """The Reading of logits (T, classes) along the likeliest path that a guide allows."""
        return self.fit_columns(self.log_probability(found, columns), guide, limit=LIMIT)

    def log_probability(self, found: Mapping[str, NDArray[Any]], columns: int) -> NDArray[np.float64]:
        """Log probabilities (columns, classes) of a line, for `fit_columns` to take all of them or some."""
        return log_softmax(found["logits"][:columns], self._temperature)

    def fit_columns(self, log_probability: NDArray[np.float64], guide: ClosedGuide, *, limit: float) -> Fit | None:
        """The Reading of some columns (T, classes) along the likeliest allowed path, at most `limit` nats down."""
        fitting = likeliest_fit(log_probability, guide, limit=limit)
        if fitting is None:
            return None
        classes, likelihood = fitting
        reading = self._codec.join(align(self._codec, log_probability, classes))
        return Fit(reading, max(0.0, float(log_probability.max(1).sum()) - likelihood))


class GreedyDecoder(CTCDecoder):
    """Reads the best class of each column."""

    outputs = ("index", "score")

    def __init__(self, codec: CTC, *, temperature: float = 1.0) -> None:
        super().__init__(codec, temperature)

    def decode(self, found: Mapping[str, NDArray[Any]], columns: int) -> Reading:
        """The Reading of index (T,) and score (T,)."""
        return self._codec.decode(found["index"], found["score"])


class ContextDecoder(CTCDecoder):
    """Reads logits with a beam that a language model guides.

    A character's score is what picture and model together give it against the other characters tried in its column.
    """

    outputs = ("logits",)

    def __init__(self, codec: CTC, language: LanguageModel, *, width: int = 8, temperature: float = 1.0) -> None:
        super().__init__(codec, temperature)
        self._language, self._width = language, width

    def decode(self, found: Mapping[str, NDArray[Any]], columns: int) -> Reading:
        """The Reading of logits (T, classes)."""
        log_probability = log_softmax(found["logits"][:columns], self._temperature)
        best = log_probability.argmax(1)
        top = np.exp(log_probability[np.arange(len(best)), best])
        if not len(top) or top.min() >= CERTAIN:
            return self._codec.decode(best, top)
        guide = self._language
        guided = prefix_beam(
            log_probability, width=self._width, floor=FLOOR, within=WITHIN, guide=guide, most=guide.bonus, merge=True
        )
        classes = guided[0].classes
        reading = align(self._codec, log_probability, classes)
        rescored = self._rescored(reading, log_probability, classes)
        return self._codec.join(self._digits(rescored, log_probability, classes))

    def _digits(self, reading: Reading, log_probability: NDArray[Any], classes: Sequence[int]) -> Reading:
        """The reading with look-alikes of digits among digits changed to them.

        Not where the picture does not allow it, nor where the language model knows a text that has just this letter.
        """
        columns = np.clip(np.round(reading.columns), 0, len(log_probability) - 1).astype(int)

        def possible(number: int, digit: str) -> bool:
            if digit not in self._codec.charset:
                return False
            wanted = self._codec.charset.index(digit) + 1
            if float(log_probability[columns[number], wanted]) < math.log(FLOOR):
                return False
            state = self._language.start()
            for each in classes[:number]:
                state = self._language.step(state, each)[0]
            known = self._language.step(state, classes[number])[1] - self._language.step(state, wanted)[1]
            return known < KNOWN

        return replace(reading, characters=tuple(among_digits(reading.characters, possible)))

    def _rescored(self, reading: Reading, log_probability: NDArray[Any], classes: tuple[int, ...]) -> Reading:
        scores = reading.scores.astype(np.float64)
        state = self._language.start()
        columns = np.clip(np.round(reading.columns), 0, len(log_probability) - 1).astype(int).tolist()
        for number, (chosen, column) in enumerate(zip(classes, columns, strict=True)):
            if scores[number] < CERTAIN:
                scores[number] = self._share(state, chosen, log_probability[column], scores[number])
            state = self._language.step(state, chosen)[0]
        return Reading(reading.characters, reading.columns, scores.astype(np.float32))

    def _share(self, state: int, chosen: int, column: NDArray[Any], score: float) -> float:
        """The share of `chosen` among the characters likely in a column, weighed by what stands before."""
        likely = [each for each in np.flatnonzero(column > math.log(FLOOR)).tolist() if each != BLANK]
        if chosen not in likely:
            return score
        weights = {each: math.exp(float(column[each]) + self._language.step(state, each)[1]) for each in likely}
        ink = min(1.0, sum(math.exp(float(column[each])) for each in likely))
        return max(score, ink * weights[chosen] / sum(weights.values()))
