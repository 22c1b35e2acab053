"""DB: separated boxes become maps, and the maps become the boxes again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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


def text_map(boxes: Sequence[Box]) -> np.ndarray:
    return DB().encode([quad(box) for box in boxes], [False] * len(boxes), HEIGHT, WIDTH).text


def overlaps(boxes: Sequence[Box], text: np.ndarray, ratio: float) -> list[float]:
    """Each box's overlap with the decoded box that fits it best."""
    found = DB(unclip_ratio=ratio).decode(text).quads
    return [max((overlap(quad(box), each) for each in found), default=0.0) for box in boxes]


def fitted_ratio(samples: Sequence[Sequence[Box]]) -> float:
    """The unclip ratio that gives the samples back best, by a search along one line."""
    maps = [text_map(boxes) for boxes in samples]

    def mean_overlap(ratio: float) -> float:
        return float(
            np.mean([each for boxes, text in zip(samples, maps, strict=True) for each in overlaps(boxes, text, ratio)])
        )

    return max(np.arange(1.0, 6.0, 0.1).tolist(), key=mean_overlap)


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


@given(separated(st.floats(14, 60), st.floats(1, 10), 8))
def test_every_separated_box_comes_back_once_and_at_its_place(boxes: list[Box]) -> None:
    found = DB().decode(text_map(boxes))
    assert len(found.quads) == len(found.scores) == len(boxes)
    order = np.argsort(found.quads[:, :, 1].mean(axis=1))
    for box, each in zip(boxes, found.quads[order], strict=True):
        assert np.abs(each.mean(axis=0) - box[:2]).max() <= 1.0
    assert found.scores.min() > 0.99


@pytest.mark.parametrize("aspect", [1.5, 3, 6, 10])
def test_large_boxes_of_one_shape_come_back_at_the_ratio_fitted_on_them(aspect: float) -> None:
    random = np.random.default_rng(7)

    def sample(degrees: float) -> list[Box]:
        height, (x, y) = random.uniform(50, 60), random.random(2)
        return [(512 + x, 160 + y, height * aspect, height, random.uniform(-degrees, degrees))]

    ratio = fitted_ratio([sample(12) for _ in range(4)])
    for degrees in (0, 0, 0, 12, 12, 12):
        boxes = sample(degrees)
        assert min(overlaps(boxes, text_map(boxes), ratio)) >= 0.85


@pytest.fixture(scope="module")
def common_ratio() -> float:
    shapes = [(height, aspect) for height in (12.0, 20.0, 40.0) for aspect in (2, 5, 12)]
    return fitted_ratio([[(512.0, 160.0, height * aspect, height, 0.0)] for height, aspect in shapes])


@given(separated(st.floats(12, 60), st.floats(1.5, 15), 8))
def test_separated_boxes_of_12_pixels_height_or_more_come_back_with_an_iou_of_0_9(
    common_ratio: float, boxes: list[Box]
) -> None:
    # docs/design.md promises this of encode and decode at the fitted unclip ratio.
    assert min(overlaps(boxes, text_map(boxes), common_ratio)) >= 0.9


def test_the_text_map_covers_as_many_pixels_as_the_shrunk_box_has() -> None:
    # 100 x 20 shrinks to 86 x 6: drawn one pixel too high, 14 % would be added to the height of every line.
    for x, y in ((60, 30), (61, 31)):
        assert text_map([(x, y, 100, 20, 0)]).sum() == pytest.approx(86 * 6)


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


def test_an_ignored_box_is_masked_and_a_small_one_too() -> None:
    boxes: list[Box] = [(100, 60, 120, 30, 0), (300, 60, 120, 30, 0), (500, 60, 60, 6, 0)]
    targets = DB().encode([quad(box) for box in boxes], [False, True, False], 120, 640)
    for name in ("text", "text_mask", "border", "border_mask"):
        array = getattr(targets, name)
        assert (array.shape, array.dtype) == ((120, 640), np.float32)
    assert (targets.text[60, 100], targets.text_mask[60, 100]) == (1, 1)
    assert (targets.text[60, 300], targets.text_mask[60, 300]) == (0, 0)
    assert (targets.text[60, 500], targets.text_mask[60, 500]) == (0, 0)
    assert targets.text[:, 200:].sum() == 0


def test_the_border_is_highest_on_the_edge_and_counts_only_in_its_band() -> None:
    targets = DB().encode([quad((100, 60, 100, 40, 0))], [False], 120, 200)
    assert targets.border.min() == pytest.approx(0.3)
    assert targets.border.max() == pytest.approx(0.7)
    assert targets.border[60, 50] == pytest.approx(0.7, abs=0.05)  # the left edge
    assert targets.border_mask[60, 50] == 1
    assert targets.border_mask[60, 100] == targets.border_mask[5, 5] == 0
    inside = targets.border[targets.border_mask == 0]
    assert inside.max() == pytest.approx(0.3)


@pytest.mark.parametrize(
    "box", [(10.0, 10.0, 90.0, 30.0, 0.0), (600.0, 100.0, 90.0, 30.0, 20.0), (-300.0, 5.0, 90.0, 30.0, 0.0)]
)
def test_a_box_that_reaches_over_the_edge_does_no_harm(box: Box) -> None:
    targets = DB().encode([quad(box)], [False], 120, 620)
    assert np.isfinite(targets.border).all()
    assert set(np.unique(targets.text)) <= {0.0, 1.0}


def test_no_boxes_give_empty_targets() -> None:
    targets = DB().encode([], [], 32, 64)
    assert targets.text.sum() == targets.border_mask.sum() == 0
    assert targets.text_mask.min() == 1


def test_the_registry_checks_its_settings() -> None:
    maker: Callable[..., DB] = build
    assert maker("codec", {"name": "db", "unclip_ratio": 2.0}).unclip_ratio == 2.0
    for wrong in ({"threshold": 0}, {"box_threshold": 1}, {"unclip_ratio": 0}, {"max_boxes": 0}):
        with pytest.raises(SpecError, match=rf"codec\.db\.{next(iter(wrong))}"):
            check("codec", {"name": "db", **wrong})
