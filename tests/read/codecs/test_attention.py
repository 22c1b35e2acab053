"""Attention: what is spelt is what was asked, the end is where it was put, and guides are obeyed."""

from __future__ import annotations

import math
import string
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import ArtifactError, InputError, SpecError
from munja.read.codecs.attention import FIRST, GO, STOP, Attention, Spelling, beam, greedy
from munja.read.codecs.stepper import WEIGHTS, DecoderWeights, State

CHARSET = tuple(string.digits + string.ascii_letters)
CODEC = Attention(CHARSET)
TEXTS = st.text(st.sampled_from(CHARSET), max_size=CODEC.longest)


class Dictated:
    """A stepper that spells what it is told to, line by line, each letter in a column of its own."""

    def __init__(self, classes: list[list[int]], *, columns: int = 30, sure: float = 9.0) -> None:
        self._classes, self._columns, self._sure = classes, columns, sure

    def start(self, count: int) -> State:
        return np.arange(count) % len(self._classes), np.zeros(count, np.int64)

    def step(
        self, state: State, previous: np.ndarray[Any, Any]
    ) -> tuple[State, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        lines, at = state
        logits = np.zeros((len(lines), CODEC.classes), np.float32)
        attention = np.zeros((len(lines), self._columns), np.float32)
        for row, (line, place) in enumerate(zip(lines.tolist(), at.tolist(), strict=True)):
            spelt = self._classes[line]
            # Whatever was spelt, it never ends by itself where no end mark was dictated.
            logits[row, spelt[place] if place < len(spelt) else FIRST] = self._sure
            attention[row, min(place, self._columns - 1)] = 1.0
        return (lines, at + 1), logits, attention


@given(TEXTS)
def test_a_text_is_its_classes_and_its_classes_are_the_text(text: str) -> None:
    classes = CODEC.encode(text)
    assert classes[-1] == STOP
    assert GO not in classes
    assert CODEC.text(classes) == text
    assert CODEC.text(classes[:-1]) == text


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_lines_spelt_side_by_side_are_those_that_were_dictated(texts: list[str]) -> None:
    stepper = Dictated([CODEC.encode(text) for text in texts])
    found = greedy(stepper, len(texts), longest=CODEC.longest)
    readings = [CODEC.reading(each) for each in found]
    assert [each.text for each in readings] == texts
    for reading in readings:
        assert reading.columns.tolist() == list(range(len(reading.text)))
        assert reading.scores.tolist() == pytest.approx(
            [math.exp(9) / (math.exp(9) + 62)] * len(reading.text), rel=1e-4
        )


@given(TEXTS)
def test_a_beam_spells_what_was_dictated(text: str) -> None:
    found = beam(Dictated([CODEC.encode(text)]), longest=CODEC.longest)
    assert CODEC.reading(found[0]).text == text
    assert found == sorted(found, key=lambda each: -each.guided)


def test_a_line_that_never_ends_keeps_its_last_letter() -> None:
    letters = [FIRST + number for number in range(CODEC.longest + 5)]
    (found,) = greedy(Dictated([letters]), 1, longest=CODEC.longest)
    assert CODEC.reading(found).text == "".join(CHARSET[: CODEC.longest])
    likeliest = beam(Dictated([letters]), longest=CODEC.longest)[0]
    assert CODEC.reading(likeliest).text == "".join(CHARSET[: CODEC.longest])


def test_the_start_is_never_read_even_where_it_is_likeliest() -> None:
    spelt = [GO, FIRST + 3, STOP]
    (found,) = greedy(Dictated([spelt]), 1, longest=5)
    assert GO not in found.classes
    assert all(GO not in each.classes for each in beam(Dictated([spelt]), longest=5))


def test_a_letter_stands_in_the_centre_of_what_was_looked_at() -> None:
    attention = np.array([[0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.25, 0.75]], np.float32)
    reading = CODEC.reading(Spelling((FIRST, FIRST + 1), np.zeros((2, CODEC.classes), np.float32), attention))
    assert reading.columns.tolist() == [0.5, 2.75]
    assert reading.text == "01"


def test_a_higher_temperature_lowers_scores_and_changes_no_text() -> None:
    (found,) = greedy(Dictated([CODEC.encode("Ab3")]), 1, longest=9)
    sharp, soft = (CODEC.reading(found, temperature=each) for each in (1.0, 3.0))
    assert sharp.text == soft.text == "Ab3"
    assert (soft.scores < sharp.scores).all()


class Digits:
    """A guide that allows `count` digits and no more."""

    def __init__(self, count: int) -> None:
        self._count = count

    def start(self) -> int:
        return 0

    def step(self, state: int, following: int) -> tuple[int, float] | None:
        return (state + 1, 0.0) if state < self._count and CHARSET[following - 1].isdigit() else None

    def end(self, state: int) -> float | None:
        return 0.0 if state == self._count else None

    def following(self, state: int, likely: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.array([CHARSET.index(each) + 1 for each in string.digits])


def test_a_pattern_gets_its_letters_however_unlikely_they_are() -> None:
    stepper = Dictated([CODEC.encode("1O3")], sure=12.0)
    guide = Digits(3)
    assert beam(stepper, longest=9, guide=guide, floor=1e-3) == []
    found = beam(stepper, longest=9, guide=guide, following=guide.following)
    reading = CODEC.reading(found[0])
    assert reading.text in {f"1{digit}3" for digit in string.digits}
    assert reading.scores[1] < 1e-4 < 0.9 < reading.scores[0]
    assert all(CODEC.reading(each).text.isdigit() for each in found)
    assert beam(Dictated([CODEC.encode("12")]), longest=2, guide=guide, following=guide.following) == []


class Prefers:
    """A guide that likes one letter better than all others."""

    def start(self) -> None:
        return None

    def step(self, state: None, following: int) -> tuple[None, float]:
        return None, 5.0 if CHARSET[following - 1] == "O" else 0.0

    def end(self, state: None) -> float:
        return 0.0


def test_a_guide_that_prefers_wins_where_the_picture_is_not_clear() -> None:
    doubtful = Dictated([CODEC.encode("0")], sure=3.0)
    assert CODEC.reading(beam(doubtful, longest=1, floor=1e-3)[0]).text == "0"
    assert CODEC.reading(beam(doubtful, longest=1, floor=1e-3, guide=Prefers())[0]).text == "O"


def test_the_beam_adds_up_the_letters_and_the_end() -> None:
    (found,) = greedy(Dictated([CODEC.encode("xy")]), 1, longest=9)
    likeliest = beam(Dictated([CODEC.encode("xy")]), longest=9)[0]
    assert likeliest.classes == found.classes
    assert likeliest.log_probability == pytest.approx(found.log_probability)
    assert likeliest.log_probability == pytest.approx(3 * math.log(math.exp(9) / (math.exp(9) + 62)), rel=1e-4)


def test_what_cannot_be_spelt_is_said() -> None:
    with pytest.raises(InputError, match=r"'é' \(U\+00E9\) is not in the charset"):
        CODEC.encode("café")
    with pytest.raises(InputError, match="26 characters; this codec spells 25 at most"):
        CODEC.encode("a" * 26)
    with pytest.raises(SpecError, match="single one"):
        Attention(("a", "bc"))
    with pytest.raises(SpecError, match="there once"):
        Attention(("a", "a"))
    with pytest.raises(InputError, match="width 1 or more"):
        beam(Dictated([[STOP]]), longest=5, width=0)


def test_a_decoder_that_lacks_weights_is_named() -> None:
    with pytest.raises(ArtifactError, match=r"it lacks decoder\.h2h\.weight, .*export the model anew"):
        DecoderWeights({WEIGHTS[-1]: np.zeros(3, np.float32)})
