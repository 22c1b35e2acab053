"""The syntax of patterns: what is refused, and where the message points."""

from __future__ import annotations

import re

import pytest

from munja.core.errors import SpecError
from munja.read.patterns.syntax import parse

WRONG = [
    ("a(?=b)", 2, "look-ahead"),
    ("a(?!b)", 2, "look-ahead"),
    ("(?<=b)a", 1, "look-behind"),
    ("(?<!b)a", 1, "look-behind"),
    (r"(a)\1", 4, "back reference"),
    ("(?P<x>a)(?P=x)", 9, "back reference"),
    ("(?>a)", 1, "atomic group"),
    ("(?s).", 1, "of groups with"),
    ("(?#note)", 1, "comment"),
    ("a{", 2, "were wanted after {"),
    ("a{x}", 2, "were wanted after {"),
    ("a{3,2}", 2, "in rising order"),
    ("a{1001}", 2, "up to 1000"),
    ("a**", 3, r"\* after \*"),
    ("a*+", 3, r"\+ after \*"),
    ("a{2}{3}", 5, "{ after {2}"),
    ("*a", 1, "nothing before it"),
    ("(|?)", 3, "nothing before it"),
    ("(a", 1, "without its )"),
    ("a)", 2, "no ( belongs to"),
    ("[a", 1, "without its ]"),
    ("[]", 1, "without its ]"),
    ("[b-a]", 2, "a range"),
    (r"[a-\d]", 2, "a range"),
    (r"[\d-z]", 2, "a range"),
    ("a^b", 2, "in the middle"),
    ("a$b", 2, "in the middle"),
    ("(^a)", 2, "in the middle"),
    (r"\b", 1, "not supported"),
    (r"\q", 1, "not supported"),
    (r"\x1", 1, "hexadecimal"),
    ("\\", 1, "at the end"),
    ("(" * 101 + ")" * 101, 101, "within each other"),
]


@pytest.mark.parametrize(("text", "place", "reason"), WRONG)
def test_what_is_wrong_is_named_and_pointed_at(text: str, place: int, reason: str) -> None:
    with pytest.raises(SpecError) as error:
        parse(text)
    first, shown, pointer = str(error.value).split("\n")
    assert re.search(reason if "\\" in reason else re.escape(reason), first)
    assert f"at character {place}:" in first
    assert shown == f"  {text}"
    assert pointer.index("^") == place + 1


def test_every_cut_of_an_expression_is_parsed_or_refused_with_a_place() -> None:
    whole = r"(?i)^[A-Z\d]{3,4}(?:\x41|가[^]x-z]*)?\.+$"
    for end in range(len(whole) + 1):
        try:
            parse(whole[:end])
        except SpecError as error:
            assert "at character" in str(error)  # noqa: PT017
