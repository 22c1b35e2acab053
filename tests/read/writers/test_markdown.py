"""Markdown: headings and tables only where they are clear."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from munja.core.page import Line, Page
from munja.read.writers import document
from munja.read.writers.markdown import to_markdown


def line(text: str, left: float, top: float, width: float = 300, height: float = 20) -> Line:
    return Line(text, ((left, top), (left + width, top), (left + width, top + height), (left, top + height)))


def test_the_magazine_page_has_one_heading_and_paragraphs(truth: Callable[[str], Page]) -> None:
    text = to_markdown(truth("two_columns"))
    assert [row for row in text.split("\n") if row.startswith("#")] == ["# The Lamp Keepers of Orrin Bay"]
    assert "\n\nNobody meant these books for science. The harbour\noffice wanted" in text
    assert "| ---" not in text


def test_the_price_list_is_a_table_with_its_head(examples: Path) -> None:
    pages = [Page.from_tree(tree) for tree in json.loads((examples / "truth" / "pages.json").read_text())]
    text = to_markdown(pages[2])
    assert "| No. | Article | Unit | Price |\n| --- | --- | --- | --- |\n| 1010 | Spruce board 18 x 95 mm |" in text
    assert text.startswith("# Prices of the store\n\nIn euros, tax included.")


def test_the_receipts_articles_are_a_table(truth: Callable[[str], Page]) -> None:
    text = to_markdown(truth("receipt"))
    assert "| 2 Sourdough loaf | 11.00 |\n| 1 Rye bread, sliced | 4.75 |" in text
    assert text.startswith("# QUILL &amp; BARLEY\n\nBakery and coffee house")


def test_what_was_filled_into_a_form_in_large_letters_is_no_heading(examples: Path) -> None:
    pages = [Page.from_tree(tree) for tree in json.loads((examples / "truth" / "pages.json").read_text())]
    assert [row for row in to_markdown(pages[1]).split("\n") if row.startswith("#")] == ["# Application for a bench"]


def test_two_rows_or_rows_that_do_not_align_are_no_table() -> None:
    two = (line("a", 0, 0, 50), line("1", 200, 0, 50), line("b", 0, 30, 50), line("2", 200, 30, 50))
    assert "|" not in to_markdown(Page(400, 400, two))
    ragged = tuple(
        line(text, left, 30.0 * row, 40)
        for row, left in enumerate((200, 290, 230))
        for text, left in (("a", 0), ("1", left))
    )
    assert "|" not in to_markdown(Page(400, 400, ragged))


def test_lines_flow_and_short_ones_break() -> None:
    page = Page(400, 400, (line("A full line", 0, 0), line("a short one", 0, 26, 100), line("the last", 0, 52, 90)))
    assert to_markdown(page) == "A full line\na short one\\\nthe last"


def test_bullets_become_a_list() -> None:
    page = Page(400, 400, (line("• one", 0, 0, 60), line("• two", 0, 26, 70)))
    assert to_markdown(page) == "- one\n- two"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("*a* _b_ `c` [d] <e> f|g", r"\*a\* \_b\_ \`c\` \[d\] \<e\> f\|g"),
        ("# no heading", r"\# no heading"),
        ("12. of March", r"12\. of March"),
        ("+ more", r"\+ more"),
        ("AT&amp;T", "AT&amp;amp;T"),
        ("--- cut here ---", r"\--- cut here ---"),
        ("#1 of 3", "#1 of 3"),
    ],
)
def test_nothing_in_the_text_is_taken_for_markdown(text: str, written: str) -> None:
    assert to_markdown(Page(400, 400, (line(text, 0, 0),))) == written


def test_pages_have_a_rule_between_them() -> None:
    assert document("markdown", [Page(9, 9, (Line("a"),)), Page(9, 9, (Line("b"),))]) == b"a\n\n---\n\nb\n"
