"""Fonts and recipes for the tests of synthetic text: a few faces of fonts-dejavu-core and fonts-nanum, nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from munja.data.synth.lines import LineSynthesiser
from munja.data.synth.recipe import FontRules

FACES = (
    "DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf", "DejaVuSerif.ttf", "DejaVuSerif-Bold.ttf",
    "NanumGothic.ttf", "NanumMyeongjo.ttf",
)  # fmt: skip


@pytest.fixture(scope="session")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with seven faces."""
    folder = tmp_path_factory.mktemp("fonts")
    installed = {path.name: path for place in FontRules().folders for path in Path(place).rglob("*.ttf")}
    missing = [name for name in FACES if name not in installed]
    assert not missing, f"{', '.join(missing)} not installed: run recipes/fonts/install.sh --small"
    for name in FACES:
        (folder / name).symlink_to(installed[name])
    return folder


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the atlases."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def plain(fonts: Path, cache: Path) -> dict[str, Any]:
    """A recipe of ASCII lines without any look: black print, generated text."""
    return {
        "charset": "ascii",
        "cache": str(cache),
        "fonts": {"folders": [str(fonts)], "validation_share": 0.4},
        "text": {"receipt": 2, "codes": 1, "money": 1, "english_words": 1, "symbols": 1, "uniform": 1},
        "shape": {"native_height": [32, 32]},
    }


@pytest.fixture(scope="session")
def warped(plain: dict[str, Any]) -> dict[str, Any]:
    """The plain recipe with every warp that moves characters, and nothing that hides ink."""
    looks = {"slant": 0.5, "wave": 0.3, "curve": 0.4, "perspective": 0.4, "tilt": 0.5, "gaps": 0.3}
    return {**plain, "looks": looks}


@pytest.fixture(scope="session")
def synthesiser(warped: dict[str, Any]) -> LineSynthesiser:
    """A synthesiser of warped ASCII lines."""
    return LineSynthesiser(warped)
