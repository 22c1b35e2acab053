"""Languages: what a charset can write."""

from __future__ import annotations

from munja.bridges.languages import ALPHABETS, readable


def test_a_charset_reads_the_languages_whose_letters_it_has() -> None:
    ascii_letters = [chr(code) for code in range(32, 127)]
    assert readable(ascii_letters) == {"eng", "ind"}
    assert {"deu", "eng"} <= readable([*ascii_letters, *"äöüßÄÖÜ"])
    assert "deu" not in readable([*ascii_letters, *"äöü"])
    assert readable([]) == set()


def test_korean_is_read_by_its_syllables_and_by_their_letters() -> None:
    assert readable(ALPHABETS["kor"]) == {"kor"}
    assert readable(chr(code) for code in range(0x1100, 0x1200)) == {"kor"}
