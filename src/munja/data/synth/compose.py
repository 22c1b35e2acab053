"""Composition: where every glyph of a line stands, and copying the glyphs into one canvas, compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

from munja.core.errors import MissingExtraError

try:
    from numba import njit
except ImportError as error:  # pragma: no cover - depends on the installation
    raise MissingExtraError("synthetic text (numba)", "train") from error


@njit(cache=True, nogil=True)
def arrange(
    glyphs: Any, codes: Any, advance: Any, left: Any, top: Any, width: Any, height: Any, kern: Any, kern_row: int,
    tracking: float, blank: float, gap_at: int, gap: float, pen: Any, middle: Any,
) -> tuple[bool, float, float, float, float]:  # fmt: skip
    """Fill `pen` and `middle` (K,) with the pen and the middle of each character in atlas pixels.

    Whether there is ink comes back, and its box (x0, y0, x1, y1). The middle is that of the ink, or of a blank's room.

    `codes` are code points (kerning knows printable ASCII), `tracking` is added after every character, `blank` scales
    blanks, `gap` is added after character `gap_at`. y counts down from the baseline.
    """
    x = 0.0
    found = False
    x0, y0, x1, y1 = 0.0, 0.0, 0.0, 0.0
    for i in range(glyphs.shape[0]):
        g = glyphs[i]
        pen[i] = x
        if width[g] > 0:
            if not found:
                x0, y0, x1, y1 = x + left[g], float(top[g]), x + left[g] + width[g], float(top[g] + height[g])
                found = True
            else:
                x0, y0 = min(x0, x + left[g]), min(y0, float(top[g]))
                x1, y1 = max(x1, x + left[g] + width[g]), max(y1, float(top[g] + height[g]))
        step = advance[g] * (blank if codes[i] == 32 else 1.0) + tracking + (gap if i == gap_at else 0.0)
        middle[i] = x + (left[g] + 0.5 * width[g] if width[g] > 0 else 0.5 * step)
        x += step
        if kern_row >= 0 and i + 1 < glyphs.shape[0]:
            first, second = codes[i] - 32, codes[i + 1] - 32
            if 0 <= first < 95 and 0 <= second < 95:
                x += kern[kern_row, first, second]
    return found, x0, y0, x1, y1


@njit(cache=True, nogil=True)
def paint(
    canvas: Any, glyphs: Any, pen: Any, shift: Any, x: float, y: float,
    offset: Any, width: Any, height: Any, left: Any, top: Any, pixels: Any,
) -> None:  # fmt: skip
    """Copy glyphs into the canvas (H, W), the darker one winning; pen 0 and baseline stand at column x and row y."""
    rows, columns = canvas.shape
    for i in range(glyphs.shape[0]):
        g = glyphs[i]
        w, h = int(width[g]), int(height[g])
        x0 = int(np.floor(x + pen[i] + left[g] + 0.5))
        y0 = int(np.floor(y + shift[i] + top[g] + 0.5))
        first, last = max(0, -x0), min(w, columns - x0)
        if first >= last:
            continue
        for row in range(max(0, -y0), min(h, rows - y0)):
            at = offset[g] + row * w
            source = pixels[at + first : at + last]
            target = canvas[y0 + row, x0 + first : x0 + last]
            for column in range(last - first):  # without a branch, so that it runs in vector registers
                target[column] = max(target[column], source[column])


@njit(cache=True, nogil=True)
def fill_maps(
    map_x: Any, map_y: Any, scale_x: float, scale_y: float, x0: float, y0: float, shear: float, baseline: float,
    drop: float, taper: float, bend: float, phase: float, waves: float,
) -> None:  # fmt: skip
    """Fill the maps (h, w) of cv2.remap: for every pixel of the picture, the place in the canvas that it shows.

    Forward, a canvas point (x, y) goes to px = (x - x0 + shear * (baseline - y)) * scale_x and, with u = px / w and
    v = (y - y0) * scale_y, to py = v + (v - h / 2) * taper * (u - 1/2) + drop * (u - 1/2) + bend * wave(u).
    """
    h, w = map_x.shape
    for column in range(w):
        u = (column + 0.5) / w
        grow = 1.0 + taper * (u - 0.5)
        shift = drop * (u - 0.5) + bend * np.sin(phase + waves * u)
        for row in range(h):
            v = (row + 0.5 - shift - 0.5 * h) / grow + 0.5 * h
            y = v / scale_y + y0
            map_y[row, column] = y - 0.5
            map_x[row, column] = (column + 0.5) / scale_x + x0 - shear * (baseline - y) - 0.5


@njit(cache=True, nogil=True, fastmath=True)
def blend(
    mask: Any, out: Any, paper: float, ink: float, gain: float, bias: float, paper_texture: Any, paper_strength: float,
    ink_texture: Any, ink_strength: float, light_x: float, light_y: float, rows: Any, columns: Any,
    noise: Any, sigma: float,
) -> None:  # fmt: skip
    """Write paper and ink into `out` (h, w) uint8: one pass over mask, two textures, light, streaks and noise.

    `gain` and `bias` change the mask's edge, `rows` (h,) and `columns` (w,) weaken the ink; the textures (h, w) uint8
    lie around 128, `noise` (h * w,) is int8 with standard deviation 32.
    """
    # All in float32 and over plain slices: the loop then runs in vector registers, 7 times faster than with wrapping.
    f = np.float32
    h, w = mask.shape
    zero, one, half, middle, white = f(0.0), f(1.0), f(0.5), f(128.0), f(255.0)
    edge, offset, grain, ground = f(gain / 255.0), f(bias), f(ink_strength), f(paper_strength)
    sheet, level, spread, slope = f(paper), f(ink), f(sigma), f(light_x / w)
    for y in range(h):
        light = f(light_y * (y / h - 0.5) - 0.5 * light_x)
        strength = f(rows[y])
        mask_row, out_row, paper_row, ink_row = mask[y], out[y], paper_texture[y], ink_texture[y]
        noise_row = noise[y * w : y * w + w]
        for x in range(w):
            a = min(max(f(mask_row[x]) * edge + offset, zero), one) * strength * columns[x]
            a *= min(max(one + (f(ink_row[x]) - middle) * grain, zero), one)
            b = sheet + (f(paper_row[x]) - middle) * ground
            value = b + (level - b) * a + f(noise_row[x]) * spread + light + slope * f(x)
            out_row[x] = np.uint8(min(max(value + half, zero), white))
