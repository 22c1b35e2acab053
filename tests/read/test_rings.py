"""Numbers in rings before the labels of forms are left out, and nothing else is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from munja.read.codecs.ctc import Reading
from munja.read.rings import without_ring

CENTRES = np.array([16.0, 42.0, 66.0])


def line(kind: str, height: int = 32) -> np.ndarray:
    """A line whose first sign is of a kind, and two squares that stand for syllables."""
    disc = kind == "disc"
    picture = np.full((height, 80), 235, np.uint8)
    if kind == "figure":
        cv2.ellipse(picture, (16, 16), (6, 10), 0, 0, 360, 20, 2, cv2.LINE_AA)
    elif kind == "open":
        cv2.ellipse(picture, (16, 16), (10, 10), 0, 40, 300, 20, 2, cv2.LINE_AA)
    else:
        cv2.circle(picture, (16, 16), 10, 20, -1 if disc else 1, cv2.LINE_AA)
    if kind in ("ring", "disc", "open"):
        cv2.putText(picture, "3", (12, 21), cv2.FONT_HERSHEY_SIMPLEX, 0.4, 235 if disc else 20, 1, cv2.LINE_AA)
    for x in (32, 56):
        cv2.rectangle(picture, (x, 6), (x + 18, 26), 20, 2)
    return np.repeat(picture[..., None], 3, axis=2)


def read(text: str, picture: np.ndarray) -> str:
    reading = Reading(tuple(text), np.arange(len(text)), np.full(len(text), 0.9))
    found, centres = without_ring(reading, CENTRES[: len(text)], picture)
    assert len(centres) == len(found.characters) == len(found.columns)
    return "".join(found.characters)


@pytest.mark.parametrize("kind", ["ring", "disc"])
@pytest.mark.parametrize("sign", ["@", "0", "○"])
@pytest.mark.parametrize("dark", [False, True])
def test_a_number_in_a_ring_is_left_out(kind: str, sign: str, dark: bool) -> None:
    picture = line(kind)
    assert read(f"{sign}주소", 255 - picture if dark else picture) == "주소"


@pytest.mark.parametrize("kind", ["bullet", "figure", "open"])
def test_a_bullet_a_figure_and_a_letter_stay(kind: str) -> None:
    assert read("0주소", line(kind)) == "0주소"


@pytest.mark.parametrize("text", ["0", "주소", "@ab", "30원", "7주소"])
def test_what_is_not_a_round_sign_before_hangul_stays(text: str) -> None:
    assert read(text, line("ring")) == text


def test_a_blank_line_is_no_ring() -> None:
    assert read("0주소", np.full((32, 80, 3), 200, np.uint8)) == "0주소"
