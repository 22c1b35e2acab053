"""The definitions of score.py on cases that can be counted by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.reading import score
from benchmarks.reading.data import TruthLine, TruthPage
from benchmarks.reading.readers import ReadLine


def box(left: float, top: float, right: float, bottom: float) -> list[list[float]]:
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def read_line(text: str, quad: list[list[float]]) -> ReadLine:
    return {"text": text, "quad": quad, "score": 1.0}


def receipt(*lines: TruthLine) -> TruthPage:
    return TruthPage("page", Path("page.jpg"), (400, 400), "\n".join(line.text for line in lines), lines)


def document(text: str) -> TruthPage:
    return TruthPage("page", Path("page.jpg"), (400, 400), text)


def tally_of(truth: str, *read: str) -> score.Tally:
    """The tally of a document of which these lines were read."""
    return score.tally(document(truth), [read_line(line, []) for line in read])


def test_words_are_a_multiset_without_case_but_with_their_punctuation() -> None:
    # Truth: total, 5.00, 5.00, thanks! - read: total, 5.00, thanks - hits: total and one 5.00.
    assert score.words_f1(tally_of("TOTAL 5.00\n5.00 Thanks!", "total  5.00 THANKS")) == pytest.approx(100 * 4 / 7)


def test_words_hit_only_on_their_own_page() -> None:
    assert score.words_f1(score.total([tally_of("a b", "c d"), tally_of("c d", "a b")])) == 0


def test_a_lost_blank_costs_both_words() -> None:
    assert score.words_f1(tally_of("SUB TOTAL", "SUBTOTAL")) == 0


def test_composed_and_decomposed_characters_are_equal() -> None:
    assert score.words_f1(tally_of("CAF\u00c9", "cafe\u0301")) == 100


def test_empty_texts_have_no_words_and_no_errors() -> None:
    counts = tally_of(" \n")
    assert score.words_f1(counts) == 0
    assert score.cer(counts) == 0


def test_one_ned_divides_by_the_longer_text_and_is_a_mean_of_pages() -> None:
    # "abcd" -> "abxdef": one replacement, two insertions, 6 characters. The other page is right.
    counts = score.total([tally_of("abcd", "abxdef"), tally_of("z", "z")])
    assert score.one_ned(counts) == pytest.approx(100 * (0.5 + 1) / 2)


def test_cer_divides_by_the_truth_summed_over_pages() -> None:
    # Page 1: the blank is lost (1 of 4 characters; nothing without white space). Page 2: 2 of 2 wrong.
    counts = score.total([tally_of("ab\nc", "abc"), tally_of("xy", "zw")])
    assert score.cer(counts) == pytest.approx(100 * 3 / 6)
    assert score.cer_without_spaces(counts) == pytest.approx(100 * 2 / 5)


def test_white_space_of_a_layout_counts_as_one_blank() -> None:
    assert score.cer(tally_of("  a\t\tb\n\n c ", "a b c")) == 0


def test_documents_keep_their_case_and_leave_untypeable_marks_out() -> None:
    counts = score.tally(document("~ One two"), [read_line("~ one two", [])])
    assert score.words_f1(counts) == 100
    assert score.cer(counts) == pytest.approx(100 / 7)


def test_receipts_are_compared_without_case() -> None:
    page = receipt(TruthLine("TOTAL RM 5", box(0, 0, 100, 20), False))
    counts = score.tally(page, [read_line("Total rm5", box(0, 0, 100, 20))])
    assert score.one_ned(counts) == pytest.approx(90)
    assert score.cleval_end_to_end(counts) == 100
    assert score.cleval_detection(counts) == 100


def test_cleval_counts_characters_found_missed_and_wrong() -> None:
    # 10 characters in two lines; one line is not found, of the other 3 of 4 characters are right.
    truth = receipt(TruthLine("ABCD", box(0, 0, 80, 20), False), TruthLine("EFGHIJ", box(0, 100, 120, 120), False))
    counts = score.tally(truth, [read_line("abxd", box(0, 0, 80, 20))])
    assert score.cleval_detection(counts) == pytest.approx(100 * 2 * 0.4 * 1 / 1.4)
    assert score.cleval_end_to_end(counts) == pytest.approx(100 * 2 * 0.3 * 0.75 / 1.05)


def test_cleval_takes_one_character_for_a_split_line() -> None:
    # 8 characters found in two halves: the recall loses one for the split, the precision nothing.
    truth = receipt(TruthLine("ABCDEFGH", box(0, 0, 160, 20), False))
    halves = [read_line("ABCD", box(0, 0, 80, 20)), read_line("EFGH", box(80, 0, 160, 20))]
    counts = score.tally(truth, halves)
    assert score.cleval_end_to_end(counts) == pytest.approx(100 * 2 * (7 / 8) / (7 / 8 + 1))


def test_cleval_leaves_ignored_regions_out() -> None:
    truth = receipt(TruthLine("ABCD", box(0, 0, 80, 20), False), TruthLine("###", box(0, 100, 80, 120), True))
    found = [read_line("ABCD", box(0, 0, 80, 20)), read_line("stamp", box(0, 100, 80, 120))]
    assert score.cleval_end_to_end(score.tally(truth, found)) == 100


def test_cleval_of_a_page_where_nothing_was_read_is_zero() -> None:
    truth = receipt(TruthLine("ABCD", box(0, 0, 80, 20), False))
    counts = score.tally(truth, [])
    assert score.cleval_end_to_end(counts) == 0


def test_cleval_sums_give_what_the_package_gives() -> None:
    import numpy as np
    from cleval import CLEvalMetric  # type: ignore[import-untyped]

    truth = [box(0, 0, 90, 20), box(0, 30, 120, 50), box(100, 0, 190, 20), box(0, 60, 40, 80)]
    texts = ["ONE TWO", "THREE FOUR", "FIVE", "SIX"]
    found = [box(0, 0, 190, 20), box(0, 30, 60, 50), box(60, 30, 120, 50), box(200, 200, 260, 220)]
    words = ["one two five", "three", "fuor", "noise"]
    package = CLEvalMetric(case_sensitive=False)
    package.update(
        np.array(found, np.float32).reshape(-1, 8),
        np.array(truth, np.float32).reshape(-1, 8),
        [word.replace(" ", "") for word in words],
        [text.replace(" ", "") for text in texts],
        [False] * 4,
    )
    wanted = package.compute()
    lines = tuple(TruthLine(text, quad, False) for text, quad in zip(texts, truth, strict=True))
    ours = score.tally(receipt(*lines), [read_line(word, quad) for word, quad in zip(words, found, strict=True)])
    assert 0 < float(wanted["e2e_h"]) < float(wanted["det_h"]) < 1
    assert score.cleval_end_to_end(ours) == pytest.approx(100 * float(wanted["e2e_h"]), abs=1e-3)
    assert score.cleval_detection(ours) == pytest.approx(100 * float(wanted["det_h"]), abs=1e-3)
