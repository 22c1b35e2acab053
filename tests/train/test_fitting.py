"""Fitting: lines at one width, and their centres where the characters went."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import SpecError
from munja.data.loader import PAD, Lines
from munja.train.fitting import check_fit, fitted


def marked(content: int, mark: int, *, width: int = 200) -> Lines:
    """One line of `content` pixels, white but for a black bar around x = mark, whose centre is known."""
    images = np.full((1, 32, width), PAD, np.uint8)
    images[0, :, :content] = 255
    images[0, :, mark - 2 : mark + 2] = 0
    return Lines(images, ("I",), (np.array([mark], np.float32),), np.array([content], np.int32))


@given(st.integers(40, 200), st.floats(0.2, 0.8), st.sampled_from(["stretch", "pad"]))
def test_centres_stay_on_their_characters(content: int, share: float, fit: str) -> None:
    lines = fitted(marked(content, round(content * share)), 100, fit)
    assert lines.images.shape == (1, 32, 100)
    (centre,) = lines.centres[0] if lines.centres[0] is not None else (None,)
    darkness = 255.0 - lines.images[0, 0, : lines.widths[0]]
    assert centre == pytest.approx((darkness * (np.arange(len(darkness)) + 0.5)).sum() / darkness.sum(), abs=1.5)


def test_a_stretched_line_fills_the_width_and_leaves_no_padding_of_the_source() -> None:
    lines = fitted(marked(50, 20), 100, "stretch")
    assert lines.widths.tolist() == [100]
    assert (lines.images[0, :, 60:] == 255).all()


def test_a_padded_line_keeps_its_shape_and_repeats_its_last_column() -> None:
    lines = fitted(marked(50, 20), 100, "pad")
    assert lines.widths.tolist() == [50]
    assert (lines.images[0, :, :50] == marked(50, 20).images[0, :, :50]).all()
    assert (lines.images[0, :, 50:] == 255).all()
    assert fitted(marked(180, 90), 100, "pad").widths.tolist() == [100]


def test_fitting_twice_changes_nothing() -> None:
    for fit in ("stretch", "pad"):
        once = fitted(marked(70, 30), 100, fit)
        twice = fitted(once, 100, fit)
        assert np.array_equal(once.images, twice.images) or fit == "pad"
        assert np.array_equal(once.widths, twice.widths)


def test_free_lines_stay_as_they_are_and_unknown_centres_unknown() -> None:
    lines = marked(70, 30)
    assert fitted(lines, 100, "free") is lines
    unknown = Lines(lines.images, lines.texts, (None,), lines.widths)
    assert fitted(unknown, 100, "stretch").centres == (None,)


def test_a_rectifier_needs_one_width() -> None:
    assert check_fit("stretch", rectified=True) == "stretch"
    with pytest.raises(SpecError, match='use fit = "stretch" or "pad"'):
        check_fit("free", rectified=True)
    with pytest.raises(SpecError, match="did you mean stretch"):
        check_fit("strech", rectified=False)
