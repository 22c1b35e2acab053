"""Lexicons: exactly the words of a list."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import InputError, SpecError
from munja.read.patterns.pattern import fits
from munja.read.patterns.words import Words, words_file

words = st.text("ab가", min_size=1, max_size=4)


@given(st.lists(words, min_size=1), st.lists(words))
def test_the_words_of_the_list_fit_and_no_others(listed: list[str], others: list[str]) -> None:
    pattern = Words(listed)
    for word in [*listed, *others, ""]:
        assert fits(pattern, word) == (word in listed)


def test_only_characters_of_words_are_admitted() -> None:
    assert [each for each in "abcd" if Words(["ac", "d"]).admits(each)] == ["a", "c", "d"]


def test_a_file_gives_one_word_per_row(tmp_path: Path) -> None:
    path = tmp_path / "parts.txt"
    path.write_text("\ufeff wheel set \n\n부품\r\n", encoding="utf-8")
    pattern = words_file(str(path))
    assert fits(pattern, "wheel set")
    assert fits(pattern, "부품")
    assert not fits(pattern, "wheel")


def test_a_file_without_words_or_text_is_refused_by_name(tmp_path: Path) -> None:
    empty, binary = tmp_path / "empty.txt", tmp_path / "binary.txt"
    empty.write_text("\n \n", encoding="utf-8")
    binary.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(SpecError, match=r"empty\.txt: a list of words was wanted"):
        words_file(str(empty))
    with pytest.raises(InputError, match=r"binary\.txt: .* not text in UTF-8"):
        words_file(str(binary))
    with pytest.raises(InputError, match="No such file"):
        words_file(str(tmp_path / "none.txt"))
    with pytest.raises(SpecError, match=r"@words:parts\.txt"):
        words_file("")
