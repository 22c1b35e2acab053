from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from munja.core.errors import SpecError
from munja.core.spec import load_spec
from munja.data.synth.codes.recipe import STYLES, read_code_recipe


def test_the_recipe_in_the_repository_is_understood() -> None:
    recipe = read_code_recipe(load_spec(Path(__file__).parents[4] / "recipes" / "synth" / "codes.toml"))
    assert set(recipe.styles) == set(STYLES)
    assert len(recipe.patterns) == 6
    assert len(recipe.crops) == 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "pages"}, 'kind: "codes" was wanted'),
        ({"hight": [24, 90]}, "did you mean height"),
        ({"patterns": {}}, "patterns: a regular expression"),
        ({"patterns": ["[0-9]"]}, "patterns: a table"),
        ({"patterns": {"[a-z]{3}": 1.0}}, "capitals and digits"),
        ({"patterns": {"A?": 1.0}}, "nothing at all"),
        ({"patterns": {"A": -1.0}}, "patterns.A: a number of 0 or more"),
        ({"styles": {"stencill": 1.0}}, "did you mean stencil"),
        ({"styles": {"stencil": 0.0}}, "styles: weights"),
        ({"looks": {"rust": 2.0}}, "looks.rust: a number of 0 to 1"),
        ({"height": [90, 24]}, "height: two numbers"),
        ({"severity": [0.0, 1.5]}, "severity: two numbers"),
        ({"severity": 0.5}, "severity: two numbers"),
        ({"crops": []}, "crops: weights"),
        ({"crops": [0, 0]}, "crops: weights"),
        ({"favoured": "sans"}, "favoured: a list"),
        ({"favour": -1}, "favour: two numbers"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(clean: dict[str, Any], change: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        read_code_recipe({**clean, **change})
