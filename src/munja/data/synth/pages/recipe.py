"""Recipe of synthetic pages: its Spec read into typed settings, every key checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from munja.core.errors import SpecError, did_you_mean
from munja.core.spec import Spec
from munja.data.synth.recipe import Recipe, read_recipe, read_weights
from munja.data.synth.text import kinds

PAGES = "receipt certificate notice letter article form table slide phone label sign nothing".split()
LOOKS = (
    "rotate turn perspective textured crease shadow uneven_light faded dot_gain thin noisy focus_blur motion_blur "
    "low_resolution photocopy jpeg sharpen moire clutter scribble inverse photo background"
).split()
_LINES = ("charset", "corpora", "cache", "capitals", "seed", "fonts", "text")  # what a recipe of lines has as well


@dataclass(frozen=True)
class KindRecipe:
    """What one kind of page has of its own; what is None or missing is as the recipe has it for all kinds."""

    long_side: tuple[int, int] | None = None  # pixels of whole pages
    across: tuple[float, float] | None = None  # how many capitals of running text the text of a whole page is wide
    least_size: float = 0.0  # pixels of a capital in the smallest print
    invented: bool = True  # whether invented words stand among the texts: people make out no letter of them by its word
    scan: float = 0.6  # share of the papers that come from a scanner and not from a camera
    looks: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class PageRecipe:
    """Everything that a PageSynthesiser needs to know; `lines` holds what recipes of lines have as well."""

    lines: Recipe
    backgrounds: str = ""  # a folder of photographs; without it, textures stand in for them
    backgrounds_without: tuple[str, ...] = ()  # parts of names of photographs to leave out: those that show text
    korean: float = 0.0  # share of the pages in Korean
    size: tuple[float, float] = (5.5, 22.0)  # pixels of a capital in running text, most near their geometric mean
    long_side: tuple[int, int] | None = None  # pixels of whole pages; None where only pieces of pages are made
    angle: float = 10.0  # degrees: how far a rotated page is turned at most
    pages: Mapping[str, float] = field(default_factory=dict)
    looks: Mapping[str, float] = field(default_factory=dict)
    kinds: Mapping[str, KindRecipe] = field(default_factory=dict)

    def of(self, kind: str) -> KindRecipe:
        """The settings of a kind of page, its own before those of all kinds."""
        own = self.kinds.get(kind, KindRecipe())
        return replace(own, long_side=own.long_side or self.long_side, looks={**self.looks, **own.looks})


def read_page_recipe(spec: Spec) -> PageRecipe:
    """The settings in a Spec; SpecError names the place of a key or value that makes no sense."""
    tree = dict(spec)
    tree.pop("name", None)
    kind = tree.pop("kind", "pages")
    if kind != "pages":
        raise SpecError(f'kind: "pages" was wanted for a recipe of pages, got {kind!r}')
    lines = read_recipe({key: tree.pop(key) for key in _LINES if key in tree}, text_kinds=kinds())
    pages = read_weights(tree.pop("pages", dict.fromkeys(PAGES, 1.0)), PAGES, "pages", None)
    looks = read_weights(tree.pop("looks", {}), LOOKS, "looks", 1.0)
    if sum(pages.values()) <= 0:
        raise SpecError(f"pages: weights of kinds of pages were wanted, all are 0; known: {', '.join(PAGES)}")
    backgrounds = tree.pop("backgrounds", "")
    if not isinstance(backgrounds, str):
        raise SpecError(f"backgrounds: a folder of photographs was wanted, got {backgrounds!r}")
    without = tree.pop("backgrounds_without", ())
    if not isinstance(without, list | tuple) or not all(isinstance(each, str) for each in without):
        raise SpecError(f"backgrounds_without: a list of parts of file names was wanted, got {without!r}")
    korean, angle = (_number(tree.pop(*pair), pair[0]) for pair in (("korean", 0.0), ("angle", 10.0)))
    size = _bounds(tree.pop("size", (5.5, 22.0)), "size", least=3)
    sides = _sides(tree.pop("long_side"), "long_side") if "long_side" in tree else None
    own = _kinds(tree.pop("kinds", {}))
    if korean > 1 or (korean and lines.charset != "korean"):
        raise SpecError(f'korean: a share of 0 to 1, and charset = "korean", were wanted, got {korean:g}')
    for key in tree:
        known = [*_LINES, "kind", *(each.name for each in fields(PageRecipe) if each.name != "lines")]
        raise SpecError(f"{key}: not a setting of a recipe of pages; {did_you_mean(str(key), known)}")
    return PageRecipe(lines, backgrounds, tuple(without), korean, size, sides, angle, pages, looks, own)


def _kinds(tree: Any) -> dict[str, KindRecipe]:
    """Settings of kinds of pages by name."""
    if not isinstance(tree, Mapping):
        raise SpecError(f"kinds: a table for each kind of page was wanted, got {tree!r}")
    found = {}
    for kind, given in tree.items():
        place = f"kinds.{kind}"
        if kind not in PAGES or not isinstance(given, Mapping):
            raise SpecError(f"{place}: a table of settings of a kind of page was wanted; {did_you_mean(kind, PAGES)}")
        own = KindRecipe(looks=read_weights(given.get("looks", {}), LOOKS, f"{place}.looks", 1.0))
        for key, value in given.items():
            if key == "long_side":
                own = replace(own, long_side=_sides(value, f"{place}.long_side"))
            elif key == "across":
                own = replace(own, across=_bounds(value, f"{place}.across", least=8))
            elif key == "least_size":
                own = replace(own, least_size=_number(value, f"{place}.least_size"))
            elif key == "invented":
                if not isinstance(value, bool):
                    raise SpecError(f"{place}.invented: true or false was wanted, got {value!r}")
                own = replace(own, invented=value)
            elif key == "scan":
                own = replace(own, scan=read_weights({key: value}, (key,), place, 1.0)[key])
            elif key != "looks":
                known = [each.name for each in fields(KindRecipe)]
                raise SpecError(f"{place}.{key}: not a setting of a kind of page; {did_you_mean(str(key), known)}")
        found[kind] = own
    return found


def _sides(value: Any, place: str) -> tuple[int, int]:
    whole = isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(each, int) for each in value)
    if not whole or not 200 <= value[0] <= value[1]:
        raise SpecError(f"{place}: two whole numbers of 200 or more, the lower one first, were wanted, got {value!r}")
    return value[0], value[1]


def _bounds(value: Any, place: str, *, least: float) -> tuple[float, float]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise SpecError(f"{place}: two numbers, the lower bound first, were wanted, got {value!r}")
    low, high = (_number(each, place) for each in value)
    if not least <= low <= high:
        raise SpecError(f"{place}: {least:g} or more, the lower bound first, were wanted, got {value!r}")
    return low, high


def _number(value: Any, place: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
        raise SpecError(f"{place}: a number of 0 or more was wanted, got {value!r}")
    return float(value)
