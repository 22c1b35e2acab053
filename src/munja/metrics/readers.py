"""Readers: whether one of two readers that were measured on the same pages is really better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError, SpecError, did_you_mean
from munja.metrics.corpus import SAMPLES, count_table, measures_of
from munja.metrics.formulas import Measure
from munja.metrics.intervals import check_confidence, drawn_sums, percentiles
from munja.metrics.record import PageResult

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure of two readers on the same pages.

    `difference` is second less first; `low` and `high` its interval, from drawing pages with replacement. `chance` is
    the probability of a difference as large as this if it were by chance which reader's record of a page is whose.
    `winner` is the name of the better reader, None if the pages cannot tell: it needs an interval without 0 and a
    chance below 1 - confidence, as few pages can give the one without the other.
    """

    figure: str
    names: tuple[str, str]
    values: tuple[float | None, float | None]
    difference: float | None
    low: float | None
    high: float | None
    chance: float | None
    winner: str | None
    pages: int
    sentence: str


def compare_readers(
    first: Sequence[PageResult],
    second: Sequence[PageResult],
    figure: str,
    *,
    names: tuple[str, str] = ("A", "B"),
    confidence: float = 0.95,
    samples: int = SAMPLES,
    seed: int = 0,
) -> Comparison:
    """Whether two readers' records of the same pages differ in a figure, and a sentence that says it."""
    check_confidence(confidence)
    _check_pairs(first, second, names)
    keys, counts = count_table([*first, *second])
    measures = measures_of(first[0].metric)
    if figure not in measures:
        raise SpecError(f"figure: {figure!r} is not one of {first[0].metric}; {did_you_mean(figure, measures)}")
    measure, pages = measures[figure], len(first)
    sides = counts[:pages], counts[pages:]
    values = [float(_value(measure, keys, side.sum(axis=0)[None])[0]) for side in sides]
    known = tuple(None if np.isnan(value) else value for value in values)
    pair = (known[0], known[1])
    if pair[0] is None or pair[1] is None:
        undefined = " and ".join(name for name, value in zip(names, pair, strict=True) if value is None)
        sentence = f"{figure} is undefined (0/0) for {undefined}: these {pages} pages cannot be compared."
        return Comparison(figure, names, pair, None, None, None, None, None, pages, sentence)
    difference = pair[1] - pair[0]
    both = np.concatenate(sides, axis=1)
    half = len(keys)
    drawn = [
        _value(measure, keys, part[:, half:]) - _value(measure, keys, part[:, :half])
        for part in drawn_sums(both, samples=samples, seed=seed)
    ]
    low, high = percentiles(np.concatenate(drawn), confidence=confidence) or (difference, difference)
    chance = _chance(measure, keys, sides, difference, samples, seed)
    winner = None
    if not low <= 0 <= high and chance < 1 - confidence:
        winner = names[int((difference > 0) == (measure.better == "higher"))]
    sentence = _sentence(figure, measure, names, winner, (difference, low, high), pages, confidence)
    return Comparison(figure, names, pair, difference, low, high, chance, winner, pages, sentence)


def _value(measure: Measure, keys: Sequence[str], sums: Floats) -> Floats:
    return measure.formula(dict(zip(keys, sums.T, strict=True)))


def _chance(
    measure: Measure, keys: Sequence[str], sides: tuple[Floats, Floats], difference: float, samples: int, seed: int
) -> float:
    """Share of random exchanges of the readers' records, page by page, that differ as much as the real ones."""
    generator = np.random.default_rng(seed)
    total, gap = sides[0] + sides[1], sides[1] - sides[0]
    pages, step = len(gap), max(1, 2_000_000 // len(gap))
    exchanged: list[Floats] = []
    for start in range(0, samples, step):
        signs = generator.choice((-1.0, 1.0), size=(min(step, samples - start), pages))
        shift, whole = signs @ gap, total.sum(axis=0)
        exchanged.append(_value(measure, keys, (whole + shift) / 2) - _value(measure, keys, (whole - shift) / 2))
    values = np.nan_to_num(np.concatenate(exchanged))
    # The real assignment is one of those that chance could have made: without it a chance of 0 would be claimed.
    return float((np.sum(np.abs(values) >= abs(difference) - 1e-12) + 1) / (samples + 1))


def _sentence(
    figure: str,
    measure: Measure,
    names: tuple[str, str],
    winner: str | None,
    interval: tuple[float, float, float],
    pages: int,
    confidence: float,
) -> str:
    difference, low, high = (100 * each for each in interval)
    share = f"{100 * confidence:g} % interval"
    count = f"these {pages} pages" if pages > 1 else "this one page"
    if winner is None:
        return (
            f"{count[0].upper()}{count[1:]} cannot tell {names[0]} and {names[1]} apart in {figure}: "
            f"{names[1]} differs by {difference:+.1f} points, {share} {low:+.1f} to {high:+.1f}."
        )
    if difference < 0:
        difference, low, high = -difference, -high, -low
    what = figure if measure.better == "higher" else f"{figure} (less is better)"
    return f"{winner} is better by {difference:.1f} points of {what}, {share} {low:.1f} to {high:.1f}, on {count}."


def _check_pairs(first: Sequence[PageResult], second: Sequence[PageResult], names: tuple[str, str]) -> None:
    """InputError, listing them, if the readers were not measured on the same pages in the same order."""
    if not first and not second:
        raise InputError("no page was measured: an empty collection cannot tell readers apart")
    pages = [[(record.source, record.index) for record in side] for side in (first, second)]
    if pages[0] == pages[1]:
        return
    differ = [
        f"{name} alone has {', '.join(f'{source} ({index})' for source, index in missing[:5])}"
        + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        for name, own, other in ((names[0], *pages), (names[1], *pages[::-1]))
        if (missing := [page for page in own if page not in set(other)])
    ]
    reason = "; ".join(differ) or "the same pages come in another order or more than once"
    raise InputError(f"{names[0]} and {names[1]} were not measured on the same pages: {reason}")
