"""What the tests of the writers share: Pages in Korean and English, upright, turned and skewed, with their pictures."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from munja.core.page import Character, Line, Page, Polygon, Word
from munja.imaging.image import Image


def turned(points: list[tuple[float, float]], degrees: float, about: tuple[float, float]) -> Polygon:
    """Points turned clockwise about a point."""
    angle = np.radians(degrees)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = (np.asarray(points) - about) @ rotation.T + about
    return tuple((float(x), float(y)) for x, y in moved)


def box(left: float, top: float, width: float, height: float) -> list[tuple[float, float]]:
    return [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]


@pytest.fixture(scope="session")
def make_page() -> Callable[..., Page]:
    """A Page of 600 x 800 pixels with rows of words, all of it turned clockwise by some degrees about its middle."""

    def make(
        *texts: str, degrees: float = 0.0, score: float | None = 0.9, height: float = 24, dpi: float | None = 100
    ) -> Page:
        lines = []
        for row, text in enumerate(texts):
            left, top = 80.0, 200.0 + 1.6 * height * row
            words = []
            for each in text.split():
                width = sum(height if ord(character) > 0x2000 else height / 2 for character in each)
                quad = turned(box(left, top, width, height), degrees, (300, 400))
                characters = tuple(Character(character, score=score) for character in each)
                words.append(Word(each, quad, score, characters))
                left += width + height / 2
            outline = turned(box(80.0, top, left - height / 2 - 80.0, height), degrees, (300, 400))
            lines.append(Line(text, outline, score, tuple(words), degrees % 360))
        return Page(600, 800, tuple(lines), degrees % 360, "scan.png", 0, dpi)

    return make


@pytest.fixture(scope="session")
def white() -> Image:
    """A picture (800, 600, 3) with a grey gradient, so that it is neither bilevel nor of one colour."""
    ramp = np.linspace(120, 255, 600).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(ramp[None, :, None], (800, 600, 3)))


@pytest.fixture
def pdftotext(tmp_path: Path) -> Callable[..., str]:
    """What Poppler's pdftotext says of a PDF; Debian's package poppler-utils has it."""

    def run(content: bytes, *options: str) -> str:
        path = tmp_path / "document.pdf"
        path.write_bytes(content)
        done = subprocess.run(["pdftotext", *options, path, "-"], capture_output=True, check=True)
        assert done.stderr == b""
        return done.stdout.decode()

    return run
