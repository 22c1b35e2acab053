"""TSV: Tesseract's table, so that code written for it goes on working."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from munja.core.page import Line, Page
from munja.read.writers import document


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode()), delimiter="\t", quoting=csv.QUOTE_NONE))


def test_the_columns_are_those_of_tesseract(make_page: Callable[..., Page]) -> None:
    content = document("tsv", make_page("Hello world"))
    assert content.split(b"\n")[0].decode().split("\t") == [
        "level", "page_num", "block_num", "par_num", "line_num", "word_num",
        "left", "top", "width", "height", "conf", "text",
    ]  # fmt: skip
    found = rows(content)
    assert [row["level"] for row in found] == ["1", "2", "3", "4", "5", "5"]
    assert [row["conf"] for row in found[:4]] == ["-1"] * 4
    assert (found[0]["width"], found[0]["height"]) == ("600", "800")


def test_code_written_for_tesseract_finds_the_words_of_each_line(make_page: Callable[..., Page]) -> None:
    lines: dict[tuple[str, ...], list[str]] = {}
    for row in rows(document("tsv", make_page('Say "hello"', "안녕 세상"))):
        if float(row["conf"]) > 60:
            lines.setdefault((row["block_num"], row["par_num"], row["line_num"]), []).append(row["text"])
    assert list(lines.values()) == [["Say", '"hello"'], ["안녕", "세상"]]


def test_boxes_cover_the_words(make_page: Callable[..., Page]) -> None:
    page = make_page("Hello world", degrees=5)
    words = [row for row in rows(document("tsv", page)) if row["level"] == "5"]
    for row, word in zip(words, page.words, strict=True):
        left, top = int(row["left"]), int(row["top"])
        assert all(
            left <= x <= left + int(row["width"]) and top <= y <= top + int(row["height"]) for x, y in word.polygon
        )


def test_a_word_that_a_person_wrote_is_kept_by_code_that_drops_low_scores() -> None:
    found = rows(document("tsv", Page(9, 9, (Line("a", ((0, 0), (9, 0), (9, 9), (0, 9))),))))
    assert float(found[-1]["conf"]) == 100.0


def test_pages_are_numbered_as_in_their_source() -> None:
    pages = [Page(9, 9, (Line("a"),), index=2), Page(9, 9, (Line("b"),), index=3)]
    content = document("tsv", pages)
    assert content.count(b"level") == 1
    assert [row["page_num"] for row in rows(content) if row["level"] == "1"] == ["3", "4"]
