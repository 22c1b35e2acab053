"""Patterns put together: all of several, one of several, allowed characters, functions, separators."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import SpecError
from munja.read.patterns.expression import Expression
from munja.read.patterns.pattern import Allowed, Either, Every, Judged, Pattern, Separated, fits

texts = st.text("0129a- ", max_size=7)
EVEN = Judged(lambda text: text.isdigit() and int(text) % 2 == 0)
LEFT, RIGHT = Expression("[0-9]{2,4}"), Expression("[0-2]*|9a")


@given(texts)
def test_a_text_fits_every_and_either_as_it_fits_the_patterns(text: str) -> None:
    left, right = fits(LEFT, text), fits(RIGHT, text)
    assert fits(Every([LEFT, RIGHT]), text) == (left and right)
    assert fits(Either([LEFT, RIGHT]), text) == (left or right)


@given(texts)
def test_what_patterns_admit_holds_every_character_of_what_fits(text: str) -> None:
    for pattern in (Every([LEFT, RIGHT]), Either([LEFT, RIGHT]), Allowed("01"), Separated(LEFT), Every([LEFT, EVEN])):
        assert isinstance(pattern, Pattern)
        if fits(pattern, text):
            assert all(pattern.admits(each) for each in text)


def test_a_function_is_asked_at_the_end_and_its_prefix_on_the_way() -> None:
    assert fits(Every([LEFT, EVEN]), "12")
    assert not fits(Every([LEFT, EVEN]), "21")
    asked: list[str] = []

    def prefix(text: str) -> bool:
        asked.append(text)
        return text.startswith("1")

    pattern = Judged(lambda text: len(text) == 2, prefix)
    assert fits(pattern, "12")
    assert not fits(pattern, "21")
    assert asked == ["1", "12", "2"]
    assert not Every([LEFT, EVEN]).finite
    assert Every([LEFT, RIGHT]).finite


@given(texts)
def test_single_signs_between_characters_may_come_and_go(text: str) -> None:
    bare = text.replace("-", "").replace(" ", "")
    parted = all(text[k] not in "- " or (0 < k < len(text) - 1 and text[k - 1] not in "- ") for k in range(len(text)))
    assert fits(Separated(LEFT), text) == (fits(LEFT, bare) and parted)


def test_signs_stand_only_where_they_may() -> None:
    pattern = Separated(Expression("[0-9]{4}"), "-", places=(2,))
    assert [text for text in ("1234", "12-34", "1-234", "12--34", "-1234", "12-34-") if fits(pattern, text)] == [
        "1234",
        "12-34",
    ]


def test_allowed_characters_make_texts_of_one_or_more() -> None:
    assert [text for text in ("", "A", "A1A", "B") if fits(Allowed("A1"), text)] == ["A", "A1A"]


def test_nothing_at_all_is_no_pattern() -> None:
    with pytest.raises(SpecError, match="empty list"):
        Every([])
    with pytest.raises(SpecError, match="@allow:ABC123"):
        Allowed("")
