"""Recipes of very small four-stage recognisers on drawn lines."""

from __future__ import annotations

from typing import Any

from test_recipe import tiny


def four_stage(codec: str, *, rectified: bool = False, fit: str = "stretch", **loop: Any) -> dict[str, Any]:
    """A recipe that learns drawn lines of one or two characters in seconds."""
    recipe = tiny(**loop)
    model: dict[str, Any] = {
        "name": "four_stage",
        "size": [32, 64],
        "extractor": {"name": "vgg", "channels": 32},
        "encoder": {"name": "bilstm", "hidden": 32, "layers": 1},
        "head": {"name": "attention", "hidden": 32} if codec == "attention" else {"name": "ctc"},
    }
    if rectified:
        model["rectifier"] = {"name": "affine", "width": 4}
    recipe["task"] |= {"data": {"name": "drawn", "most": 2}, "validation": {"drawn": {"name": "drawn", "most": 2}}}
    recipe["task"] |= {"model": model, "codec": codec, "fit": fit, "width": 64, "batch": 8}
    recipe["task"] |= {"auxiliary": 4.0, "auxiliary_until": 0.9}
    return recipe
