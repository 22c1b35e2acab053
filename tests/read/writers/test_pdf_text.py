"""The invisible text of a PDF: every word comes back, at its place, from PDFium and from Poppler."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pypdfium2
import pytest

from munja.core.page import Line, Page, Polygon
from munja.imaging.image import Image
from munja.read.writers import document
from munja.read.writers.layout import box
from munja.read.writers.pdf import points_per_pixel

PIXEL = 1.0  # at 72 dpi, what the words may be off by


def pdfium_words(content: bytes, index: int = 0) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Words in the order of the text with their boxes in points, y down, as PDFium has them."""
    found: list[tuple[str, tuple[float, float, float, float]]] = []
    with pypdfium2.PdfDocument(content) as pdf:
        page = pdf[index]
        height = page.get_height()
        text = page.get_textpage()
        run: list[tuple[str, tuple[float, float, float, float]]] = []
        for number in range(text.count_chars() + 1):
            character = text.get_text_range(number, 1) if number < text.count_chars() else " "
            if character.strip():
                run.append((character, text.get_charbox(number)))
            elif run:
                left, low = min(each[0] for _, each in run), min(each[1] for _, each in run)
                right, high = max(each[2] for _, each in run), max(each[3] for _, each in run)
                found.append(("".join(each for each, _ in run), (left, height - high, right, height - low)))
                run = []
    return found


def poppler_words(listing: str) -> list[tuple[str, tuple[float, ...]]]:
    rows = re.findall(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>', listing)
    return [(html.unescape(row[4]), tuple(map(float, row[:4]))) for row in rows]


def in_points(polygon: Polygon, page: Page) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(box(polygon)) * points_per_pixel(page)


@pytest.mark.parametrize("name", ["receipt", "two_columns", "notice_ko_en", "wagon_code"])
def test_every_word_comes_back_from_pdfium_within_a_pixel(
    name: str, truth: Callable[[str], Page], examples: Path
) -> None:
    page = truth(name)
    found = pdfium_words(document("pdf", page, source=examples / f"{name}.png"))
    words = [word for line in page.lines if not line.ignore for word in line.words]
    assert sorted(text for text, _ in found) == sorted(word.text for word in words)
    for word in words:
        near = [place for text, place in found if text == word.text]
        off = min(float(np.abs(np.asarray(place) - in_points(word.polygon, page)).max()) for place in near)
        assert off < PIXEL, (word.text, off)


@pytest.mark.parametrize("degrees", [0, 0.7, -2, 5, 12, 20, 45, 90, 93, 180, 270])
def test_turned_words_stand_where_they_do_in_the_picture(
    degrees: float, make_page: Callable[..., Page], white: Image
) -> None:
    page = make_page("Hello wide world", "안녕하세요 세상 1", degrees=degrees, dpi=72)
    found = dict(pdfium_words(document("pdf", page, [white])))
    assert sorted(found) == sorted(word.text for word in page.words)
    for word in page.words:
        assert np.abs(np.asarray(found[word.text]) - in_points(word.polygon, page)).max() < PIXEL


@pytest.mark.parametrize("name", ["two_columns", "notice_ko_en"])
def test_poppler_finds_every_word(
    name: str, truth: Callable[[str], Page], examples: Path, pdftotext: Callable[..., str]
) -> None:
    page = truth(name)
    listing = pdftotext(document("pdf", page, source=examples / f"{name}.png"), "-bbox")
    found = poppler_words(listing)
    assert sorted(text for text, _ in found) == sorted(word.text for word in page.words)


def test_poppler_has_the_words_of_an_upright_page_within_a_pixel(
    truth: Callable[[str], Page], examples: Path, pdftotext: Callable[..., str]
) -> None:
    page = truth("two_columns")
    found = poppler_words(pdftotext(document("pdf", page, source=examples / "two_columns.png"), "-bbox"))
    for word in page.words:
        near = [place for text, place in found if text == word.text]
        assert min(float(np.abs(np.asarray(place) - in_points(word.polygon, page)).max()) for place in near) < 0.1


@pytest.mark.parametrize("degrees", [0, 3, -4, 90, 180, 270])
def test_poppler_gives_lines_of_korean_in_their_order(
    degrees: float, make_page: Callable[..., Page], white: Image, pdftotext: Callable[..., str]
) -> None:
    texts = ("도서관 이용 안내", "How to use 12 things", "음료는 뚜껑이 있는 컵만", "café Ærø №5 語")
    content = document("pdf", make_page(*texts, degrees=degrees), [white])
    assert pdftotext(content, "-raw").split() == " ".join(texts).split()


def test_the_skewed_letter_is_read_line_by_line(
    truth: Callable[[str], Page], examples: Path, pdftotext: Callable[..., str]
) -> None:
    page = truth("rotated_scan")
    rows = pdftotext(document("pdf", page, source=examples / "rotated_scan.png"), "-raw").split("\n")
    assert set(rows) >= {line.text for line in page.lines if len(line.words) > 6}


def test_characters_beyond_two_bytes_and_joined_marks_come_back(white: Image, pdftotext: Callable[..., str]) -> None:
    text = "𝔸𝔹 e\u0301te\u0301 😀"
    page = Page(600, 800, (Line(text, ((50, 50), (350, 50), (350, 80), (50, 80))),))
    content = document("pdf", page, [white])
    assert pdftotext(content).split() == text.split()
    with pypdfium2.PdfDocument(content) as pdf:
        assert pdf[0].get_textpage().get_text_range().split() == text.split()


def test_nothing_is_seen_of_the_text(make_page: Callable[..., Page], white: Image) -> None:
    pages = [make_page("Hello wide world", degrees=3), make_page()]
    with pypdfium2.PdfDocument(document("pdf", pages, [white, white])) as pdf:
        with_text, without = (pdf[index].render().to_numpy() for index in (0, 1))
    assert np.array_equal(with_text, without)


def test_words_of_no_size_and_words_on_top_of_each_other_are_kept(white: Image, pdftotext: Callable[..., str]) -> None:
    point = ((5.0, 5.0),) * 4
    page = Page(
        600,
        800,
        (
            Line("dot", point),
            Line("a", ((9, 99), (20, 99), (20, 120), (9, 120))),
            Line("b", ((9, 99), (20, 99), (20, 120), (9, 120))),
        ),
    )
    assert sorted(pdftotext(document("pdf", page, [white])).split()) == ["a", "b", "dot"]
