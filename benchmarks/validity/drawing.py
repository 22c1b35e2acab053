"""Drawing: the boxes of places without their pictures, and cut-outs that only whoever has the data may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from benchmarks.validity.places import Place
from munja.evaluate.truth import Truth
from munja.imaging.image import frames


def schematic(chosen: Sequence[tuple[str, Place]]) -> str:
    """The boxes of places as one SVG: truth in solid lines, predictions in dashed ones, nothing of the pictures."""
    columns, width, height = 4, 260, 92
    rows = -(-len(chosen) // columns)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {columns * width} {rows * height}" '
        'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>'
    ]
    for number, (about, place) in enumerate(chosen):
        left, top = number % columns * width, number // columns * height
        points = np.array([point for box in (*place.truth, *place.prediction) for point in box.polygon])
        low, high = points.min(axis=0), points.max(axis=0)
        scale = min((width - 30) / max(high[0] - low[0], 1), (height - 46) / max(high[1] - low[1], 1))
        shift = np.array([left + 15, top + 32]) - low * scale
        names = (
            ("IoU", "DetEval", "CLEval detection") if about == "finding" else ("IoU end-to-end", "CLEval end-to-end")
        )
        told = ", ".join(f"{name.split()[0]} {place.values[name] or 0.0:.2f}" for name in names)
        parts.append(
            f'<text x="{left + 15}" y="{top + 20}"><tspan font-weight="bold">{number + 1}</tspan>  {told}</text>'
        )
        for boxes, style in (
            (place.truth, 'stroke="#0b7a4b" stroke-width="2" fill="#0b7a4b" fill-opacity="0.12"'),
            (place.prediction, 'stroke="#e8590c" stroke-width="2" stroke-dasharray="6 4" fill="none"'),
        ):
            for box in boxes:
                corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in np.array(box.polygon) * scale + shift)
                parts.append(f'<polygon points="{corners}" {style}/>')
    return "\n".join([*parts, "</svg>\n"])


def cut_out(place: Place, truth: Truth) -> np.ndarray[Any, Any]:
    """The picture of a place with its boxes, BGR, to look at."""
    (item,) = [each for each in truth.items if each.name == place.page]
    assert item.picture is not None
    image = np.ascontiguousarray(next(iter(frames(item.picture.source))).image[..., ::-1])
    for boxes, colour in ((place.truth, (75, 122, 11)), (place.prediction, (12, 89, 232))):
        for box in boxes:
            cv2.polylines(image, [np.array(box.polygon).round().astype(np.int32)], True, colour, 1)
    points = np.array([point for box in (*place.truth, *place.prediction) for point in box.polygon])
    low = np.maximum(points.min(axis=0).astype(int) - 30, 0)
    high = points.max(axis=0).astype(int) + 30
    return np.asarray(image[low[1] : high[1], low[0] : high[0]])
