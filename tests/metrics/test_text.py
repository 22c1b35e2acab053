"""Text: edit distances of pages and words, with the edge cases of the published code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import SpecError
from munja.core.page import Line, Page
from munja.metrics import corpus, figures, text

texts = st.text(max_size=20)


def page(*lines: str) -> Page:
    return Page(0, 0, tuple(Line(line) for line in lines))


@pytest.mark.parametrize(
    ("truth", "read", "share"), [("abc", "abd", 2 / 3), ("", "", 0), ("", "a", 0), ("a", "", 0), ("ab", "abcd", 0.5)]
)
def test_1_ned_is_that_of_icdar_2019(truth: str, read: str, share: float) -> None:
    assert text.one_minus_ned(truth, read) == pytest.approx(share)


def test_the_older_form_is_a_share_of_the_truth() -> None:
    assert text.ned_2015("ab", "abcde") == 1.5
    with pytest.raises(SpecError, match="the truth is empty"):
        text.ned_2015("", "a")


def test_error_rates_of_a_page() -> None:
    found = figures(text.compare(page("one two", "three"), page("one  tvo three")))
    assert found["cer"] == pytest.approx(1 / 13)
    assert found["cer_without_space"] == pytest.approx(1 / 11)
    assert found["wer"] == pytest.approx(1 / 3)
    assert found["bag_f1"] == pytest.approx(2 / 3)
    assert found["exact"] == 0.0


def test_lost_spaces_cost_words_and_characters_but_not_without_space() -> None:
    found = figures(text.compare(page("one two"), page("onetwo")))
    assert found["cer"] == pytest.approx(1 / 7)
    assert found["cer_without_space"] == 0.0
    assert found["wer"] == 1.0


def test_a_bag_of_words_does_not_mind_their_order() -> None:
    found = figures(text.compare(page("a b", "c a"), page("a c b b")))
    assert (found["bag_recall"], found["bag_precision"]) == (0.75, 0.75)
    assert found["wer"] > 0.25  # type: ignore[operator]


def test_ignored_lines_case_and_left_out_characters() -> None:
    truth = Page(0, 0, (Line("~ Wort"), Line("stamp", ignore=True)))
    assert figures(text.compare(truth, page("wort ~"), case_sensitive=False, leave_out="~"))["exact"] == 1.0
    assert figures(text.compare(truth, page("wort")))["exact"] == 0.0


def test_composition_does_not_matter() -> None:
    assert figures(text.compare(page("caf\u00e9"), page("cafe\u0301")))["cer"] == 0.0


def test_tables_of_word_recognition_compare_letters_and_digits() -> None:
    assert figures(text.compare(page("It's 4"), page("its-4")))["exact_alphanumeric"] == 1.0


def test_letters_of_korean_tell_near_misses_from_far_ones() -> None:
    near, far = (figures(text.compare(page("각"), page(read))) for read in ("간", "물"))
    assert near["cer"] == far["cer"] == 1.0
    assert (near["letter_error_rate"], far["letter_error_rate"]) == (pytest.approx(1 / 3), 1.0)


def test_an_empty_truth_is_undefined_alone_and_counts_in_a_sum() -> None:
    alone = text.compare(page(), page("abc"))
    assert figures(alone)["cer"] is None
    assert figures(alone)["ned_2015"] is None
    assert corpus([alone, text.compare(page("abc"), page("abc"))]).figures["cer"].value == 1.0


@given(texts, texts)
def test_no_page_is_further_from_another_than_its_length(truth: str, read: str) -> None:
    counts = text.compare(page(truth), page(read)).counts
    assert counts["tight_edits"] <= counts["edits"] or counts["characters"] != counts["tight_characters"]
    assert counts["bag_hits"] <= min(counts["words"], counts["words_read"])
    assert 0 <= counts["similarity"] <= 1


@given(texts)
def test_every_page_reads_itself(truth: str) -> None:
    found = figures(text.compare(page(truth), page(truth)))
    assert found["cer"] in (0.0, None)
    assert found["exact"] == found["exact_alphanumeric"] == 1.0
    assert text.normal(text.normal(truth)) == text.normal(truth)
