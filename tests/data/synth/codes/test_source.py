from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from munja.core.errors import InputError
from munja.core.spec import dump_toml
from munja.data.loader import PAD, open_lines
from munja.data.synth.codes import source as _registers  # noqa: F401


def test_a_batch_is_the_same_for_the_same_seed_and_another_for_another(worn: dict[str, Any]) -> None:
    source = open_lines({"name": "codes", "recipe": worn}, "train")
    first, again, other = (source.batch(seed, 6, width=160, height=32) for seed in (1, 1, 2))
    assert np.array_equal(first.images, again.images)
    assert first.texts == again.texts
    assert first.texts != other.texts
    assert source.notes() == []


def test_lines_have_the_size_asked_for_with_grey_after_them(worn: dict[str, Any]) -> None:
    batch = open_lines({"name": "codes", "recipe": worn}, "train").batch(3, 12, width=200, height=32)
    assert batch.images.shape == (12, 32, 200)
    for image, used, text, centres in zip(batch.images, batch.widths, batch.texts, batch.centres, strict=True):
        assert 16 <= used <= 200
        assert (image[:, used:] == PAD).all()
        assert centres is not None
        assert len(centres) == len(text)
        assert ((centres >= 0) & (centres < used)).all()


def test_a_long_code_is_squeezed_into_a_narrow_line(clean: dict[str, Any]) -> None:
    recipe = {**clean, "patterns": {"[A-Z]{12}": 1.0}}
    batch = open_lines({"name": "codes", "recipe": recipe}, "validate").batch(1, 4, width=96, height=48)
    assert (batch.widths == 96).all()
    assert all(centres is not None and centres[-1] > 70 for centres in batch.centres)


def test_the_recipe_may_be_a_file(clean: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "codes.toml"
    path.write_text(dump_toml(clean), encoding="utf-8")
    from_file, from_tree = (
        open_lines({"name": "codes", "recipe": each}, "train").batch(1, 2, width=128, height=32)
        for each in (str(path), clean)
    )
    assert np.array_equal(from_file.images, from_tree.images)


@pytest.mark.parametrize(("count", "width", "height"), [(0, 160, 32), (1, 31, 32), (1, 160, 4)])
def test_a_senseless_size_is_refused(clean: dict[str, Any], count: int, width: int, height: int) -> None:
    with pytest.raises(InputError, match="1 code or more"):
        open_lines({"name": "codes", "recipe": clean}, "train").batch(1, count, width=width, height=height)
