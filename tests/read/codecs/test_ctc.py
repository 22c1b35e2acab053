"""CTC: what was encoded comes back, however its classes are spread over the columns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import InputError, SpecError
from munja.core.registry import build
from munja.read.codecs.ctc import BLANK, CTC

CHARSET = ("a", "b", "가", "각", " ", "🙂", "é", "ﬁ", "\\frac", "\\", "f")
codec = CTC(CHARSET)
texts = st.lists(st.sampled_from(CHARSET), max_size=12)


@st.composite
def spread(draw: st.DrawFn) -> tuple[str, list[int], list[tuple[int, int]]]:
    """A text, one class per column that says it, and the run of columns (start, end) of each character."""
    text = "".join(draw(texts))
    columns: list[int] = [BLANK] * draw(st.integers(0, 3))
    runs: list[tuple[int, int]] = []
    for each in codec.encode(text):
        least = 1 if columns and columns[-1] == each else 0  # equal neighbours need a blank between them
        columns += [BLANK] * draw(st.integers(least, 3))
        length = draw(st.integers(1, 4))
        runs.append((len(columns), len(columns) + length))
        columns += [each] * length
    return text, columns + [BLANK] * draw(st.integers(0, 3)), runs


@given(spread(), st.randoms(use_true_random=False))
def test_a_text_spread_over_columns_comes_back(case: tuple[str, list[int], list[tuple[int, int]]], random) -> None:  # type: ignore[no-untyped-def]
    text, columns, runs = case
    score = np.array([random.uniform(0.05, 1) for _ in columns], np.float32)
    reading = codec.decode(np.array(columns, np.int64), score)
    assert reading.text == text
    assert len(reading.characters) == len(reading.columns) == len(reading.scores) == len(runs)
    for (start, end), column, found in zip(runs, reading.columns, reading.scores, strict=True):
        assert start - 1e-3 <= column <= end - 1 + 1e-3
        assert found == score[start:end].max()


@given(st.lists(st.sampled_from(["a", "b", "가", "🙂"])).map("".join))
def test_the_classes_of_single_characters_are_their_places_after_the_blank(text: str) -> None:
    assert codec.encode(text) == [CHARSET.index(character) + 1 for character in text]


def test_the_longest_entry_of_the_charset_is_taken() -> None:
    assert codec.encode("\\fracf\\") == [9, 11, 10]


def test_a_column_with_a_higher_score_weighs_more() -> None:
    middle = codec.decode(np.array([0, 1, 1, 1, 0]), np.array([1, 0.5, 0.5, 0.5, 1], np.float32))
    late = codec.decode(np.array([0, 1, 1, 1, 0]), np.array([1, 0.1, 0.1, 0.9, 1], np.float32))
    assert middle.columns[0] == pytest.approx(2.0)
    assert late.columns[0] > 2.4


def test_equal_classes_with_a_blank_between_are_two_characters() -> None:
    assert codec.decode(np.array([1, 0, 1, 1]), np.ones(4, np.float32)).text == "aa"


@pytest.mark.parametrize("columns", [[], [BLANK], [BLANK] * 5])
def test_blanks_alone_say_nothing(columns: list[int]) -> None:
    reading = codec.decode(np.array(columns, np.int64), np.ones(len(columns), np.float32))
    assert reading.text == ""
    assert len(reading.columns) == len(reading.scores) == 0


def test_a_character_that_the_charset_lacks_is_named_with_its_code() -> None:
    with pytest.raises(InputError, match=r"'abz': the character 'z' \(U\+007A\) is not in the charset"):
        codec.encode("abz")
    with pytest.raises(InputError, match=r"U\+0066"):
        CTC(("fr",)).encode("frf")


def test_a_charset_that_repeats_a_character_reads_both_and_writes_the_first() -> None:
    twice = CTC(("a", "b", "a"))
    assert twice.classes == 4
    assert twice.encode("a") == [1]
    assert twice.decode(np.array([1, 0, 3]), np.ones(3, np.float32)).text == "aa"


def test_a_charset_of_nothing_is_an_error() -> None:
    with pytest.raises(SpecError, match="charset of one character or more"):
        CTC(())


def test_the_registry_builds_it_with_a_charset() -> None:
    assert build("codec", {"name": "ctc"}, ("a", "b")).classes == 3
