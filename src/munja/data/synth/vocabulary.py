"""Words of generated text: labels of receipts and forms, names, places, units, in English and Korean."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from munja.core.errors import SpecError, did_you_mean


def words(name: str) -> tuple[str, ...]:
    """The words of one list of vocabulary.toml."""
    lists = _lists()
    if name not in lists:
        raise SpecError(f"vocabulary.toml: no list is called {name}; {did_you_mean(name, lists)}")
    return lists[name]


@cache
def _lists() -> dict[str, tuple[str, ...]]:
    text = files(__package__ or "munja.data.synth").joinpath("vocabulary.toml").read_text(encoding="utf-8")
    return {name: tuple(body.replace("\n", "").split("|")) for name, body in tomllib.loads(text).items()}
