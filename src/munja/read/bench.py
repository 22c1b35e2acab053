"""How fast the engines read a person's own pages on this machine."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from munja.core.errors import EngineError, InputError, MunjaError
from munja.imaging.image import Source

STAGES = ("load", "find", "read", "order")


@dataclass
class Figures:
    """What one engine did with one precision: pages, seconds in all and in each stage, peak memory, the text."""

    engine: str
    precision: str
    pages: int = 0
    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))
    megabytes: float = 0.0
    text: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Pages per second."""
        return self.pages / self.seconds if self.seconds else 0.0


def candidates() -> list[tuple[str, str]]:
    """Engines and precisions that may be tried here."""
    engines = ["onnxruntime", *(["openvino"] if find_spec("openvino") is not None else [])]
    return [(engine, precision) for engine in engines for precision in ("f32", "bf16")]


def compare(
    sources: Sequence[Source], settings: Mapping[str, Any], *, rounds: int, tried: Sequence[tuple[str, str]]
) -> Iterator[Figures]:
    """The figures of each engine and precision that can read here, `rounds` times over all sources.

    Each has a process of its own, so that memory is its own; they take turns at each source, so that what disturbs the
    machine disturbs them alike. The first source is read once more at the beginning, uncounted.
    """
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        running: list[tuple[Figures, ProcessPoolExecutor]] = []
        for engine, precision in tried:
            pool = stack.enter_context(ProcessPoolExecutor(1, context))
            try:
                pool.submit(_open, {**settings, "engine": engine, "precision": precision}, sources[0]).result()
            except EngineError:
                continue  # a precision that the engine or the processor does not have
            running.append((Figures(engine, precision), pool))
        if not running:
            raise EngineError("no engine can read here; `munja doctor` says why")
        for number in range(rounds):
            for source in sources:
                turned = running if number % 2 == 0 else running[::-1]
                for figures, pool in turned:
                    _count(figures, pool.submit(_measure, source).result(), keep_text=number == 0)
        yield from (figures for figures, _ in running)


def _count(
    figures: Figures, measured: tuple[list[tuple[str, dict[str, float]]], float, float], keep_text: bool
) -> None:
    pages, seconds, megabytes = measured
    figures.pages += len(pages)
    figures.seconds += seconds
    figures.megabytes = max(figures.megabytes, megabytes)
    for text, stages in pages:
        for name, each in stages.items():
            figures.stages[name] += each
        if keep_text:
            figures.text.append(text)


class _Held:
    """What a measuring process keeps."""

    reader: Any = None


def _open(settings: Mapping[str, Any], first: Source) -> None:
    from munja.read.reader import Reader

    _Held.reader = Reader(**settings)
    for _ in _Held.reader.timed(first):
        break


def _measure(source: Source) -> tuple[list[tuple[str, dict[str, float]]], float, float]:
    """Texts and stage seconds of a source's pages, seconds in all, peak memory of this process in MB."""
    started = time.perf_counter()
    try:
        pages = [(page.text, stages) for page, stages in _Held.reader.timed(source)]
    except MunjaError as error:
        raise InputError(str(error)) from None  # so that it crosses to the other process whole
    return pages, time.perf_counter() - started, _peak_megabytes()


def _peak_megabytes() -> float:
    if sys.platform == "win32":
        return 0.0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3
