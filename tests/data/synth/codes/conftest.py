"""Recipes of codes for the tests, with the few faces of the tests of lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from munja.data.charset import characters
from munja.data.synth.atlas import Atlas, cached_atlas
from munja.data.synth.codes.recipe import LOOKS
from munja.data.synth.codes.synthesiser import CodeSynthesiser
from munja.data.synth.recipe import FontRules


@pytest.fixture(scope="session")
def clean(plain: dict[str, Any]) -> dict[str, Any]:
    """A recipe of codes of two patterns in every style, new and well lit."""
    return {
        "kind": "codes",
        **{key: plain[key] for key in ("charset", "cache", "fonts")},
        "patterns": {"[0-9]{4}": 1.0, "[A-Z]{2}[0-9]{6}": 1.0},
        "severity": [0.0, 0.0],
        "crops": [1.0, 1.0],
    }


@pytest.fixture(scope="session")
def worn(clean: dict[str, Any]) -> dict[str, Any]:
    """The recipe with every look happening often, to the utmost."""
    return {**clean, "severity": [1.0, 1.0], "looks": dict.fromkeys(LOOKS, 0.6)}


@pytest.fixture(scope="session")
def synthesiser(worn: dict[str, Any]) -> CodeSynthesiser:
    """A synthesiser of worn codes."""
    return CodeSynthesiser(worn)


@pytest.fixture(scope="session")
def atlas(clean: dict[str, Any]) -> Atlas:
    """The atlas of the tests' faces."""
    rules = FontRules(folders=tuple(clean["fonts"]["folders"]), validation_share=0.4)
    return cached_atlas(characters("ascii"), rules, cache=Path(clean["cache"]))
