"""Hangul by its letters: every text comes back, and nothing that was read is dropped."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import InputError
from munja.core.registry import build
from munja.data.charset import characters
from munja.read.codecs.jamo import FROM_ALONE, JAMO, compose, is_syllable, jamo_classes, least_score, letters

CLASSES = jamo_classes(characters("korean"))
codec = build("codec", {"name": "ctc_jamo"}, CLASSES)
syllables = st.integers(0xAC00, 0xD7A3).map(chr)
texts = st.lists(st.one_of(syllables, st.sampled_from("aZ09 .,₩é·")), max_size=12).map("".join)


def test_every_syllable_is_taken_apart_as_unicode_does_and_comes_back() -> None:
    for number in range(0xAC00, 0xD7A4):
        parts = letters(chr(number))
        assert "".join(parts) == unicodedata.normalize("NFD", chr(number))
        assert compose(parts) == chr(number)


def test_67_letters_take_the_place_of_all_syllables() -> None:
    assert CLASSES[-67:] == JAMO
    assert not any(is_syllable(each) for each in CLASSES)
    assert len(CLASSES) < 500


@given(texts)
def test_a_text_comes_back_from_its_classes(text: str) -> None:
    assert codec.text(codec.encode(text)) == text


@given(st.lists(st.sampled_from(CLASSES), max_size=10))
def test_whatever_letters_are_read_each_of_them_is_in_the_text(parts: list[str]) -> None:
    text = codec.text([CLASSES.index(each) + 1 for each in parts])
    assert not set(text) & set(JAMO)  # conjoining letters are no text that a person can search for
    back = "".join(part for character in text for part in letters(character))
    alone = {jamo: letters(compose([jamo]))[0] for jamo in JAMO}
    assert [alone.get(each, each) for each in back] == [alone.get(each, each) for each in parts]


@pytest.mark.parametrize("text", ["ㅋㅋㅋ", "ㅠㅠ", "아ㅏ", "ㅎㅎ 네", "ㄳ"])
def test_letters_that_stand_alone_come_back(text: str) -> None:
    assert codec.text(codec.encode(text)) == text


def test_letters_that_would_join_are_refused() -> None:
    with pytest.raises(InputError, match="가"):
        codec.encode("ㄱㅏ")
    assert set(FROM_ALONE) >= set("ㄱㅎㅏㅣㄳㅄ")


def test_a_character_outside_the_charset_is_named() -> None:
    with pytest.raises(InputError, match=r"'日' \(U\+65E5\)"):
        codec.encode("가日")


def test_a_syllable_stands_between_its_letters_and_is_as_sure_as_all_of_them() -> None:
    first, second, third = codec.encode("각")
    index = np.array([0, first, 0, second, second, third, 0])
    score = np.array([0.9, 0.5, 0.9, 0.8, 0.8, 0.5, 0.9], np.float32)
    reading = codec.decode(index, score)
    assert reading.text == "각"
    assert reading.columns.tolist() == [3.0]
    assert reading.scores.tolist() == pytest.approx([0.2])


def test_places_lie_within_their_character_in_the_order_of_the_classes() -> None:
    owners, offsets = codec.places("a각 가")
    assert owners.tolist() == [0, 1, 1, 1, 2, 3, 3]
    assert (np.abs(offsets) < 0.5).all()
    assert (np.diff(owners + offsets) > 0).all()
    assert len(codec.encode("a각 가")) == len(owners)


def test_a_line_of_hangul_may_score_lower_than_one_of_latin_letters_with_equally_sure_letters() -> None:
    assert least_score("abc 12", 0.65) == pytest.approx(0.65)
    assert least_score("가나", 0.65) == pytest.approx(0.65**2)
    assert least_score("각 a", 0.65) == pytest.approx(0.65**2)  # three letters and one, two characters
    assert least_score("", 0.65) == 0.65
    index = np.array([0, *codec.encode("각"), 0, *codec.encode("a")])
    reading = codec.decode(index, np.full(len(index), 0.65, np.float32))
    assert np.exp(np.log(reading.scores).mean()) == pytest.approx(least_score(reading.text, 0.65), rel=1e-5)
