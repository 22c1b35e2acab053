"""Rectifiers: the spline of the published grid, affine maps found again, where columns stand in the input."""

from __future__ import annotations

import math

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from munja.models.rectify import Affine, GridGenerator, ThinPlateSpline, side_points

CENTRES = [4.0 * t for t in range(26)]
TARGETS = torch.from_numpy(side_points(20, top=(-1.0, -1.0), bottom=(1.0, 1.0))).float()


def set_start(rectifier: Affine | ThinPlateSpline, values: Tensor) -> None:
    with torch.no_grad():
        rectifier.LocalizationNetwork.localization_fc2.bias.copy_(values.flatten())


def test_the_buffers_of_32_x_100_follow_the_published_formulas() -> None:
    grid = GridGenerator((32, 100), 20, CENTRES)
    assert grid.P_hat.shape == (3200, 23)
    assert grid.inv_delta_C.shape == (23, 23)
    for row, column in ((0, 0), (0, 99), (17, 42), (31, 7)):
        x, y = (2 * column + 1) / 100 - 1, (2 * row + 1) / 32 - 1
        terms = [1.0, x, y]
        for tx, ty in TARGETS.tolist():
            distance = math.hypot(x - tx, y - ty)
            terms.append(distance**2 * math.log(distance + 1e-6))
        np.testing.assert_allclose(grid.P_hat[row * 100 + column].numpy(), terms, atol=1e-5)
    bending = torch.linalg.inv(grid.inv_delta_C.double()).numpy()
    first, second = TARGETS[3].tolist(), TARGETS[14].tolist()
    distance = math.dist(first, second)
    np.testing.assert_allclose(bending[3, :3], [1.0, *first], atol=1e-4)
    np.testing.assert_allclose(bending[3, 3 + 14], distance**2 * math.log(distance), atol=1e-4)
    np.testing.assert_allclose(bending[3, 3 + 3], 0.0, atol=1e-4)
    np.testing.assert_allclose(bending[20:22, 3 + 14], second, atol=1e-4)
    np.testing.assert_allclose(bending[22], [0.0] * 3 + [1.0] * 20, atol=1e-4)


numbers = st.floats(-2.0, 2.0, width=32)


@given(st.tuples(numbers, numbers, numbers, numbers, numbers, numbers))
def test_a_spline_through_points_moved_by_an_affine_map_is_that_map(values: tuple[float, ...]) -> None:
    linear, shift = torch.tensor(values[:4]).view(2, 2), torch.tensor(values[4:])
    generator = GridGenerator((8, 12), 20, [2.0, 6.0])
    grid, columns = generator((TARGETS @ linear + shift)[None])
    pixels = generator.P_hat[:, 1:3]
    torch.testing.assert_close(grid[0].flatten(0, 1), pixels @ linear + shift, atol=1e-4, rtol=1e-4)
    middle = torch.tensor([[2.0 * 2.0 / 12 - 1.0, 0.0], [0.0, 0.0]])
    torch.testing.assert_close(columns[0], middle @ linear + shift, atol=1e-4, rtol=1e-4)


def test_a_spline_passes_through_its_control_points() -> None:
    torch.manual_seed(1)
    moved = TARGETS + 0.2 * torch.rand(20, 2)
    # On the sides of a picture of many small pixels the nearest pixel of a target is nearly the target.
    grid, _ = GridGenerator((400, 300), 20, [0.0])(moved[None])
    for target, point in zip(TARGETS, moved, strict=True):
        row, column = 399 if target[1] > 0 else 0, min(299, int((float(target[0]) + 1.0) * 150))
        torch.testing.assert_close(grid[0, row, column], point, atol=0.02, rtol=0.0)


def test_the_affine_rectifier_begins_by_changing_nothing() -> None:
    rectifier = Affine(3, (32, 100), CENTRES, width=4).eval()
    images = torch.rand(2, 3, 32, 100)
    with torch.no_grad():
        rectified, places = rectifier(images)
    torch.testing.assert_close(rectified, images, atol=1e-4, rtol=0.0)
    # What lies on the edge itself is shown from the outermost pixel's centre on.
    torch.testing.assert_close(places[0], torch.tensor([max(0.0, each / 100) for each in CENTRES]), atol=0.006, rtol=0)
    torch.testing.assert_close(places[1, 1:-1], torch.tensor(CENTRES[1:-1]) / 100)


def test_an_affine_rectifier_finds_the_half_that_it_looks_at() -> None:
    rectifier = Affine(1, (8, 20), [5.0, 10.0], width=4).eval()
    set_start(rectifier, torch.tensor([0.5, 0.0, -0.5, 0.0, 1.0, 0.0]))  # the left half, twice as wide
    images = torch.linspace(0.0, 1.0, 40).expand(1, 1, 8, 40)
    with torch.no_grad():
        rectified, places = rectifier(images)
    torch.testing.assert_close(rectified[0, 0, 3], torch.linspace(0.0, 0.5, 20), atol=1e-5, rtol=0.0)
    seen = torch.lerp(rectified[0, 0, 3, [4, 9]], rectified[0, 0, 3, [5, 10]], 0.5)  # at 5 and 10 pixels from the left
    torch.testing.assert_close((places[0] * 40 - 0.5) / 39, seen, atol=1e-5, rtol=0.0)


def test_a_spline_straightens_a_curved_line() -> None:
    # A dark band along a parabola; control points above and below it.
    height, width = 48, 100
    down, along = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    middle = 16.0 + 16.0 * ((along - 49.5) / 49.5) ** 2
    images = 1.0 - 2.0 * ((down - middle).abs() < 4.0).float()[None, None]
    xs = torch.linspace(-1.0, 1.0, 10)
    curve = (16.0 + 16.0 * xs**2) / (height - 1) * 2.0 - 1.0
    offset = 10.0 / (height - 1) * 2.0
    points = torch.cat([torch.stack([xs, curve - offset], 1), torch.stack([xs, curve + offset], 1)])
    rectifier = ThinPlateSpline(1, (32, 100), CENTRES, width=4).eval()
    set_start(rectifier, points)
    with torch.no_grad():
        rectified, _ = rectifier(images)
    dark = rectified[0, 0, :, 5:95] < 0.0
    centre = (dark * torch.arange(32.0)[:, None]).sum(0) / dark.sum(0)
    # In the input it runs over 14 rows, 9 of the smaller rectified picture.
    assert float(centre.max() - centre.min()) <= 2.5
    assert float((centre - 15.5).abs().max()) <= 2.5


def test_the_spline_begins_slanted_yet_its_columns_stand_in_order() -> None:
    rectifier = ThinPlateSpline(1, (32, 100), CENTRES, width=4).eval()
    with torch.no_grad():
        _, places = rectifier(torch.rand(1, 1, 32, 160))
    torch.testing.assert_close(places[0], torch.tensor(CENTRES) / 100, atol=0.02, rtol=0.0)


def test_where_it_looks_is_learnt_in_single_precision() -> None:
    rectifier = Affine(1, (32, 100), CENTRES, width=4)
    with torch.autocast("cpu", torch.bfloat16):
        rectified, places = rectifier(torch.rand(2, 1, 32, 100))
    assert places.dtype == torch.float32
    (rectified.float().square().sum() + places.sum()).backward()
    gradient = rectifier.LocalizationNetwork.localization_fc2.weight.grad
    assert gradient is not None
    assert float(gradient.abs().max()) > 0.0
