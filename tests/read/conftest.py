"""The published models, derived once for all tests of reading."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from munja.read.weights import ModelSet, model_set


@pytest.fixture(scope="session")
def models(cache: Path) -> ModelSet:
    """The artifacts of the extra ppocr, from this run's cache."""
    return model_set("ppocr")


@pytest.fixture(scope="session")
def published() -> Path:
    """The folder of the installed package rapidocr that holds the published ONNX files."""
    spec = find_spec("rapidocr")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "models"
