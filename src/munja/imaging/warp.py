"""Cut quads out of pictures, straightened and scaled in one resampling."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.imaging.geometry import quad_size
from munja.imaging.image import Image

SHORT = 32_000  # pixels


def cut_quad(image: Image, quad: NDArray[Any], width: int, height: int) -> Image:
    """The inside of a quad (4, 2) of an image (H, W, C) as (height, width, C); what lies outside repeats the edge."""
    natural_width, natural_height = quad_size(quad)
    # OpenCV's warps address 32,767 pixels, and copy a view as a whole: cut the neighbourhood out first.
    if max(image.shape[:2]) >= SHORT or not image.flags.c_contiguous:
        left, top = np.clip(np.floor(quad.min(axis=0)).astype(int) - 2, 0, (image.shape[1] - 1, image.shape[0] - 1))
        right, bottom = np.ceil(quad.max(axis=0)).astype(int) + 2
        image = np.ascontiguousarray(image[top : max(bottom, top + 1), left : max(right, left + 1)])
        quad = quad - np.array([left, top], np.float32)
        if max(image.shape[:2]) >= SHORT:
            half = (max(1, image.shape[1] // 2), max(1, image.shape[0] // 2))
            quad = quad * (half[0] / image.shape[1], half[1] / image.shape[0])
            return cut_quad(np.asarray(cv2.resize(image, half, interpolation=cv2.INTER_AREA)), quad, width, height)
    shrink = max(1, int(min(natural_height / height, natural_width / width)))
    if shrink >= 2:  # bilinear sampling of every second pixel would alias: average first
        left, top = np.maximum(np.floor(quad.min(axis=0)).astype(int) - shrink, 0)
        right, bottom = np.minimum(np.ceil(quad.max(axis=0)).astype(int) + shrink, (image.shape[1], image.shape[0]))
        if right - left >= shrink and bottom - top >= shrink:
            patch = image[top:bottom, left:right]
            size = (max(1, (right - left) // shrink), max(1, (bottom - top) // shrink))
            image = np.asarray(cv2.resize(patch, size, interpolation=cv2.INTER_AREA), np.uint8)
            quad = (quad - (left, top)) * (size[0] / (right - left), size[1] / (bottom - top))
    # Edge coordinates: the quad's corners are the outer corners of the outermost pixels.
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform((quad - 0.5).astype(np.float32), target)
    cut = cv2.warpPerspective(image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8).reshape(height, width, -1)  # OpenCV leaves a last axis of 1 out


def quad_points(quad: NDArray[Any], fractions: NDArray[Any]) -> NDArray[np.float32]:
    """Points (K, 2) of a picture at (K, 2) fractions of a quad's width and height, as `cut_quad` maps them."""
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    matrix = cv2.getPerspectiveTransform(unit, np.asarray(quad, np.float32))
    return np.asarray(cv2.perspectiveTransform(fractions.reshape(1, -1, 2).astype(np.float32), matrix)[0], np.float32)


def part(quad: NDArray[Any], left: float, right: float) -> NDArray[np.float32]:
    """The part of a quad (4, 2) between two fractions of its width, over its full height."""
    return quad_points(quad, np.array([[left, 0], [right, 0], [right, 1], [left, 1]]))


def fit(image: Image, width: int, height: int) -> Image:
    """The image (H, W, C) scaled to (height, width, C), averaged where it shrinks, so that no thin strokes vanish."""
    if (image.shape[1], image.shape[0]) == (width, height):
        return image
    if image.shape[2] == 1:
        return _resized(image, width, height).reshape(height, width, 1)
    if image.strides[2] == 0:  # one channel shown three times: OpenCV would copy all of it
        return np.repeat(_resized(image[..., 0], width, height)[..., None], 3, axis=2)
    return _resized(image, width, height)


def _resized(image: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    smaller = width < image.shape[1] and height < image.shape[0]
    way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=way), np.uint8)
