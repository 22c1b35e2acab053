"""JSON: what is written comes back exactly."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from munja.core.page import Line, Page
from munja.read.writers import document
from munja.read.writers.json import to_json


def test_json_of_one_page_is_that_page_and_of_several_a_list() -> None:
    pages = [Page(9, 9, (Line("각"),), source="a.pdf", index=index) for index in range(3)]
    assert Page.from_json(to_json(pages[:1])) == pages[0]
    assert [Page.from_tree(tree) for tree in json.loads(to_json(pages))] == pages
    assert json.loads(to_json([])) == []
    assert to_json(pages).endswith("\n")
    assert "각" in to_json(pages)


@given(st.lists(st.text(st.characters(), max_size=8), min_size=1, max_size=3))
def test_whatever_a_line_says_comes_back(texts: list[str]) -> None:
    page = Page(9, 9, tuple(Line(text) for text in texts))
    assert Page.from_json(document("json", page)) == page


@given(st.text(st.characters(codec=None), max_size=6))
def test_halves_of_surrogate_pairs_come_back_too(text: str) -> None:
    page = Page(9, 9, (Line(text + "\ud83d"),))
    assert Page.from_json(document("json", page)) == page
