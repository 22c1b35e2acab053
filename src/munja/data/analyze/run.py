"""Collections are sampled, measured and summed up; the report is given as HTML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from munja.core.errors import MunjaError
from munja.data.analyze.measure import measure
from munja.data.analyze.report import to_html
from munja.data.analyze.sampling import Drawn, draw
from munja.data.analyze.statistics import Statistics


def analyze(
    paths: Sequence[str | Path],
    *,
    count: int = 20_000,
    seed: int = 0,
    format: str = "auto",  # noqa: A002
    title: str = "",
    progress: Callable[[int], None] | None = None,
) -> tuple[str, Statistics]:
    """The HTML report on collections, from at most `count` samples of each, and the numbers in it.

    Several collections are compared with each other as splits are.
    """
    drawn: list[Drawn] = []
    statistics = Statistics()
    for path in paths:
        part = draw(path, count, seed=seed, format=format)
        drawn.append(part)
        for sample in part.samples:
            side = sample.split or "no split"
            if len(paths) > 1:
                side = f"{Path(path).name} ({sample.split})" if sample.split else Path(path).name
            try:
                statistics.add(sample, measure(sample), side)
            except MunjaError as error:
                statistics.failures.append((sample.where or sample.name, str(error)))
            if progress:
                progress(statistics.samples)
    return to_html(title or ", ".join(Path(each).name for each in paths), drawn, statistics), statistics
