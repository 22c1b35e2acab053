"""Reading by attention: the same graph outputs give text, places and what a pattern or a language model asks for."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from munja.core.errors import ArtifactError
from munja.read.attend import AttentionDecoder, RectifiedDecoder
from munja.read.codecs.attention import Attention, greedy
from munja.read.codecs.ctc import CTC
from munja.read.codecs.stepper import WEIGHTS, DecoderWeights
from munja.read.decode import GreedyDecoder

CODEC = Attention(tuple("0123456789OIl"), longest=8)
FEATURES, HIDDEN, COLUMNS = 6, 10, 9


def random_weights(seed: int, *, classes: int = CODEC.classes) -> DecoderWeights:
    random = np.random.default_rng(seed)
    shapes = [
        (HIDDEN, HIDDEN),
        (HIDDEN,),
        (1, HIDDEN),
        (4 * HIDDEN, FEATURES + classes),
        (4 * HIDDEN, HIDDEN),
        (4 * HIDDEN,),
        (4 * HIDDEN,),
        (classes, HIDDEN),
        (classes,),
    ]
    return DecoderWeights({name: random.normal(0, 2, shape) for name, shape in zip(WEIGHTS, shapes, strict=True)})


def outputs(seed: int) -> dict[str, np.ndarray[Any, Any]]:
    random = np.random.default_rng(seed)
    return {
        "features": random.normal(size=(COLUMNS, FEATURES)).astype(np.float32),
        "keys": random.normal(size=(COLUMNS, HIDDEN)).astype(np.float32),
    }


class OnlyDigits:
    """A guide that allows digits, as many as one likes."""

    def start(self) -> int:
        return 0

    def step(self, state: int, following: int) -> tuple[int, float] | None:
        return (0, 0.0) if following <= 10 else None

    def end(self, state: int) -> float | None:
        return 0.0

    def following(self, state: int, likely: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.arange(1, 11)


class Prefers(OnlyDigits):
    """A guide that allows all, but finds one letter more likely than others, by a factor."""

    def __init__(self, letter: str, factor: float) -> None:
        self._letter, self._part = CODEC.charset.index(letter) + 1, math.log(factor)

    def step(self, state: int, following: int) -> tuple[int, float] | None:
        return 0, self._part if following == self._letter else 0.0


@pytest.mark.parametrize("seed", range(5))
def test_the_free_reading_is_the_likeliest_letter_at_each_step(seed: int) -> None:
    weights, found = random_weights(seed), outputs(seed)
    (spelling,) = greedy(weights.over(found["features"][None], found["keys"][None]), 1, longest=8)
    reading = AttentionDecoder(CODEC, weights, temperature=2.0).decode(found, COLUMNS)
    wanted = CODEC.reading(spelling, temperature=2.0)
    assert reading.characters == wanted.characters
    np.testing.assert_allclose(reading.scores, wanted.scores)
    assert ((reading.columns >= 0) & (reading.columns <= COLUMNS - 1)).all()


@pytest.mark.parametrize("seed", range(8))
def test_what_fits_a_pattern_is_of_the_pattern_and_no_likelier_than_the_free_reading(seed: int) -> None:
    decoder, found = AttentionDecoder(CODEC, random_weights(seed)), outputs(seed)
    free, fit = decoder.decode(found, COLUMNS), decoder.fit(found, COLUMNS, OnlyDigits())
    assert fit is not None
    assert all(each.isdigit() for each in fit.reading.characters)
    assert fit.gap >= 0.0
    if free.text and free.text.isdigit():
        assert fit.gap < 1e-6 or fit.reading.text != free.text


def test_where_nothing_fits_there_is_no_reading() -> None:
    class Nothing(OnlyDigits):
        def end(self, state: int) -> float | None:
            return None

    assert AttentionDecoder(CODEC, random_weights(0)).fit(outputs(0), COLUMNS, Nothing()) is None


@pytest.mark.parametrize("seed", range(5))
def test_a_language_model_raises_the_score_of_what_it_chose(seed: int) -> None:
    weights, found = random_weights(seed), outputs(seed)
    plain = AttentionDecoder(CODEC, weights, temperature=8.0)  # so flat that every letter is in doubt
    indifferent = AttentionDecoder(CODEC, weights, Prefers("O", 1.0), width=64, temperature=8.0)
    fond = AttentionDecoder(CODEC, weights, Prefers("O", 1e4), width=64, temperature=8.0)
    assert plain.decode(found, COLUMNS).scores.min() < 0.98
    assert fond.decode(found, COLUMNS).text == "O" * 8
    assert fond.decode(found, COLUMNS).scores.min() > 0.5
    assert indifferent.decode(found, COLUMNS).text != "O" * 8


def test_a_rectified_reading_stands_where_the_rectifier_looked() -> None:
    decoder = RectifiedDecoder(GreedyDecoder(CTC(tuple("ab"))))
    assert decoder.outputs == ("index", "score", "places")
    index, score = np.array([1, 0, 0, 2]), np.array([0.9, 1.0, 1.0, 0.8], np.float32)
    places = np.array([0.3, 0.4, 0.5, 0.6], np.float32)  # the text fills the middle of the picture
    reading = decoder.decode({"index": index, "score": score, "places": places}, 4)
    assert reading.text == "ab"
    np.testing.assert_allclose((reading.columns + 0.5) / 4, [0.3, 0.6], atol=1e-6)
    spelt = RectifiedDecoder(AttentionDecoder(CODEC, random_weights(0)))
    assert spelt.outputs == spelt.fit_outputs == ("features", "keys", "places")
    places = np.linspace(0.5, 0.9, COLUMNS).astype(np.float32)
    fit = spelt.fit({**outputs(0), "places": places}, COLUMNS, OnlyDigits())
    assert fit is not None
    x = (fit.reading.columns + 0.5) / COLUMNS
    assert ((x >= 0.5 - 1e-6) & (x <= 0.9 + 1e-6)).all()


def test_weights_of_another_charset_are_refused() -> None:
    with pytest.raises(ArtifactError, match="15 classes was wanted for 13 characters, got one of 14"):
        AttentionDecoder(CODEC, random_weights(0, classes=14))
