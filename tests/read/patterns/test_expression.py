"""Expressions against Python's re: whatever both understand, they say the same of."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from munja.core.errors import SpecError
from munja.read.patterns.expression import Expression
from munja.read.patterns.pattern import fits

ATOMS = ["a", "b", "A", "0", "9", "가", " ", "ß", "K", ".", r"\d", r"\w", r"\s", r"\D", r"\W", r"\.", r"\\", r"\-"]
CLASSES = ["[ab]", "[^a]", "[a-c0-9]", r"[\d가-힣]", "[]a]", "[a-]", "[^]]", r"[\w.]", "[A-Z]", r"[\]\[]", "[&a]"]
COUNTS = ["*", "+", "?", "{2}", "{1,3}", "{2,}", "{,2}", "{0}", "*?", "+?", "{1,2}?"]

expressions = st.recursive(
    st.sampled_from(ATOMS + CLASSES),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(COUNTS)).map(lambda pair: f"({pair[0]}){pair[1]}"),
        inner.map(lambda part: f"(?i:{part})"),
    ),
    max_leaves=8,
)
texts = st.text("abcABC019 .-]\\[&k\u212aßſé가힣\n", max_size=8)


@given(expressions, st.lists(texts, max_size=20), st.sampled_from(["", "(?i)"]))
@settings(max_examples=300)
def test_an_expression_fits_what_re_fits_as_a_whole(expression: str, texts: list[str], flags: str) -> None:
    wanted = re.compile(flags + expression)
    automaton = Expression(flags + expression)
    for text in texts:
        assert fits(automaton, text) == (wanted.fullmatch(text) is not None), (expression, text)


@given(st.from_regex(r"(?:[ab]|[0-9]{2,3}|x?y+)*\.?", fullmatch=True))
def test_what_was_drawn_from_an_expression_fits_it(text: str) -> None:
    assert fits(Expression(r"(?:[ab]|[0-9]{2,3}|x?y+)*\.?"), text)


@pytest.mark.parametrize("expression", ["^ab|cd$", "^(?:ab|cd)$", "(?i)^AB$|CD", "(?P<code>ab)|cd"])
def test_anchors_at_the_ends_and_names_of_groups_change_nothing(expression: str) -> None:
    automaton = Expression(expression)
    assert fits(automaton, "ab")
    assert fits(automaton, "cd")
    assert not fits(automaton, "abcd")


def test_a_character_is_admitted_only_if_it_stands_somewhere() -> None:
    automaton = Expression("[0-9]{4}|AB?")
    assert [each for each in "0A9BC" if automaton.admits(each)] == ["0", "A", "9", "B"]


def test_many_repetitions_stay_small_and_too_many_are_refused() -> None:
    automaton = Expression("(?:ab?){0,1000}")
    assert fits(automaton, "ab" * 1000)
    assert not fits(automaton, "ab" * 1001)
    with pytest.raises(SpecError, match="too many ways"):
        Expression("(?:a?b?){1000}")
    with pytest.raises(SpecError, match="more than 5000 characters"):
        Expression("(?:a{100}){100}")


def test_signs_that_re_would_warn_of_stand_for_themselves() -> None:
    assert fits(Expression("[[b]&&[&&]"), "[&&&")
    assert fits(Expression("[+--]+"), "+,-")
