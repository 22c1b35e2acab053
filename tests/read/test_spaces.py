"""Spaces: put in where both the recogniser and the picture see a gap; wide signs made narrow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.read.codecs.ctc import Reading
from munja.read.ppocr import SPACE_LEVEL
from munja.read.spaces import close_up, narrow_signs, repair_spaces

COLUMN = 8  # pixels of the line for one column of the recogniser


def drawn(text: str, gaps: dict[int, int]) -> tuple[Reading, np.ndarray, np.ndarray]:
    """A line (48, W, 3) of one bar per character, its reading, and the bars' centres in pixels.

    Bars are 6 pixels wide and 10 apart: a line is mostly ground. `gaps` widens the gap behind a character.
    """
    centres, at = [], 8
    for place in range(len(text)):
        centres.append(at + 6.0)
        at += 16 + gaps.get(place, 0)
    line = np.full((48, at + 8, 3), 240, np.uint8)
    for centre in centres:
        line[8:40, int(centre) - 3 : int(centre) + 3] = 20
    middles = np.array(centres)
    columns = (middles / COLUMN - 0.5).astype(np.float32)
    return Reading(tuple(text), columns, np.linspace(0.7, 0.9, len(text), dtype=np.float32)), line, middles


def repaired(
    text: str, gaps: dict[int, int], evidence: dict[int, float], negative: bool = False
) -> tuple[Reading, np.ndarray]:
    """The repaired reading where the blank's probability is high behind some characters."""
    reading, line, centres = drawn(text, gaps)
    space = np.full(line.shape[1] // COLUMN + 1, 1e-7, np.float32)
    for place, probability in evidence.items():
        middle = (centres[place] + centres[place + 1]) / 2
        space[round(middle / COLUMN - 0.5)] = probability
    return repair_spaces(reading, centres, 255 - line if negative else line, space, 1 / COLUMN, level=SPACE_LEVEL)


@pytest.mark.parametrize("negative", [False, True], ids=["dark on light", "light on dark"])
def test_a_blank_is_put_where_recogniser_and_picture_agree(negative: bool) -> None:
    reading, centres = repaired("GRANDTOTAL", {4: 20}, {4: 0.4}, negative)
    assert reading.text == "GRAND TOTAL"
    assert len(reading.columns) == len(reading.scores) == len(centres) == 11
    assert (np.diff(centres) > 0).all()
    assert (np.diff(reading.columns) > 0).all()
    assert reading.scores[5] == min(reading.scores[4], reading.scores[6])
    np.testing.assert_allclose((reading.columns + 0.5) * COLUMN, centres, atol=1e-3)


def test_several_blanks_are_put_in_at_once() -> None:
    reading, _ = repaired("ONETWOTEN", {2: 20, 5: 20}, {2: 0.5, 5: 0.5})
    assert reading.text == "ONE TWO TEN"


def test_nothing_is_put_in_without_any_word_from_the_recogniser() -> None:
    reading, centres = repaired("GRANDTOTAL", {4: 30}, {})
    assert reading.text == "GRANDTOTAL"
    assert len(centres) == 10


def test_a_blank_that_was_read_is_not_doubled() -> None:
    reading, _ = repaired("ONE TWO", {2: 10, 3: 10}, {2: 0.9, 3: 0.9})
    assert reading.text == "ONE TWO"


@pytest.mark.parametrize("text", ["TOTAL7.95", "TOTAL12,50"])
def test_a_number_is_not_torn_at_its_point(text: str) -> None:
    point = next(place for place, character in enumerate(text) if character in ".,")
    reading, _ = repaired(text, {point: 14, 4: 20}, {point: 0.3, point - 1: 0.3, 4: 0.3})
    assert reading.text == f"TOTAL {text[5:]}"


@given(st.floats(1e-6, 0.5))
def test_a_wide_gap_never_needs_more_evidence_than_a_narrow_one(probability: float) -> None:
    reading, _ = repaired("ABCDEFGHIJ", {6: 24}, {2: probability, 6: probability})
    assert reading.text in ("ABCDEFGHIJ", "ABCDEFG HIJ", "ABC DEFG HIJ")


def test_the_picture_decides_where_the_recogniser_is_in_doubt() -> None:
    found = {repaired("ABCDEFGHIJ", {6: 24}, {2: p, 6: p})[0].text for p in np.geomspace(1e-6, 0.5, 40).tolist()}
    assert "ABCDEFG HIJ" in found


@pytest.mark.parametrize("text", ["", "A"])
def test_a_line_of_less_than_two_characters_has_no_gap(text: str) -> None:
    reading, line, centres = drawn(text, {})
    assert repair_spaces(reading, centres, line, np.ones(9, np.float32), 1 / COLUMN, level=SPACE_LEVEL)[0].text == text


@pytest.mark.parametrize("level", [0, 127, 255])
def test_a_line_without_any_ink_does_no_harm(level: int) -> None:
    reading, line, centres = drawn("ABC", {})
    flat = np.full_like(line, level)
    repaired_reading, _ = repair_spaces(
        reading, centres, flat, np.full(20, 0.2, np.float32), 1 / COLUMN, level=SPACE_LEVEL
    )
    assert repaired_reading.text.replace(" ", "") == "ABC"


def reading_of(text: str) -> Reading:
    return Reading(tuple(text), np.arange(len(text), dtype=np.float32), np.ones(len(text), np.float32))


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=10))
def test_full_width_letters_and_signs_become_ordinary(text: str) -> None:
    wide = "".join(chr(ord(character) + 0xFEE0) for character in text)
    assert narrow_signs(reading_of(wide)).text == text
    assert narrow_signs(reading_of(text)).text == text


@pytest.mark.parametrize("text", ["合計：１００", "カード（税）", "합계：５", "中，文。"])
def test_a_line_with_chinese_japanese_or_korean_keeps_its_wide_signs(text: str) -> None:
    assert narrow_signs(reading_of(text)).text == text


def test_narrow_signs_keep_columns_and_scores() -> None:
    reading = reading_of("ＡＢ")
    narrowed = narrow_signs(reading)
    assert narrowed.columns is reading.columns
    assert narrowed.scores is reading.scores


def closed(text: str, steps: list[float], height: float = 32.0) -> str:
    """What is left of a text of which the middles of the letters are `steps` pixels apart, in a line of that height."""
    centres, at, left = [], 10.0, iter(steps)
    for k, character in enumerate(text):
        if k and not character.isspace():
            at += next(left)
        centres.append(at)
    places = np.array(centres)
    reading = Reading(tuple(text), (places / COLUMN).astype(np.float32), np.full(len(text), 0.9, np.float32))
    found, middles = close_up(reading, places, 1.0 / height)
    assert len(found.characters) == len(found.columns) == len(found.scores) == len(middles)
    return "".join(found.characters)


def test_a_title_of_syllables_set_apart_evenly_is_one_word() -> None:
    assert closed("사 업 자등 록 증", [50, 52, 50, 48, 50]) == "사업자등록증"
    assert closed("성 명", [60]) == "성명"


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("그 때", [34]),  # two words
        ("변경 신고", [22, 34, 22]),  # a blank between words of usual print
        ("발 급 일자", [60, 90, 60]),  # uneven
        ("제 1 호", [60, 60]),  # not syllables alone
        ("자동차", [22, 22]),
    ],
)
def test_other_blanks_stay(text: str, steps: list[float]) -> None:
    assert closed(text, steps) == text
