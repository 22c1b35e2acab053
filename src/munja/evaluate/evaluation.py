"""Evaluation: readers on one set of truth, side by side, and whether their differences are real."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from munja.core.errors import InputError
from munja.evaluate.gate import Verdict
from munja.evaluate.measure import COLUMNS, Column, Measured, Options, measure
from munja.evaluate.run import Reading
from munja.evaluate.truth import Truth
from munja.metrics import Comparison, compare_readers


@dataclass(frozen=True)
class Evaluation:
    """What was measured: a title, the truth, how it was compared, every reader, and each pair of readers.

    `verdicts` are added where bounds were asked for.
    """

    title: str
    truth: Truth
    options: Options
    readers: tuple[Measured, ...]
    comparisons: tuple[Comparison, ...]
    verdicts: tuple[Verdict, ...] = field(default=())

    @property
    def columns(self) -> tuple[Column, ...]:
        """The figures that people are shown, the main one first."""
        return COLUMNS[self.truth.kind]

    @property
    def problems(self) -> list[str]:
        """Everything that could not be understood, paired or read, in sentences."""
        return [str(each) for each in self.truth.problems] + [
            str(each) for reader in self.readers for each in reader.problems
        ]

    @property
    def ok(self) -> bool:
        """Whether everything could be measured and every bound holds."""
        return not self.problems and all(each.ok for each in self.verdicts)


def evaluate(
    truth: Truth, readings: Sequence[Reading], options: Options | None = None, *, title: str = ""
) -> Evaluation:
    """Measure readings of one set; the first column of the table is compared between every two readers."""
    if not readings:
        raise InputError("no reader was named: give --reader NAME or --pred FOLDER")
    names = [each.name for each in readings]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"{', '.join(twice)}: named twice; every reader is measured once")
    options = options or Options()
    readers = tuple(measure(truth, each, options) for each in readings)
    main = COLUMNS[truth.kind][0]
    comparisons = tuple(_compared(first, second, main, options) for first, second in combinations(readers, 2))
    return Evaluation(title or truth.path, truth, options, readers, comparisons)


def _compared(first: Measured, second: Measured, column: Column, options: Options) -> Comparison:
    """Whether two readers differ in a figure, which the sentence calls as tables do."""
    names = (first.name, second.name)
    rows = first.records[column.metric], second.records[column.metric]
    found = compare_readers(*rows, column.figure, names=names, confidence=options.confidence)
    return replace(found, sentence=found.sentence.replace(column.figure, column.title))


def table(evaluation: Evaluation) -> str:
    """The figures as text, a reader in each row, with their intervals; and what the readers' differences mean."""
    head = ["reader", *(column.title for column in evaluation.columns)]
    rows = [[each.name, *(str(each.figure(column)) for column in evaluation.columns)] for each in evaluation.readers]
    widths = [max(len(row[k]) for row in [head, *rows]) for k in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in [head, *rows]
    ]
    lines += ["", *(f"{column.title}: {column.about}" for column in evaluation.columns)]
    share = f"{100 * evaluation.options.confidence:g} %"
    lines.append(
        f"In brackets: {share} intervals, from drawing {len(evaluation.truth.items)} pictures with replacement."
    )
    if evaluation.comparisons:
        lines += ["", *(each.sentence for each in evaluation.comparisons)]
    if evaluation.verdicts:
        lines += ["", *(each.sentence for each in evaluation.verdicts)]
    return "\n".join(lines) + "\n"
