from __future__ import annotations

from pathlib import Path

import pytest

from munja.core.errors import SpecError
from munja.data.charset import characters, ksx1001_syllables


@pytest.mark.parametrize(("name", "count"), [("ascii", 95), ("latin", 245), ("korean", 11453)])
def test_charsets_have_no_character_twice(name: str, count: int) -> None:
    known = characters(name)
    assert len(known) == len(set(known)) == count


def test_a_larger_charset_begins_with_the_smaller_one() -> None:
    assert characters("latin").startswith(characters("ascii"))
    assert characters("korean").startswith(characters("latin"))


def test_korean_holds_all_syllables_of_the_standard() -> None:
    assert len(set(ksx1001_syllables())) == 2350
    assert set(ksx1001_syllables()) <= set(characters("korean"))


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(SpecError, match="did you mean korean"):
        characters("koreen")


def test_characters_themselves_are_a_charset() -> None:
    assert characters("0123456789ABC") == "0123456789ABC"


@pytest.mark.parametrize("text", ["", "0123456789-0", "asci"])
def test_what_is_neither_name_nor_file_nor_characters_once_each_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match=r"not known; .*characters themselves, each once"):
        characters(text)


@pytest.mark.parametrize("content", ["A\nB\n \n한\n", "AB 한", "\ufeffA\r\nB\r\n \r\n한A"])
def test_a_file_of_characters_is_a_charset(tmp_path: Path, content: str) -> None:
    path = tmp_path / "characters.txt"
    path.write_bytes(content.encode())
    assert characters(str(path)) == "AB 한"


@pytest.mark.parametrize("content", [b"\n\n", b"\xff\xfe\xfa"])
def test_a_file_without_characters_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "characters.txt"
    path.write_bytes(content)
    with pytest.raises(SpecError, match=r"characters\.txt"):
        characters(str(path))
