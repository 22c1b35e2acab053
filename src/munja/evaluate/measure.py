"""Measure: every metric that fits the kind of truth, for one reader, and which of their figures people are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from munja.core.page import Page
from munja.data.convert import Problem
from munja.evaluate.findings import PageFindings, findings_of_boxes
from munja.evaluate.run import Reading
from munja.evaluate.truth import Kind, Truth
from munja.evaluate.words import findings_of_text
from munja.metrics import cleval, corpus, detection, end_to_end, formula, text
from munja.metrics.boxes import boxes_of
from munja.metrics.corpus import CorpusResult, Figure
from munja.metrics.record import PageResult


@dataclass(frozen=True, slots=True)
class Column:
    """A figure in tables: its name for a person, the metric and figure, and what it says in one sentence."""

    title: str
    metric: str
    figure: str
    about: str
    lower: bool = False

    @property
    def key(self) -> str:
        """Its name on the command line and in report.json."""
        return f"{self.metric}.{self.figure}"


_CLEVAL = "cleval.strict"
_BAG = Column("Words", "text", "bag_f1", "words read without any error, in any order (bag-of-words F1)")
COLUMNS: Mapping[Kind, tuple[Column, ...]] = {
    "boxes": (
        Column("CLEval", _CLEVAL, "end_to_end_hmean", "characters found and read right, harmonic mean of the next two"),
        Column("Recall", _CLEVAL, "end_to_end_recall", "characters of the truth that were read right (CLEval)"),
        Column("Precision", _CLEVAL, "end_to_end_precision", "characters read that are right (CLEval)"),
        Column("Finding", _CLEVAL, "detection_hmean", "characters inside the boxes that were found (CLEval detection)"),
        Column("IoU", "iou", "hmean", "boxes that lie on a true box (ICDAR 2015)"),
        Column("Exact", "end_to_end", "hmean", "boxes that lie on a true box and read exactly the same (end to end)"),
        _BAG,
    ),
    "text": (
        _BAG,
        Column("CER", "text", "cer", "edits per character of the truth, in reading order", lower=True),
        Column("CER, no blanks", "text", "cer_without_space", "the same without white space", lower=True),
        Column("WER", "text", "wer", "edits per word of the truth, in reading order", lower=True),
    ),
    "crops": (
        Column("Exact", "text", "exact", "pictures read without any error"),
        Column("1-NED", "text", "one_minus_ned", "1 - edits per character of the longer text, mean of pictures"),
        Column("CER", "text", "cer", "edits per character of the truth", lower=True),
        Column("Letters", "text", "letter_error_rate", "the same with Hangul taken apart into letters", lower=True),
    ),
    "formulas": (
        Column("Score", "formula", "score", "0.9 x formulas that are exactly right + 0.1 x (1 - token WER)"),
        Column("Exact", "formula", "sentence_accuracy", "formulas that are exactly right"),
        Column("Token WER", "formula", "token_wer", "edits per token, mean of formulas", lower=True),
    ),
}


@dataclass(frozen=True, slots=True)
class Options:
    """How readings are compared: None for case keeps the custom of the kind of truth."""

    case_sensitive: bool | None = None
    leave_out: str = ""
    confidence: float = 0.95

    def keeps_case(self, truth: Truth) -> bool:
        """Whether A and a differ: by custom not for pages with boxes, and not where the truth does not keep case."""
        if self.case_sensitive is not None:
            return self.case_sensitive
        return truth.kind != "boxes" and not truth.ignore_case


@dataclass(frozen=True)
class Measured:
    """What one reader is worth on a set: its records by metric and page, the figures, and every error."""

    name: str
    version: str
    pages: tuple[Page, ...]
    records: Mapping[str, list[PageResult]]
    results: Mapping[str, CorpusResult]
    findings: tuple[PageFindings, ...]
    problems: tuple[Problem, ...]

    def figure(self, column: Column) -> Figure:
        """A figure of the table."""
        return self.results[column.metric].figures[column.figure]


def measure(truth: Truth, reading: Reading, options: Options) -> Measured:
    """Compare what a reader read with the truth; a picture that it did not read is one without any text."""
    pairs = [
        (item.page, reading.pages.get(item.name) or Page(item.page.width, item.page.height, source=item.name))
        for item in truth.items
    ]
    records = _records(truth, pairs, options)
    results = {name: corpus(rows, confidence=options.confidence) for name, rows in records.items()}
    return Measured(
        reading.name,
        reading.version,
        tuple(page for _, page in pairs),
        records,
        results,
        tuple(_findings(truth, pairs, records, options)),
        tuple(reading.problems),
    )


Pairs = Sequence[tuple[Page, Page]]


def _records(truth: Truth, pairs: Pairs, options: Options) -> dict[str, list[PageResult]]:
    if truth.kind == "formulas":
        return {"formula": [formula.compare(*pair) for pair in pairs]}
    case, leave_out = options.keeps_case(truth), options.leave_out
    records = {"text": [text.compare(*pair, case_sensitive=case, leave_out=leave_out) for pair in pairs]}
    if truth.kind == "boxes":
        level = truth.level
        records |= {
            _CLEVAL: list(cleval.compare_all(pairs, level=level, case_sensitive=case)),
            "iou": [detection.compare(*pair, level=level) for pair in pairs],
            "end_to_end": [end_to_end.compare(*pair, level=level, case_sensitive=case) for pair in pairs],
        }
    return records


def _findings(
    truth: Truth, pairs: Pairs, records: Mapping[str, list[PageResult]], options: Options
) -> list[PageFindings]:
    if truth.kind != "boxes":
        case = True if truth.kind == "formulas" else options.keeps_case(truth)
        return [
            findings_of_text(*pair, case_sensitive=case, leave_out=options.leave_out, single=truth.kind == "crops")
            for pair in pairs
        ]
    return [
        findings_of_boxes(record, boxes_of(wanted, truth.level, "truth"), boxes_of(read, truth.level, "prediction"))
        for record, (wanted, read) in zip(records[_CLEVAL], pairs, strict=True)
    ]
