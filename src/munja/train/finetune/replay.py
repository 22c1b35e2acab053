"""Replay: lines of the kind that a model was trained on, mixed in so that it forgets nothing, and measured on.

They are drawn meanwhile, or were drawn before.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from munja.core.artifact import Manifest
from munja.core.errors import InputError, MunjaError
from munja.core.spec import load_spec
from munja.data.charset import characters
from munja.data.dataset import Dataset
from munja.data.loader import LineSource, open_lines
from munja.train.finetune.alphabet import Alphabet

NONE, AUTO = "none", "auto"
FROM_DISK = ("lmdb", "folder", "labelled")  # sources that another machine need not have

Spec = dict[str, Any]


def replay_of(manifest: Manifest, wanted: str, alphabet: Alphabet) -> Spec | None:
    """The Spec of the lines to replay; None for "none".

    `wanted` is the path of a recipe of synthetic lines or codes, a dataset of such lines that were drawn before, or
    "auto": what the model says that it was trained on. InputError if it does not say, or if the lines cannot be had.
    """
    if wanted == NONE:
        return None
    if wanted != AUTO and Path(wanted).is_dir():
        return _drawn(Path(wanted), manifest.input, alphabet)
    if wanted != AUTO:
        found: Spec | None = of_recipe(load_spec(wanted))
    else:
        trained_on = manifest.made.get("recipe", {}).get("task", {}).get("data")
        found = _makeable(trained_on) if isinstance(trained_on, Mapping) else None
    if found is None:
        raise InputError(
            f"{manifest.name}: does not say on which synthetic lines it was trained. Name a recipe of what it should "
            "go on reading, --replay recipes/synth/english.toml; with --replay none it may forget what it could read"
        )
    return _narrowed(found, alphabet)


def of_recipe(recipe: Spec) -> Spec:
    """The Spec of the lines that a recipe describes: photographed codes, or lines of text."""
    return {"name": "codes" if recipe.get("kind") == "codes" else "synthetic", "recipe": recipe}


def opened(spec: Mapping[str, Any], split: str) -> LineSource:
    """The source of a replay's Spec; InputError says what to do where its lines cannot be made here."""
    from munja.train.recipe import register_all

    register_all()  # fine-tuning asks for lines before any training does
    try:
        return open_lines(spec, split)
    except MunjaError as error:
        raise InputError(
            f"the lines to replay cannot be made: {error}. They need fonts: recipes/fonts/install.sh installs them; "
            "--replay none goes without, and the model may forget what it could read"
        ) from error


def is_recipe(text: str) -> bool:
    """Whether a text names a recipe of lines rather than a set of crops."""
    return Path(text).suffix in (".toml", ".json") and Path(text).is_file()


def _drawn(folder: Path, rule: Mapping[str, Any], alphabet: Alphabet) -> Spec:
    """The Spec of a dataset of lines, shown as a model's rule says; InputError where it does not serve."""
    counts = dict.fromkeys(("train", "validate"), 0)
    for sample in Dataset(folder):
        if sample.split in counts and sample.text is not None:
            counts[sample.split] += 1
            if lacking := alphabet.lacks(sample.text):
                raise InputError(f"{folder}: {sample.name} says {sample.text!r}; the model knows no {lacking!r}")
    if lacks := [name for name, count in counts.items() if not count]:
        raise InputError(
            f"{folder}: has no labelled crops to {' and '.join(lacks)}; `munja data split {folder} OUT train=0.95 "
            "validate=0.05 --by source` divides it"
        )
    found: Spec = {"name": "labelled", "path": str(folder), "height": int(rule["height"])}
    found["padding"] = list(rule.get("padding", (0.0, 0.0)))
    return found | ({"stretch": int(rule["width"])} if rule.get("fit") == "stretch" else {})


def _makeable(spec: Mapping[str, Any]) -> Spec | None:
    """The parts of a Spec of lines that can be made anywhere, shares kept; None if there is none."""
    if spec.get("name") != "mixed":
        return None if spec.get("name") in FROM_DISK else dict(spec)
    kept = [
        (made, float(share))
        for each, share in zip(spec["sets"], spec["shares"], strict=True)
        if (made := _makeable(each))
    ]
    if not kept:
        return None
    return {"name": "mixed", "sets": [made for made, _ in kept], "shares": [share for _, share in kept]}


def _narrowed(spec: Spec, alphabet: Alphabet) -> Spec:
    """A Spec without characters that the new model does not know any more; SpecError if that leaves no text."""
    if spec["name"] == "mixed":
        return {**spec, "sets": [_narrowed(each, alphabet) for each in spec["sets"]]}
    recipe = spec.get("recipe")
    if spec["name"] != "synthetic" or not isinstance(recipe, Mapping):
        return spec
    known = characters(str(recipe.get("charset", "ascii")))
    lacking = set(alphabet.lacks(known))
    if not lacking:
        return spec
    return {**spec, "recipe": {**recipe, "charset": "".join(each for each in known if each not in lacking)}}
