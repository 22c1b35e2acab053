"""What can be measured of one sample: sizes, heights of its text, contrast, sharpness, lengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.core.page import Polygon
from munja.data.convert.parse import bounds
from munja.data.sample import Sample
from munja.imaging.image import frames

_MOST_BOXES = 40  # of a page that are looked at for contrast
LEAST_CONTRAST = 16  # greys between the 2nd and 98th percentile, below which sharpness says nothing


@dataclass(frozen=True, slots=True)
class Measure:
    """A measured quantity: its name, its unit, whether it is shown on a logarithmic axis, and what it means."""

    name: str
    unit: str
    logarithmic: bool
    meaning: str


MEASURES = {
    "width": Measure("Picture width", "px", True, "of each picture"),
    "height": Measure("Picture height", "px", True, "of each picture"),
    "aspect": Measure("Aspect ratio", "width / height", True, "of each picture"),
    "text_height": Measure("Text height", "px", True, "of each line's box, across the text; of a crop, its height"),
    "length": Measure("Text length", "characters", True, "of each line"),
    "pitch": Measure("Width per character", "text heights", True, "extremes are often wrong labels"),
    "lines": Measure("Lines per page", "lines", True, "that count"),
    "brightness": Measure("Brightness", "grey, 0 to 255", False, "mean of each picture"),
    "contrast": Measure(
        "Contrast", "greys", False, "between the 2nd and 98th percentile; of pages, within the boxes of their lines"
    ),
    "edge": Measure("Edge width", "px", True, "from dark to bright at the sharpest edges; above 3 px is blurred"),
    "kilobytes": Measure("File size", "kB", True, "of each picture"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """One measured number, and of a page's line its text and place, by which it can be shown."""

    number: float
    text: str = ""
    polygon: Polygon = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """The values of a sample by measure (several of those that are taken of lines), and its texts."""

    values: dict[str, list[Value]]
    texts: list[str]


def measure(sample: Sample) -> Measured:
    """All values of a sample; InputError if its picture cannot be read."""
    content = sample.read()
    image = next(iter(frames(content))).image
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
    height, width = grey.shape
    lines = [line for line in sample.page.lines if not line.ignore] if sample.page is not None else []
    placed = [line for line in lines if len(line.polygon) >= 3]
    whole = {"width": width, "height": height, "aspect": width / height, "kilobytes": len(content) / 1000}
    whole |= {"brightness": float(grey.mean()), **_of_text(grey, [line.polygon for line in placed])}
    values = {key: [Value(float(each))] for key, each in whole.items()}
    if sample.page is not None:
        texts = [line.text for line in lines if line.text]
        values["lines"] = [Value(float(len(lines)))]
        sizes = [(line.text, line.polygon, *_extent(line.polygon)) for line in placed]
        values["length"] = [Value(float(len(line.text)), line.text, line.polygon) for line in lines if line.text]
    else:
        texts = [sample.text] if sample.text else []
        sizes = [(sample.text, (), float(width), float(height))] if sample.text is not None else []
        values["length"] = [Value(float(len(text)), text) for text in texts]
    values["text_height"] = [Value(high, text, place) for text, place, _, high in sizes if high > 0]
    known = [each for each in sizes if each[0] and each[2] > 0 and each[3] > 0]
    values["pitch"] = [Value(wide / high / len(text), text, place) for text, place, wide, high in known]
    return Measured(values, texts)


def _of_text(grey: NDArray[np.uint8], places: Sequence[Polygon]) -> dict[str, float]:
    """Contrast and edge width: medians over the boxes of some lines, or those of the whole picture."""
    found = [
        of_pixels(part)
        for part in (_box(grey, place) for place in places[:: 1 + len(places) // _MOST_BOXES])
        if part.size
    ]
    found = found or [of_pixels(grey)]
    return {
        key: float(np.median([each[key] for each in found if key in each]))
        for key in ("contrast", "edge")
        if any(key in each for each in found)
    }


def of_pixels(grey: NDArray[np.uint8]) -> dict[str, float]:
    """Contrast and, where there is enough of it, edge width of a picture (H, W)."""
    cumulated = np.cumsum(np.bincount(grey.ravel(), minlength=256)) / grey.size
    low, high = (int(np.searchsorted(cumulated, share)) for share in (0.02, 0.98))
    numbers = {"contrast": float(high - low)}
    if high - low >= LEAST_CONTRAST and min(grey.shape) >= 3:
        steps = np.maximum(cv2.absdiff(grey[:-1, 1:], grey[:-1, :-1]), cv2.absdiff(grey[1:, :-1], grey[:-1, :-1]))
        steep = np.cumsum(np.bincount(steps.ravel(), minlength=256)) / steps.size
        numbers["edge"] = (high - low) / max(1, int(np.searchsorted(steep, 0.99)))
    return numbers


def _box(grey: NDArray[np.uint8], polygon: Polygon) -> NDArray[np.uint8]:
    left, top, right, bottom = (round(each) for each in bounds(polygon))
    return grey[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]


def _extent(polygon: Polygon) -> tuple[float, float]:
    """Length and height in pixels of a line's outline; of more than four points, of its middle line and its area."""
    points = np.array(polygon, np.float64)
    if len(points) == 4:
        sides = np.hypot(*(points - np.roll(points, -1, axis=0)).T)
        return float(sides[0] + sides[2]) / 2, float(sides[1] + sides[3]) / 2
    _, (wide, high), _ = cv2.minAreaRect(points.astype(np.float32))
    return float(max(wide, high)), float(min(wide, high))
