"""CLEval over many pages: the same as one by one, and what stops it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from munja.core.errors import PageError, SpecError
from munja.core.page import Line, Page, Word
from munja.metrics import cleval, corpus

MakePage = Callable[..., Page]


@pytest.fixture(scope="module")
def pages(make_page: MakePage) -> list[tuple[Page, Page]]:
    """A hundred pages of up to seven boxes in rows, of which predictions move, cut, lose and invent some."""
    found = []
    for number in range(100):
        rows = [(10 * k, 30 * k, 20 + 10 * k, 20, f"word{k}", (number + k) % 5 == 0) for k in range(number % 8)]
        read = [(x + number % 7, y, w, h, text[k % 2 :]) for k, (x, y, w, h, text, _) in enumerate(rows) if k % 3]
        if number % 4 == 0:
            read.append((500, 500, 40, 20, "false"))
        truth, prediction = make_page(*rows), make_page(*read)
        found.append((replace(truth, source=f"{number}.png"), prediction))
    return found


@pytest.mark.parametrize("mode", ["strict", "compat"])
def test_many_pages_at_once_are_the_same_as_one_by_one(pages: list[tuple[Page, Page]], mode: Any) -> None:
    at_once = list(cleval.compare_all(iter(pages), mode=mode, level="line"))
    assert at_once == [cleval.compare(*pair, mode=mode, level="line") for pair in pages]
    assert [result.source for result in at_once] == [f"{number}.png" for number in range(100)]


def test_a_page_of_many_boxes_is_measured_alone(make_page: MakePage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleval, "CHUNK_PAIRS", 10)
    page = make_page(*[(0, 30 * k, 90, 20, f"w{k}") for k in range(5)])
    results = list(cleval.compare_all([(page, page)] * 5, level="line"))
    assert len(results) == 5
    assert corpus(results, samples=10).figures["end_to_end_hmean"].value == 1.0


def test_the_level_is_that_of_all_truth_unless_given() -> None:
    corners = ((0.0, 0.0), (90.0, 0.0), (90.0, 20.0), (0.0, 20.0))
    left, right = (
        tuple((start + x, y) for x, y in ((0.0, 0.0), (40.0, 0.0), (40.0, 20.0), (0.0, 20.0))) for start in (0.0, 50.0)
    )
    words = Page(100, 50, (Line("one two", corners, words=(Word("one", left), Word("two", right))),))
    line = Page(100, 50, (Line("one two", corners),))
    levels = [result.options["level"] for result in cleval.compare_all([(words, words), (line, words)])]
    assert levels == ["line", "line"]
    assert cleval.compare(words, words).options["level"] == "word"
    assert len(cleval.compare(words, words).truth) == 2


def test_no_pages_give_no_records() -> None:
    assert list(cleval.compare_all([])) == []


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"mode": "lenient"}, "mode: 'strict' or 'compat' was wanted, got 'lenient'"),
        ({"level": "page"}, "level: 'word' or 'line' was wanted, got 'page'"),
        ({"scale": (0.2, 0.1)}, r"a range such as \(0.01, 0.02\) was wanted, got \(0.2, 0.1\)"),
    ],
)
def test_settings_that_there_are_not_are_refused(make_page: MakePage, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        cleval.compare(make_page(), make_page(), **settings)


def test_text_height_needs_the_size_of_the_picture(make_page: MakePage) -> None:
    page = replace(make_page((0, 0, 90, 20, "a")), width=0, height=0)
    with pytest.raises(SpecError, match="neither Page knows its size"):
        cleval.compare(page, page, scale=(0.0, 0.1))


def test_pages_of_different_pictures_are_refused(make_page: MakePage) -> None:
    with pytest.raises(PageError, match=r"page\.png: the truth is of a picture of 2000 x 2000 pixels"):
        cleval.compare(make_page(), Page(10, 10))
