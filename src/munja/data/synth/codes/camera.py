"""Camera: one crop of a plate: pose, bending of tanks and axles, blur, exposure, noise, JPEG."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.data.synth.codes.fields import Field, blurred
from munja.data.synth.codes.lettering import Letters
from munja.data.synth.codes.marks import Happens
from munja.data.synth.textures import cut_noise, textures

Picture = NDArray[np.uint8]
_WIDEST = 640  # pixels of a crop


@dataclass(frozen=True, slots=True)
class Pose:
    """How plate pixels come into a crop of `width` x `height`: bending first, then `matrix` (3, 3)."""

    matrix: NDArray[np.float64]
    width: int
    height: int
    scale: float  # pixels of the crop per pixel of the plate
    middle: tuple[float, float]  # of the text, from which bending counts
    bow: float  # pixels down per pixel squared along the text
    radius: float  # pixels of the cylinder that the text runs around, 0 for none

    def forward(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """Where points (K, 2) of the plate lie in the crop."""
        along = points[:, 0].astype(np.float64) - self.middle[0]
        y = points[:, 1] + self.bow * along * along
        if self.radius:
            along = self.radius * np.sin(along / self.radius)
        seen = np.stack([along + self.middle[0], y, np.ones(len(y))]).T @ self.matrix.T
        return np.asarray(seen[:, :2] / seen[:, 2:], np.float32)

    def boxes(self, letters: Letters) -> NDArray[np.float32]:
        """Left, top, right, bottom (K, 4) of the characters in the crop."""
        corners = letters.boxes[:, [[0, 1], [2, 1], [2, 3], [0, 3]]]  # (K, 4, 2)
        seen = self.forward(corners.reshape(-1, 2)).reshape(-1, 4, 2)
        return np.asarray(np.concatenate([seen.min(axis=1), seen.max(axis=1)], axis=1), np.float32)


def draw_pose(random: Random, letters: Letters, tall: float, severity: float, happens: Happens) -> Pose:
    """A pose that shows the text in a crop about `tall` pixels high."""
    x0, y0, x1, y1 = letters.box
    middle = 0.5 * (x0 + x1), 0.5 * (y0 + y1)
    turn = math.radians(random.gauss(0.0, 2.5 + 3.0 * severity)) if happens("rotate") else 0.0
    across, down, tilt = 1.0, 1.0, (0.0, 0.0)
    shear = 0.0
    if happens("perspective"):
        across, down = math.cos(random.uniform(-0.75, 0.75)), math.cos(random.uniform(-0.5, 0.5))
        most = 0.3 * severity + 0.05
        tilt = random.uniform(-most, most) / (x1 - x0), random.uniform(-most, most) / (x1 - x0)
        shear = random.gauss(0.0, 0.06 + 0.1 * severity)
    bow, radius = 0.0, 0.0
    if happens("curve"):
        half = 0.5 * (x1 - x0)
        bow = random.gauss(0.0, 0.15 + 0.2 * severity) * letters.capital / (half * half)
        radius = half / random.uniform(0.3, 0.9) if random.random() < 0.6 else 0.0
    cos, sin = math.cos(turn), math.sin(turn)
    flat = np.array([[cos * across, -sin * down + shear, 0], [sin * across, cos * down, 0], [*tilt, 1.0]])
    centre = np.array([[1, 0, -middle[0]], [0, 1, -middle[1]], [0, 0, 1.0]])
    rough = Pose(flat @ centre, 0, 0, 1.0, middle, bow, radius)
    seen = rough.boxes(letters)
    (left, top), (right, bottom) = seen[:, :2].min(axis=0).tolist(), seen[:, 2:].max(axis=0).tolist()
    text = bottom - top
    loose = (-0.02, 0.1) if happens("tight") else (0.05, 0.35)
    margins = [random.uniform(*loose) * min(text, 1.6 * letters.capital) for _ in range(4)]
    wide, high = right - left + margins[0] + margins[2], text + margins[1] + margins[3]
    scale = min(tall / high, _WIDEST / wide)
    place = np.array([[scale, 0, (margins[0] - left) * scale], [0, scale, (margins[1] - top) * scale], [0, 0, 1.0]])
    size = max(8, round(wide * scale)), max(8, round(high * scale))
    return Pose(place @ flat @ centre, *size, scale * math.sqrt(across * down), middle, bow, radius)


def shown(picture: NDArray[np.float32], pose: Pose) -> NDArray[np.float32]:
    """The crop (height, width, C) of a plate (H, W, C) in a pose."""
    if pose.scale < 0.75:  # else pixels between those that are looked at would be lost
        picture = blurred(picture, 0.42 / pose.scale)
    size, border = (pose.width, pose.height), cv2.BORDER_REFLECT_101
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])  # pixel centres lie at whole coordinates in OpenCV
    matrix = np.linalg.inv(half) @ pose.matrix @ half
    if not pose.bow and not pose.radius:
        return np.asarray(
            cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=border), np.float32
        )
    back = np.linalg.inv(matrix).astype(np.float32)
    x = np.arange(pose.width, dtype=np.float32)[None]
    y = np.arange(pose.height, dtype=np.float32)[:, None]
    depth = back[2, 0] * x + back[2, 1] * y + back[2, 2]
    along = (back[0, 0] * x + back[0, 1] * y + back[0, 2]) / depth - np.float32(pose.middle[0])
    down = (back[1, 0] * x + back[1, 1] * y + back[1, 2]) / depth
    if pose.radius:
        bent = np.clip(along / np.float32(pose.radius), -0.99, 0.99)
        along = np.asarray(np.arcsin(bent) * np.float32(pose.radius), np.float32)
    down -= np.float32(pose.bow) * along * along
    columns = along + np.float32(pose.middle[0])
    return np.asarray(cv2.remap(picture, columns, down, cv2.INTER_LINEAR, borderMode=border), np.float32)


def taken(
    random: Random, scene: NDArray[np.float32], capital: float, severity: float, happens: Happens, *, grey: bool,
    exposure: float, softest: float = 1.0,
) -> tuple[Picture, int]:  # fmt: skip
    """The photograph (H, W, 3) of a scene with letters of `capital` pixels, and the quality of its JPEG.

    `softest` limits blur: dots and edges of relief are gone where solid strokes are still read.
    """
    if happens("focus_blur"):
        sigma = capital * softest * random.uniform(0.02, 0.035 + 0.06 * severity)
        scene = blurred(scene, max(0.25, sigma))
    if happens("motion_blur"):
        scene = _moved(random, scene, capital * softest * random.uniform(0.05, 0.1 + 0.16 * severity))
    dark = happens("low_light")
    scene = scene * np.float32(exposure * (random.uniform(0.35, 0.6) if dark else random.uniform(0.9, 1.1)))
    if grey:
        scene = np.asarray(cv2.cvtColor(cv2.cvtColor(scene, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB), np.float32)
    else:
        scene = scene * np.array([random.uniform(0.92, 1.06), 1.0, random.uniform(0.92, 1.06)], np.float32)
    scene = _visible(scene)
    contrast = _contrast(scene)
    sigma = random.uniform(1.0, 2.5) + (random.uniform(4.0, 6.0 + 9.0 * severity) if dark else 0.0)
    scene = scene + _noise(random, scene.shape, min(sigma, 0.4 * contrast), grey=grey)
    picture = np.clip(scene, 0, 255).astype(np.uint8)
    quality = random.randint(round(88 - 50 * severity), 92) if happens("jpeg") else random.randint(90, 96)
    return picture, quality


def _moved(random: Random, scene: NDArray[np.float32], length: float) -> NDArray[np.float32]:
    """The scene smeared along a line of `length` pixels."""
    side = 2 * math.ceil(length / 2 + 0.5) + 1
    kernel: Field = np.zeros((side, side), np.float32)
    way = random.uniform(0, math.pi)
    dx, dy, middle = 0.5 * length * math.cos(way), 0.5 * length * math.sin(way), 0.5 * (side - 1)
    ends = [round((middle + sign * d) * 16) for sign in (-1, 1) for d in (dx, dy)]
    cv2.line(kernel, (ends[0], ends[1]), (ends[2], ends[3]), 1.0, 1, cv2.LINE_AA, 4)
    kernel[round(middle), round(middle)] = max(1.0, float(kernel[round(middle), round(middle)]))
    return np.asarray(cv2.filter2D(scene, -1, kernel / kernel.sum()), np.float32)


def _contrast(scene: NDArray[np.float32]) -> float:
    """The spread of brightness within the crop that letters make: what changes within a few pixels."""
    grey = scene[..., 1]
    height, width = grey.shape
    inner = grey[height // 6 : height - height // 6, width // 12 : width - width // 12]
    coarse = cv2.blur(inner, (height | 1, height | 1), borderType=cv2.BORDER_REFLECT_101)
    return float((inner - coarse).std())


def _visible(scene: NDArray[np.float32], least: float = 9.0) -> NDArray[np.float32]:
    """The scene with its contrast raised where it would be lower than anybody can see, as a camera does."""
    contrast = _contrast(scene)
    if contrast >= least:
        return scene
    mean = scene.mean(axis=(0, 1))
    return np.asarray((scene - mean) * np.float32(least / max(contrast, 1.5)) + np.clip(mean, 40, 215), np.float32)


def _noise(random: Random, shape: tuple[int, ...], sigma: float, *, grey: bool) -> NDArray[np.float32]:
    """Noise of a sensor (H, W, 1 or 3): white, or smeared as cheap cameras smooth it."""
    table = random.choice(textures().noise[:2])
    layers = 1 if grey else 3
    drawn = cut_noise(table, shape[0] * shape[1], random.random()).reshape(shape[0], shape[1], 1)
    noise = drawn.astype(np.float32) * np.float32(sigma / 32)
    if layers == 3 and sigma > 4:  # coloured in dim light
        parts = [cut_noise(table, shape[0] * shape[1], random.random()) for _ in range(3)]
        colour = np.stack(parts, axis=1).reshape(shape[0], shape[1], 3).astype(np.float32)
        noise = np.float32(0.75) * noise + colour * np.float32(0.6 * sigma / 32)
    return noise
