"""Camera: the ink is printed, the sheet is turned and seen in perspective, lit, blurred, and stored."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.data.synth.pages.grounds import large_textures
from munja.data.synth.pages.kernels import expose, press
from munja.data.synth.pages.sheet import Sheet
from munja.data.synth.textures import cut_noise, cut_texture, textures

Picture = NDArray[np.uint8]
Happens = Callable[[str], bool]
_SHIFT = np.array([[1.0, 0.0, -0.5], [0.0, 1.0, -0.5], [0.0, 0.0, 1.0]])
_BACK = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5], [0.0, 0.0, 1.0]])


def printed(sheet: Sheet, random: Random, happens: Happens, *, ink: float) -> Picture:
    """The sheet with its mask printed on it: bolder or thinner, faded in bands, on textured paper."""
    store, side = large_textures(), sheet.side
    mask = sheet.mask
    gain, bias = (random.uniform(0.85, 1.5), random.uniform(-0.1, 0.03)) if random.random() < 0.6 else (1.0, 0.0)
    if happens("dot_gain"):
        if random.random() < 0.5:
            np.maximum(mask[:, 1:], mask[:, :-1], out=mask[:, 1:])
        gain = random.uniform(1.3, 2.4)
    elif happens("thin"):
        gain, bias = random.uniform(0.9, 1.2), -random.uniform(0.15, 0.35)
    rows, columns = np.ones(side, np.float32), np.ones(side, np.float32)
    grain_strength = random.uniform(0.001, 0.004) if random.random() < 0.35 else 0.0
    if happens("faded"):
        for band in (rows, columns):
            if random.random() < 0.6:
                waves = np.sin(np.linspace(0, random.uniform(1, 9), side) + random.uniform(0, 6.28))
                band *= np.asarray(1 - random.uniform(0.1, 0.35) * (1 + waves), np.float32)
        for _ in range(random.choice((0, 0, 1, 3))):  # a print head with dead dots
            at = random.randrange(side)
            columns[at : at + random.choice((1, 2, 5))] *= np.float32(random.uniform(0.0, 0.6))
        rows *= np.float32(random.uniform(0.55, 1.0))
        grain_strength = random.uniform(0.002, 0.009)
    rough = happens("textured")
    paper = cut_texture(
        random.choice(store.rough if rough else store.smooth), side, side, random.random(), random.random()
    )
    grain = cut_texture(random.choice(store.grains), side, side, random.random(), random.random())
    strength = random.uniform(0.03, 0.25) if rough else random.uniform(0.0, 0.04)
    out = np.empty_like(mask)
    press(mask, sheet.ground, out, ink, gain, bias, paper, strength, grain, grain_strength, rows, columns)
    return out


def pose(random: Random, happens: Happens, side: int, size: int, *, angle: float, free: bool) -> NDArray[np.float64]:
    """The matrix (3, 3) from pixels of the sheet to pixels of the picture; `free` poses are those of scenes."""
    turn = 0.0
    if happens("rotate"):
        turn = random.gauss(0.0, 0.35 * angle) if random.random() < 0.8 else random.uniform(-angle, angle)
        if free and random.random() < 0.3:
            turn = random.uniform(-40.0, 40.0)
    elif random.random() < 0.5:
        turn = random.gauss(0.0, 0.5)
    turn = math.radians(turn)
    # Nothing but a shift where nothing turns it: then no pixel is made anew, and print stays as crisp as on screens.
    stretch = math.exp(random.gauss(0.0, 0.05)) if turn or random.random() < 0.3 else 1.0
    cos, sin, half = math.cos(turn), math.sin(turn), 0.5 * size
    matrix = np.array([[cos * stretch, -sin, half], [sin * stretch, cos, half], [0.0, 0.0, 1.0]])
    centre = np.array([[1.0, 0.0, -0.5 * side], [0.0, 1.0, -0.5 * side], [0.0, 0.0, 1.0]])
    if happens("perspective"):
        # Across the whole picture the scale changes by up to a fifth, in scenes by up to a third.
        most = (0.65 if free else 0.35) / size
        tilt = np.eye(3)
        tilt[2, :2] = random.uniform(-most, most), random.uniform(-most, most)
        back = np.array([[1.0, 0.0, half], [0.0, 1.0, half], [0.0, 0.0, 1.0]])
        matrix[:2, 2] = 0.0
        return np.asarray(back @ tilt @ matrix @ centre)
    return np.asarray(matrix @ centre)


def seen(picture: Picture, matrix: NDArray[np.float64], size: int) -> Picture:
    """The picture (size, size) of a sheet under a matrix."""
    x, y = matrix[0, 2], matrix[1, 2]
    if x == round(x) and y == round(y) and bool((matrix[:2, :2] == np.eye(2)).all()) and not matrix[2, :2].any():
        return np.ascontiguousarray(picture[-round(y) : size - round(y), -round(x) : size - round(x)])
    whole = _SHIFT @ matrix @ _BACK  # pixel centres lie at whole coordinates in OpenCV
    border = cv2.BORDER_REFLECT_101
    if abs(whole[2, 0]) + abs(whole[2, 1]) < 1e-9:
        flat = whole[:2] / whole[2, 2]
        return np.asarray(
            cv2.warpAffine(picture, flat, (size, size), flags=cv2.INTER_LINEAR, borderMode=border), np.uint8
        )
    return np.asarray(
        cv2.warpPerspective(picture, whole, (size, size), flags=cv2.INTER_LINEAR, borderMode=border), np.uint8
    )


def photographed(picture: Picture, random: Random, happens: Happens, *, scan: bool) -> Picture:
    """The picture as a camera or scanner stores it: light, noise, blur, sharpening, JPEG."""
    size = picture.shape[0]
    if happens("low_resolution"):
        small = round(size * random.uniform(0.45, 0.75))
        picture = np.asarray(cv2.resize(picture, (small, small), interpolation=cv2.INTER_AREA), np.uint8)
        picture = np.asarray(cv2.resize(picture, (size, size), interpolation=cv2.INTER_LINEAR), np.uint8)
    if happens("focus_blur"):
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), random.uniform(0.4, 1.3)), np.uint8)
    if happens("motion_blur"):
        across = random.choice((2, 3, 4))
        picture = np.asarray(cv2.blur(picture, (across, 1) if random.random() < 0.5 else (1, across)), np.uint8)
    if happens("photocopy"):
        # Between ink and paper as they are here: a fixed level would swallow pale print whole.
        dark, light = (float(each) for each in np.percentile(picture[::8, ::8], (1, 60)))
        level, soft = dark + random.uniform(0.45, 0.8) * (light - dark), random.uniform(10, 60)
        table = np.clip(128 + (np.arange(256) - level) * 128 / soft, 0, 255).astype(np.uint8)
        picture = np.asarray(cv2.LUT(picture, table), np.uint8)
        if soft < 30:
            picture = _specked(picture, random)
    shade = _light(random, happens, size, scan=scan)
    sigma = random.triangular(2.0, 12.0, 2.0) if happens("noisy") else random.triangular(0.0, 2.5, 0.0)
    noise = cut_noise(textures().noise[0 if random.random() < 0.8 else 1], picture.size, random.random())
    out = np.empty_like(picture)
    expose(np.ascontiguousarray(picture), out, shade, random.uniform(0, 30), noise, sigma / 32.0)
    if happens("moire"):
        places = np.arange(size, dtype=np.float32)
        grating = np.sin(np.add.outer(places * random.uniform(0.1, 1.2), places * random.uniform(0.1, 1.2)))
        out = np.clip(out + grating * random.uniform(4.0, 12.0), 0, 255).astype(np.uint8)
    if happens("sharpen"):
        strength = random.uniform(0.3, 1.5)
        out = np.asarray(cv2.addWeighted(out, 1 + strength, cv2.GaussianBlur(out, (3, 3), 0), -strength, 0), np.uint8)
    if happens("jpeg"):
        written = cv2.imencode(".jpg", out, (cv2.IMWRITE_JPEG_QUALITY, random.randint(20, 90)))[1]
        out = np.asarray(cv2.imdecode(written, cv2.IMREAD_GRAYSCALE), np.uint8)
    return out


def _specked(picture: Picture, random: Random) -> Picture:
    for _ in range(random.choice((0, 0, 5, 30, 80))):
        at = random.randrange(picture.shape[0]), random.randrange(picture.shape[1])
        cv2.circle(picture, at, random.choice((0, 0, 0, 1)), random.choice((0, 30, 255)), -1)
    return picture


def _light(random: Random, happens: Happens, size: int, *, scan: bool) -> Picture:
    """How bright each pixel is lit: 200 is full light; shadows with edges, creases and slow changes."""
    exposure = 200.0 if scan else random.uniform(150.0, 215.0)
    coarse: NDArray[np.float32] = np.full((24, 24), exposure, np.float32)
    if happens("uneven_light"):
        x, y = np.meshgrid(np.linspace(-0.5, 0.5, 24), np.linspace(-0.5, 0.5, 24))
        slope = random.uniform(10.0, 80.0)
        way = random.uniform(0.0, 6.28)
        coarse += (slope * (math.cos(way) * x + math.sin(way) * y)).astype(np.float32)
        coarse -= np.float32(random.uniform(0, 60)) * (x * x + y * y).astype(np.float32) * 2
    light = (
        np.asarray(cv2.resize(coarse, (size, size), interpolation=cv2.INTER_LINEAR), np.float32)
        if (float(np.ptp(coarse)) > 0)
        else None
    )
    shade = (
        np.full((size, size), round(exposure), np.uint8) if light is None else np.clip(light, 0, 255).astype(np.uint8)
    )
    if happens("shadow"):
        shade = _shadow(shade, random)
    if happens("crease"):
        _creases(shade, random)
    return shade


def _shadow(shade: Picture, random: Random) -> Picture:
    """A shadow of a hand, a phone or a window frame: soft or hard, at any side."""
    size = shade.shape[0]
    small = size // 8
    dark = np.full((small, small), 255, np.uint8)
    level = random.randint(90, 220)
    start, count = random.uniform(0, 6.28), random.randint(3, 8)
    centre = random.uniform(-0.3, 1.3) * small, random.uniform(-0.3, 1.3) * small
    reach = random.uniform(0.3, 0.9) * small
    turns = [start + 6.283 * k / count for k in range(count)]
    points = [
        (
            centre[0] + reach * random.uniform(0.5, 1.2) * math.cos(t),
            centre[1] + reach * random.uniform(0.5, 1.2) * math.sin(t),
        )
        for t in turns
    ]
    cv2.fillPoly(dark, [np.rint(points).astype(np.int32)], level)
    spread = random.choice((1, 3, 5, 9))
    dark = np.asarray(cv2.blur(dark, (spread, spread)), np.uint8)
    dark = np.asarray(cv2.resize(dark, (size, size), interpolation=cv2.INTER_LINEAR), np.uint8)
    return np.asarray(cv2.multiply(shade, dark, scale=1 / 255), np.uint8)


def _creases(shade: Picture, random: Random) -> None:
    """Folds of the paper: narrow lines, lighter on one side and darker on the other."""
    size = shade.shape[0]
    for _ in range(random.randint(1, 4)):
        slope = random.uniform(-0.15, 0.15) if random.random() < 0.6 else random.uniform(-1, 1)
        at, change = random.randint(0, size), random.randint(8, 45)
        thick = random.choice((1, 1, 2, 3))
        for shift, level in ((0, 200 + change), (thick, 200 - change)):
            p, q = (0, round(at - slope * size / 2) + shift), (size, round(at + slope * size / 2) + shift)
            if random.random() < 0.5:
                p, q = p[::-1], q[::-1]
            cv2.line(shade, p, q, min(255, level), thick, cv2.LINE_AA)


def forward(points: NDArray[Any], matrix: NDArray[np.float64]) -> NDArray[np.float32]:
    """Where points (..., 2) of the sheet lie in the picture."""
    x, y = points[..., 0], points[..., 1]
    w = matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2]
    px = (matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]) / w
    py = (matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]) / w
    return np.ascontiguousarray(np.stack([px, py], axis=-1), np.float32)
