from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.page import Line, Page, Word
from munja.evaluate.findings import PageFindings
from munja.evaluate.words import findings_of_text, words_of

TEXTS = st.lists(st.text("ab .", max_size=12), max_size=4)


def page(*lines: str, score: float | None = 0.5) -> Page:
    return Page(
        100,
        100,
        tuple(
            Line(text, ((0, 9 * k), (80, 9 * k), (80, 9 * k + 8), (0, 9 * k + 8)), score)
            for k, text in enumerate(lines)
        ),
    )


def compared(truth: str, *read: str, **settings: bool) -> PageFindings:
    return findings_of_text(page(truth), page(*read), **{"case_sensitive": True, **settings})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("truth", "read", "kind", "costs"),
    [
        ("one two three", "one three", "missed", (3, 0)),
        ("one three", "one two three", "false", (0, 3)),
        ("one two three", "one tvo three", "wrong characters", (1, 1)),
        ("one twothree", "one two three", "split", (1, 0)),
        ("one two three", "onetwo three", "merged", (0, 1)),
    ],
)
def test_each_kind_of_difference_between_texts(truth: str, read: str, kind: str, costs: tuple[int, int]) -> None:
    (finding,) = compared(truth, read).findings
    assert finding.kinds == (kind,)
    assert (finding.recall, finding.precision) == costs


def test_a_wrong_word_and_a_missed_one_beside_it_are_told_apart() -> None:
    first, second = compared("alpha bravo charlie", "alpha brawo").findings
    assert (first.kinds, [piece.text for piece in first.truth]) == (("wrong characters",), ["bravo"])
    assert (second.kinds, [piece.text for piece in second.truth]) == (("missed",), ["charlie"])


def test_text_read_in_another_place_is_moved_and_not_missed() -> None:
    found = compared("one two three four five six", "four five six", "one two three").findings
    assert {each.kinds for each in found} == {("moved",)}


def test_missed_text_is_shown_between_the_words_beside_it() -> None:
    (finding,) = compared("one two three", "one", "three").findings
    assert finding.near == (0, 1)


def test_case_and_left_out_characters_count_only_if_asked() -> None:
    assert compared("Sum", "SUM").findings
    assert not compared("Sum", "SUM", case_sensitive=False).findings
    assert not findings_of_text(page("~ one"), page("one ~"), case_sensitive=True, leave_out="~").findings


def test_scores_are_judged_by_line() -> None:
    found = findings_of_text(page("one two"), page("one", "tvo"), case_sensitive=True)
    assert found.judged == ((0.5, True), (0.5, False))


def test_a_picture_of_one_word_is_one_unit() -> None:
    found = findings_of_text(page("Shack"), page("Sha", "rk"), case_sensitive=True, single=True)
    (unit,), (finding,) = found.units, found.findings
    assert (unit.kind, unit.length, unit.lost) == ("wrong characters", 5, 1)
    assert [piece.text for piece in finding.prediction] == ["Sha", "rk"]
    assert found.judged == ((0.5, False),)


def test_a_picture_that_was_read_as_nothing_has_no_score() -> None:
    found = findings_of_text(page("Shack"), page(), case_sensitive=True, single=True)
    assert found.findings[0].kinds == ("missed",)
    assert found.judged == ()


def test_words_stand_in_their_share_of_the_line_or_in_their_own_box() -> None:
    shared = words_of(Page(100, 20, (Line("ab cdef", ((0, 0), (70, 0), (70, 9), (0, 9))),)))
    assert [word.polygon[0][0] for word in shared] == [0, 30]
    own = ((31.0, 1.0), (60.0, 1.0), (60.0, 8.0), (31.0, 8.0))
    line = Line("ab cdef", ((0, 0), (70, 0), (70, 9), (0, 9)), words=(Word("ab", own), Word("cdef", own)))
    assert [word.polygon for word in words_of(Page(100, 20, (line,)))] == [own, own]
    assert [word.polygon for word in words_of(Page(9, 9, (Line("ab cd"),)))] == [(), ()]


def test_ignored_lines_do_not_count() -> None:
    truth = Page(9, 9, (Line("one"), Line("stamp", ignore=True)))
    assert not findings_of_text(truth, page("one"), case_sensitive=True).findings


@given(TEXTS, TEXTS)
def test_costs_add_up_and_a_text_against_itself_has_none(first: list[str], second: list[str]) -> None:
    wanted, read = page(*first), page(*second)
    found = findings_of_text(wanted, read, case_sensitive=True)
    assert sum(each.recall for each in found.findings) == sum(found.sums.lost.values())
    assert sum(each.precision for each in found.findings) == sum(found.sums.invented.values())
    assert [piece.unit for each in found.findings for piece in each.truth] == sorted(
        piece.unit for each in found.findings for piece in each.truth
    )
    assert not findings_of_text(wanted, wanted, case_sensitive=True).findings
