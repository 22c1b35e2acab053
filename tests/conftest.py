"""What all tests share: derandomised properties, the examples' folder, one reader of the published weights."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import PIL.Image
import pytest
from hypothesis import settings

from munja.core.page import Page
from munja.read.reader import Reader

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # for tests that import onnxruntime by themselves
settings.register_profile("munja", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("munja")


@pytest.fixture(scope="session")
def examples() -> Path:
    return Path(__file__).parents[1] / "examples"


@pytest.fixture(scope="session")
def truth(examples: Path) -> Callable[[str], Page]:
    """The ground truth of an example picture, by the picture's name without its suffix."""
    return lambda name: Page.from_json((examples / "truth" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache folder for this run alone, shared by its worker processes: nothing is left in the user's own."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "cache"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUNJA_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="session")
def reader(cache: Path) -> Reader:
    """One reader for all tests: ONNX Runtime, one thread."""
    return Reader(models="ppocr", engine="onnxruntime", threads=1)


@pytest.fixture(scope="session")
def receipt(examples: Path) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The example receipt (1200, 800, 3); treat it as read-only."""
    return np.asarray(cv2.imread(str(examples / "receipt.png"), cv2.IMREAD_COLOR_RGB), np.uint8)


@pytest.fixture(scope="session")
def receipt_page(reader: Reader, examples: Path) -> Page:
    """What the reader reads on the example receipt."""
    return reader(examples / "receipt.png")


@pytest.fixture(scope="session")
def heading(receipt: np.ndarray[Any, np.dtype[np.uint8]]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The four centred lines at the top of the receipt (170, 460, 3): a picture that is quick to read."""
    return np.ascontiguousarray(receipt[85:255, 190:650])


@pytest.fixture
def picture(tmp_path: Path, heading: np.ndarray[Any, np.dtype[np.uint8]]) -> Path:
    """A small picture of one line."""
    path = tmp_path / "name.png"
    PIL.Image.fromarray(heading[136:170, 110:330]).save(path)
    return path


@pytest.fixture
def two_pages(tmp_path: Path, heading: np.ndarray[Any, np.dtype[np.uint8]]) -> Path:
    """A file of two pages, two lines of the heading."""
    path = tmp_path / "two.tif"
    first, second = (PIL.Image.fromarray(heading[top : top + 40]) for top in (62, 130))
    first.save(path, save_all=True, append_images=[second])
    return path
