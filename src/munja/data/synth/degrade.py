"""What print and camera do to a line: strokes on the canvas, then paper, ink, blur, noise and compression."""

from __future__ import annotations

from functools import lru_cache
from random import Random
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.data.synth.compose import blend
from munja.data.synth.looks import Look
from munja.data.synth.textures import cut_noise, cut_texture, textures

Picture = NDArray[np.uint8]
_EVEN = np.ones(4096, np.float32)  # not marked read-only: numba would compile `blend` a second time for it
_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)


def strokes(canvas: Picture, look: Look) -> Picture:
    """The canvas with bolder or thinner strokes, or printed by a grid of dots."""
    if look.weight > 0:
        for step in range(look.weight):  # alternately to the right and down; slices are 5 times faster than cv2.dilate
            bolder = canvas.copy()
            if step % 2 == 0:
                np.maximum(canvas[:, 1:], canvas[:, :-1], out=bolder[:, 1:])
            else:
                np.maximum(canvas[1:], canvas[:-1], out=bolder[1:])
            canvas = bolder
    elif look.weight < 0:
        thinner = np.asarray(cv2.erode(canvas, _CROSS), np.uint8)
        # Hairlines would vanish: keep what erosion takes from them at half its strength.
        canvas = np.maximum(thinner, canvas // 2)
    if look.dots:
        canvas = _dotted(canvas, look.dots, look.round_dots)
    return canvas


def _dotted(canvas: Picture, pitch: int, round_dots: bool) -> Picture:
    rows, columns = -(-canvas.shape[0] // pitch), -(-canvas.shape[1] // pitch)
    small = cv2.resize(canvas, (columns, rows), interpolation=cv2.INTER_AREA)
    small = np.where(small > 90, 255, 0).astype(np.uint8)
    large = cv2.resize(small, (columns * pitch, rows * pitch), interpolation=cv2.INTER_NEAREST)
    large = large[: canvas.shape[0], : canvas.shape[1]]
    if round_dots and pitch > 2:
        screen = _dot_screen(pitch, -(-large.shape[0] // 256) * 256, -(-large.shape[1] // 1024) * 1024)
        shown = np.ascontiguousarray(screen[: large.shape[0], : large.shape[1]])
        large = cv2.multiply(large, shown, scale=1 / 255)
    return np.asarray(large, np.uint8)


@lru_cache(maxsize=64)
def _dot_screen(pitch: int, rows: int, columns: int) -> Picture:
    """Dots of a pitch in pixels, over rows x columns of them at least."""
    centre = (np.arange(pitch) - (pitch - 1) / 2) / (pitch / 2)
    dot = np.clip(1.55 - np.hypot.outer(centre, centre), 0.25, 1.0)
    return np.tile(np.rint(dot * 255).astype(np.uint8), (-(-rows // pitch), -(-columns // pitch)))


def break_strokes(mask: Picture, look: Look, random: Random) -> Picture:
    """The mask with ink missing in patches, and motion and focus blur."""
    if look.broken:
        grain = random.choice(textures().grains)
        patch = cut_texture(grain, mask.shape[0], mask.shape[1], random.random(), random.random())
        mask = np.where(patch < 128 - 42 * 1.7 * (1 - look.broken), mask // 5, mask).astype(np.uint8)
    if look.motion:
        size = abs(look.motion)
        mask = np.asarray(cv2.blur(mask, (size, 1) if look.motion > 0 else (1, size)), np.uint8)
    if look.blur:
        sigma = look.blur * max(0.6, mask.shape[0] / 32)
        mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), sigma), np.uint8)
    if look.photocopy:
        level = random.randint(70, 150)
        mask = np.asarray(cv2.threshold(mask, level, 255, cv2.THRESH_BINARY)[1], np.uint8)
    return mask


def print_line(mask: Picture, look: Look, random: Random) -> Picture:
    """The picture (h, w) of a mask: ink on paper with textures, light, streaks and noise."""
    store = textures()
    height, width = mask.shape
    out = np.empty_like(mask)
    rows, columns = _EVEN[:height], _EVEN[:width]
    if look.streaks or max(height, width) > len(_EVEN):
        rows, columns = np.ones(height, np.float32), np.ones(width, np.float32)
        _streak(rows, random, 0.35 * look.streaks)
        _streak(columns, random, look.streaks)
    paper = cut_texture(
        random.choice(store.rough if look.rough else store.smooth), height, width, random.random(), random.random()
    )
    grain = cut_texture(random.choice(store.grains), height, width, random.random(), random.random())
    noise = cut_noise(random.choice(store.noise), mask.size, random.random())
    blend(
        mask, out, look.paper, look.ink, look.gain, look.bias, paper, look.paper_strength, grain, look.ink_strength,
        look.light[0], look.light[1], rows, columns, noise, look.sigma,
    )  # fmt: skip
    if look.shadow[0] or look.shadow[1]:
        out = _shadowed(out, mask, look)
    if look.emboss:
        out = _embossed(mask, look)
    return out


def _shadowed(picture: Picture, mask: Picture, look: Look) -> Picture:
    """The picture (h, w) with a second copy of the letters of `mask` showing from behind them."""
    across, down, level = look.shadow
    height = mask.shape[0]
    step = np.array([[1, 0, round(across * height) or 1], [0, 1, round(down * height)]], np.float32)
    behind = cv2.warpAffine(mask, step, mask.shape[::-1], flags=cv2.INTER_NEAREST)
    share = np.maximum(behind, mask).astype(np.float32) - mask  # 0 where the letter itself stands
    return np.asarray(picture + (level - picture) * (share / 255.0), np.uint8)


def _streak(gains: NDArray[Any], random: Random, strength: float) -> None:
    for _ in range(random.randint(1, 3)):
        start = random.randrange(len(gains))
        length = random.randint(1, max(1, len(gains) // random.choice((2, 8, 30))))
        gains[start : start + length] *= 1.0 - strength * random.random()


def _embossed(mask: Picture, look: Look) -> Picture:
    ink = mask.astype(np.int16)
    edge = np.zeros_like(ink)
    edge[1:, 1:] = ink[1:, 1:] - ink[:-1, :-1]
    strength = 0.35 if look.ink < look.paper else -0.35
    return np.clip(look.paper * 0.8 + 20 + strength * edge - 0.12 * ink, 0, 255).astype(np.uint8)


def photograph(picture: Picture, look: Look, random: Random) -> Picture:
    """The picture after its camera or scanner: sharpening halos, specks, moire, JPEG."""
    if look.sharpen:
        soft = cv2.GaussianBlur(picture, (0, 0), 1.0)
        picture = np.asarray(cv2.addWeighted(picture, 1 + look.sharpen, soft, -look.sharpen, 0), np.uint8)
    if look.photocopy:
        for _ in range(random.randint(0, picture.size // 300)):
            picture[random.randrange(picture.shape[0]), random.randrange(picture.shape[1])] = random.choice(
                (0, 40, 255)
            )
    if look.moire:
        rows = np.arange(picture.shape[0], dtype=np.float32)[:, None] * random.uniform(0.1, 1.2)
        columns = np.arange(picture.shape[1], dtype=np.float32)[None] * random.uniform(0.1, 1.2)
        grating = np.sin(rows + columns) * look.moire
        picture = np.clip(picture + grating, 0, 255).astype(np.uint8)
    if look.jpeg:
        written = cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, look.jpeg))[1]
        picture = np.asarray(cv2.imdecode(written, cv2.IMREAD_GRAYSCALE), np.uint8)
    return picture
