"""What of a line fits: the free reading, a forced one, words of a longer line; and what its score says."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pytest

from munja.read.attend import RectifiedDecoder
from munja.read.codecs.ctc import CTC, Reading
from munja.read.decode import GreedyDecoder
from munja.read.fitting import Wish, fit_line
from munja.read.patterns import compile_pattern, fits
from munja.read.patterns.guide import guide_of

CHARSET = (*"0123456789ABDINOS. ",)
CODEC = CTC(CHARSET)
DECODER = GreedyDecoder(CODEC)


def written(text: str, doubts: Mapping[int, tuple[str, float]] | None = None) -> dict[str, np.ndarray]:
    """The outputs of a recogniser that is sure of a text but for places where it gives a second class a share."""
    rows = []
    for place, character in enumerate(text):
        row = np.full(len(CHARSET) + 1, 1e-6)
        row[CHARSET.index(character) + 1] = 1.0
        if doubts and place in doubts:
            other, share = doubts[place]
            row[CHARSET.index(other) + 1 if other else 0] = share
            row[CHARSET.index(character) + 1] = 1 - share
        blank = np.full(len(CHARSET) + 1, 1e-6)
        blank[0] = 1.0
        rows += [row, blank]
    probability = np.array(rows) / np.sum(rows, axis=1, keepdims=True)
    return {"logits": np.log(probability), "index": probability.argmax(1), "score": probability.max(1)}


def fit(found: dict[str, np.ndarray], pattern: Any, least: float = 0.65) -> list[tuple[str, float, bool]]:
    columns = len(found["logits"])
    free = DECODER.decode(found, columns)
    wish = Wish(guide_of(compile_pattern(pattern), CHARSET, "test"), least)
    fittings = fit_line(DECODER, found, columns, free, wish)
    return [(each.reading.text, each.score, each.whole) for each in fittings.readings]


def test_a_free_reading_that_fits_is_taken_with_its_own_score() -> None:
    ((text, score, whole),) = fit(written("12 34"), "[0-9]{4}")
    assert (text, whole) == ("1234", True)
    assert score == pytest.approx(1.0, abs=1e-3)


def test_a_reading_that_had_to_be_forced_scores_by_how_unlikely_it_was() -> None:
    scores = []
    for share in (0.4, 0.1, 0.01):
        ((text, score, whole),) = fit(written("12O4", {2: ("0", share)}), "[0-9]{4}", least=0.5)
        assert (text, whole) == ("1204", True)
        # The free score, which the doubtful character lowers, times exp(gap / 2 / 4 characters).
        assert score == pytest.approx((1 - share) ** 0.25 * (share / (1 - share)) ** 0.125, abs=1e-3)
        scores.append(score)
    assert scores == sorted(scores, reverse=True)
    assert fit(written("12O4", {2: ("0", 0.003)}), "[0-9]{4}", least=0.5) == []


@pytest.mark.parametrize("text", ["79927398773", "49927398716", "79A27398713", "18"])
def test_check_digits_choose_the_likeliest_of_the_doubtful_readings_that_are_right(text: str) -> None:
    doubts = {place: (str(7 * place % 10), 0.4 - place / 50) for place in range(0, len(text), 2)}
    found = written(text, doubts)
    chances = {}
    for choice in product(*({character, doubts.get(k, (character, 0))[0]} for k, character in enumerate(text))):
        reading = "".join(choice)
        if fits(compile_pattern("@luhn"), reading):
            shares = (doubts[k][1] if choice[k] != text[k] else 1 - doubts[k][1] for k in doubts)
            chances[reading] = prod(shares)
    ((best, _, _),) = fit(found, "@luhn", least=0.0)
    assert best == max(chances, key=chances.__getitem__)


def test_a_character_too_many_or_too_few_is_mended_where_the_picture_leaves_room() -> None:
    assert [each[0] for each in fit(written("12.34", {2: ("", 0.3)}), "[0-9]{4}")] == ["1234"]
    assert fit(written("12.34"), "[0-9]{4}") == []


def test_a_code_is_found_in_a_longer_line_and_at_its_place() -> None:
    found = written("NO. 12A4 AS", {6: ("3", 0.2)})
    free = DECODER.decode(found, 22)
    wish = Wish(guide_of(compile_pattern("[0-9]{4}"), CHARSET, "test"), 0.65)
    (fitting,) = fit_line(DECODER, found, 22, free, wish).readings
    assert (fitting.reading.text, fitting.whole) == ("1234", False)
    assert fitting.reading.columns.tolist() == pytest.approx([8, 10, 12, 14], abs=0.2)


def test_words_that_fit_as_they_are_come_before_words_that_would_have_to_be_forced() -> None:
    found = written("1234 56A8 9012 NO", {7: ("7", 0.4)})
    assert [each[0] for each in fit(found, "[0-9]{4}")] == ["1234", "9012"]


def test_a_code_printed_in_groups_is_found_in_a_longer_line() -> None:
    assert [each[0] for each in fit(written("NO. 33 80 7932 123 2 IS"), "@uic")] == ["33 80 7932 123 2"]
    assert [each[0] for each in fit(written("NO 12 34 AB"), "[0-9]{4}")] == ["1234"]


def test_nothing_fits_is_an_answer_and_says_whether_to_look_again() -> None:
    wish = Wish(guide_of(compile_pattern("[0-9]{4}"), CHARSET, "test"), 0.65)
    for text, doubts, near in (("ABAB", None, False), ("12A4", {2: ("3", 0.01)}, True)):
        found = written(text, doubts)
        free = DECODER.decode(found, len(found["logits"]))
        fittings = fit_line(DECODER, found, len(found["logits"]), free, wish)
        assert fittings.readings == []
        assert fittings.near == near
    nothing = Reading((), np.zeros(0, np.float32), np.zeros(0, np.float32))
    assert fit_line(DECODER, written("A"), 2, nothing, wish).readings == []


@pytest.mark.parametrize(
    ("text", "doubts", "wanted"),
    [
        ("12A4", {2: ("3", 0.3)}, [("1234", True)]),
        ("NO 1234 AB", {}, [("1234", False)]),
        ("NO 12A4 AB", {5: ("3", 0.3)}, []),  # words of it are not read anew
    ],
)
def test_a_rectified_line_is_forced_as_a_whole_alone(
    text: str, doubts: Mapping[int, tuple[str, float]], wanted: list[tuple[str, bool]]
) -> None:
    decoder = RectifiedDecoder(DECODER)
    found = written(text, doubts)
    columns = len(found["logits"])
    found["places"] = np.linspace(0.1, 0.9, columns)
    wish = Wish(guide_of(compile_pattern("[0-9]{4}"), CHARSET, "test"), 0.65)
    fittings = fit_line(decoder, found, columns, decoder.decode(found, columns), wish)
    assert [(each.reading.text, each.whole) for each in fittings.readings] == wanted
