"""Recipe of photographed codes: its Spec read into typed settings, every key checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from munja.core.errors import SpecError, did_you_mean
from munja.core.spec import Spec
from munja.data.synth.codes.pattern import Pattern, parse_pattern
from munja.data.synth.recipe import Recipe, read_recipe, read_weights

CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
STYLES = "stencil painted embossed debossed dot_peened dot_matrix plate".split()
LOOKS = (
    "worn rust dirt drips scratches chips frame rivets shadow uneven_light glare rotate perspective curve "
    "focus_blur motion_blur low_light jpeg grey tight"
).split()
_LINES = ("charset", "cache", "fonts")  # what a recipe of lines has as well
_KNOWN = ("kind", *_LINES, "height", "severity", "crops", "favoured", "favour", "patterns", "styles", "looks")


@dataclass(frozen=True)
class CodeRecipe:
    """Everything that a CodeSynthesiser needs to know; `lines` holds charset, cache and fonts."""

    lines: Recipe
    patterns: Mapping[str, tuple[Pattern, float]]  # expression: what it matches, weight
    styles: Mapping[str, float]
    looks: Mapping[str, float]
    height: tuple[float, float] = (24.0, 90.0)  # pixels of a crop, most near 0.88 of their geometric mean
    severity: tuple[float, float] = (0.0, 1.0)  # how much is done to a photo, even between the two
    crops: tuple[float, ...] = (1.0,)  # weights of 1, 2, ... crops of one photo
    favoured: tuple[str, ...] = ()  # parts of names of families that are met on machines
    favour: float = 1.0  # how many times more often they are drawn


def read_code_recipe(spec: Spec) -> CodeRecipe:
    """The settings in a Spec; SpecError names the place of a key or value that makes no sense."""
    tree = dict(spec)
    tree.pop("name", None)
    if (kind := tree.get("kind", "codes")) != "codes":
        raise SpecError(f'kind: "codes" was wanted for a recipe of codes, got {kind!r}')
    for key in tree:
        if key not in _KNOWN:
            raise SpecError(f"{key}: not a setting of a recipe of codes; {did_you_mean(str(key), _KNOWN)}")
    shared: dict[str, Any] = {key: tree[key] for key in _LINES if key in tree}
    lines = read_recipe({**shared, "text": {"codes": 1.0}}, text_kinds=("codes",))
    styles = read_weights(tree.get("styles", dict.fromkeys(STYLES, 1.0)), STYLES, "styles", None)
    if sum(styles.values()) <= 0:
        raise SpecError(f"styles: weights of surface styles were wanted, all are 0; known: {', '.join(STYLES)}")
    favoured = tree.get("favoured", ())
    if not isinstance(favoured, list | tuple) or not all(isinstance(each, str) for each in favoured):
        raise SpecError(f"favoured: a list of parts of family names was wanted, got {favoured!r}")
    return CodeRecipe(
        lines,
        _patterns(tree.get("patterns", {})),
        styles,
        read_weights(tree.get("looks", {}), LOOKS, "looks", 1.0),
        _range(tree.get("height", (24.0, 90.0)), "height", 16.0, 200.0),
        _range(tree.get("severity", (0.0, 1.0)), "severity", 0.0, 1.0),
        _shares(tree.get("crops", (1.0,))),
        tuple(each.lower() for each in favoured),
        _range((tree.get("favour", 1.0), 1e6), "favour", 0.0, 1e6)[0],
    )


def _patterns(tree: Any) -> dict[str, tuple[Pattern, float]]:
    if not isinstance(tree, Mapping):
        raise SpecError(f'patterns: a table such as "[0-9]{{4}}" = 1.0 was wanted, got {tree!r}')
    weights = read_weights(tree, list(tree), "patterns", None)
    if sum(weights.values()) <= 0:
        raise SpecError('patterns: a regular expression with a weight was wanted, such as "[0-9]{4}" = 1.0')
    found = {expression: (parse_pattern(expression), weight) for expression, weight in weights.items()}
    for expression, (pattern, _) in found.items():
        if foreign := pattern.characters - CHARACTERS:
            raise SpecError(
                f"patterns: {expression!r} matches {''.join(sorted(foreign))!r}; codes are of capitals and digits"
            )
        if pattern.shortest == 0:
            raise SpecError(f"patterns: {expression!r} also matches nothing at all; a code has one character or more")
    return found


def _range(value: Any, place: str, least: float, most: float) -> tuple[float, float]:
    good = isinstance(value, list | tuple) and len(value) == 2
    good = good and all(isinstance(each, int | float) and not isinstance(each, bool) for each in value)
    if not good or not least <= value[0] <= value[1] <= most:
        raise SpecError(f"{place}: two numbers from {least:g} to {most:g}, the lower first, were wanted, got {value!r}")
    return float(value[0]), float(value[1])


def _shares(value: Any) -> tuple[float, ...]:
    good = isinstance(value, list | tuple) and 1 <= len(value) <= 8
    good = good and all(isinstance(each, int | float) and not isinstance(each, bool) and each >= 0 for each in value)
    if not good or sum(value) <= 0:
        raise SpecError(f"crops: weights of photos with 1, 2, ... up to 8 crops were wanted, got {value!r}")
    return tuple(map(float, value))
