"""Blanks that need not agree between a pattern and what is printed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.read.codecs.ctc import Reading
from munja.read.patterns.blanks import ExactBlanks, FreeBlanks, fitted
from munja.read.patterns.expression import Expression
from munja.read.patterns.pattern import fits

CODE = Expression("[A-Z]{2} [0-9]{3}")


def reading(text: str) -> Reading:
    places = np.arange(len(text), dtype=np.float32)
    return Reading(tuple(text), 2 * places, 1 - places / 100)


@given(st.lists(st.booleans(), min_size=4, max_size=4))
def test_blanks_that_are_missing_or_too_many_cost_nothing(blanks: list[bool]) -> None:
    printed = "A" + "".join(each + " " * blank for each, blank in zip("B123", blanks, strict=True))
    assert fits(FreeBlanks(CODE), printed)
    found = fitted(CODE, reading(printed))
    assert found is not None
    assert found.text == "AB 123"
    assert fits(ExactBlanks(CODE), printed) == (printed == "AB 123")
    assert (fitted(ExactBlanks(CODE), reading(printed)) is not None) == (printed == "AB 123")


@pytest.mark.parametrize("text", ["A B", "ab c1", "가 나", "AB  C"])
def test_a_blank_between_letters_parts_words(text: str) -> None:
    pattern = Expression("[A-Za-z0-9가-힣]+")
    assert not fits(FreeBlanks(pattern), text)
    assert fitted(pattern, reading(text)) is None
    assert fits(FreeBlanks(pattern), f" {text.replace(' ', '')} ")
    assert fits(FreeBlanks(Expression(r"\w+ +\w+")), text)


@given(st.text("A1 ", max_size=8), st.sampled_from(["A+ ?1{1,3}", "[A1]+", "(?:A1 )*A"]))
def test_a_reading_fits_with_free_blanks_exactly_if_its_text_does(text: str, expression: str) -> None:
    pattern = Expression(expression)
    found = fitted(pattern, reading(text))
    assert (found is not None) == fits(FreeBlanks(pattern), text)
    if found is not None:
        assert fits(pattern, found.text)
        assert found.text.replace(" ", "") == text.replace(" ", "")


def test_a_blank_put_in_stands_between_its_neighbours_and_is_as_sure_as_the_less_sure() -> None:
    found = fitted(CODE, reading("AB123"))
    assert found is not None
    assert found.columns.tolist() == [0, 2, 3, 4, 6, 8]
    assert found.scores.tolist() == np.float32([1, 0.99, 0.98, 0.98, 0.97, 0.96]).tolist()


def test_letters_are_never_put_in_or_left_out() -> None:
    assert fitted(CODE, reading("AB12")) is None
    assert fitted(CODE, reading("AB1234")) is None


def test_classes_of_several_characters_are_taken_apart() -> None:
    found = fitted(Expression("ffi1"), Reading(("ffi", " ", "1"), np.zeros(3, np.float32), np.ones(3, np.float32)))
    assert found is not None
    assert found.characters == ("ffi", "1")
