"""Compiled parts of pages: glyphs drawn at any size, boxes of words, ink on paper, light and noise, clipped lines."""

from __future__ import annotations

from typing import Any

import numpy as np

from munja.core.errors import MissingExtraError

try:
    from numba import njit
except ImportError as error:  # pragma: no cover - depends on the installation
    raise MissingExtraError("synthetic text (numba)", "train") from error


@njit(cache=True, nogil=True, fastmath=True)
def stamp(
    canvas: Any, glyphs: Any, pen: Any, x: float, y: float, scale_x: float, scale_y: float, bow: float, pivot: float,
    level: int,
    offset: Any, width: Any, height: Any, left: Any, top: Any, pixels: Any, column_sums: Any, row_sums: Any,
) -> None:  # fmt: skip
    """Draw glyphs of the atlas at `scale_x`, `scale_y` with pen 0 and baseline at (x, y) of the canvas (H, W) uint8.

    With `level` below 0 the canvas is a mask and the darker ink wins; else ink of that grey level covers the canvas.
    `bow` moves a glyph down by bow * (pixels from `pivot`, which counts from pen 0)^2. Each pixel is the mean of the
    ink that it covers, so that small print stays even. `column_sums` and `row_sums` are scratch rows (float32) as wide
    as the widest glyph.
    """
    rows, columns = canvas.shape
    f = np.float32
    reach_x, reach_y = max(1.0, 1.0 / scale_x), max(1.0, 1.0 / scale_y)
    norm = f(1.0 / (reach_x * reach_y))
    for i in range(glyphs.shape[0]):
        g = glyphs[i]
        w, h = int(width[g]), int(height[g])
        if w == 0:
            continue
        along = pen[i] * scale_x - pivot
        x0 = x + (pen[i] + left[g]) * scale_x
        y0 = y + top[g] * scale_y + bow * along * along
        spare_x, spare_y = 0.5 * (reach_x * scale_x - 1.0), 0.5 * (reach_y * scale_y - 1.0)
        first_column = max(0, int(np.floor(x0 - spare_x)))
        last_column = min(columns, int(np.ceil(x0 + w * scale_x + spare_x)))
        first_row = max(0, int(np.floor(y0 - spare_y)))
        last_row = min(rows, int(np.ceil(y0 + h * scale_y + spare_y)))
        if first_column >= last_column or first_row >= last_row:
            continue
        at = offset[g]
        for row in range(first_row, last_row):
            middle = (row + 0.5 - y0) / scale_y
            low, high = max(0.0, middle - 0.5 * reach_y), min(float(h), middle + 0.5 * reach_y)
            if high <= low:
                continue
            sums = column_sums[:w]
            sums[:] = f(0.0)
            for source in range(int(low), min(h, int(np.ceil(high)))):
                share = f(min(high, source + 1.0) - max(low, float(source)))
                line = pixels[at + source * w : at + source * w + w]
                for column in range(w):  # over plain slices, so that it runs in vector registers
                    sums[column] += share * f(line[column])
            total = f(0.0)
            row_sums[0] = total
            for column in range(w):
                total += sums[column]
                row_sums[column + 1] = total
            if total == f(0.0):
                continue
            target = canvas[row]
            for column in range(first_column, last_column):
                middle = (column + 0.5 - x0) / scale_x
                low, high = max(0.0, middle - 0.5 * reach_x), min(float(w), middle + 0.5 * reach_x)
                if high <= low:
                    continue
                a, b = int(low), min(int(high), w - 1)
                upper = row_sums[b] + f(high - b) * sums[b]
                lower = row_sums[a] + f(low - a) * sums[a]
                value = (upper - lower) * norm
                if level < 0:
                    target[column] = max(target[column], np.uint8(min(value, f(255.0))))
                else:
                    share = min(value * f(1.0 / 255.0), f(1.0))
                    target[column] = np.uint8(f(target[column]) + (f(level) - f(target[column])) * share + f(0.5))


@njit(cache=True, nogil=True)
def measure(
    glyphs: Any, codes: Any, pen: Any, width: Any, height: Any, left: Any, top: Any, x: float, y: float,
    scale_x: float, scale_y: float, wide_gap: float, least: float, margins: Any, words: Any, ends: Any, lines: Any,
    last_word: Any,
) -> int:  # fmt: skip
    """Fill `words` (K, 4) and `lines` (L, 4) with boxes in pixels, margins included; how many lines comes back.

    Pen 0 and baseline lie at (x, y). A gap wider than `wide_gap` pixels begins another line; a line's ink counts as
    `least` pixels tall at least. `margins` are those of top, bottom and sides in heights of the ink; `ends` (K, 2) are
    each word's first and last character, `last_word` (L,) the word after each line's last.
    """
    count_words, count_lines, first = 0, 0, 0
    i, count = 0, glyphs.shape[0]
    while i <= count:
        if i < count and (codes[i] == 32 or width[glyphs[i]] == 0):
            i += 1
            continue
        start = i
        x0, y0, x1, y1 = 1e9, 1e9, -1e9, -1e9
        while i < count and codes[i] != 32:
            g = glyphs[i]
            if width[g] > 0:
                x0, y0 = min(x0, x + (pen[i] + left[g]) * scale_x), min(y0, y + top[g] * scale_y)
                x1 = max(x1, x + (pen[i] + left[g] + width[g]) * scale_x)
                y1 = max(y1, y + (top[g] + height[g]) * scale_y)
            i += 1
        if count_words > first and (start == count or x0 - words[count_words - 1, 2] > wide_gap):
            _grow_line(words, first, count_words, least, margins, lines[count_lines])
            last_word[count_lines] = count_words
            count_lines += 1
            first = count_words
        if start == count:
            break
        words[count_words, 0], words[count_words, 1], words[count_words, 2], words[count_words, 3] = x0, y0, x1, y1
        ends[count_words, 0], ends[count_words, 1] = start, i
        count_words += 1
    return count_lines


@njit(cache=True, nogil=True)
def _grow_line(words: Any, first: int, last: int, least: float, margins: Any, line: Any) -> None:
    """Make one line's words as tall as the line and give both their margins; close words meet between their ink."""
    y0, y1 = words[first:last, 1].min(), words[first:last, 3].max()
    if y1 - y0 < least:
        middle = 0.5 * (y0 + y1)
        y0, y1 = middle - 0.5 * least, middle + 0.5 * least
    tall = y1 - y0
    side = margins[2] * tall
    y0, y1 = y0 - margins[0] * tall, y1 + margins[1] * tall
    before = -1e9
    for k in range(first, last):
        after = 0.5 * (words[k, 2] + words[k + 1, 0]) if k + 1 < last else 1e9
        words[k, 0], words[k, 2] = max(words[k, 0] - side, before), min(words[k, 2] + side, after)
        words[k, 1], words[k, 3] = y0, y1
        before = after
    line[0], line[1], line[2], line[3] = words[first, 0], y0, words[last - 1, 2], y1


@njit(cache=True, nogil=True, fastmath=True)
def press(
    mask: Any, ground: Any, out: Any, ink: float, gain: float, bias: float, paper: Any, paper_strength: float,
    grain: Any, grain_strength: float, rows: Any, columns: Any,
) -> None:  # fmt: skip
    """Print a mask on its ground, both (h, w) uint8, into `out`: textured paper, grain and fading of the ink.

    `gain` and `bias` change the mask's edge, `rows` (h,) and `columns` (w,) weaken the ink; both textures lie
    around 128.
    """
    f = np.float32
    h, w = mask.shape
    zero, one, half, middle, white = f(0.0), f(1.0), f(0.5), f(128.0), f(255.0)
    edge, offset, rough, level, uneven = f(gain / 255.0), f(bias), f(paper_strength), f(ink), f(grain_strength)
    for y in range(h):
        strength = f(rows[y])
        mask_row, ground_row, out_row, paper_row, grain_row = mask[y], ground[y], out[y], paper[y], grain[y]
        for x in range(w):
            a = min(max(f(mask_row[x]) * edge + offset, zero), one) * strength * columns[x]
            a *= min(max(one + (f(grain_row[x]) - middle) * uneven, zero), one)
            base = f(ground_row[x]) + (f(paper_row[x]) - middle) * rough
            out_row[x] = np.uint8(min(max(base + (level - base) * a + half, zero), white))


@njit(cache=True, nogil=True, fastmath=True)
def expose(picture: Any, out: Any, shade: Any, black: float, noise: Any, sigma: float) -> None:
    """Light a picture (h, w) uint8 by `shade` (h, w) uint8, where 200 leaves it as it is, and add noise."""
    f = np.float32
    h, w = picture.shape
    zero, half, white = f(0.0), f(0.5), f(255.0)
    one, dark, spread = f(1.0 / 200.0), f(black), f(sigma)
    for y in range(h):
        source, light, target = picture[y], shade[y], out[y]
        noise_row = noise[y * w : y * w + w]
        for x in range(w):
            value = dark + (f(source[x]) - dark) * f(light[x]) * one + f(noise_row[x]) * spread
            target[x] = np.uint8(min(max(value + half, zero), white))


@njit(cache=True, nogil=True)
def clip_lines(quads: Any, width: int, height: int, clipped: Any, inside: Any) -> None:
    """Clip quads (L, 4, 2) lengthwise to a picture; `inside` (L,) is how much of their height stays visible.

    0 stands in `inside` for quads that do not reach into the picture at all.
    """
    for k in range(quads.shape[0]):
        q = quads[k]
        left_x, left_y = 0.5 * (q[0, 0] + q[3, 0]), 0.5 * (q[0, 1] + q[3, 1])
        right_x, right_y = 0.5 * (q[1, 0] + q[2, 0]), 0.5 * (q[1, 1] + q[2, 1])
        low, high = 0.0, 1.0
        flat = np.hypot(right_x - left_x, right_y - left_y)
        if flat > 0.0:
            for axis in range(2):
                a = left_x if axis == 0 else left_y
                b = right_x if axis == 0 else right_y
                # The line's own direction is clipped at the border, the other one is judged by the share inside.
                if abs(b - a) < 0.5 * flat:
                    continue
                end = width if axis == 0 else height
                t0, t1 = (0.0 - a) / (b - a), (end - a) / (b - a)
                low, high = max(low, min(t0, t1)), min(high, max(t0, t1))
        inside[k] = 0.0
        if high <= low:
            continue
        for axis in range(2):
            for side in range(2):
                t = low if side == 0 else high
                clipped[k, 0 + side, axis] = q[0, axis] + t * (q[1, axis] - q[0, axis])
                clipped[k, 3 - side, axis] = q[3, axis] + t * (q[2, axis] - q[3, axis])
        c = clipped[k]
        seen, samples = 0, 0
        for step in range(9):
            t = step / 8.0
            for across in range(9):
                s = (across + 0.5) / 9.0
                px = (1 - s) * (c[0, 0] + t * (c[1, 0] - c[0, 0])) + s * (c[3, 0] + t * (c[2, 0] - c[3, 0]))
                py = (1 - s) * (c[0, 1] + t * (c[1, 1] - c[0, 1])) + s * (c[3, 1] + t * (c[2, 1] - c[3, 1]))
                samples += 1
                if -0.01 <= px <= width + 0.01 and -0.01 <= py <= height + 0.01:
                    seen += 1
        inside[k] = seen / samples


@njit(cache=True, nogil=True)
def contrasts(picture: Any, quads: Any, found: Any) -> None:
    """Fill `found` (L,) with the spread of grey levels in each quad (L, 4, 2): what stands out there at all."""
    size_y, size_x = picture.shape
    for k in range(quads.shape[0]):
        q = quads[k]
        long = np.hypot(q[1, 0] - q[0, 0], q[1, 1] - q[0, 1])
        steps = int(min(max(long, 8.0), 160.0))
        count, total, squares = 0, 0.0, 0.0
        for step in range(steps):
            t = (step + 0.5) / steps
            for across in range(6):
                s = (across + 0.5) / 6.0
                px = (1 - s) * (q[0, 0] + t * (q[1, 0] - q[0, 0])) + s * (q[3, 0] + t * (q[2, 0] - q[3, 0]))
                py = (1 - s) * (q[0, 1] + t * (q[1, 1] - q[0, 1])) + s * (q[3, 1] + t * (q[2, 1] - q[3, 1]))
                column, row = int(px), int(py)
                if 0 <= column < size_x and 0 <= row < size_y:
                    value = float(picture[row, column])
                    count += 1
                    total += value
                    squares += value * value
        found[k] = np.sqrt(max(0.0, squares / count - (total / count) ** 2)) if count else 0.0
