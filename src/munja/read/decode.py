"""From the logits of a recogniser to a Reading, a language model having its say where the picture is not clear."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.read.codecs.beam import align, prefix_beam
from munja.read.codecs.ctc import BLANK, CTC, Reading
from munja.read.language import LanguageModel

CERTAIN = 0.98  # a line whose columns are all at least this sure is read without asking
FLOOR = 1e-3  # classes less likely than this are not tried


class ContextDecoder:
    """Reads logits with a beam that a language model guides.

    A character's score is what picture and model together give it against the other characters tried in its column.
    """

    def __init__(self, codec: CTC, language: LanguageModel, *, width: int = 8, temperature: float = 1.0) -> None:
        self._codec, self._language, self._width, self._temperature = codec, language, width, temperature

    def decode(self, logits: NDArray[Any]) -> Reading:
        """The Reading of logits (T, classes)."""
        scaled = logits.astype(np.float64) / self._temperature
        scaled -= scaled.max(1, keepdims=True)
        log_probability = scaled - np.log(np.exp(scaled).sum(1, keepdims=True))
        best = log_probability.argmax(1)
        top = np.exp(log_probability[np.arange(len(best)), best])
        if not len(top) or top.min() >= CERTAIN:
            return self._codec.decode(best, top)
        found = prefix_beam(log_probability, width=self._width, floor=FLOOR, guide=self._language)
        classes = found[0].classes
        reading = align(self._codec, log_probability, classes)
        return self._codec.join(self._rescored(reading, log_probability, classes))

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
