"""Patterns on a document's own text."""

from __future__ import annotations

from munja.core.page import FreeReading, Line, Word
from munja.read.patterns import compile_pattern
from munja.read.patterns.guide import PatternGuide
from munja.read.patterns.typed import fit_typed

CHARSET = tuple("0123456789ABCDEFGHIJ ")


def line(text: str) -> Line:
    words, x = [], 0.0
    for word in text.split():
        right = x + 10.0 * len(word)
        words.append(Word(word, ((x, 0.0), (right, 0.0), (right, 10.0), (x, 10.0))))
        x = right + 10.0
    return Line(text, ((0.0, 0.0), (x, 0.0), (x, 10.0), (0.0, 10.0)), None, tuple(words))


def typed(text: str, pattern: str) -> list[Line]:
    return fit_typed(line(text), PatternGuide(compile_pattern(pattern), CHARSET))


def test_a_line_that_fits_stays_and_tells_its_own_text() -> None:
    (found,) = typed("AB 12", "[A-Z]{2} [0-9]{2}")
    assert found.words == line("AB 12").words
    assert found.free == FreeReading("AB 12")


def test_words_whose_blank_is_gone_become_one() -> None:
    (found,) = typed("AB 12", "[A-Z]{2}[0-9]{2}")
    assert found.text == "AB12"
    assert [(word.text, word.polygon) for word in found.words] == [
        ("AB12", ((0.0, 0.0), (50.0, 0.0), (50.0, 10.0), (0.0, 10.0)))
    ]


def test_words_of_a_longer_line_are_found_and_what_fits_nothing_has_no_text() -> None:
    found = typed("NO 12 OF 34", "[0-9]{2}")
    assert [each.text for each in found] == ["12", "34"]
    assert found[0].polygon == line("NO 12 OF 34").words[1].polygon
    (nothing,) = typed("ABC", "[0-9]{2}")
    assert nothing.unfit
    assert nothing.free == FreeReading("ABC")
