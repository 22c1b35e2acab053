"""The text that a PDF page holds: each word where it is drawn, whatever the page's box and turn."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pytest

from munja.core.errors import InputError
from munja.core.page import Line
from munja.imaging.image import Frame, InputRule, count_frames, frames

LAYER = InputRule(dpi=144, text_layer=True)


def drawn(*texts: tuple[str, float, float, float], size: float = 18, box: str = "0 0 400 400", turn: int = 0) -> bytes:
    """A PDF of one page with texts at (x, y) points, turned anticlockwise by degrees."""
    operators = ""
    for text, degrees, x, y in texts:
        cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        operators += f"BT /F {size} Tf {cosine:.5f} {sine:.5f} {-sine:.5f} {cosine:.5f} {x} {y} Tm ({text}) Tj ET\n"
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(400, 400))
    page.obj.CropBox = pikepdf.Array([float(value) for value in box.split()])
    page.obj.Rotate = turn
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
    page.obj.Contents = document.make_stream(operators.encode("latin-1"))
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def text_of(content: bytes) -> tuple[Frame, tuple[Line, ...]]:
    (frame,) = frames(content, LAYER)
    assert frame.text is not None
    return frame, frame.text


def ink_inside(frame: Frame, line: Line) -> tuple[float, float]:
    """The share of the page's ink that lies in a line's polygon, and the share of the polygon that is ink."""
    import cv2

    mask = np.zeros(frame.image.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(np.array(line.polygon)).astype(np.int32)], 1)
    ink = frame.image[..., 0] < 128
    return float((ink & (mask > 0)).sum() / ink.sum()), float((ink & (mask > 0)).sum() / max(mask.sum(), 1))


@pytest.mark.parametrize("degrees", [0, 90, 180, 270, 12, -20, 30, 60])
@pytest.mark.parametrize(("box", "turn"), [("0 0 400 400", 0), ("20 30 390 380", 0), ("20 30 390 380", 90)])
def test_a_line_lies_over_its_ink_however_it_and_its_page_are_turned(degrees: float, box: str, turn: int) -> None:
    radians = math.radians(degrees)
    start = (200 - 80 * math.cos(radians), 200 - 80 * math.sin(radians))
    frame, (line,) = text_of(drawn(("Hello glyph world", degrees, *start), box=box, turn=turn))
    assert line.text == "Hello glyph world"
    assert [word.text for word in line.words] == ["Hello", "glyph", "world"]
    inside, filled = ink_inside(frame, line)
    assert inside > 0.98
    assert filled > 0.12  # as tight as a line of text is
    wanted = (turn - degrees) % 360
    assert abs((line.angle - wanted + 180) % 360 - 180) < 1
    for before, after in zip(line.words, line.words[1:], strict=False):
        along = np.array(line.polygon[1]) - line.polygon[0]
        assert (np.mean(after.polygon, axis=0) - np.mean(before.polygon, axis=0)) @ along > 0


def test_a_page_without_text_has_no_lines_and_one_that_is_not_asked_says_nothing() -> None:
    _, lines = text_of(drawn())
    assert lines == ()
    (frame,) = frames(drawn(("A", 0, 50, 50)), InputRule(dpi=72))
    assert frame.text is None


def test_lines_end_where_the_text_turns() -> None:
    _, lines = text_of(drawn(("level", 0, 40, 300), ("upright", 90, 300, 60)))
    assert [(line.text, line.angle) for line in lines] == [("level", 0.0), ("upright", 270.0)]


@pytest.fixture
def locked(tmp_path: Path) -> Callable[[str], Path]:
    """A PDF of one page that a password locks, as pikepdf writes it."""

    def make(password: str) -> Path:
        path = tmp_path / "locked.pdf"
        with pikepdf.open(io.BytesIO(drawn(("Secret", 0, 100, 100)))) as document:
            document.save(path, encryption=pikepdf.Encryption(user=password, owner="owner", R=6))
        return path

    return make


@pytest.mark.parametrize("password", ["open sesame", "owner"])
def test_a_locked_document_opens_with_its_password(locked: Callable[[str], Path], password: str) -> None:
    path = locked("open sesame")
    (frame,) = frames(path, InputRule(dpi=72, text_layer=True, password=password))
    assert frame.text is not None
    assert [line.text for line in frame.text] == ["Secret"]
    assert count_frames(path, password) == 1


def test_a_locked_document_says_which_password_is_missing(locked: Callable[[str], Path]) -> None:
    path = locked("open sesame")
    with pytest.raises(InputError, match=r"locked\.pdf: a PDF locked with a password; give it with --password"):
        list(frames(path))
    with pytest.raises(InputError, match="locked with another password than the one that was given"):
        list(frames(path, InputRule(password="wrong")))


def test_a_document_that_needs_no_password_takes_any() -> None:
    assert len(list(frames(drawn(), InputRule(dpi=72, password="any")))) == 1
