from __future__ import annotations

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
