"""Letters of Korean: taken apart and counted."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.metrics.jamo import letter_distance, letters_of

syllables = st.text(alphabet=st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=8)


@given(syllables)
def test_letters_compose_to_the_syllables_that_they_come_from(text: str) -> None:
    letters = letters_of(text)
    assert unicodedata.normalize("NFC", letters) == text
    assert len(letters) == sum(2 if (ord(each) - 0xAC00) % 28 == 0 else 3 for each in text)


@pytest.mark.parametrize(
    ("truth", "read", "distance"),
    [("각", "강", 1), ("가", "각", 1), ("각", "물", 3), ("ㄱㅏ", "가", 0), ("AB", "AC", 1)],
)
def test_the_distance_counts_letters(truth: str, read: str, distance: int) -> None:
    assert letter_distance(truth, read) == distance


def test_other_writing_is_left_as_it_is() -> None:
    assert letters_of("Ａé½漢") == "Ａé½漢"
