"""What formats of label files share: rows that know their number, numbers that are finite, polygons, splits."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from munja.core.errors import InputError
from munja.core.page import Polygon
from munja.data.convert.report import Report

SPLITS = {
    "train": "train", "training": "train", "val": "validate", "valid": "validate", "validate": "validate",
    "validation": "validate", "dev": "validate", "test": "test", "testing": "test",
}  # fmt: skip
_LARGEST = 1e7  # pixels; what is larger is a slip or an attack


def read_bytes(path: Path) -> bytes:
    """The content of a label file; InputError says why it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error


def rows(path: Path, report: Report) -> Iterator[tuple[str, str]]:
    """(`file:line`, row) of a UTF-8 text file without its empty rows; what is not UTF-8 goes to the report."""
    for number, raw in enumerate(read_bytes(path).removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        where = f"{path}:{number}"
        try:
            row = raw.decode().removesuffix("\r")
        except UnicodeDecodeError as error:
            report.drop(where, f"not UTF-8 ({error.reason} at byte {error.start + 1} of the line)")
            continue
        if row.strip():
            yield where, row


def json_value(text: str | bytes, where: str) -> Any:
    """The value of a JSON document; InputError names the place."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        at = f"{where}:{error.lineno}" if error.lineno > 1 or ":" not in where else where
        raise InputError(f"{at}: not JSON ({error.msg} at column {error.colno})") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: not JSON ({error})") from error


def load_json(path: Path) -> Any:
    """The value of a JSON file; InputError names file and line."""
    return json_value(read_bytes(path).removeprefix(b"\xef\xbb\xbf"), str(path))


def save_json(path: Path, value: Any, *, indent: int | None = None) -> None:
    """Write a value as a JSON file in UTF-8 whose characters stand as themselves."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=indent), encoding="utf-8")


def number(value: Any, what: str = "a coordinate") -> float:
    """A finite number that may be a pixel; InputError if it is none."""
    try:
        if isinstance(value, bool):
            raise ValueError
        result = float(value)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{what} should be a number, got {_short(value)}") from None
    if not math.isfinite(result) or abs(result) > _LARGEST:
        raise InputError(f"{what} should be a number of pixels, got {_short(value)}")
    return result


def string(value: Any, what: str) -> str:
    """A string; InputError if it is none, or holds what UTF-8 cannot."""
    if not isinstance(value, str):
        raise InputError(f"{what} should be a string, got {_short(value)}")
    return encodable(value, what)


def encodable(value: str, what: str) -> str:
    """The string; InputError if it has half a surrogate pair, which JSON can spell but no file can hold."""
    if any("\ud800" <= each <= "\udfff" for each in value):
        raise InputError(f"{what} has a broken character (a lone surrogate)")
    return value


def points(value: Any) -> Polygon:
    """A polygon of 3 points or more from [[x, y], ...] or [x, y, x, y, ...]."""
    if not isinstance(value, Sequence) or isinstance(value, str | bytes) or not value:
        raise InputError(f"a polygon was wanted, got {_short(value)}")
    if not isinstance(value[0], Sequence) or isinstance(value[0], str):
        if len(value) % 2:
            raise InputError(f"a polygon needs as many x as y, got {len(value)} numbers")
        value = [value[i : i + 2] for i in range(0, len(value), 2)]
    found = []
    for point in value:
        if not isinstance(point, Sequence) or isinstance(point, str | bytes) or len(point) != 2:
            raise InputError(f"a point [x, y] was wanted, got {_short(point)}")
        found.append((number(point[0]), number(point[1])))
    if len(found) < 3:
        raise InputError(f"a polygon needs 3 points or more, got {len(found)}")
    return tuple(found)


def rectangle(left: Any, top: Any, right: Any, bottom: Any) -> Polygon:
    """The quad of an upright box."""
    x1, y1, x2, y2 = (number(each) for each in (left, top, right, bottom))
    if x2 <= x1 or y2 <= y1:
        raise InputError(f"a box of {x2 - x1:g} x {y2 - y1:g} pixels has no extent")
    return ((x1, y1), (x2, y1), (x2, y2), (x1, y2))


def bounds(polygon: Polygon) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a polygon."""
    xs, ys = zip(*polygon, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def is_upright(polygon: Polygon) -> bool:
    """Whether it is a box whose text runs from left to right: four corners, from the top left, clockwise."""
    x1, y1, x2, y2 = bounds(polygon)
    return polygon == ((x1, y1), (x2, y1), (x2, y2), (x1, y2))


def quad_of(polygon: Polygon) -> Polygon:
    """A polygon as four corners that begin where it begins: itself, or the smallest turned box around it."""
    if len(polygon) == 4:
        return polygon
    import cv2

    box = cv2.boxPoints(cv2.minAreaRect(np.array(polygon, np.float32)))  # clockwise, from any corner
    first = int(np.argmin(np.hypot(*(box - np.array(polygon[0], np.float32)).T)))
    return tuple((round(float(x), 2), round(float(y), 2)) for x, y in np.roll(box, -first, axis=0))


def whole(polygon: Polygon) -> list[int]:
    """Its coordinates x, y, x, y, ... rounded to whole pixels."""
    return [math.floor(each + 0.5) for point in polygon for each in point]


def split_of(path: PurePath) -> str | None:
    """The split that a path inside a collection names by a whole word, such as train_images/ or rec_gt_test.txt."""
    for part in path.parts:
        for word in re.split(r"[^a-z]+", part.lower()):
            if word in SPLITS:
                return SPLITS[word]
    return None


def plain_name(path: PurePath) -> str:
    """A picture's path in a collection without the folders at its start that say only split or `images`."""
    parts = list(path.parts)
    while len(parts) > 1 and (parts[0].lower() in SPLITS or parts[0] in ("images", "img")):
        parts = parts[1:]
    return "/".join(parts)


def natural(path: PurePath) -> list[tuple[int, int, str]]:
    """A sort key that puts img_2 before img_10."""
    parts = re.split(r"([0-9]+)", str(path))
    return [(1, int(each), "") if each.isascii() and each.isdigit() else (0, 0, each) for each in parts]


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
