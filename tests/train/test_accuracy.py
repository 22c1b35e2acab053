"""Edit distances, their alignment, and the shares made of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.train.accuracy import edit_distance, matched, similarity, text_accuracy

TEXTS = st.text("abc", max_size=6)


@given(TEXTS, TEXTS)
def test_the_distance_is_a_metric_bounded_by_the_longer_text(a: str, b: str) -> None:
    distance = edit_distance(a, b)
    assert distance == edit_distance(b, a)
    assert (distance == 0) == (a == b)
    assert abs(len(a) - len(b)) <= distance <= max(len(a), len(b))


@given(TEXTS, TEXTS)
def test_matched_characters_are_as_many_as_the_distance_leaves(truth: str, reading: str) -> None:
    right = sum(matched(truth, reading))
    assert len(matched(truth, reading)) == len(reading)
    assert max(len(truth), len(reading)) - edit_distance(truth, reading) <= right <= min(len(truth), len(reading))


def test_matched_names_the_wrong_character() -> None:
    assert matched("C1051BAA", "C1051B8A") == [True] * 6 + [False, True]


def test_similarity_of_the_published_examples() -> None:
    assert similarity("abc", "abd") == pytest.approx(2 / 3)
    assert similarity("", "") == 1.0


def test_loose_figures_ignore_case_and_blanks() -> None:
    figures = text_accuracy(["TOTAL 5", "a"], ["total5", "b"])
    assert figures["exact"] == 0.0
    assert figures["exact_loose"] == 0.5
    assert figures["ned_loose"] == 0.5
