"""Spec: a tree {name, ...} that can be built; TOML for people, the same tree as JSON on the wire."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from munja.core.errors import SpecError

Spec = Mapping[str, Any]


def load_spec(path: str | Path) -> dict[str, Any]:
    """The tree in a `.toml` or `.json` file."""
    path = Path(path)
    if not path.is_file():
        raise SpecError(f"{path}: no such file; a .toml or .json file was wanted")
    import tomllib  # 5 ms, and reading needs none

    try:
        text = path.read_text(encoding="utf-8")
        tree = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except ValueError as error:
        raise SpecError(f"{path}: {error}") from error
    if not isinstance(tree, dict):
        raise SpecError(f"{path}: an object was wanted, got {type(tree).__name__}")
    return tree


def dump_toml(tree: Spec) -> str:
    """The tree as TOML; SpecError if it holds None, which TOML cannot say."""
    import tomli_w

    try:
        return tomli_w.dumps(tree)
    except TypeError as error:
        raise SpecError(f"this tree cannot be written as TOML: {error}") from error


def override(tree: Spec, settings: Sequence[str]) -> dict[str, Any]:
    """A copy of the tree with `key.sub=value` settings applied; a value is read as TOML, else taken as a string.

    A key that the tree does not have yet is added: whether it is a parameter is for the registry to say.
    """
    result: dict[str, Any] = deepcopy(dict(tree))
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals or not all(part.strip() for part in key.split(".")):
            raise SpecError(f"{setting!r}: key=value was wanted, such as train.steps=2000")
        *parents, last = key.strip().split(".")
        place: Any = result
        for parent in parents:
            place = place.setdefault(parent, {})
            if not isinstance(place, dict):
                raise SpecError(f"{setting!r}: {parent} is not a table in the recipe")
        place[last] = _value(text.strip())
    return result


def _value(text: str) -> Any:
    import tomllib

    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
