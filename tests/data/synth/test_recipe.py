from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from munja.core.errors import SpecError
from munja.core.spec import load_spec
from munja.data.synth.recipe import read_recipe, with_folders

RECIPES = Path(__file__).parents[3] / "recipes"
KINDS = ("english", "codes", "money")


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        ({"charst": "ascii"}, "charst: not a setting .*did you mean charset"),
        ({"looks": {"slnt": 0.1}}, r"looks\.slnt: not known; did you mean slant"),
        ({"looks": {"slant": 1.5}}, r"looks\.slant: a number of 0 to 1"),
        ({"text": {"codez": 1}}, r"text\.codez: not known; did you mean codes"),
        ({"text": {"codes": -1}}, r"text\.codes: a number of 0 or more"),
        ({"text": {"codes": 0}}, "all are 0"),
        ({"text": {"codes": 1}, "shape": {"stretch": [2, 1]}}, "lower bound first"),
        ({"text": {"codes": 1}, "shape": {"stretch": 2}}, r"shape\.stretch"),
        ({"text": {"codes": 1}, "fonts": {"weights": {"monos": 1}}}, "did you mean mono"),
        ({"text": {"codes": 1}, "fonts": {"folders": "/x"}}, r"fonts\.folders"),
        ({"text": {"codes": 1}, "padding": True}, "padding: int was wanted"),
    ],
)
def test_a_wrong_setting_is_named_with_its_place(recipe: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        read_recipe(recipe, text_kinds=KINDS)


def test_what_a_recipe_leaves_out_has_a_default() -> None:
    recipe = read_recipe({"text": {"codes": 1}, "fonts": {"weights": {"mono": 2}}}, text_kinds=KINDS)
    assert recipe.charset == "ascii"
    assert recipe.fonts.weights["mono"] == 2.0
    assert recipe.fonts.weights["regular"] == 1.0


def test_the_list_of_fonts_gives_every_package_a_licence_and_a_purpose() -> None:
    packages = load_spec(RECIPES / "fonts" / "fonts.toml")["packages"]
    assert len(packages) > 100
    for name, entry in packages.items():
        assert name.startswith("fonts-")
        assert entry["licence"]
        assert entry["for"]
    assert [name for name, entry in packages.items() if entry.get("small")] == ["fonts-dejavu-core", "fonts-nanum"]


def test_folders_go_into_every_recipe_of_a_training_that_names_none(tmp_path: Path) -> None:
    (tmp_path / "lines.toml").write_text('charset = "ascii"\n[text]\ncodes = 1\n')
    lines = {"name": "synthetic", "recipe": str(tmp_path / "lines.toml")}
    own = {"name": "synthetic", "recipe": {"corpora": "mine", "text": {"codes": 1}}}
    codes = {"name": "codes", "recipe": {"kind": "codes"}}
    tree = {"task": {"data": {"name": "mixed", "sets": [lines, own, codes]}, "pages": [{"kind": "pages"}]}}
    given = with_folders(tree, corpora="texts", backgrounds="photographs")
    recipes = [each["recipe"] for each in given["task"]["data"]["sets"]]
    assert recipes == [
        {"charset": "ascii", "text": {"codes": 1}, "corpora": "texts"},
        {"corpora": "mine", "text": {"codes": 1}},
        {"kind": "codes"},
    ]
    assert given["task"]["pages"] == [{"kind": "pages", "corpora": "texts", "backgrounds": "photographs"}]
    assert tree["task"]["data"]["sets"][0] is lines  # nothing that was given changes
    assert isinstance(lines["recipe"], str)
    assert with_folders(tree) is tree


@pytest.mark.parametrize(
    "name", ["recognise/dense_s_korean", "detect/dense_s", "direction/dense_xs", "language/korean"]
)
def test_the_recipes_of_the_package_take_a_folder_of_texts(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(RECIPES.parent)
    given = str(with_folders(load_spec(RECIPES / f"{name}.toml"), corpora="texts"))
    assert given.count("'corpora': 'texts'") >= 1
    assert "recipes/synth/" not in given
