"""Small sets drawn for the tests of datasets: pictures of noise, with pages, texts and classes."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from munja.core.page import Line, Page, Polygon
from munja.data.dataset import About, Dataset, write_dataset
from munja.data.sample import Picture, Sample, text_line

BOXES: tuple[Polygon, ...] = (
    ((10.0, 12.0), (90.0, 12.0), (90.0, 40.0), (10.0, 40.0)),
    ((20.0, 50.0), (95.0, 55.0), (94.0, 75.0), (19.0, 70.0)),
    ((100.0, 20.0), (130.0, 15.0), (150.0, 30.0), (148.0, 45.0), (128.0, 32.0), (101.0, 36.0)),
)
TEXTS = ("plain", "with blank", "a, b", 'say "so"', '"all"', "back\\slash", "가나다", "it's", "x" * 40, "#1")


def picture(seed: int, width: int = 160, height: int = 90, kind: str = "PNG") -> bytes:
    """An encoded picture of coloured noise, which no other seed resembles."""
    coarse = np.random.default_rng(seed).integers(0, 256, (9, 16, 3), np.uint8)
    target = io.BytesIO()
    PIL.Image.fromarray(coarse).resize((width, height), PIL.Image.Resampling.BICUBIC).save(target, kind)
    return target.getvalue()


class Drawn:
    """Samples by number."""

    picture = staticmethod(picture)

    @staticmethod
    def sample(name: str, content: bytes, **known: object) -> Sample:
        """A sample whose picture is no file."""
        return Sample(name, Picture(fetch=lambda: content), **known)  # type: ignore[arg-type]

    def page(
        self, seed: int, *, geometry: str = "polygon", word: bool = False, ignored: bool = True,
        split: str | None = None, texts: Sequence[str] = TEXTS,
    ) -> Sample:  # fmt: skip
        """A page of 160 x 90 pixels with a line for each shape that a geometry allows, and a don't-care region."""
        shapes = BOXES[: {"box": 1, "quad": 2, "polygon": 3}[geometry]]
        lines = [text_line(texts[(seed + i) % len(texts)], shape, word=word) for i, shape in enumerate(shapes)]
        if ignored:
            lines.append(Line("###", ((5.0, 80.0), (30.0, 80.0), (30.0, 88.0), (5.0, 88.0)), ignore=True))
        name = f"page_{seed}.png"
        return self.sample(name, picture(seed), page=Page(160, 90, tuple(lines), source=name), split=split)

    def text(self, seed: int, text: str | None = None, split: str | None = None) -> Sample:
        """A picture of a word."""
        return self.sample(
            f"word_{seed}.png",
            picture(seed, 60, 20),
            text=TEXTS[seed % len(TEXTS)] if text is None else text,
            split=split,
        )

    def of_class(self, seed: int, split: str | None = None) -> Sample:
        """A picture of a class."""
        label = ("empty", "loaded")[seed % 2]
        return self.sample(f"{label}/car_{seed}.png", picture(seed, 40, 40), label=label, split=split)


@pytest.fixture(scope="session")
def drawn() -> Drawn:
    """Samples by number."""
    return Drawn()


@pytest.fixture
def a_set(tmp_path: Path) -> Callable[[Sequence[Sample]], Dataset]:
    """Writes samples as the Munja dataset `set` of the test's folder."""
    return lambda samples: write_dataset(tmp_path / "set", samples, About("drawn", "noise", "CC0"))
