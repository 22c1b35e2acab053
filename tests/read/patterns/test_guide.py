"""Guides over a recogniser's classes: they allow exactly what the pattern allows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import SpecError
from munja.read.codecs.ctc import CTC
from munja.read.codecs.jamo import JamoCTC, jamo_classes
from munja.read.patterns import compile_pattern, fits
from munja.read.patterns.blanks import FreeBlanks
from munja.read.patterns.guide import PatternGuide, guide_of

CHARSET = (*"0123456789ABC ", "ffi", "가")
JAMO_CHARSET = jamo_classes([*"1 ", "가"])
HANGUL = compile_pattern("[가-낗]{1,2} ?1?")
HANGUL_GUIDE = guide_of(HANGUL, JAMO_CHARSET, "test")
ALL = np.arange(1, len(CHARSET) + 1)


def allowed(guide: PatternGuide, classes: list[int]) -> bool:
    """Whether the guide allows a text, each of its classes being named as one that may follow."""
    state = guide.start()
    for each in classes:
        named = each in guide.following(state, ALL)
        stepped = guide.step(state, each)
        assert named == (stepped is not None)
        if stepped is None:
            return False
        state, part = stepped
        assert part == 0.0
    return guide.end(state) is not None


@pytest.mark.parametrize(
    "pattern", ["[0-9]{2}[A-C]?", "@luhn", "(?:ffi|0)*", ["[0-9A ]*", lambda text: "1" in text], "@exactly:A [0-9]"]
)
@given(st.lists(st.integers(1, len(CHARSET)), max_size=5))
def test_a_guide_allows_just_the_texts_that_fit(pattern: str, classes: list[int]) -> None:
    compiled = compile_pattern(pattern)
    loose = compiled if str(pattern).startswith("@exactly") else FreeBlanks(compiled)
    text = CTC(CHARSET).text(classes)
    assert allowed(guide_of(compiled, CHARSET, "test"), classes) == fits(loose, text)


@given(st.text("가나다각간1 ", max_size=4))
def test_hangul_by_its_letters_is_put_together(text: str) -> None:
    pattern, guide = HANGUL, HANGUL_GUIDE
    state = guide.start()
    for each in JamoCTC(JAMO_CHARSET).encode(text):
        stepped = guide.step(state, each)
        if stepped is None:
            break
        state = stepped[0]
    else:
        assert (guide.end(state) is not None) == fits(FreeBlanks(pattern), text)
        return
    assert not fits(FreeBlanks(pattern), text)


def test_only_classes_that_the_pattern_admits_are_thought_of() -> None:
    guide = guide_of(compile_pattern("[0-3]+"), CHARSET, "test")
    assert [CHARSET[each - 1] for each in guide.classes] == ["0", "1", "2", "3", " "]


def test_of_endless_states_only_the_likely_classes_are_tried() -> None:
    pattern = compile_pattern(lambda text: len(text) == 3)
    few, many = guide_of(pattern, CHARSET, "test"), guide_of(pattern, [*CHARSET, *map(chr, range(0x4E00, 0x4F00))], "x")
    assert many.following(many.start(), np.array([3, 5])).tolist() == [3, 5]
    assert few.following(few.start(), np.array([3, 5])).tolist() == ALL.tolist()
    assert (few.narrow, many.narrow) == (True, False)


@pytest.mark.parametrize("pattern", ["[D-Z]+", "0[^0-9A-C 가f]", ["0+", "1+"], ["@luhn:16", "0{15}1"], "@allow:xyz"])
def test_a_pattern_that_nothing_can_match_is_refused(pattern: str) -> None:
    with pytest.raises(SpecError, match="nothing that the recogniser can write fits"):
        guide_of(compile_pattern(pattern), CHARSET, "x")


@pytest.mark.parametrize("pattern", ["@uic", "@iso6346|A", "", ".*", "@iban", "@mrz:td1", lambda text: False])
def test_other_patterns_are_taken_quickly(pattern: str) -> None:
    charset = (*CHARSET, *"DEFGHIJKLMNOPQRSTUVWXYZ<|@")
    assert guide_of(compile_pattern("\\" + pattern if "|" in str(pattern) else pattern), charset, "x")
