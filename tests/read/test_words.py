"""Words: characters lie in their words, words in their lines, and joined they are the text."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.page import Polygon, geometric_mean
from munja.imaging.geometry import order_quad, quad_size
from munja.read.codecs.ctc import Reading
from munja.read.words import character_edges, make_line


def reading_of(text: str, score: float = 0.9) -> Reading:
    count = len(text)
    return Reading(tuple(text), np.arange(count, dtype=np.float32), np.full(count, score, np.float32))


def box(degrees: float, width: float = 300, height: float = 40) -> np.ndarray:
    quad = order_quad(cv2.boxPoints(((500, 500), (width, height), degrees % 45)))
    return np.roll(quad, int(degrees // 90) % 4, axis=0)


def lies_in(inner: Polygon, outer: Polygon) -> bool:
    """Whether a convex polygon holds each point of another, give or take the rounding of both to 0.01 pixels."""
    contour = np.array(outer, np.float32).reshape(-1, 1, 2)
    return all(cv2.pointPolygonTest(contour, point, True) >= -0.02 for point in inner)


texts = st.text(st.sampled_from("abW가1. \u3000"), max_size=12)


@given(texts, st.floats(0, 359), st.data())
def test_characters_lie_in_their_words_and_words_in_their_line(text: str, degrees: float, data: st.DataObject) -> None:
    centres = np.sort(np.array(data.draw(st.lists(st.floats(0, 400), min_size=len(text), max_size=len(text)))))
    starts, ends = character_edges(centres, 400.0)
    line = make_line(reading_of(text), box(degrees), starts / 400, ends / 400)
    assert line.text == " ".join(text.split())
    assert " ".join(word.text for word in line.words) == line.text
    for word in line.words:
        assert word.text == "".join(character.text for character in word.characters)
        assert lies_in(word.polygon, line.polygon)
        assert all(lies_in(character.polygon, word.polygon) for character in word.characters)


def test_words_share_the_line_as_their_characters_do() -> None:
    centres = np.array([5.0, 15, 25, 35, 45])  # "ab cd" in a line 50 wide
    starts, ends = character_edges(centres, 50.0)
    quad = np.array([[100, 200], [200, 200], [200, 220], [100, 220]], np.float32)
    line = make_line(reading_of("ab cd"), quad, starts / 50, ends / 50)
    assert [word.polygon for word in line.words] == [
        ((100, 200), (140, 200), (140, 220), (100, 220)),
        ((160, 200), (200, 200), (200, 220), (160, 220)),
    ]
    assert [each.polygon[0][0] for word in line.words for each in word.characters] == [100, 120, 160, 180]


def test_scores_are_geometric_means() -> None:
    reading = Reading(tuple("ab c"), np.arange(4, dtype=np.float32), np.array([0.5, 0.8, 1.0, 0.9], np.float32))
    edges = np.linspace(0, 1, 5)
    line = make_line(reading, box(0), edges[:-1], edges[1:])
    assert line.score == pytest.approx(geometric_mean([0.5, 0.8, 1.0, 0.9]), abs=1e-4)
    assert [word.score for word in line.words] == pytest.approx([geometric_mean([0.5, 0.8]), 0.9], abs=1e-4)
    assert [each.score for each in line.words[0].characters] == pytest.approx([0.5, 0.8], abs=1e-4)


@pytest.mark.parametrize("text", ["", " ", "   "])
def test_a_line_without_characters_has_no_words(text: str) -> None:
    edges = np.linspace(0, 1, len(text) + 1)
    line = make_line(reading_of(text), box(0), edges[:-1], edges[1:])
    assert (line.text, line.words) == ("", ())
    assert len(line.polygon) == 4


@given(st.floats(-0.02, 0.02) | st.floats(0, 359.99))
def test_the_angle_of_a_line_is_from_0_to_below_360(degrees: float) -> None:
    angle, edge = np.radians(degrees), np.array([0.0, 1.0])
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    quad = np.array([0 * along, 500 * along, 500 * along + 30 * across, 30 * across], np.float32)
    line = make_line(reading_of("a"), quad, edge[:1], edge[1:])
    assert 0 <= line.angle < 360
    assert abs((line.angle - degrees + 180) % 360 - 180) < 0.01


@given(st.lists(st.floats(0, 300), max_size=10).map(sorted))
def test_characters_stand_side_by_side_within_the_line(centres: list[float]) -> None:
    starts, ends = character_edges(np.array(centres), 300.0)
    assert len(starts) == len(ends) == len(centres)
    assert (starts >= 0).all()
    assert (ends <= 300).all()
    assert (starts <= ends).all()
    assert (starts[1:] == ends[:-1]).all()
    for centre, start, end in zip(centres, starts, ends, strict=True):
        assert start - 1e-9 <= centre <= end + 1e-9


def test_one_character_takes_the_whole_line() -> None:
    starts, ends = character_edges(np.array([20.0]), 90.0)
    assert (starts.tolist(), ends.tolist()) == ([0.0], [90.0])


def test_the_outermost_characters_are_as_wide_outside_as_inside() -> None:
    starts, ends = character_edges(np.array([50.0, 60.0, 80.0]), 300.0)
    assert (starts[0], ends[-1]) == (45.0, 90.0)


def test_the_size_of_the_box_used_here_is_what_it_says() -> None:
    assert quad_size(box(30)) == pytest.approx((300, 40), abs=0.01)
