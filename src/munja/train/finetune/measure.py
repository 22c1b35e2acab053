"""Crops read as `munja read` reads lines, and the records of what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from munja.core.artifact import open_artifact
from munja.core.errors import SpecError
from munja.core.page import Line, Page
from munja.metrics.record import PageResult
from munja.metrics.text import compare
from munja.read.engines import open_engine
from munja.read.fitting import Wish
from munja.read.lines import LineReader
from munja.read.patterns import compile_pattern
from munja.read.patterns.guide import guide_of
from munja.train.finetune.crops import Crop


@dataclass(frozen=True)
class Readings:
    """What a model read of crops, freely and, where a pattern was asked for, as that allows."""

    free: tuple[str, ...]
    guided: tuple[str, ...] = ()


class CropReader:
    """Reads crops with a runnable recogniser (.onnx), the text of each as one string."""

    def __init__(self, path: Path) -> None:
        artifact = open_artifact(path).expect("recognise")
        self._charset = artifact.manifest.charset
        self._reader = LineReader(artifact, open_engine(artifact, threads=1), None, None)
        self._padding = artifact.manifest.input.get("padding", (0.0, 0.0))

    def read(self, crops: Sequence[Crop], pattern: str = "") -> list[str]:
        """The texts of crops; with a pattern those of the likeliest readings that fit it, empty where none does."""
        wish = None
        if pattern:
            try:
                wish = Wish(guide_of(compile_pattern(pattern), self._charset, pattern), 0.0)
            except SpecError:  # the characters that the pattern needs are those that this model did not know yet
                return [""] * len(crops)
        found = (self._reader.read(crop.image, [self._quad(crop)], wishes=[wish]) for crop in crops)
        return ["".join(line.text for line in lines) for lines in found]

    def _quad(self, crop: Crop) -> NDArray[np.float32]:
        """The corners of a crop; of a whole one those that the margin of reading grows to the corners."""
        height, width = crop.image.shape[:2]
        across, down = self._padding if crop.whole else (0.0, 0.0)
        inner = height / (1.0 + 2.0 * down)
        x, y = across * inner, down * inner
        return np.array([[x, y], [width - x, y], [width - x, height - y], [x, height - y]], np.float32)


def read_crops(path: Path, crops: Sequence[Crop], pattern: str = "") -> Readings:
    """What a runnable recogniser reads on crops, freely and, where there is one, with a pattern."""
    reader = CropReader(path)
    return Readings(tuple(reader.read(crops)), tuple(reader.read(crops, pattern)) if pattern else ())


def records(crops: Sequence[Crop], texts: Sequence[str]) -> list[PageResult]:
    """A record for each photograph: crops of one photograph resemble each other, so that intervals draw photographs."""
    parts: dict[str, list[PageResult]] = defaultdict(list)
    for crop, text in zip(crops, texts, strict=True):
        height, width = crop.image.shape[:2]
        truth, read = (Page(width, height, (Line(each),) if each else ()) for each in (crop.text, text))
        parts[crop.source].append(compare(truth, read))
    return [replace(each[0], counts=_summed(each), source=source) for source, each in parts.items()]


def _summed(results: Sequence[PageResult]) -> Mapping[str, float]:
    return {key: sum(each.counts[key] for each in results) for key in results[0].counts}
