"""Patterns over syllables, asked letter by letter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from munja.read.codecs.jamo import letters
from munja.read.patterns.blanks import FreeBlanks
from munja.read.patterns.expression import Expression
from munja.read.patterns.letters import Letters
from munja.read.patterns.pattern import Pattern, fits
from munja.read.patterns.words import Words

NAMES = Words(["한국", "하나", "한글 책", "ㄱ1", "가나다", "간"])


PATTERNS = [NAMES, FreeBlanks(NAMES), Expression("[가-힣]{2,3}1?|ㄱ.")]
LETTERS = [Letters(each) for each in PATTERNS]


def spelt(text: str) -> list[str]:
    return [part for each in text for part in letters(each)]


def fits_spelt(pattern: Pattern, parts: list[str]) -> bool:
    state = pattern.start()
    for each in parts:
        state = pattern.step(state, each)
        if state is None:
            return False
    return pattern.end(state)


@given(st.text("한국하나글책가간다ㄱ1 ", max_size=5))
def test_a_text_fits_letter_by_letter_exactly_if_it_fits(text: str) -> None:
    for pattern, by_letters in zip(PATTERNS, LETTERS, strict=True):
        if all(each != "ㄱ" or k + 1 == len(text) or text[k + 1] in "ㄱ1 " for k, each in enumerate(text)):
            assert fits_spelt(by_letters, spelt(text)) == fits(pattern, text)


def test_a_beginning_that_no_allowed_syllable_has_is_given_up_at_once() -> None:
    pattern = Letters(NAMES)
    state = pattern.start()
    assert pattern.step(state, letters("마")[0]) is None
    state = pattern.step(state, letters("하")[0])
    assert pattern.step(state, letters("호")[1]) is None
    assert pattern.step(state, letters("하")[1]) is not None


def test_only_letters_of_the_words_are_admitted() -> None:
    pattern = Letters(Words(["가1"]))
    assert [each for each in [*letters("각"), *letters("나"), "1", "2"] if pattern.admits(each)] == [
        *letters("가"),
        letters("나")[1],
        "1",
    ]


def test_a_blank_parts_a_final_from_its_syllable() -> None:
    ga, final = spelt("각")[:2], spelt("각")[2]
    assert fits_spelt(Letters(Expression("가ㄱ")), [*ga, " ", final]) is False
    assert fits_spelt(Letters(FreeBlanks(Expression("가 ?ㄱ"))), [*ga, " ", final]) is True
    assert fits_spelt(Letters(FreeBlanks(Expression("각"))), [*ga, " ", final]) is False
