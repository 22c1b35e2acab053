from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from munja.data.synth.atlas import Atlas
from munja.data.synth.pages.labels import lines_seen
from munja.data.synth.pages.sheet import (
    MARGIN_BOTTOM,
    MARGIN_SIDE,
    MARGIN_TOP,
    Sheet,
    Style,
    Typesetter,
)


def test_a_line_is_labelled_tightly_around_its_ink(atlas: Atlas, typesetter: Typesetter, sans: Style) -> None:
    for text in ("Total Amount", "MY 12,50", "aceo", "gypq"):
        sheet = Sheet(atlas, 300, 255)
        line = typesetter.set(text, sans)
        assert line is not None
        sheet.write(line, 40, 100)
        rows, columns = (np.flatnonzero((sheet.mask > 100).any(axis=axis)) for axis in (1, 0))
        x0, y0, x1, y1 = sheet.lines[0].box
        tall = rows[-1] + 1 - rows[0]
        assert sheet.lines[0].texts == tuple(text.split())
        assert columns[0] - x0 == pytest.approx(MARGIN_SIDE * tall, abs=1.2)
        assert x1 - columns[-1] - 1 == pytest.approx(MARGIN_SIDE * tall, abs=1.2)
        if tall > 10:  # a lower line of small letters alone is given a capital's height
            assert rows[0] - y0 == pytest.approx(MARGIN_TOP * tall, abs=1.2)
            assert y1 - rows[-1] - 1 == pytest.approx(MARGIN_BOTTOM * tall, abs=1.2)


def test_a_wide_gap_parts_a_line(atlas: Atlas, typesetter: Typesetter, sans: Style) -> None:
    sheet = Sheet(atlas, 400, 255)
    line = typesetter.set("Nasi Lemak", replace(sans, blank=8.0))
    assert line is not None
    sheet.write(line, 10, 50)
    assert [each.texts for each in sheet.lines] == [("Nasi",), ("Lemak",)]
    assert sheet.lines[0].box[2] < sheet.lines[1].box[0]


def test_a_letter_spaced_title_is_one_line(atlas: Atlas, typesetter: Typesetter, sans: Style) -> None:
    sheet = Sheet(atlas, 500, 255)
    line = typesetter.set("CERTIFICATE OF", replace(sans, tracking=1.2))
    assert line is not None
    sheet.write(line, 10, 50)
    assert [each.texts for each in sheet.lines] == [("CERTIFICATE", "OF")]


def test_words_follow_one_another_and_never_overlap(atlas: Atlas, typesetter: Typesetter, sans: Style) -> None:
    sheet = Sheet(atlas, 600, 255)
    line = typesetter.set("one two - three : four", sans)
    assert line is not None
    sheet.write(line, 5, 50)
    words = sheet.lines[0].words
    assert len(words) == 6
    assert (words[1:, 0] >= words[:-1, 2] - 1e-3).all()
    assert (words[:, 0] < words[:, 2]).all()
    assert words[0, 0] == pytest.approx(sheet.lines[0].box[0])
    assert words[-1, 2] == pytest.approx(sheet.lines[0].box[2])


def test_a_bent_line_has_a_polygon_that_holds_its_ink(atlas: Atlas, typesetter: Typesetter, sans: Style) -> None:
    import cv2

    sheet = Sheet(atlas, 400, 255)
    line = typesetter.set("Grand Opening Sale", sans)
    assert line is not None
    sheet.write(line, 60, 200, bow=-0.002, level=0)
    (seen,) = lines_seen(sheet.lines, np.eye(3), sheet.ground)
    assert seen.polygon is not None
    dark = sheet.ground < 128
    for outline in (seen.polygon, seen.quad):
        mask = np.zeros_like(sheet.ground)
        cv2.fillPoly(mask, [np.rint(outline).astype(np.int32)], 1)
        assert (dark & (mask == 0)).sum() < 0.01 * dark.sum()
    assert cv2.contourArea(seen.polygon) < 0.8 * cv2.contourArea(seen.quad)


def test_a_text_is_cut_to_the_room_there_is(typesetter: Typesetter, sans: Style) -> None:
    line = typesetter.fitted("some words that are far too long for the column", sans, 120.0)
    assert line is not None
    assert line.width <= 120
    assert "some words".startswith(line.text) or line.text.startswith("some words")
    assert typesetter.fitted("W", sans, 2.0) is None


def test_characters_that_a_face_lacks_are_left_out(typesetter: Typesetter, sans: Style) -> None:
    line = typesetter.set("a한b 한 c", sans)
    assert line is not None
    assert line.text == "ab c"
    assert typesetter.set("한글", sans) is None
    assert typesetter.set("  ", sans) is None


def test_a_line_off_the_sheet_is_not_written(atlas: Atlas, typesetter: Typesetter, sans: Style) -> None:
    sheet = Sheet(atlas, 100, 255)
    line = typesetter.set("text", sans)
    assert line is not None
    for x, y in ((-200, 50), (150, 50), (10, -30), (10, 140)):
        assert sheet.write(line, x, y) is None
    assert sheet.lines == []
    assert not sheet.mask.any()
