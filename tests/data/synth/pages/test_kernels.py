from __future__ import annotations

import numpy as np
import pytest

from munja.data.synth.atlas import Atlas
from munja.data.synth.compose import paint
from munja.data.synth.pages.kernels import clip_lines, contrasts, expose, press
from munja.data.synth.pages.sheet import Sheet, Style, Typesetter


def test_at_its_own_size_a_stamped_glyph_is_the_atlas_glyph(atlas: Atlas, typesetter: Typesetter, sans: Style) -> None:
    line = typesetter.set("M", Style(sans.face, 30.0))
    assert line is not None
    sheet = Sheet(atlas, 80, 255)
    sheet.write(line, 20 + line.box[0], 60)
    expected = np.zeros_like(sheet.mask)
    tables = (atlas.offset, atlas.width, atlas.height, atlas.left, atlas.top, atlas.pixels)
    paint(expected, line.glyphs, line.pen, np.zeros(1, np.int32), 20.0, 60.0, *tables)
    assert expected.max() > 200
    assert np.abs(sheet.mask.astype(int) - expected).max() <= 1


@pytest.mark.parametrize("size", [5.0, 9.0, 17.0, 44.0, 90.0])
def test_ink_grows_with_the_square_of_the_size(atlas: Atlas, typesetter: Typesetter, sans: Style, size: float) -> None:
    def ink(wanted: float) -> float:
        line = typesetter.set("E", Style(sans.face, wanted))
        assert line is not None
        sheet = Sheet(atlas, 200, 255)
        sheet.write(line, 20.3, 150.6)
        return float(sheet.mask.sum()) / 255

    assert ink(size) == pytest.approx(ink(30.0) * (size / 30.0) ** 2, rel=0.04)


def test_ink_of_a_level_is_written_over_the_ground(atlas: Atlas, typesetter: Typesetter, sans: Style) -> None:
    line = typesetter.set("HHH", sans)
    assert line is not None
    sheet = Sheet(atlas, 100, 40)
    sheet.write(line, 10, 50, level=200)
    assert sheet.ground.max() == pytest.approx(200, abs=3)
    assert sheet.ground.min() == 40
    assert not sheet.mask.any()


def test_full_ink_prints_its_level_and_no_ink_leaves_the_ground() -> None:
    mask, ground = np.zeros((8, 8), np.uint8), np.full((8, 8), 230, np.uint8)
    mask[:, 4:] = 255
    even, ones, out = np.full((8, 8), 128, np.uint8), np.ones(8, np.float32), np.empty((8, 8), np.uint8)
    press(mask, ground, out, 20.0, 1.0, 0.0, even, 0.2, even, 0.01, ones, ones)
    assert (out[:, :4] == 230).all()
    assert (out[:, 4:] == 20).all()


def test_full_light_without_noise_changes_nothing() -> None:
    picture = np.arange(64, dtype=np.uint8).reshape(8, 8)
    out, noise = np.empty_like(picture), np.zeros(64, np.int8)
    expose(picture, out, np.full((8, 8), 200, np.uint8), 0.0, noise, 0.1)
    assert (out == picture).all()
    expose(picture, out, np.full((8, 8), 100, np.uint8), 0.0, noise, 0.1)
    assert np.abs(out.astype(float) - picture / 2).max() <= 0.51


def _quad(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)


def _clipped(quad: np.ndarray, size: int) -> tuple[np.ndarray, float]:
    clipped, inside = np.zeros((1, 4, 2), np.float32), np.zeros(1, np.float32)
    clip_lines(quad[None], size, size, clipped, inside)
    return clipped[0], float(inside[0])


def test_a_line_that_leaves_the_picture_is_clipped_lengthwise() -> None:
    clipped, inside = _clipped(_quad(-50, 10, 150, 30), 100)
    assert clipped == pytest.approx(_quad(0, 10, 100, 30), abs=1e-3)
    assert inside == 1.0


def test_a_line_is_not_clipped_across_but_its_visible_share_is_known() -> None:
    clipped, inside = _clipped(_quad(10, -14, 80, 6), 100)
    assert clipped == pytest.approx(_quad(10, -14, 80, 6), abs=1e-3)
    assert inside == pytest.approx(0.3, abs=0.07)


def test_a_line_that_is_not_in_the_picture_is_not_inside() -> None:
    assert _clipped(_quad(110, 10, 150, 30), 100)[1] == 0.0
    assert _clipped(_quad(10, 110, 50, 130), 100)[1] == 0.0


def test_an_upright_column_of_text_is_clipped_along_its_own_direction() -> None:
    downwards = np.array([[30, -40], [30, 160], [10, 160], [10, -40]], np.float32)
    clipped, inside = _clipped(downwards, 100)
    assert clipped == pytest.approx(np.array([[30, 0], [30, 100], [10, 100], [10, 0]], np.float32), abs=1e-3)
    assert inside == 1.0


def test_contrast_is_nought_on_plain_ground() -> None:
    picture = np.full((40, 40), 90, np.uint8)
    picture[20:, ::2] = 190
    found = np.zeros(2, np.float32)
    contrasts(picture, np.stack([_quad(2, 2, 38, 18), _quad(2, 22, 38, 38)]), found)
    assert found[0] == 0.0
    assert found[1] == pytest.approx(50, abs=5)
