"""Grounds: what a sheet lies on or a sign hangs on: photographs, textures, gradients, edges of paper on a table."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError
from munja.data.synth.textures import Textures, cut_texture, textures

Picture = NDArray[np.uint8]
Box = tuple[float, float, float, float]
_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


@cache
def large_textures() -> Textures:
    """The textures mirrored into squares of 1024 pixels, which hold a page without a seam."""

    def large(texture: Picture) -> Picture:
        """A texture (256, 1024) mirrored downwards, twice over: (1024, 1024)."""
        double = np.concatenate([texture, texture[::-1]])
        return np.concatenate([double, double])

    store = textures()
    smooth, rough, grains = (tuple(map(large, each)) for each in (store.smooth, store.rough, store.grains))
    return Textures(smooth, rough, grains, store.noise)


@cache
def photographs(folder: str, without: tuple[str, ...] = ()) -> tuple[Picture, ...]:
    """The grey photographs (H, W) in a folder or in its folder `images`; none for no name.

    Files whose names hold one of the words in `without` are left out.
    """
    if not folder:
        return ()
    place = Path(folder).expanduser()
    place = place / "images" if (place / "images").is_dir() else place
    if not place.is_dir():
        raise InputError(f"{folder}: no such folder of photographs; correct `backgrounds`, or leave it out")
    found = []
    for path in sorted(place.iterdir()):
        if path.suffix.lower() in _SUFFIXES and not any(word in path.name for word in without):
            picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
            if picture is None:
                raise InputError(f"{path}: not a picture that can be read; remove it from the folder of backgrounds")
            found.append(np.asarray(picture, np.uint8))
    if not found:
        raise InputError(f"{place}: no photograph ({', '.join(_SUFFIXES)}) in the folder of backgrounds")
    return tuple(found)


def wall(random: Random, side: int, photos: tuple[Picture, ...], *, photo: bool) -> Picture:
    """A ground (side, side) of a scene: a piece of a photograph, a texture, a gradient, or plain."""
    if photo and photos:
        return _piece(random, side, random.choice(photos))
    store = large_textures()
    level, kind = random.uniform(15, 245), random.random()
    if kind < 0.25:
        return np.full((side, side), round(level), np.uint8)
    if kind < 0.45:
        ends = np.array([[level, random.uniform(15, 245)], [random.uniform(15, 245), level]], np.float32)
        return np.asarray(cv2.resize(ends, (side, side), interpolation=cv2.INTER_LINEAR), np.uint8)
    zoom = random.choice((1, 1, 2, 3, 5))
    small = -(-side // zoom)
    piece = cut_texture(random.choice(store.rough), small, small, random.random(), random.random())
    if zoom > 1:
        piece = np.asarray(cv2.resize(piece, (side, side), interpolation=cv2.INTER_LINEAR), np.uint8)
    table = np.clip(level + (np.arange(256) - 128) * random.uniform(0.1, 1.2), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(np.ascontiguousarray(piece), table), np.uint8)


def _piece(random: Random, side: int, photo: Picture) -> Picture:
    """A piece of a photograph at some scale, mirrored or turned, with its contrast changed."""
    height, width = photo.shape
    cut = min(height, width, max(60, round(side * random.uniform(0.35, 1.3))))
    y, x = random.randint(0, height - cut), random.randint(0, width - cut)
    piece = photo[y : y + cut, x : x + cut]
    if random.random() < 0.5:
        piece = piece[:, ::-1]
    piece = np.asarray(cv2.resize(piece, (side, side), interpolation=cv2.INTER_LINEAR), np.uint8)
    if random.random() < 0.7:
        shift, gain = random.uniform(-50, 50), random.uniform(0.5, 1.4)
        table = np.clip(128 + shift + (np.arange(256) - 128) * gain, 0, 255).astype(np.uint8)
        piece = np.asarray(cv2.LUT(piece, table), np.uint8)
    return piece


def lay_on(random: Random, picture: Picture, ground: Picture, edges: Box) -> Picture:
    """The sheet's picture inside `edges` (x0, y0, x1, y1) with the ground around it, and the paper's shadow."""
    side = picture.shape[0]
    x0, y0, x1, y1 = edges
    torn = random.uniform(0.0, 3.0) if random.random() < 0.3 else 0.0
    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    points: list[tuple[float, float]] = []
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        for step in range(12 if torn else 1):
            t = step / 12
            points.append((ax + t * (bx - ax) + random.gauss(0, torn), ay + t * (by - ay) + random.gauss(0, torn)))
    outline = np.rint(points).astype(np.int32)
    inside = np.zeros((side, side), np.uint8)
    cv2.fillPoly(inside, [outline], 255)
    out = ground.copy()
    if random.random() < 0.6:
        shift = random.randint(2, 8)
        dark = np.asarray(cv2.blur(np.roll(inside, (shift, shift), (0, 1)), (9, 9)), np.uint8)
        out = np.asarray(cv2.multiply(out, 255 - dark // random.choice((2, 3)), scale=1 / 255), np.uint8)
    cv2.copyTo(picture, inside, out)
    return out
