"""DB: the regions of a map become boxes, once each, grown as asked."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import SpecError
from munja.core.registry import build, check
from munja.imaging.geometry import order_quad, polygon_area
from munja.read.codecs.db import DB

HEIGHT, WIDTH = 320, 1024
Box = tuple[float, float, float, float, float]  # x and y of the centre, width, height, degrees


def quad(box: Box) -> np.ndarray:
    x, y, width, height, degrees = box
    return order_quad(cv2.boxPoints(((x, y), (width, height), degrees)))


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Intersection over union of two convex quads."""
    shared = cv2.intersectConvexConvex(one.astype(np.float32), other.astype(np.float32))[0]
    return shared / (polygon_area(one) + polygon_area(other) - shared)


def region(box: Box) -> np.ndarray:
    """A map (HEIGHT, WIDTH) that is 1 in the pixels whose centres lie in the box."""
    x, y, width, height, degrees = box
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    along = (columns - x) * cos + (rows - y) * sin
    across = (rows - y) * cos - (columns - x) * sin
    return ((abs(along) <= width / 2) & (abs(across) <= height / 2)).astype(np.float32)


def grown(box: Box, ratio: float) -> np.ndarray:
    """The quad of a box after unclip: every side moved outward by area * ratio / perimeter."""
    x, y, width, height, degrees = box
    distance = width * height * ratio / (2 * (width + height))
    return quad((x, y, width + 2 * distance, height + 2 * distance, degrees))


@st.composite
def separated(
    draw: st.DrawFn, heights: st.SearchStrategy[float], aspects: st.SearchStrategy[float], skew: float
) -> list[Box]:
    """One to three boxes, each in a third of the map of its own, far enough from the others and from the edge."""
    boxes: list[Box] = []
    for row in range(draw(st.integers(1, 3))):
        height = draw(heights)
        width = min(height * draw(aspects), 800.0)
        degrees = draw(st.floats(-skew, skew))
        reach = (width * abs(np.sin(np.radians(degrees))) + height) / 2
        if reach > 48:
            degrees = 0.0
        x = draw(st.floats(110 + width / 2, WIDTH - 110 - width / 2)) if width < 800 else WIDTH / 2
        boxes.append((x, 53.0 + 107 * row + draw(st.floats(-2, 2)), width, height, degrees))
    return boxes


@given(separated(st.floats(8, 60), st.floats(1, 10), 8), st.sampled_from([1.0, 1.4, 2.0]))
def test_every_separated_region_comes_back_once_grown_by_the_ratio(boxes: list[Box], ratio: float) -> None:
    found = DB(unclip_ratio=ratio).decode(np.maximum.reduce([region(box) for box in boxes]))
    assert len(found.quads) == len(found.scores) == len(boxes)
    order = np.argsort(found.quads[:, :, 1].mean(axis=1))
    for box, each in zip(boxes, found.quads[order], strict=True):
        assert np.abs(each.mean(axis=0) - box[:2]).max() <= 1.0
        # A region's edge is known to a pixel: at 8 pixels of height that is an eighth of it.
        assert overlap(grown(box, ratio), each) >= (0.9 if box[3] >= 16 else 0.78)
    assert found.scores.min() > 0.99


def test_unclip_moves_the_sides_of_the_86_by_6_box_to_94_4_by_14_4() -> None:
    probability = np.zeros((60, 160), np.float32)
    probability[20:26, 30:116] = 1.0
    (found,) = DB(unclip_ratio=1.5).decode(probability).quads
    low, high = found.min(axis=0), found.max(axis=0)
    assert (high - low).tolist() == pytest.approx([94.4, 14.4], abs=0.05)
    assert ((high + low) / 2).tolist() == pytest.approx([73, 23], abs=0.05)


@pytest.mark.parametrize("level", [0.0, 0.1])
def test_a_map_without_text_has_no_boxes(level: float) -> None:
    found = DB().decode(np.full((64, 96), level, np.float32))
    assert found.quads.shape == (0, 4, 2)
    assert found.scores.shape == (0,)


def test_a_map_full_of_text_is_one_box() -> None:
    found = DB().decode(np.ones((64, 96), np.float32))
    assert len(found.quads) == 1


def test_the_score_is_the_mean_probability_and_weak_boxes_are_left_out() -> None:
    probability = np.zeros((60, 200), np.float32)
    probability[10:20, 10:90] = 0.9
    probability[35:45, 10:90] = 0.6
    found = DB(threshold=0.3, box_threshold=0.5).decode(probability)
    assert sorted(found.scores.tolist()) == pytest.approx([0.6, 0.9], abs=1e-3)
    assert DB(threshold=0.3, box_threshold=0.7).decode(probability).scores.tolist() == pytest.approx([0.9], abs=1e-3)


def test_specks_are_left_out_and_the_largest_regions_kept() -> None:
    probability = np.zeros((80, 200), np.float32)
    probability[5:7, 5:100] = 1.0  # two pixels high
    probability[20:30, 5:100] = 1.0
    probability[40:50, 5:190] = 1.0
    assert len(DB(min_side=3).decode(probability).quads) == 2
    (kept,) = DB(min_side=1, max_boxes=1).decode(probability).quads
    assert kept[:, 1].min() > 30


def test_the_registry_checks_its_settings() -> None:
    maker: Callable[..., DB] = build
    assert maker("codec", {"name": "db", "unclip_ratio": 2.0}).unclip_ratio == 2.0
    for wrong in ({"threshold": 0}, {"box_threshold": 1}, {"unclip_ratio": 0}, {"max_boxes": 0}):
        with pytest.raises(SpecError, match=rf"codec\.db\.{next(iter(wrong))}"):
            check("codec", {"name": "db", **wrong})


labelling = DB(shrink_ratio=0.6, threshold=0.4, min_side=1.5)


@given(st.floats(6, 30), st.floats(2, 12), st.floats(-12, 12), st.floats(-3, 3), st.floats(-3, 3))
def test_text_that_was_encoded_is_found_where_it_is(
    height: float, aspect: float, degrees: float, dx: float, dy: float
) -> None:
    wanted = quad((512 + dx, 160 + dy, height * aspect, height, degrees))
    labels = labelling.encode([wanted], HEIGHT, WIDTH)
    found = labelling.decode(labels.probability).quads
    assert len(found) == 1
    # Regions are found to about half a pixel, which counts for more the smaller the text is.
    assert overlap(found[0], wanted) >= (0.75 if height < 8 else 0.84 if height < 12 else 0.9)


def test_lines_close_together_stay_apart() -> None:
    wanted = [quad((512, 60 + 10 * k, 400, 9, 0)) for k in range(8)]
    found = labelling.decode(labelling.encode(wanted, HEIGHT, WIDTH).probability).quads
    assert len(found) == 8
    for each in wanted:
        assert max(overlap(each, other) for other in found) > 0.85


def test_labels_are_shares_and_the_threshold_is_highest_on_the_outline() -> None:
    wanted = quad((200.25, 100.5, 120, 20, 0))
    labels = labelling.encode([wanted], HEIGHT, WIDTH)
    distance = 120 * 20 * (1 - 0.36) / 280
    assert labels.probability.sum() == pytest.approx((120 - 2 * distance) * (20 - 2 * distance), rel=0.02)
    assert labels.threshold.min() == pytest.approx(0.3)
    assert labels.threshold[90, 200] > 0.65  # the upper side
    assert labels.threshold[100, 200] == pytest.approx(0.3)  # further from all sides than the distance
    assert labels.band[90, 200] == 1
    assert labels.band[100, 200] == 0


def test_nothing_counts_where_nobody_knows() -> None:
    ignored = quad((600, 100, 100, 30, 5))
    labels = labelling.encode([quad((200, 100, 100, 30, 0))], HEIGHT, WIDTH, ignored=[ignored])
    assert labels.mask[100, 600] == 0
    assert labels.mask[100, 200] == 1
    assert labels.probability[100, 600] == 0


def test_text_at_the_edge_and_beyond_it_is_labelled_as_far_as_it_goes() -> None:
    outside = quad((-300, 100, 100, 30, 0))
    half = quad((0, 100, 200, 30, 0))
    labels = labelling.encode([outside, half], HEIGHT, WIDTH)
    assert labels.probability[100, 40] == 1
    assert labels.probability[:, 200:].sum() == 0


def test_labels_need_a_shrink_ratio() -> None:
    with pytest.raises(SpecError, match="shrink_ratio"):
        DB().encode([], 32, 32)


def joined_column(*, wide: bool = False) -> np.ndarray:
    """A map of two long lines, and of a column of three digits that have run together at 0.5; or one tall block."""
    probability = np.zeros((120, 120), np.float32)
    for top in (10, 30):
        probability[top : top + 8, 40:110] = 0.95
    probability[50:86, 10:16] = 0.5
    for top in (50, 64, 78):
        probability[top : top + 8, 10:16] = 0.95
    if wide:
        probability[50:86, 10:16] = 0.95
    return probability


def test_lines_that_run_together_one_below_the_other_come_apart() -> None:
    settings = {"shrink_ratio": 0.6, "threshold": 0.3, "box_threshold": 0.5, "min_side": 1.5}
    together = DB(**settings).decode(joined_column()).quads
    apart = DB(**settings, apart=0.8).decode(joined_column()).quads
    assert len(together) == 3
    assert len(apart) == 5
    tops = sorted(round(float(each[:, 1].mean())) for each in apart if each[:, 0].max() < 30)
    assert tops == [54, 68, 82]


def test_a_tall_letter_and_a_map_without_lines_stay_as_they_are() -> None:
    codec = DB(shrink_ratio=0.6, threshold=0.3, box_threshold=0.5, min_side=1.5, apart=0.8)
    assert len(codec.decode(joined_column(wide=True)).quads) == 3
    alone = joined_column()
    alone[:45] = 0.0  # nothing tells how high a line is
    assert len(codec.decode(alone).quads) == 1
