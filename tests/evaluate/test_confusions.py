from __future__ import annotations

from munja.evaluate.confusions import confusions, letter_pairs
from munja.evaluate.findings import Finding, Piece
from munja.metrics.record import CharacterError


def finding(text: str, *pairs: tuple[str, str]) -> Finding:
    errors = tuple(CharacterError(wanted, read) for wanted, read in pairs)
    return Finding(("wrong characters",), 1, 1, (Piece(0, text),), (Piece(0, text),), errors)


def test_pairs_are_counted_most_frequent_first() -> None:
    found = confusions([finding("HELLO", ("O", "0")), finding("TOTAL", ("O", "0")), finding("BIG", ("I", "1"))])
    assert found["characters"] == [["O", "0", 2], ["I", "1", 1]]
    assert found["missing"] == found["invented"] == found["letters"] == []


def test_missing_and_invented_characters_have_tables_of_their_own() -> None:
    found = confusions([finding("9.00", (".", "")), finding("9.00", ("", "-"))])
    assert found["missing"] == [[".", "", 1]]
    assert found["invented"] == [["", "-", 1]]
    assert found["characters"] == []


def test_what_was_read_as_something_else_altogether_is_not_counted() -> None:
    assert confusions([finding("abc", ("a", "x"), ("b", "y"))])["characters"] == []


def test_syllables_are_taken_apart_into_letters() -> None:
    assert letter_pairs("각", "강") == [("ㄱ", "ㅇ")]
    assert letter_pairs("가", "나") == [("ㄱ", "ㄴ")]
    assert letter_pairs("고", "구") == [("ㅗ", "ㅜ")]
    assert letter_pairs("O", "0") == []
    assert confusions([finding("한국어", ("한", "힌"))])["letters"] == [["ㅏ", "ㅣ", 1]]
