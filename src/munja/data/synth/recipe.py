"""Recipe of synthetic lines: its Spec read into typed settings, every key checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from munja.core.errors import SpecError, did_you_mean
from munja.core.spec import Spec, load_spec


@dataclass(frozen=True)
class FontRules:
    """Which fonts: folders to search or a ready atlas file, families to leave out, and how faces are weighed.

    `weights` are per kind of face: regular, mono, condensed, wide, odd (display, handwriting), digits (segments);
    italic is a further factor for italic faces of any kind.
    `faces_per_family` limits large families (0: no limit); `rare_faces` is how many faces get all 11,172 syllables.
    """

    folders: tuple[str, ...] = ("/usr/share/fonts",)
    atlas: str = ""
    exclude: tuple[str, ...] = ()
    digits_only: tuple[str, ...] = ("DSEG",)
    faces_per_family: int = 16
    rare_faces: int = 12
    validation_share: float = 0.08
    weights: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Shape:
    """Ranges of what is drawn for every line; lengths are shares of the line's height unless stated."""

    stretch: tuple[float, float] = (0.6, 1.6)  # width over natural width
    tracking: tuple[float, float] = (-0.04, 0.25)  # extra letter distance; most lines stay near 0
    margin_vertical: tuple[float, float] = (0.0, 0.2)
    margin_horizontal: tuple[float, float] = (0.0, 0.4)
    native_height: tuple[float, float] = (12.0, 44.0)  # pixels of the crop before it is resized
    tight: float = 0.7  # share of crops cut by ink instead of by the face's ascender and descender


@dataclass(frozen=True)
class Recipe:
    """Everything that a LineSynthesiser needs to know."""

    charset: str = "ascii"
    corpora: str = ""
    cache: str = ""
    padding: int = 127
    capitals: float = 0.3  # share of texts set in capitals
    seed: int = 0
    fonts: FontRules = FontRules()
    shape: Shape = Shape()
    text: Mapping[str, float] = field(default_factory=dict)
    looks: Mapping[str, float] = field(default_factory=dict)


FACE_KINDS = {"regular": 1.0, "mono": 1.0, "condensed": 0.7, "wide": 0.5, "odd": 0.25, "digits": 0.03, "italic": 0.5}
LOOKS = (
    "slant wave curve perspective tilt underline rule cut neighbours inverse texture emboss faded dot_gain thin broken "
    "dots stencil photocopy low_resolution motion_blur focus_blur jpeg moire uneven_light sharpen gaps streaks "
    "steep shadow faint_marks ring spread"
).split()

_T = TypeVar("_T")


def read_recipe(spec: Spec, *, text_kinds: Iterable[str]) -> Recipe:
    """The settings in a Spec; SpecError names the place of a key or value that makes no sense."""
    tree = dict(spec)
    tree.pop("name", None)
    fonts = _table(FontRules, tree.pop("fonts", {}), "fonts")
    weights = {**FACE_KINDS, **read_weights(fonts.weights, FACE_KINDS, "fonts.weights", None)}
    object.__setattr__(fonts, "weights", weights)
    shape = _table(Shape, tree.pop("shape", {}), "shape")
    for each in fields(Shape):
        value = getattr(shape, each.name)
        if isinstance(value, tuple) and value[0] > value[1]:
            raise SpecError(f"shape.{each.name}: the lower bound first was wanted, got {list(value)}")
    known_text = list(text_kinds)
    text = read_weights(tree.pop("text", {}), known_text, "text", None)
    looks = read_weights(tree.pop("looks", {}), LOOKS, "looks", 1.0)
    recipe = _table(Recipe, tree, "")
    if not text or sum(text.values()) <= 0:
        raise SpecError(
            f"text: weights of kinds of text were wanted, all are 0; known: {', '.join(sorted(known_text))}"
        )
    return replace(recipe, fonts=fonts, shape=shape, text=text, looks=looks)


def _table(kind: type[_T], tree: Any, place: str) -> _T:
    if not isinstance(tree, Mapping):
        raise SpecError(f"{place}: a table was wanted, got {tree!r}")
    known = {each.name: each for each in fields(kind)}  # type: ignore[arg-type]
    values = {}
    for key, value in tree.items():
        where = f"{place}.{key}" if place else str(key)
        if key not in known:
            raise SpecError(f"{where}: not a setting of a recipe of lines; {did_you_mean(str(key), known)}")
        values[key] = _value(value, known[key].type, where)
    return kind(**values)


def _value(value: Any, kind: Any, where: str) -> Any:
    if kind == "float" and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if kind == "int" and isinstance(value, int) and not isinstance(value, bool):
        return value
    if kind == "str" and isinstance(value, str):
        return value
    if kind == "tuple[str, ...]" and isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return tuple(value)
    if kind == "tuple[float, float]" and isinstance(value, list | tuple) and len(value) == 2:
        return tuple(_value(each, "float", where) for each in value)
    if str(kind).startswith("Mapping") and isinstance(value, Mapping):
        return dict(value)
    raise SpecError(f"{where}: {kind} was wanted, got {value!r}")


def read_weights(tree: Any, known: Any, place: str, top: float | None) -> dict[str, float]:
    """A table of numbers by known name, each 0 to `top` (None: 0 or more); SpecError names the place of a wrong one."""
    if not isinstance(tree, Mapping):
        raise SpecError(f"{place}: a table of numbers was wanted, got {tree!r}")
    for key, value in tree.items():
        if key not in known:
            raise SpecError(f"{place}.{key}: not known; {did_you_mean(str(key), known)}")
        good = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
        if not good or (top is not None and value > top):
            bounds = "0 or more" if top is None else f"0 to {top:g}"
            raise SpecError(f"{place}.{key}: a number of {bounds} was wanted, got {value!r}")
    return {key: float(value) for key, value in tree.items()}


def with_folders(tree: Spec, *, corpora: str = "", backgrounds: str = "") -> Spec:
    """The recipe of a training in which every recipe of lines or pages has these folders, unless it names its own.

    Recipes that it names by path, under `recipe` or in `pages`, are read into it.
    """

    def given(recipe: Any) -> Any:
        """One recipe of a synthesiser with its folders."""
        own = load_spec(recipe) if isinstance(recipe, str) else dict(recipe)
        kind = own.get("kind", "lines")
        folders = {"corpora": corpora if kind != "codes" else "", "backgrounds": backgrounds if kind == "pages" else ""}
        return {**own, **{name: folder for name, folder in folders.items() if folder and not own.get(name)}}

    def walk(value: Any) -> Any:
        """A part of the tree with the recipes in it."""
        if isinstance(value, Mapping):
            return {
                key: given(each)
                if key == "recipe" and isinstance(each, str | Mapping)
                else [given(page) for page in each]
                if key == "pages" and isinstance(each, Sequence) and not isinstance(each, str)
                else walk(each)
                for key, each in value.items()
            }
        return [walk(each) for each in value] if isinstance(value, list) else value

    return dict(walk(tree)) if corpora or backgrounds else tree
