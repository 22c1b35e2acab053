"""How pictures are brought to the sizes that networks take: few distinct ones, each decided by its picture alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.imaging.geometry import grow_quad, quad_size
from munja.imaging.image import Image
from munja.imaging.warp import cut_quad, fit, part
from munja.read.ink import columns_of_ink

MAX_SHOWN = 4_000_000  # pixels of a picture as the detector sees it
MAX_LINE_WIDTH = 4096  # pixels; a line longer than 85 times its height is squeezed
MOST_GREY = 50_000_000  # pixels of a picture that is made grey as a whole, not cut by cut
MOST_SQUEEZED = 4.0  # times, for a recogniser of one width that does not say what it was trained on


def detector_size(width: int, height: int, rule: Mapping[str, Any]) -> tuple[int, int, float]:
    """Width, height and scale at which a picture of width x height pixels is shown to a detector.

    The longer side becomes at most `long_side`. Where that leaves the shorter one below `short_side`, as on strips and
    small pictures, the picture is shown larger: up to `short_side`, `enlarge` times its own size, or MAX_SHOWN pixels.
    The scaled picture fills the top left; the rest, up to the multiple, is padding.
    """
    scale = min(1.0, rule["long_side"] / max(width, height))
    if min(width, height) * scale < rule["short_side"]:
        wanted = min(rule["short_side"] / min(width, height), rule["enlarge"])
        scale = max(scale, min(wanted, math.sqrt(MAX_SHOWN / (width * height))))
    multiple = rule["multiple"]
    return _up(width * scale, multiple), _up(height * scale, multiple), scale


def show_to_detector(image: Image, rule: Mapping[str, Any]) -> tuple[NDArray[np.uint8], float]:
    """A batch of one (1, H, W, channels) for the detector, padded by repeating its last pixels, and the scale used."""
    height, width = image.shape[:2]
    full_width, full_height, scale = detector_size(width, height, rule)
    image = seen(image, rule)  # a third of what is to be averaged
    inner = fit(image, min(full_width, max(1, round(width * scale))), min(full_height, max(1, round(height * scale))))
    if rule.get("channels", 3) == 1:
        inner = grey(inner)
    below, beside = full_height - inner.shape[0], full_width - inner.shape[1]
    padded = cv2.copyMakeBorder(inner, 0, below, 0, beside, cv2.BORDER_REPLICATE)
    return np.asarray(padded, np.uint8).reshape(1, full_height, full_width, -1), scale


def grey(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture (H, W, 3) as grey (H, W, 1), as bright as it is seen; one that is grey already as it is."""
    if image.shape[2] == 1 or image.strides[2] == 0:  # one channel shown three times
        return image[..., :1]
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY), np.uint8)[..., None]


def seen(image: Image, *rules: Mapping[str, Any]) -> Image:
    """A picture (H, W, 3) as networks of these input rules see it: grey (H, W, 1) if none of them sees colours.

    A picture of more than MOST_GREY pixels stays as it is; what is cut out of it becomes grey.
    """
    if image.shape[0] * image.shape[1] > MOST_GREY or any(rule.get("channels", 3) != 1 for rule in rules):
        return image
    return grey(image)


def line_width(quad_width: float, quad_height: float, rule: Mapping[str, Any]) -> int:
    """Width in pixels at which a line of quad_width x quad_height pixels is shown to the recogniser.

    That of its own shape at the recogniser's height; under a rule of one width with `fit` "pad" no more than that
    width, with "stretch" that width whatever its shape.
    """
    if rule.get("fit") == "stretch":
        return int(rule["width"])
    widest = rule["width"] if "fit" in rule else MAX_LINE_WIDTH
    natural = round(quad_width * rule["height"] / max(quad_height, 1.0))
    return int(min(max(natural, rule["height"] // 2), widest))


def longest_line(rule: Mapping[str, Any]) -> int:
    """Width in pixels, at the recogniser's height, from which a line is read in pieces.

    A rule of one width says in `longest` how wide lines may be before they are squeezed into it.
    """
    if "fit" not in rule:
        return MAX_LINE_WIDTH
    return int(min(rule.get("longest", MOST_SQUEEZED * rule["width"]), MAX_LINE_WIDTH))


def pieces(image: Image, quad: NDArray[Any], rule: Mapping[str, Any]) -> list[NDArray[np.float32]]:
    """The quad (4, 2) of a line, or its pieces, cut at gaps, where it is too long to be read at once."""
    width, height = quad_size(quad)
    natural = round(width * rule["height"] / max(height, 1.0))
    count = math.ceil(natural / longest_line(rule))
    if count < 2:
        return [np.asarray(quad, np.float32)]
    span = natural / count
    cuts = [0.0]
    for k in range(1, count):  # look for the widest gap within a quarter of a piece around an even cut
        low, high = (k - 0.25) * span / natural, (k + 0.25) * span / natural
        strip = cut_quad(image, part(quad, low, high), round((high - low) * natural), rule["height"])
        ink = np.flatnonzero(np.concatenate(([True], columns_of_ink(strip), [True])))
        widest = int(np.argmax(np.diff(ink)))
        cuts.append(low + (ink[widest] + ink[widest + 1] - 1) / 2.0 / strip.shape[1] * (high - low))
    return [part(quad, left, right) for left, right in zip(cuts, [*cuts[1:], 1.0], strict=True)]


def cut_line(image: Image, quad: NDArray[Any], width: int, rule: Mapping[str, Any]) -> NDArray[np.uint8]:
    """A line as the recogniser wants it: (1, height, bucket, channels), content on the left, padding on the right.

    Padding is `pad`, or the last column again and again under a rule with `fit`.
    """
    bucket = shown_width(width, rule)
    line = cut_quad(image, quad, min(width, bucket), rule["height"])
    if rule["channels"] == 1:
        line = grey(line)
    if "fit" in rule:
        return np.pad(line, ((0, 0), (0, bucket - line.shape[1]), (0, 0)), mode="edge")[None]
    padded = np.empty((1, rule["height"], bucket, rule["channels"]), np.uint8)
    padded[0, :, : line.shape[1]] = line
    padded[0, :, line.shape[1] :] = rule["pad"]
    return padded


def show_line(image: Image, quad: NDArray[Any], rule: Mapping[str, Any]) -> NDArray[np.uint8]:
    """A line as a classifier wants it: with the margin of its rule, and no more than its first `longest` pixels."""
    pad_x, pad_y = rule.get("padding", (0.0, 0.0))
    height = quad_size(quad)[1]
    quad = grow_quad(quad, pad_x * height, pad_y * height)
    width = line_width(*quad_size(quad), rule)
    longest = rule.get("longest", width)
    if width > longest:
        quad, width = part(quad, 0.0, longest / width), longest
    return cut_line(image, quad, width, rule)


def shown_width(width: int, rule: Mapping[str, Any]) -> int:
    """Width in pixels, with its padding, of the picture in which a line `width` pixels wide is shown."""
    return width_bucket(width, rule["width_step"]) if "width_step" in rule else int(rule["width"])


def width_bucket(width: int, step: int) -> int:
    """The width at which a line of `width` pixels is shown: the next multiple of `step`, coarser for longer lines.

    The step doubles at every 16 steps, so that at most an eighth is padding and the distinct widths stay few:
    OpenVINO keeps 5 MB for each of them.
    """
    while width > 16 * step:
        step *= 2
    return _up(width, step)


def _up(value: float, multiple: int) -> int:
    return max(multiple, math.ceil(value / multiple - 1e-6) * multiple)
