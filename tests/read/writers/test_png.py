"""The annotated picture: lines framed, words underlined, colours that say how sure."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from munja.core.page import Page
from munja.imaging.image import Image
from munja.read.writers import document
from munja.read.writers.png import BLUE, GREEN, ORANGE, RED, annotated


@pytest.mark.parametrize(("score", "colour"), [(0.95, GREEN), (0.8, ORANGE), (0.5, RED), (None, BLUE)])
def test_the_colour_says_how_sure_a_line_was_read(
    score: float | None, colour: tuple[int, int, int], make_page: Callable[..., Page], white: Image
) -> None:
    page = make_page("Hello world", score=score)
    drawn = annotated(page, white)
    assert (drawn == colour).all(axis=2).sum() > 100
    assert all((drawn == other).all(axis=2).sum() == 0 for other in (GREEN, ORANGE, RED, BLUE) if other != colour)


def test_frames_stand_where_the_lines_stand(make_page: Callable[..., Page], white: Image) -> None:
    page = make_page("Hello world")
    changed = (annotated(page, white) != white).any(axis=2)
    # The line's box is (80, 200) to (212, 224); its number stands before it.
    assert changed[199:201, 100:200].any(axis=0).all()
    assert changed[223:225, 80:140].any(axis=0).all()
    assert not changed[:195].any()
    assert not changed[230:].any()
    assert not changed[205:220, 90:200].any()  # the text itself stays free
    assert changed[200:215, 60:78].any()


def test_the_picture_itself_stays_as_it_is(make_page: Callable[..., Page], white: Image) -> None:
    before = white.copy()
    document("png", make_page("Hello"), [white])
    assert np.array_equal(white, before)


def test_the_file_is_a_png_of_the_pictures_size(make_page: Callable[..., Page], white: Image) -> None:
    content = document("png", make_page("Hello", degrees=33), [white])
    found = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert found is not None
    assert np.array_equal(found, annotated(make_page("Hello", degrees=33), white))
