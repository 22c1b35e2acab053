from __future__ import annotations

import re
from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import SpecError
from munja.data.synth.codes.pattern import parse_pattern

_ATOMS = st.sampled_from(["A", "7", "[0-9]", "[A-HJ-NPR-Z]", "[XYZ]", r"\.", "-"])
_TAILS = st.sampled_from(["", "?", "{2}", "{0,3}", "{1,2}"])
_PLAIN = st.lists(st.tuples(_ATOMS, _TAILS).map("".join), min_size=1, max_size=4).map("".join)
_GROUPS = st.tuples(st.lists(_PLAIN, min_size=1, max_size=3).map(lambda parts: f"({'|'.join(parts)})"), _TAILS)
EXPRESSIONS = st.lists(_PLAIN | _GROUPS.map("".join), min_size=1, max_size=3).map("".join)


@given(EXPRESSIONS, st.integers(0, 2**32))
def test_whatever_is_drawn_matches_its_expression(expression: str, seed: int) -> None:
    pattern = parse_pattern(expression)
    text = pattern.draw(Random(seed))
    assert re.fullmatch(expression, text)
    assert len(text) >= pattern.shortest
    assert set(text) <= pattern.characters


@pytest.mark.parametrize(
    ("expression", "count"),
    [
        ("[0-9]{4}", 10_000),
        ("[0-9]{3}[A-Z][0-9]{2}[A-Z][0-9]{2}", 26**2 * 10**7),
        ("A|[0-9]{2}", 101),
        ("(?:AB|C)?", 3),
        ("[0-9]{1,3}", 1110),
        ("[]", None),
        ("[AAB]", 2),
    ],
)
def test_the_texts_of_an_expression_are_counted(expression: str, count: int | None) -> None:
    if count is None:
        with pytest.raises(SpecError, match="empty"):
            parse_pattern(expression)
    else:
        assert parse_pattern(expression).count == count


def test_every_text_is_drawn_equally_often() -> None:
    pattern, random = parse_pattern("X|[0-9]|Y[AB]"), Random(1)
    drawn = Counter(pattern.draw(random) for _ in range(13_000))
    assert len(drawn) == 13
    assert 850 < min(drawn.values()) <= max(drawn.values()) < 1150


@pytest.mark.parametrize(
    "expression",
    ["[0-9", "(A", "A)", "A*", "A+", ".", "^A", r"\d", "[^A]", "A{", "A{x}", "A{3,1}", "A{65}", "[9-0]", "A{1,2,3}",
     "{2}", "[", "\\"],
)  # fmt: skip
def test_what_is_not_known_is_refused_with_its_place(expression: str) -> None:
    with pytest.raises(SpecError, match=r"at character \d+; known are"):
        parse_pattern(expression)
