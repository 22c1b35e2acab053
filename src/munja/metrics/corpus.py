"""Corpus: the figures of a collection from the records of its pages, with intervals, and two readers compared.

Counts are summed over all pages, then figures are formed. Intervals are bootstrap percentiles over pages, because the
lines of one page resemble each other.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError, SpecError, did_you_mean
from munja.metrics import cleval, detection, end_to_end, formula, text
from munja.metrics.formulas import Measure, Ratio
from munja.metrics.intervals import check_confidence, clopper_pearson, drawn_sums, percentiles
from munja.metrics.record import PageResult

Floats = NDArray[np.float64]
MEASURES: Mapping[str, Mapping[str, Measure]] = {
    **cleval.MEASURES, **detection.MEASURES, **end_to_end.MEASURES, **text.MEASURES, **formula.MEASURES,
}  # fmt: skip
SAMPLES = 2000
FEW = 10  # successes or failures below which counted trials get an exact interval too


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and its interval; None where it is 0/0, or where there are too few pages for an interval."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        """Such as "93.1 % (91.8 to 94.2)"."""
        if self.value is None:
            return "undefined (0/0)"
        if self.low is None or self.high is None:
            return f"{100 * self.value:.1f} %"
        return f"{100 * self.value:.1f} % ({100 * self.low:.1f} to {100 * self.high:.1f})"


@dataclass(frozen=True, slots=True)
class CorpusResult:
    """The figures of a collection of `pages` pages, and the counts that they are formed of."""

    metric: str
    options: Mapping[str, Any]
    pages: int
    confidence: float
    counts: Mapping[str, float]
    figures: Mapping[str, Figure]

    def to_tree(self) -> dict[str, Any]:
        """This result as plain dicts, lists, strings and numbers."""
        return asdict(self)

    def to_json(self) -> str:
        """This result as a JSON document."""
        return json.dumps(self.to_tree(), ensure_ascii=False, allow_nan=False)


def figures(result: PageResult) -> dict[str, float | None]:
    """The figures of one page; None where one is 0/0."""
    return {name: _defined(measure.formula(result.counts)) for name, measure in measures_of(result.metric).items()}


def corpus(
    results: Iterable[PageResult], *, confidence: float = 0.95, samples: int = SAMPLES, seed: int = 0
) -> CorpusResult:
    """The figures of all pages together, each with a bootstrap interval over pages.

    A figure of counted trials with fewer than 10 successes or failures gets the wider of that and of Clopper and
    Pearson's interval: a bootstrap of 20 right words out of 20 would claim certainty. One page alone has no interval.
    """
    check_confidence(confidence)
    records = list(results)
    names, counts = count_table(records)
    measures = measures_of(records[0].metric)
    sums = dict(zip(names, counts.sum(axis=0), strict=True))
    drawn: dict[str, list[Floats]] = {name: [] for name in measures}
    if len(records) > 1:
        for part in drawn_sums(counts, samples=samples, seed=seed):
            columns = dict(zip(names, part.T, strict=True))
            for name, measure in measures.items():
                drawn[name].append(measure.formula(columns))
    found = {
        name: _figure(measure, sums, np.concatenate(drawn[name]) if drawn[name] else None, confidence)
        for name, measure in measures.items()
    }
    total = {name: float(value) for name, value in sums.items()}
    return CorpusResult(records[0].metric, records[0].options, len(records), confidence, total, found)


def measures_of(metric: str) -> Mapping[str, Measure]:
    """The figures of a metric by name; SpecError for a metric that there is not."""
    if metric not in MEASURES:
        raise SpecError(f"metric: {metric!r} is not known; {did_you_mean(metric, MEASURES)}")
    return MEASURES[metric]


def _figure(measure: Measure, sums: Mapping[str, float], drawn: Floats | None, confidence: float) -> Figure:
    value = _defined(measure.formula(sums))
    if value is None or drawn is None:
        return Figure(value)
    interval = percentiles(drawn, confidence=confidence)
    if interval is None:
        return Figure(value)
    low, high = interval
    form = measure.formula
    if isinstance(form, Ratio) and form.trials:
        successes, trials = (round(sum(sums[name] for name in part)) for part in (form.top, form.bottom))
        if min(successes, trials - successes) < FEW:
            exact = clopper_pearson(successes, trials, confidence=confidence)
            low, high = min(low, exact[0]), max(high, exact[1])
    return Figure(value, low, high)


def count_table(records: Sequence[PageResult]) -> tuple[list[str], Floats]:
    """Names of counts and their values (pages, K); InputError if there is no page, SpecError if records disagree."""
    if not records:
        raise InputError("no page was measured: an empty collection has no figures; check where its pages should be")
    first = records[0]
    for record in records:
        if (record.metric, record.options) != (first.metric, first.options):
            raise SpecError(
                f"records that were measured differently cannot be summed: {first.source}: {first.metric} "
                f"{dict(first.options)}, {record.source}: {record.metric} {dict(record.options)}; measure all pages of "
                "a collection with the same options (boxes.level_of tells the level of all its truth)"
            )
    names = sorted(first.counts)
    return names, np.array([[record.counts[name] for name in names] for record in records], np.float64)


def _defined(value: Any) -> float | None:
    number = float(value)
    return None if math.isnan(number) else number
