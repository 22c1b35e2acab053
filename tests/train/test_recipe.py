"""Every mistake in a recipe is found before anything starts, and named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import drawn  # noqa: F401  registers its lines
import pytest

from munja.core.errors import SpecError
from munja.core.spec import load_spec, override
from munja.train.recipe import checked, portable

RECIPES = Path(__file__).parents[2] / "recipes" / "recognise"


def tiny(**loop: Any) -> dict[str, Any]:
    """A recipe of a very small network on drawn lines."""
    backbone = {
        "name": "dense",
        "widths": [8, 16, 24, 32],
        "hidden": [8, 8, 8, 8],
        "blocks": [0, 0, 1, 1],
        "channels": 48,
    }
    task = {
        "name": "recognise",
        "model": {"name": "ctc", "backbone": backbone, "neck": {"name": "convolution", "blocks": 1, "hidden": 16}},
        "data": {"name": "drawn"},
        "validation": {"drawn": {"name": "drawn"}},
        "widths": [64, 96],
        "width_shares": [0.5, 0.5],
        "batch": 8,
        "validation_lines": 32,
    }
    plain = {
        "steps": 24,
        "processes": 1,
        "device_name": "cpu",
        "precision": "fp32",
        "preflight": False,
        "tensorboard": False,
    }
    return {
        "name": "tiny",
        "licence": "Apache-2.0",
        "seed": 3,
        "task": task,
        "loop": {**plain, "average_every": 4, **loop},
    }


@pytest.mark.parametrize("path", sorted(RECIPES.rglob("*.toml")), ids=lambda path: path.stem)
def test_the_recipes_of_the_repository_are_sound(path: Path) -> None:
    full = checked(load_spec(path))
    assert full["licence"] == "Apache-2.0"
    assert full["loop"]["name"] == "supervised"


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("lop.steps=3", "lop is not a part of a recipe; did you mean loop"),
        ("loop.step=3", "step is not a parameter; did you mean steps"),
        (
            "loop.optimiser={name='adamw', learning_rat=1}",
            "learning_rat is not a parameter; did you mean learning_rate",
        ),
        ("loop.schedule.name=flat_cosin", "'flat_cosin' is not known; did you mean flat_cosine"),
        ("task.model.neck.hiden=3", "hiden is not a parameter; did you mean hidden"),
        ("task.validation.drawn.mot=3", "mot is not a parameter; did you mean most"),
        ("loop.clip=-1", "greater than 0"),
        ("seed=one", "seed should be a whole number"),
    ],
)
def test_a_mistake_is_named_with_what_was_meant(setting: str, message: str) -> None:
    with pytest.raises(SpecError, match=message.replace("'", ".")):
        checked(override(tiny(), [setting]))


def test_a_synthesiser_s_recipe_becomes_a_part_of_the_training(tmp_path: Path) -> None:
    (tmp_path / "synth.toml").write_text('charset = "ascii"\n')
    recipe = tiny()
    recipe["task"]["data"] = {"name": "synthetic", "recipe": str(tmp_path / "synth.toml")}
    assert checked(recipe)["task"]["data"]["recipe"] == {"charset": "ascii"}


def test_a_manifest_carries_no_place_of_the_machine() -> None:
    tree = {"data": {"recipe": {"corpora": "/a/b", "cache": "/c", "charset": "ascii"}}, "sets": [{"path": "/d/crops"}]}
    assert portable(tree) == {"data": {"recipe": {"charset": "ascii"}}, "sets": [{"path": "crops"}]}
