"""A fair sample of a collection without reading all of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from munja.data.convert.format import detect, find_format
from munja.data.convert.report import Report
from munja.data.convert.run import open_truth
from munja.data.sample import Sample


@dataclass
class Drawn:
    """The samples drawn from a collection, how many it has, how they were drawn, and what could not be read."""

    collection: str
    total: int
    way: str
    samples: Iterator[Sample] | list[Sample]
    report: Report = field(default_factory=Report)


def draw(path: str | Path, count: int, *, seed: int = 0, format: str = "auto") -> Drawn:  # noqa: A002
    """At most `count` samples: rows skipped where rows can be found by number, else a reservoir over all rows.

    Skipping takes one row by chance out of each of `count` equal runs, so that a set in any order is represented. Where
    rows can only be read in blocks, blocks are drawn. The reservoir reads every label but only the drawn pictures.
    """
    path = Path(path)
    name = detect(path) if format == "auto" and path.exists() else format
    if not path.exists():
        open_truth(path, name)  # says that there is no such folder
    reader, report = find_format(name), Report()
    total = reader.count(path)
    random = np.random.default_rng(seed)
    if total is None:
        return _reservoir(path, name, count, random)
    if total <= count:
        return Drawn(str(path), total, "all of them", reader.pick(path, range(total), report), report)
    blocks = reader.blocks(path)
    if blocks:
        numbers, way = _from_blocks(blocks, count, random)
    else:
        ends = np.linspace(0, total, count + 1).astype(np.int64)
        numbers, way = (ends[:-1] + random.integers(0, np.diff(ends))).tolist(), "one by chance out of each run of rows"
    return Drawn(str(path), total, way, reader.pick(path, numbers, report), report)


def _from_blocks(blocks: list[int], count: int, random: np.random.Generator) -> tuple[list[int], str]:
    """Rows of blocks drawn by chance, a fifth of a block's rows at most, so that many blocks are represented."""
    begins = np.cumsum([0, *blocks[:-1]])
    numbers: list[int] = []
    used = 0
    for block in random.permutation(len(blocks)).tolist():
        some = min(count - len(numbers), max(1, blocks[block] // 5))
        numbers += (begins[block] + random.choice(blocks[block], some, replace=False)).tolist()
        used += 1
        if len(numbers) >= count:
            break
    return sorted(numbers), f"a fifth of the rows of {used} of {len(blocks)} blocks"


def _reservoir(path: Path, name: str, count: int, random: np.random.Generator) -> Drawn:
    truth = open_truth(path, name)
    kept: list[tuple[int, Sample]] = []
    total = 0
    for sample in truth.samples():
        if total < count:
            kept.append((total, sample))
        elif (place := int(random.integers(0, total + 1))) < count:
            kept[place] = (total, sample)
        total += 1
    kept.sort(key=lambda each: each[0])
    way = "all of them" if total <= count else "a reservoir over all rows"
    return Drawn(str(path), total, way, [sample for _, sample in kept], truth.report)
