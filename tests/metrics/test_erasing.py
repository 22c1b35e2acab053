"""Erasing: the common subsequence of the published code, and which characters it takes from whom."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import LCSseq

from munja.metrics.erasing import longest_common, read_characters

words = st.text(alphabet="abc", max_size=9)


def by_table(first: str, second: str) -> str:
    """The subsequence by a table of strings: equal characters go on, else the row before if it is longer."""
    table = [["" for _ in range(len(second) + 1)] for _ in range(len(first) + 1)]
    for i, one in enumerate(first):
        for j, other in enumerate(second):
            up, left = table[i][j + 1], table[i + 1][j]
            table[i + 1][j + 1] = table[i][j] + one if one == other else up if len(up) > len(left) else left
    return table[-1][-1]


@given(words, words)
def test_the_subsequence_is_the_one_of_the_table(first: str, second: str) -> None:
    assert longest_common(first, second) == by_table(first, second)


@given(words, words)
def test_no_common_subsequence_is_longer(first: str, second: str) -> None:
    assert len(longest_common(first, second)) == LCSseq.similarity(first, second)


def test_characters_are_erased_once_from_the_first_prediction_that_has_them() -> None:
    right, erased = read_characters(
        {0: "ab", 1: "ba"}, ["ab", "ba"], {0: [(0, [True, False]), (1, [False, True])], 1: [(1, [True, True])]}
    )
    assert right == {0: 2, 1: 2}
    assert erased == {0: 2, 1: 2}


def test_a_prediction_beyond_the_last_character_is_not_read() -> None:
    partners = {0: [(0, [True]), (1, [True]), (2, [True])]}
    right, _ = read_characters({0: "c"}, ["a", "b", "c"], partners)
    assert right == {0: 0}
