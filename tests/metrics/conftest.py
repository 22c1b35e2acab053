"""What the tests of metrics share: a page of boxes from short rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from munja.core.page import Line, Page


@pytest.fixture(scope="session")
def make_page() -> Callable[..., Page]:
    """A Page of upright boxes: (left, top, width, height, text) each, and True at the end for a don't-care region."""

    def page(*rows: tuple[float, float, float, float, str] | tuple[float, float, float, float, str, bool]) -> Page:
        lines = []
        for left, top, width, height, text, *ignore in rows:
            right, bottom = left + width, top + height
            corners = ((left, top), (right, top), (right, bottom), (left, bottom))
            lines.append(Line(text, corners, score=0.9, ignore=bool(ignore and ignore[0])))
        return Page(2000, 2000, tuple(lines), source="page.png")

    return page
