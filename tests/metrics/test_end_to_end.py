"""End-to-end: found and read without error, by the competitions' rules on case, marks, short words and lexicons."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from munja.core.errors import SpecError
from munja.core.page import Page
from munja.metrics import end_to_end, figures

MakePage = Callable[..., Page]


def right(truth: str, read: str, make_page: MakePage, **settings: object) -> bool:
    pages = make_page((0, 0, 100, 20, truth)), make_page((1, 0, 100, 20, read))
    result = end_to_end.compare(*pages, level="line", **settings)  # type: ignore[arg-type]
    assert (result.prediction[0].kind == "matched") == bool(result.counts["right"])
    return bool(result.counts["right"])


def test_a_word_is_right_if_it_is_found_and_read(make_page: MakePage) -> None:
    truth = make_page((0, 0, 100, 20, "one"), (0, 40, 100, 20, "two"), (0, 80, 100, 20, "three"))
    found = make_page((0, 0, 100, 20, "one"), (0, 40, 100, 20, "tw0"), (400, 80, 100, 20, "three"))
    result = end_to_end.compare(truth, found, level="line")
    assert [box.kind for box in result.truth] == ["matched", "wrong characters", "missed"]
    assert [box.kind for box in result.prediction] == ["matched", "wrong characters", "false"]
    values = figures(result)
    assert values["recall"] == values["precision"] == values["hmean"] == pytest.approx(1 / 3)
    assert values["word_exact_match"] == 0.5
    assert values["one_minus_ned"] == pytest.approx((1 + 2 / 3) / 4)  # two pairs, a missed and a false word
    assert values["one_minus_ned_matched"] == pytest.approx((1 + 2 / 3) / 2)


def test_case_counts_only_if_asked(make_page: MakePage) -> None:
    assert right("Word", "wORD", make_page)
    assert not right("Word", "wORD", make_page, case_sensitive=True)


@pytest.mark.parametrize(
    ("truth", "read", "end_to_end_right", "spotted"),
    [
        ("(word)", "word", True, True),
        ("(word)", "(word", True, True),
        ("word", "(word)", False, True),
        ("wo.rd", "word", False, True),
        ("!!word", "word", False, True),
        ("wordy", "word", False, False),
    ],
)
def test_marks_around_a_word(make_page: MakePage, truth: str, read: str, end_to_end_right: bool, spotted: bool) -> None:
    assert right(truth, read, make_page) == end_to_end_right
    if end_to_end.searchable(truth):
        assert right(truth, read, make_page, task="word spotting") == spotted


@pytest.mark.parametrize("word", ["word", "Wörter", "문자들", "Tom's", "x-ray", "(and)", "हिन्दी"])
def test_words_of_three_letters_can_be_searched_for(word: str) -> None:
    assert end_to_end.searchable(word)


@pytest.mark.parametrize("word", ["", "it", "a's", "(it)", "---", "4711", "A4-paper", "two words", "no_t", "$us"])
def test_short_words_numbers_and_marks_cannot(word: str) -> None:
    assert not end_to_end.searchable(word)


def test_word_spotting_leaves_out_what_cannot_be_searched_for(make_page: MakePage) -> None:
    truth = make_page((0, 0, 100, 20, "word"), (0, 40, 100, 20, "12"))
    result = end_to_end.compare(truth, make_page((0, 40, 100, 20, "99")), level="line", task="word spotting")
    assert [box.kind for box in result.truth] == ["missed", "ignored"]
    assert result.prediction[0].kind == "ignored"


def test_a_lexicon_gives_its_nearest_word(make_page: MakePage) -> None:
    assert not right("Coffee", "coffe3", make_page)
    assert right("Coffee", "coffe3", make_page, lexicon=["tea", "coffee", "toffee"])
    assert right("Coffee", "coffee", make_page, lexicon=[])


def test_an_unknown_task_is_refused(make_page: MakePage) -> None:
    with pytest.raises(SpecError, match=r"task: 'end to end' or 'word spotting' was wanted, got 'spotting'"):
        right("a", "a", make_page, task="spotting")
