from __future__ import annotations

from typing import Any

import pytest

from munja.core.errors import SpecError
from munja.data.synth.pages.recipe import read_page_recipe

TEXT = {"codes": 1}


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        ({"charst": "ascii"}, "charst: not a setting .*did you mean charset"),
        ({"kind": "lines"}, '"pages" was wanted'),
        ({"looks": {"creese": 0.1}}, r"looks\.creese: not known; did you mean crease"),
        ({"looks": {"crease": 1.5}}, r"looks\.crease: a number of 0 to 1"),
        ({"pages": {"receipts": 1}}, r"pages\.receipts: not known; did you mean receipt"),
        ({"pages": {"receipt": 0}}, "all are 0"),
        ({"text": {"codez": 1}}, r"text\.codez: not known; did you mean codes"),
        ({"size": [10, 5]}, "the lower bound first"),
        ({"size": 10}, "two numbers"),
        ({"angle": "steep"}, "angle: a number of 0 or more"),
        ({"korean": 0.5}, 'charset = "korean"'),
        ({"korean": 2, "charset": "korean"}, "a share of 0 to 1"),
        ({"backgrounds": 5}, "backgrounds: a folder"),
        ({"backgrounds_without": "word"}, "backgrounds_without: a list"),
    ],
)
def test_a_wrong_setting_is_named_with_its_place(recipe: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        read_page_recipe({"text": TEXT, **recipe})


def test_what_a_recipe_leaves_out_has_a_default() -> None:
    recipe = read_page_recipe({"text": TEXT, "pages": {"receipt": 2}, "angle": 4})
    assert recipe.lines.charset == "ascii"
    assert recipe.pages == {"receipt": 2.0}
    assert recipe.angle == 4.0
    assert recipe.size[0] < recipe.size[1]
    assert len(read_page_recipe({"text": TEXT}).pages) == 12
