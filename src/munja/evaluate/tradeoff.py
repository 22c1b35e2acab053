"""Recognisers side by side: how accurate each is on pictures of lines or words, how long it takes, how large it is.

Every picture is read by all of them, one after the other, so that whatever else the machine does meets all alike. Each
reads on one thread, without a language model, what fills the picture; decoding the picture's file is not counted.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from munja import __version__
from munja.core.artifact import Artifact, open_artifact, sha256_of
from munja.core.errors import ArtifactError, InputError, MunjaError
from munja.core.page import Page
from munja.data.convert import Problem
from munja.evaluate.graph import parameters
from munja.evaluate.readers import OpenedReader
from munja.evaluate.readers import munja as open_munja
from munja.evaluate.truth import KIND_NAMES, Truth, TruthItem
from munja.imaging.image import Image, frames
from munja.metrics import Comparison, compare_readers, text
from munja.metrics.corpus import CorpusResult, Figure, corpus

Case = Literal["strict", "loose"]
CASES: Mapping[Case, bool] = {"strict": True, "loose": False}  # whether A and a differ
FIGURES = ("exact", "one_minus_ned", "cer", "exact_alphanumeric")


@dataclass(frozen=True)
class Contestant:
    """One recogniser: what it is, how it did with and without regard to case, and milliseconds for each picture."""

    name: str
    artifact: Artifact
    parameters: int
    megabytes: float
    milliseconds: NDArray[np.float64]
    results: Mapping[Case, CorpusResult]

    def figure(self, case: Case, name: str) -> Figure:
        """One of its figures."""
        return self.results[case].figures[name]

    @property
    def mean_milliseconds(self) -> float:
        """Mean time of a picture."""
        return float(self.milliseconds.mean())


@dataclass(frozen=True)
class Tradeoff:
    """Recognisers on one set; `main` is the case that counts there, `comparisons` are of each with the first."""

    truth: Truth
    contestants: tuple[Contestant, ...]
    main: Case
    comparisons: tuple[Comparison, ...]
    problems: tuple[str, ...]
    engine: str
    repeats: int

    def to_tree(self) -> dict[str, Any]:
        """All of it as plain dicts, lists, strings and numbers."""
        return {
            "munja": __version__,
            "data": self.truth.path,
            "pictures": len(self.truth.items),
            "engine": self.engine,
            "threads": 1,
            "repeats": self.repeats,
            "main": self.main,
            "recognisers": [_tree(each) for each in self.contestants],
            "comparisons": [each.sentence for each in self.comparisons],
            "problems": list(self.problems),
        }


def open_recognisers(paths: Sequence[Path]) -> dict[str, Artifact]:
    """Runnable recognisers by name; ArtifactError or InputError for anything else, before anything is read."""
    if not paths:
        raise InputError("no recogniser was named; give one or more .onnx files")
    opened = {}
    for path, name in zip(paths, _names(paths), strict=True):
        artifact = open_artifact(path).expect("recognise")
        if path.suffix != ".onnx":
            raise ArtifactError(f"{path}: a runnable recogniser (.onnx) was wanted; `munja export` makes one of it")
        opened[name] = artifact
    return opened


def compare_recognisers(
    recognisers: Mapping[str, Artifact],
    truth: Truth,
    *,
    engine: str = "onnxruntime",
    repeats: int = 1,
    confidence: float = 0.95,
    on_picture: Callable[[], None] = lambda: None,
) -> Tradeoff:
    """Read a set with every recogniser and measure; of `repeats` readings of a picture the fastest counts.

    A picture that cannot be read is listed and counts as one on which all of them found nothing; it has no time.
    """
    if truth.kind != "crops":
        raise InputError(
            f"{truth.path}: holds {KIND_NAMES[truth.kind]}; recognisers are compared on {KIND_NAMES['crops']}. "
            "`munja data convert --crop` cuts lines out of pages"
        )
    if repeats < 1:
        raise InputError(f"repeats: 1 or more was wanted, got {repeats}")
    readers = {
        name: open_munja(True, recogniser=str(artifact.path), language="none", engine=engine, threads=1)
        for name, artifact in recognisers.items()
    }
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        pages, times, problems = _read(readers, truth.items, repeats, on_picture)
    finally:
        cv2.setNumThreads(before)
    contestants, records = [], {}
    for name, artifact in recognisers.items():
        records[name] = {
            case: [
                text.compare(item.page, page, case_sensitive=sensitive)
                for item, page in zip(truth.items, pages[name], strict=True)
            ]
            for case, sensitive in CASES.items()
        }
        results = {case: corpus(rows, confidence=confidence) for case, rows in records[name].items()}
        content = artifact.read_bytes()
        count = parameters(content, where=artifact.where)
        contestants.append(Contestant(name, artifact, count, len(content) / 1e6, np.array(times[name]), results))
    main: Case = "loose" if truth.ignore_case else "strict"
    first, *others = recognisers
    comparisons = tuple(
        compare_readers(records[first][main], records[name][main], "exact", names=(first, name), confidence=confidence)
        for name in others
    )
    told = tuple(str(each) for each in (*truth.problems, *problems))
    return Tradeoff(truth, tuple(contestants), main, comparisons, told, engine, repeats)


def _read(
    readers: Mapping[str, OpenedReader], items: Sequence[TruthItem], repeats: int, on_picture: Callable[[], None]
) -> tuple[dict[str, list[Page]], dict[str, list[float]], list[Problem]]:
    """Pages and milliseconds by reader, and what went wrong."""
    pages: dict[str, list[Page]] = {name: [] for name in readers}
    times: dict[str, list[float]] = {name: [] for name in readers}
    problems: list[Problem] = []
    names, warm = list(readers), False
    for number, item in enumerate(items):
        nothing = Page(item.page.width, item.page.height, source=item.name)
        try:
            image = _image(item)
        except MunjaError as error:
            problems.append(Problem(item.where, f"{error}; counted as a picture in which nothing was read"))
            for name in names:
                pages[name].append(nothing)
            on_picture()
            continue
        turn = number % len(names)  # who begins changes: the first finds the caches cold
        for name in names[turn:] + names[:turn]:
            if not warm:
                _timed(readers[name], image, 1)
            page, milliseconds = _timed(readers[name], image, repeats)
            pages[name].append(page)
            times[name].append(milliseconds)
        warm = True
        on_picture()
    if not warm:
        raise InputError(f"none of the {len(items)} pictures can be read; the first: {problems[0]}")
    return pages, times, problems


def _image(item: TruthItem) -> Image:
    if item.picture is None:
        raise InputError(f"{item.where}: has no picture to read")
    return next(iter(frames(item.picture.source))).image


def _timed(reader: OpenedReader, image: Image, repeats: int) -> tuple[Page, float]:
    """The page, and the shortest time in milliseconds."""
    shortest = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        page = reader.read(image)
        shortest = min(shortest, 1000.0 * (time.perf_counter() - start))
    return page, shortest


def _names(paths: Sequence[Path]) -> list[str]:
    """File names without suffix, with their folder where two are alike; InputError if one file is named twice."""
    twice = [path for path, count in Counter(path.resolve() for path in paths).items() if count > 1]
    if twice:
        raise InputError(f"{twice[0]}: named twice; each recogniser is measured once")
    stems = Counter(path.stem for path in paths)
    names = [path.stem if stems[path.stem] == 1 else f"{path.resolve().parent.name}/{path.stem}" for path in paths]
    return names if len(set(names)) == len(names) else [str(path) for path in paths]


def _tree(each: Contestant) -> dict[str, Any]:
    path, times = each.artifact.path, each.milliseconds
    return {
        "name": each.name,
        "file": None if path is None else path.name,
        "sha256": None if path is None else sha256_of(path),
        "codec": each.artifact.manifest.codec.get("name"),
        "parameters": each.parameters,
        "megabytes": each.megabytes,
        "milliseconds": {
            "mean": each.mean_milliseconds,
            "median": float(np.median(times)),
            "p95": float(np.quantile(times, 0.95)),
        },
        **{case: {name: asdict(each.figure(case, name)) for name in FIGURES} for case in CASES},
    }
