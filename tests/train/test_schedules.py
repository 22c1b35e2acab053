"""Values of the schedules where they can be told by hand."""

from __future__ import annotations

import pytest

from munja.train.schedules import constant, cosine, flat_cosine, one_cycle


def test_cosine_rises_straight_and_falls_to_nothing() -> None:
    rate = cosine(warm_up=0.1)
    values = [rate(at) for at in (0.0, 0.05, 0.1, 0.55, 1.0)]
    assert values == pytest.approx([0.0, 0.5, 1.0, 0.5, 0.0])


def test_flat_cosine_stands_still_before_it_falls() -> None:
    rate = flat_cosine(warm_up=0.0, flat=0.2)
    assert [rate(at) for at in (0.0, 0.1, 0.2, 0.6, 1.0)] == pytest.approx([1.0, 1.0, 1.0, 0.5, 0.0])


def test_one_cycle_goes_up_and_down() -> None:
    rate = one_cycle(rise=0.5, start=0.1, end=0.0)
    assert [rate(at) for at in (0.0, 0.25, 0.5, 0.75, 1.0)] == pytest.approx([0.1, 0.55, 1.0, 0.5, 0.0])


def test_no_schedule_leaves_its_bounds_beyond_the_end() -> None:
    # A training bounded by seconds overshoots by up to one meeting of its processes.
    for rate in (constant(), cosine(), flat_cosine(), one_cycle()):
        assert 0.0 <= rate(1.05) <= 1.0
