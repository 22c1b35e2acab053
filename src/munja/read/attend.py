"""Decoders of recognisers that spell by attention, and of those that rectify their picture first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.core.artifact import Artifact
from munja.core.errors import ArtifactError
from munja.read.codecs.attention import BESIDE, FIRST, Attention, Spelling, beam, greedy
from munja.read.codecs.beam import ClosedGuide, Guide
from munja.read.codecs.ctc import Reading
from munja.read.codecs.stepper import WEIGHTS, AttentionStepper, DecoderWeights, log_softmax
from munja.read.decode import CERTAIN, FLOOR, Fit, LineDecoder
from munja.read.engines import Engine

FIT_WIDTH = 16  # spellings kept for a pattern, which may want one that the picture does not suggest


class AttentionDecoder:
    """Spells a line from its features and keys: greedily, or with a beam where a language model has doubts to settle.

    A letter's score is its probability after the letters before it.
    """

    outputs = fit_outputs = ("features", "keys")

    def __init__(
        self,
        codec: Attention,
        weights: DecoderWeights,
        language: Guide | None = None,
        *,
        width: int = 8,
        temperature: float = 1.0,
    ) -> None:
        if weights.classes != codec.classes:
            raise ArtifactError(
                f"an attention decoder of {codec.classes} classes was wanted for {len(codec.charset)} characters, "
                f"got one of {weights.classes}; export the model anew"
            )
        self._codec, self._weights, self._language = codec, weights, language
        self._width, self._temperature = width, temperature

    def decode(self, found: Mapping[str, NDArray[Any]], columns: int) -> Reading:
        """The Reading of features (T, C) and keys (T, hidden)."""
        spelling = self._free(found)
        reading = self._codec.reading(spelling, temperature=self._temperature)
        if self._language is None or not len(reading.scores) or reading.scores.min() >= CERTAIN:
            return reading
        guided = beam(
            self._stepper(found),
            longest=self._codec.longest,
            width=self._width,
            floor=FLOOR,
            guide=self._language,
            temperature=self._temperature,
        )
        reading = self._codec.reading(guided[0], temperature=self._temperature)
        return Reading(reading.characters, reading.columns, self._rescored(reading, guided[0], self._language))

    def fit(self, found: Mapping[str, NDArray[Any]], columns: int, guide: ClosedGuide) -> Fit | None:
        """The likeliest Reading that a guide allows; None where none is."""
        fitting = beam(
            self._stepper(found),
            longest=self._codec.longest,
            width=FIT_WIDTH,
            floor=FLOOR,
            guide=guide,
            following=guide.following,
            temperature=self._temperature,
        )
        if not fitting:
            return None
        gap = max(0.0, self._free(found).log_probability - fitting[0].log_probability)
        return Fit(self._codec.reading(fitting[0], temperature=self._temperature), gap)

    def _stepper(self, found: Mapping[str, NDArray[Any]]) -> AttentionStepper:
        return self._weights.over(found["features"][None], found["keys"][None])

    def _free(self, found: Mapping[str, NDArray[Any]]) -> Spelling:
        return greedy(self._stepper(found), 1, longest=self._codec.longest, temperature=self._temperature)[0]

    def _rescored(self, reading: Reading, spelling: Spelling, language: Guide) -> NDArray[np.float32]:
        """Scores in which picture and model together weigh each letter against the others that are likely there."""
        scores, state = reading.scores.copy(), language.start()
        probability = np.exp(log_softmax(spelling.logits, self._temperature))
        for number, chosen in enumerate(spelling.classes):
            likely = np.flatnonzero(probability[number, FIRST:] > FLOOR) + FIRST
            if scores[number] < CERTAIN and chosen in likely:
                parts = [self._part(language, state, each) for each in likely.tolist()]
                weights = probability[number, likely] * np.exp(parts)
                ink = probability[number, likely].sum()  # what is left is for the end mark
                share = ink * weights[likely == chosen].sum() / weights.sum()
                scores[number] = max(float(scores[number]), float(share))
            stepped = language.step(state, chosen - BESIDE)
            state = stepped[0] if stepped else state
        return scores

    @staticmethod
    def _part(language: Guide, state: Any, letter: int) -> float:
        stepped = language.step(state, letter - BESIDE)
        return stepped[1] if stepped else -np.inf


class RectifiedDecoder:
    """Another decoder's Readings, each column moved to where the rectifier took it from."""

    def __init__(self, inner: LineDecoder) -> None:
        self._inner = inner

    @property
    def outputs(self) -> Sequence[str]:
        """Those of the other decoder, and the place of each column in the picture."""
        return (*self._inner.outputs, "places")

    @property
    def fit_outputs(self) -> Sequence[str]:
        """Those of the other decoder, and the place of each column in the picture."""
        return (*self._inner.fit_outputs, "places")

    def decode(self, found: Mapping[str, NDArray[Any]], columns: int) -> Reading:
        """The Reading, its columns those of a picture that was not rectified."""
        # A rectified picture is text from edge to edge: all columns count.
        return _moved(self._inner.decode(found, len(found["places"])), found["places"])

    def fit(self, found: Mapping[str, NDArray[Any]], columns: int, guide: ClosedGuide) -> Fit | None:
        """The likeliest Reading that a guide allows, its columns those of a picture that was not rectified."""
        fitting = self._inner.fit(found, len(found["places"]), guide)
        return None if fitting is None else Fit(_moved(fitting.reading, found["places"]), fitting.gap)


def _moved(reading: Reading, places: NDArray[Any]) -> Reading:
    """The Reading with column t moved to places[t], an x of 0..1 in the picture, counted in columns of equal width."""
    x = np.interp(reading.columns, np.arange(len(places)), places)
    return Reading(reading.characters, (x * len(places) - 0.5).astype(np.float32), reading.scores)


def decoder_weights(recogniser: Artifact, engine: Engine) -> DecoderWeights:
    """The weights of a recogniser's attention decoder, which its graph gives whatever the picture."""
    rule = recogniser.manifest.input
    picture = np.zeros((1, rule["height"], rule.get("width", rule.get("width_step", 32)), rule["channels"]), np.uint8)
    return DecoderWeights(dict(zip(WEIGHTS, engine.run(picture, WEIGHTS), strict=True)))
