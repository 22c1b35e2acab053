"""Recipes of pages for the tests, with the few faces of the tests of lines."""

from __future__ import annotations

from typing import Any

import pytest

from munja.data.charset import characters
from munja.data.synth.atlas import Atlas, cached_atlas
from munja.data.synth.pages import PageSynthesiser
from munja.data.synth.pages.sheet import Style, Typesetter
from munja.data.synth.recipe import FontRules


@pytest.fixture(scope="session")
def pages(plain: dict[str, Any]) -> dict[str, Any]:
    """A recipe of ASCII pages of every kind without any look: black print, upright."""
    return {"kind": "pages", **{key: plain[key] for key in ("charset", "cache", "fonts", "text")}}


@pytest.fixture(scope="session")
def everything(pages: dict[str, Any]) -> dict[str, Any]:
    """The recipe with every look happening often."""
    from munja.data.synth.pages.recipe import LOOKS

    return {**pages, "looks": dict.fromkeys(LOOKS, 0.4)}


@pytest.fixture(scope="session")
def upright(pages: dict[str, Any]) -> PageSynthesiser:
    """A synthesiser of pages without looks."""
    return PageSynthesiser(pages)


@pytest.fixture(scope="session")
def atlas(plain: dict[str, Any]) -> Atlas:
    """The atlas of the tests' faces."""
    from pathlib import Path

    rules = FontRules(folders=tuple(plain["fonts"]["folders"]), validation_share=0.4)
    return cached_atlas(characters("ascii"), rules, cache=Path(plain["cache"]))


@pytest.fixture(scope="session")
def typesetter(atlas: Atlas) -> Typesetter:
    """A typesetter of that atlas."""
    return Typesetter(atlas)


@pytest.fixture(scope="session")
def sans(atlas: Atlas) -> Style:
    """DejaVu Sans with capitals of 14 pixels."""
    face = next(k for k, each in enumerate(atlas.faces) if each.family == "DejaVu Sans")
    return Style(face, 14.0)
