"""Page: its JSON gives it back exactly, and says where it breaks."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import PageError
from munja.core.page import SCHEMA_VERSION, Character, FreeReading, Line, Page, Word, as_polygon, geometric_mean

coordinates = st.floats(-1e6, 1e6, allow_nan=False)
polygons = st.lists(st.tuples(coordinates, coordinates), max_size=5).map(tuple)
scores = st.none() | st.floats(0, 1)
texts = st.text(max_size=8)
characters = st.builds(Character, texts, polygons, scores)
words = st.builds(Word, texts, polygons, scores, st.lists(characters, max_size=3).map(tuple))
lines = st.builds(
    Line,
    texts,
    polygons,
    scores,
    st.lists(words, max_size=3).map(tuple),
    st.floats(0, 359.9),
    st.booleans(),
    st.none() | st.builds(FreeReading, texts, scores),
)
pages = st.builds(
    Page,
    st.integers(1, 100_000),
    st.integers(1, 100_000),
    st.lists(lines, max_size=3).map(tuple),
    st.floats(0, 359.9),
    st.none() | texts,
    st.integers(0, 500),
    st.none() | st.floats(10, 2400),
    st.lists(texts, max_size=2).map(tuple),
)


@given(pages)
def test_json_gives_the_same_page_back(page: Page) -> None:
    assert Page.from_json(page.to_json()) == page
    assert Page.from_json(page.to_json(indent=2).encode()) == page


def test_fields_at_their_default_are_left_out() -> None:
    assert json.loads(Page(3, 4).to_json()) == {"munja_page": SCHEMA_VERSION, "width": 3, "height": 4}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("{", "not a JSON document"),
        ("[]", "munja_page"),
        ('{"munja_page": 99, "width": 1, "height": 1}', "update munja"),
        ('{"munja_page": true, "width": 1, "height": 1}', "version number"),
        ('{"munja_page": 1, "width": 1}', "height is missing"),
        ('{"munja_page": 1, "width": "1", "height": 1}', "page.width: int was wanted"),
        ('{"munja_page": 1, "width": 1, "height": 1, "lnes": []}', "did you mean lines?"),
        ('{"munja_page": 1, "width": 1, "height": 1, "lines": [{"text": 3}]}', "page.lines[0].text"),
        ('{"munja_page": 1, "width": 1, "height": 1, "lines": [{"text": "", "polygon": [1]}]}', "[x, y] pairs"),
        ('{"munja_page": 1, "width": 1, "height": 1, "lines": {}}', "a list was wanted"),
        ('{"munja_page": 1, "width": 1, "height": 1, "lines": [{"text": "", "free": {}}]}', "free: the field text"),
        ('{"munja_page": 1, "width": 1, "height": 1, "lines": [{"text": "", "free": "a"}]}', "free: an object"),
        ('{"munja_page": 1, "width": 1, "height": 1, "notes": [1]}', "a list of strings"),
        ('{"munja_page": 1, "width": 1, "height": 1, "dpi": "x"}', "a number was wanted"),
    ],
)
def test_a_broken_document_says_what_is_wrong(document: str, said: str) -> None:
    with pytest.raises(PageError) as caught:
        Page.from_json(document)
    assert said in str(caught.value)


def test_text_leaves_out_regions_that_do_not_count() -> None:
    page = Page(9, 9, (Line("a"), Line("b", ignore=True), Line("c")))
    assert page.text == "a\nc"


def test_a_line_that_fits_no_pattern_is_in_the_json_but_not_in_the_text() -> None:
    square = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
    fits = Line("1204", square, 0.8, free=FreeReading("12O4", 0.9))
    unfit = Line("", square, 0.0, free=FreeReading("EXIT", 0.99))
    page = Page(9, 9, (fits, unfit))
    assert page.text == "1204"
    assert [line.unfit for line in (fits, unfit, Line(""))] == [False, True, False]
    assert json.loads(page.to_json())["lines"][1]["free"] == {"text": "EXIT", "score": 0.99}
    assert [text for _, text, _ in page.to_easyocr()] == ["1204"]


def test_words_are_those_of_all_lines() -> None:
    page = Page(9, 9, (Line("a b", words=(Word("a"), Word("b"))), Line("c", words=(Word("c"),))))
    assert [word.text for word in page.words] == ["a", "b", "c"]


def test_geometric_mean_is_the_root_of_the_product() -> None:
    assert math.isclose(geometric_mean([0.5, 0.125]), 0.25)
    assert geometric_mean([0.5, 0.0]) == 0.0
    assert geometric_mean([]) == 0.0


def test_a_polygon_is_made_of_pairs_of_numbers() -> None:
    assert as_polygon([[1, 2], (3, 4)]) == ((1.0, 2.0), (3.0, 4.0))
    with pytest.raises(PageError, match="pairs"):
        as_polygon([1, 2])


QUAD = ((1.0, 2.0), (9.0, 2.0), (9.0, 5.0), (1.0, 5.0))
MIXED = Page(20, 20, (Line("one", QUAD, 0.75), Line("two", QUAD), Line("x", QUAD, ignore=True), Line("nowhere")))


def test_code_written_for_paddle_ocr_runs() -> None:
    result = MIXED.to_paddle()
    boxes = [line[0] for line in result[0]]
    texts = [line[1][0] for line in result[0]]
    scores = [line[1][1] for line in result[0]]
    assert boxes == [[[1, 2], [9, 2], [9, 5], [1, 5]]] * 2
    assert texts == ["one", "two"]
    assert scores == [0.75, 1.0]
    for index in range(len(result)):
        for box, (text, score) in result[index]:
            assert (len(box), isinstance(text, str), 0 <= score <= 1) == (4, True, True)
    assert Page(9, 9).to_paddle() == [[]]


def test_code_written_for_easyocr_runs() -> None:
    found = MIXED.to_easyocr()
    assert [text for _, text, _ in found] == ["one", "two"]
    (top_left, _, bottom_right, _), text, probability = found[0]
    assert (top_left, bottom_right, text, probability) == ([1, 2], [9, 5], "one", 0.75)
    assert found[1][2] == 1.0
    assert Page(9, 9).to_easyocr() == []
