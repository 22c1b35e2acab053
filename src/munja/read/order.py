"""Reading order: columns where text runs in columns, rows of left and right parts everywhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ORDERS = ("reading", "raw")
SHORT = 3.0  # times the usual height: a line no wider than this says nothing about columns
LEAST_ROWS = 8  # lines that are longer than that, for rows that run apart to be made level


@dataclass(frozen=True, slots=True)
class _Box:
    """A line in the frame of its page, the page's text upright: position in the given list, extents in pixels."""

    index: int
    left: float
    right: float
    top: float
    bottom: float

    @property
    def height(self) -> float:
        """Extent across the text."""
        return self.bottom - self.top

    @property
    def width(self) -> float:
        """Extent along the text."""
        return self.right - self.left

    @property
    def middle(self) -> float:
        """Half way between top and bottom."""
        return (self.top + self.bottom) / 2.0


def reading_order(quads: Sequence[NDArray[np.float32]], angle: float) -> list[int]:
    """The order in which a person reads lines at quads (4, 2) on a page turned clockwise by `angle` degrees."""
    if not quads:
        return []
    turn = np.radians(-angle)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    boxes = []
    for index, upright in enumerate(_level([quad @ rotation.T for quad in quads])):
        left, right = upright[[0, 3], 0].mean(), upright[[1, 2], 0].mean()
        top, bottom = upright[:2, 1].mean(), upright[2:, 1].mean()
        boxes.append(_Box(index, min(left, right), max(left, right), min(top, bottom), max(top, bottom)))
    return [box.index for box in _ordered(boxes)]


def page_angle(angles: Sequence[float], weights: Sequence[float]) -> float:
    """The angle of a page from its lines' angles, in degrees: the weighted median within the commonest quarter turn."""
    if not angles:
        return 0.0
    quarter = np.round(np.asarray(angles) / 90.0).astype(int) % 4
    weight = np.asarray(weights, np.float64)
    chosen = int(np.argmax(np.bincount(quarter, weight, minlength=4)))
    kept = quarter == chosen
    skew = (np.asarray(angles)[kept] - 90.0 * chosen + 180.0) % 360.0 - 180.0
    order = np.argsort(skew)
    middle = int(np.searchsorted(np.cumsum(weight[kept][order]), weight[kept].sum() / 2.0))
    return float((90.0 * chosen + skew[order][min(middle, len(order) - 1)]) % 360.0)


def _level(quads: list[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """The quads (4, 2) with their rows made level where they run apart, as those of a page seen aslant do.

    Parallel rows seen in perspective meet in one point, so the slope of a row is a linear function of the height at
    which it crosses the middle of the page: slope = a + c * height. Both are fitted to the longer lines' own slopes.
    """
    corners = np.asarray(quads, np.float64)
    along = 0.5 * (corners[:, 1] + corners[:, 2] - corners[:, 0] - corners[:, 3])
    tall = np.abs(0.5 * (corners[:, 2, 1] + corners[:, 3, 1] - corners[:, 0, 1] - corners[:, 1, 1]))
    long = along[:, 0] > SHORT * np.maximum(tall, 1.0)
    if long.sum() < LEAST_ROWS:
        return quads
    middle = corners.reshape(-1, 2).mean(axis=0)
    x, y = (corners[long].mean(axis=1) - middle).T
    slope = along[long, 1] / along[long, 0]
    weight = np.minimum(along[long, 0], 20 * tall[long])
    a, c = 0.0, 0.0
    for _ in range(5):  # weighted anew by how well each line agrees: some quads are askew
        of = np.stack([np.ones_like(y), y - slope * x], axis=1)
        (a, c) = np.linalg.lstsq(of * weight[:, None], slope * weight, rcond=None)[0]
        off = np.abs(slope - of @ (a, c))
        weight = np.minimum(along[long, 0], 20 * tall[long]) / (1.0 + (off / (np.median(off) + 1e-3)) ** 2)
    away = corners - middle
    if abs(c) * float(np.ptp(x)) * float(np.ptp(y)) < 2.0 * float(np.median(tall)):
        return quads  # what is nearly parallel is left as it is
    return list(np.stack([away[..., 0], (away[..., 1] - a * away[..., 0]) / (1.0 + c * away[..., 0])], axis=-1))


def _ordered(boxes: list[_Box]) -> list[_Box]:
    gutter = _gutter(boxes)
    if gutter is None:
        return _in_sections(boxes)
    height = float(np.median([box.height for box in boxes]))
    body = [box for box in boxes if box.width > SHORT * height]
    top, bottom = min(box.top for box in body), max(box.bottom for box in body)
    # What stands wholly above or below the columns, such as a page number, belongs to neither.
    head, foot = [box for box in boxes if box.bottom <= top], [box for box in boxes if box.top >= bottom]
    boxes = [box for box in boxes if box.bottom > top and box.top < bottom]
    across = sorted((box for box in boxes if box.left < gutter < box.right), key=lambda box: box.middle)
    result = [box for row in _rows(head) for box in row]
    rest = [box for box in boxes if not box.left < gutter < box.right]
    for heading in [*across, None]:
        above = [box for box in rest if heading is None or box.middle < heading.middle]
        rest = [box for box in rest if box not in above]
        result += _ordered([box for box in above if box.right <= gutter])
        result += _ordered([box for box in above if box.right > gutter])
        if heading is not None:
            result.append(heading)
    return result + [box for row in _rows(foot) for box in row]


def _in_sections(boxes: list[_Box]) -> list[_Box]:
    """Boxes that have no columns from top to bottom: in columns where a section of the page has them, else in rows."""
    sections = _sections(boxes)
    if len(sections) < 2:
        return [box for row in _rows(boxes) for box in row]
    result: list[_Box] = []
    plain: list[_Box] = []
    for section in [*sections, []]:
        if section and _gutter(section) is None:
            plain += section
            continue
        result += [box for row in _rows(plain) for box in row]
        plain = []
        result += _ordered(section) if section else []
    return result


def _sections(boxes: list[_Box]) -> list[list[_Box]]:
    """The boxes from the top, divided where a line runs across the page and where nothing stands for a while."""
    if len(boxes) < 7:
        return [boxes]
    height = float(np.median([box.height for box in boxes]))
    across = 0.8 * (max(box.right for box in boxes) - min(box.left for box in boxes))
    sections: list[list[_Box]] = [[]]
    bottom, alone = -np.inf, False
    for box in sorted(boxes, key=lambda each: each.top):
        wide = box.width > across
        if sections[-1] and (box.top > bottom + 1.2 * height or wide or alone):
            sections.append([])
        sections[-1].append(box)
        bottom, alone = max(bottom, box.bottom), wide
    return sections


def _gutter(boxes: list[_Box], depth: int = 3) -> float | None:
    """The x of a white strip between two columns of running text, None if there is none.

    Running text fills its column: most lines left of the strip end near it, most lines right of it begin near it, and
    both are long; or a side is `depth` or fewer columns itself. A receipt's prices or a form's answers are short or
    ragged, and are read in rows.
    """
    if len(boxes) < 6:
        return None
    height = float(np.median([box.height for box in boxes]))
    boxes = [box for box in boxes if box.width > SHORT * height]
    if len(boxes) < 6:
        return None
    lefts = np.array([box.left for box in boxes])
    rights = np.array([box.right for box in boxes])
    best: tuple[int, float, float] | None = None  # crossing lines, minus the strip's width, the strip's middle
    for x in np.unique(np.round(rights)) + 1.0:
        left, right = rights <= x, lefts >= x
        crossing = int((~left & ~right).sum())
        if crossing > len(boxes) // 4 or left.sum() < 3 or right.sum() < 3:
            continue
        strip = float(lefts[right].min() - rights[left].max())
        if best is not None and (crossing, -strip) >= best[:2]:
            continue
        side = [box for box, is_left in zip(boxes, left, strict=True) if is_left]
        other = [box for box, is_right in zip(boxes, right, strict=True) if is_right]
        if not all(
            _fills(lefts[part], rights[part], height)
            or (depth > 0 and strip > 0 and _gutter(group, depth - 1) is not None)
            for part, group in ((left, side), (right, other))
        ):
            continue
        bottom = min(max(box.bottom for box in side), max(box.bottom for box in other))
        if bottom <= max(min(box.top for box in side), min(box.top for box in other)):
            continue  # one below the other: no columns
        best = (crossing, -strip, x + strip / 2.0)
    return None if best is None else best[2]


def _fills(lefts: NDArray[np.float64], rights: NDArray[np.float64], height: float) -> bool:
    """Whether lines form a column of running text: long ones, most of them from its left edge to its right edge."""
    width = float(np.percentile(rights, 90) - np.percentile(lefts, 10))
    long_enough = float(np.median(rights - lefts)) > max(9.0 * height, 0.6 * width)
    begins = float((lefts < np.percentile(lefts, 10) + 2.5 * height).mean())
    return long_enough and begins > 0.6


def _rows(boxes: list[_Box]) -> list[list[_Box]]:
    """Rows of boxes side by side, from the top; each row from left to right."""
    rows: list[list[_Box]] = []
    for box in sorted(boxes, key=lambda each: each.middle):
        for row in reversed(rows[-6:]):
            if _beside(row, box):
                row.append(box)
                break
        else:
            rows.append([box])
    for row in rows:
        row.sort(key=lambda each: each.left)
    rows.sort(key=lambda row: float(np.mean([each.middle for each in row])))
    return rows


def _beside(row: list[_Box], box: _Box) -> bool:
    """Whether a box continues a row: level with its nearest member, and not above or below any of its members."""
    for other in row:
        overlap = min(other.right, box.right) - max(other.left, box.left)
        if overlap > 0.3 * min(other.right - other.left, box.right - box.left):
            return False
    nearest = min(row, key=lambda other: max(other.left - box.right, box.left - other.right))
    shared = min(nearest.bottom, box.bottom) - max(nearest.top, box.top)
    return shared > 0.5 * min(nearest.height, box.height)
