"""Recipes: what a training is, as one tree; misspelt keys and impossible values are found before anything starts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from munja.core.errors import SpecError, did_you_mean
from munja.core.registry import check
from munja.core.spec import Spec, load_spec

KEYS = ("name", "licence", "seed", "task", "loop")

# The kind of each Spec within a Spec, so that all of a recipe can be checked at once.
NESTED = {
    ("recognise", "model"): "recogniser",
    ("detect", "model"): "detector",
    ("direction", "model"): "classifier",
    ("task", "data"): "lines",
    ("detector", "backbone"): "backbone",
    ("detector", "neck"): "neck",
    ("classifier", "backbone"): "backbone",
    ("recogniser", "backbone"): "backbone",
    ("recogniser", "neck"): "neck",
    ("recogniser", "head"): "head",
    ("four_stage", "rectifier"): "rectifier",
    ("four_stage", "extractor"): "extractor",
    ("four_stage", "encoder"): "encoder",
    ("four_stage", "head"): "predictor",
    ("loop", "optimiser"): "optimiser",
    ("loop", "schedule"): "schedule",
}


def register_all() -> None:
    """Import every module whose names a recipe may use."""
    import munja.data.labelled
    import munja.data.loader
    import munja.data.synth.codes.source
    import munja.models.recognise
    import munja.train.detect
    import munja.train.direction
    import munja.train.loop
    import munja.train.optimisers
    import munja.train.recognise
    import munja.train.schedules  # noqa: F401


def checked(recipe: Spec) -> dict[str, Any]:
    """The recipe {name, licence, seed, task, loop} with defaults filled in; SpecError names what is wrong with it."""
    register_all()
    for key in recipe:
        if key not in KEYS:
            raise SpecError(f"recipe: {key} is not a part of a recipe; {did_you_mean(key, KEYS)}")
    for key in ("name", "task"):
        if key not in recipe:
            raise SpecError(f"recipe: {key} is missing; see recipes/ for examples")
    if not isinstance(recipe["name"], str) or not recipe["name"]:
        raise SpecError(f"recipe: name should be a text, got {recipe['name']!r}")
    seed = recipe.get("seed", 1)
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise SpecError(f"recipe: seed should be a whole number of 0 or more, got {seed!r}")
    loop = recipe.get("loop", {})
    if not isinstance(loop, Mapping):
        raise SpecError(f"recipe: loop should be a table, got {loop!r}")
    return {
        "name": recipe["name"],
        "licence": recipe.get("licence", ""),
        "seed": seed,
        "task": _checked("task", recipe["task"]),
        "loop": _checked("loop", {"name": "supervised", **loop}),
    }


def _checked(kind: str, spec: Any) -> dict[str, Any]:
    result = check(kind, spec)
    for key, value in result.items():
        nested = NESTED.get((str(result.get("name")), key)) or NESTED.get((kind, key))
        if nested and value is not None:
            result[key] = _checked(nested, value)
    if kind == "task" and "pages" in result:
        result["pages"] = [load_spec(each) if isinstance(each, str) else each for each in result["pages"]]
    if kind == "task" and "validation" in result:
        result["validation"] = {key: _checked("lines", each) for key, each in result.get("validation", {}).items()}
    if kind == "lines" and isinstance(result.get("recipe"), str):
        # What was trained on belongs to the training: a file that changes later must not change a resumed training.
        result["recipe"] = load_spec(result["recipe"])
    if kind == "lines" and "sets" in result:
        result["sets"] = [_checked("lines", each) for each in result["sets"]]
    return result


def portable(tree: Any) -> Any:
    """A recipe as a manifest carries it: without the places of files on the machine that it ran on."""
    if isinstance(tree, Mapping):
        kept = {key: value for key, value in tree.items() if key not in ("backgrounds", "cache", "corpora")}
        return {key: Path(value).name if _is_place(key, value) else portable(value) for key, value in kept.items()}
    return [portable(each) for each in tree] if isinstance(tree, list | tuple) else tree


def _is_place(key: str, value: Any) -> bool:
    return key in ("path", "start", "atlas") and isinstance(value, str)
