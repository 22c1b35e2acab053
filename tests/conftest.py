"""What all tests share: derandomised properties, the examples' folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("munja", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("munja")


@pytest.fixture(scope="session")
def examples() -> Path:
    return Path(__file__).parents[1] / "examples"
