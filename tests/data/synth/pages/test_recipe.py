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
        ({"kinds": 5}, "kinds: a table for each kind"),
        ({"kinds": {"receipts": {}}}, r"kinds\.receipts: .*did you mean receipt"),
        ({"kinds": {"receipt": {"acros": [9, 10]}}}, r"kinds\.receipt\.acros: .*did you mean across"),
        ({"kinds": {"receipt": {"across": [60, 50]}}}, r"kinds\.receipt\.across: .*the lower bound first"),
        ({"kinds": {"receipt": {"long_side": [60, 50]}}}, r"kinds\.receipt\.long_side: two whole numbers"),
        ({"kinds": {"receipt": {"scan": 2}}}, r"kinds\.receipt\.scan: a number of 0 to 1"),
        ({"kinds": {"receipt": {"invented": 1}}}, r"kinds\.receipt\.invented: true or false"),
        ({"kinds": {"receipt": {"looks": {"creese": 1}}}}, r"kinds\.receipt\.looks\.creese: not known"),
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


def test_a_kind_of_page_has_its_own_settings_before_those_of_all() -> None:
    tree = {"text": TEXT, "long_side": [900, 950], "looks": {"crease": 0.5, "jpeg": 0.5}}
    own = {"long_side": [500, 600], "across": [20, 30], "least_size": 9, "scan": 0.1, "looks": {"crease": 0.0}}
    recipe = read_page_recipe({**tree, "kinds": {"receipt": own}})
    receipt, letter = recipe.of("receipt"), recipe.of("letter")
    assert (receipt.long_side, letter.long_side) == ((500, 600), (900, 950))
    assert receipt.looks == {"crease": 0.0, "jpeg": 0.5}
    assert letter.looks == recipe.looks
    assert (receipt.across, receipt.least_size, receipt.scan) == ((20.0, 30.0), 9.0, 0.1)
