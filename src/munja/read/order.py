"""Reading order: columns where text runs in columns, rows of left and right parts everywhere else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from munja.read.gutter import SHORT, Box, Gutters, median

ORDERS = ("reading", "raw")
LEAST_ROWS = 8  # lines that are longer than that, for rows that run apart to be made level


def reading_order(quads: Sequence[NDArray[np.float32]], angle: float) -> list[int]:
    """The order in which a person reads lines at quads (4, 2) on a page turned clockwise by `angle` degrees."""
    if not quads:
        return []
    turn = np.radians(-angle)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    upright = np.asarray(_level([quad @ rotation.T for quad in quads]))
    starts, ends = upright[:, [0, 3], 0].mean(axis=1), upright[:, [1, 2], 0].mean(axis=1)
    tops, bottoms = upright[:, :2, 1].mean(axis=1), upright[:, 2:, 1].mean(axis=1)
    extents = (np.minimum(starts, ends), np.maximum(starts, ends), np.minimum(tops, bottoms), np.maximum(tops, bottoms))
    # Plain floats: what follows looks at few of them at a time.
    boxes = [Box(index, *each) for index, each in enumerate(zip(*(each.tolist() for each in extents), strict=True))]
    return [box.index for box in _ordered(boxes, Gutters())]


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


def _ordered(boxes: list[Box], gutters: Gutters) -> list[Box]:
    gutter = gutters.find(boxes)
    if gutter is None:
        return _in_sections(boxes, gutters)
    height = median([box.height for box in boxes])
    body = [box for box in boxes if box.width > SHORT * height]
    top, bottom = min(box.top for box in body), max(box.bottom for box in body)
    # What stands wholly above or below the columns, such as a page number, belongs to neither.
    head, foot = [box for box in boxes if box.bottom <= top], [box for box in boxes if box.top >= bottom]
    boxes = [box for box in boxes if box.bottom > top and box.top < bottom]
    across = sorted((box for box in boxes if box.left < gutter < box.right), key=lambda box: box.middle)
    result = [box for row in _rows(head) for box in row]
    rest = [box for box in boxes if not box.left < gutter < box.right]
    for heading in [*across, None]:
        above = rest if heading is None else [box for box in rest if box.middle < heading.middle]
        rest = [] if heading is None else [box for box in rest if box.middle >= heading.middle]
        result += _ordered([box for box in above if box.right <= gutter], gutters)
        result += _ordered([box for box in above if box.right > gutter], gutters)
        if heading is not None:
            result.append(heading)
    return result + [box for row in _rows(foot) for box in row]


def _in_sections(boxes: list[Box], gutters: Gutters) -> list[Box]:
    """Boxes that have no columns from top to bottom: in columns where a section of the page has them, else in rows."""
    sections = _sections(boxes)
    if len(sections) < 2:
        return [box for row in _rows(boxes) for box in row]
    result: list[Box] = []
    plain: list[Box] = []
    for section in [*sections, []]:
        if section and gutters.find(section) is None:
            plain += section
            continue
        result += [box for row in _rows(plain) for box in row]
        plain = []
        result += _ordered(section, gutters) if section else []
    return result


def _sections(boxes: list[Box]) -> list[list[Box]]:
    """The boxes from the top, divided where a line runs across the page and where nothing stands for a while."""
    if len(boxes) < 7:
        return [boxes]
    height = median([box.height for box in boxes])
    across = 0.8 * (max(box.right for box in boxes) - min(box.left for box in boxes))
    sections: list[list[Box]] = [[]]
    bottom, alone = -np.inf, False
    for box in sorted(boxes, key=lambda each: each.top):
        wide = box.width > across
        if sections[-1] and (box.top > bottom + 1.2 * height or wide or alone):
            sections.append([])
        sections[-1].append(box)
        bottom, alone = max(bottom, box.bottom), wide
    return sections


def _rows(boxes: list[Box]) -> list[list[Box]]:
    """Rows of boxes side by side, from the top; each row from left to right."""
    rows: list[list[Box]] = []
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


def _beside(row: list[Box], box: Box) -> bool:
    """Whether a box continues a row: level with its nearest member, and not above or below any of its members."""
    for other in row:
        overlap = min(other.right, box.right) - max(other.left, box.left)
        if overlap > 0.3 * min(other.right - other.left, box.right - box.left):
            return False
    nearest = min(row, key=lambda other: max(other.left - box.right, box.left - other.right))
    shared = min(nearest.bottom, box.bottom) - max(nearest.top, box.top)
    return shared > 0.5 * min(nearest.height, box.height)
