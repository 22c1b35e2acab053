"""Alignment: which characters count, and which of them differ."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import LCSseq

from munja.metrics.alignment import align, fold, spell
from munja.metrics.record import CharacterError

texts = st.text(alphabet="abAB 가é\u0301", max_size=10)


@given(st.text(max_size=20))
def test_folding_keeps_the_length_and_is_done_once(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@given(texts)
def test_the_compared_characters_stand_where_they_are_said_to(text: str) -> None:
    spelling = spell(text, case_sensitive=True)
    assert "".join(spelling.text[place] for place in spelling.places) == spelling.folded
    assert not any(character.isspace() for character in spelling.folded)


@given(st.lists(texts, min_size=1, max_size=3), st.lists(texts, min_size=1, max_size=3))
def test_errors_are_exactly_what_is_not_right(wanted: list[str], read: list[str]) -> None:
    truth = [(number, spell(text, case_sensitive=False)) for number, text in enumerate(wanted)]
    prediction = [(number, spell(text, case_sensitive=False)) for number, text in enumerate(read)]
    right, right_read, errors = align(truth, prediction)
    whole, whole_read = ("".join(each.folded for _, each in side) for side in (truth, prediction))
    assert sum(right.values()) == sum(right_read.values()) == LCSseq.similarity(whole, whole_read)
    assert sum(bool(each.wanted) for each in errors) == len(whole) - sum(right.values())
    assert sum(bool(each.read) for each in errors) == len(whole_read) - sum(right.values())


def test_a_wrong_character_is_a_replacement_at_its_places() -> None:
    truth, prediction = spell("ab 0c", case_sensitive=True), spell("abOcd", case_sensitive=True)
    _, _, errors = align([(7, truth)], [(3, prediction)])
    assert errors == [CharacterError("0", "O", 7, 3, 3, 2), CharacterError("", "d", None, None, 3, 4)]


def test_likeness_is_the_share_of_characters_in_the_same_order() -> None:
    one, other, empty = (spell(text, case_sensitive=False) for text in ("Word", "wor1", ""))
    assert one.likeness(other) == 0.75
    assert empty.likeness(empty) == 1.0
    assert one.likeness(empty) == 0.0
