"""The report as plain data: report.json, which a later run can be compared with, and what the explorer shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from munja import __version__
from munja.core.page import Page, Polygon
from munja.evaluate.confidence import confidence
from munja.evaluate.confusions import confusions
from munja.evaluate.evaluation import Evaluation
from munja.evaluate.findings import PageFindings, Unit
from munja.evaluate.gate import REPORT_VERSION
from munja.evaluate.measure import Measured
from munja.evaluate.traits import TRAITS, Values, by_traits, shape_of
from munja.evaluate.truth import KIND_NAMES, Truth
from munja.metrics import figures
from munja.metrics.boxes import boxes_of
from munja.metrics.record import PageResult

Tree = dict[str, Any]
NOUNS = {"boxes": "boxes", "text": "lines", "crops": "pictures", "formulas": "formulas"}


def report_tree(evaluation: Evaluation, contrasts: Sequence[Mapping[int, float]]) -> Tree:
    """Everything but pictures and single errors; `contrasts` of each page by its true boxes, where known."""
    truth, options = evaluation.truth, evaluation.options
    return {
        "munja_report": REPORT_VERSION,
        "munja": __version__,
        "title": evaluation.title,
        "truth": {
            "path": truth.path,
            "format": truth.format,
            "kind": truth.kind,
            "what": KIND_NAMES[truth.kind],
            "level": truth.level,
            "pictures": len(truth.items),
            "notes": list(truth.notes),
        },
        "options": {
            "case_sensitive": options.keeps_case(truth),
            "leave_out": options.leave_out,
            "confidence": options.confidence,
        },
        "columns": [{"key": column.key, **asdict(column)} for column in evaluation.columns],
        "readers": [_reader(each, evaluation, contrasts) for each in evaluation.readers],
        "comparisons": [asdict(each) for each in evaluation.comparisons],
        "traits": [asdict(trait) for trait in TRAITS],
        "verdicts": [asdict(each) for each in evaluation.verdicts],
        "problems": evaluation.problems,
    }


def with_records(tree: Tree, evaluation: Evaluation) -> Tree:
    """The tree with the records of every page, without their boxes: what a later run compares itself with."""
    readers = [
        {**each, "records": {name: [_bare(row) for row in rows] for name, rows in reader.records.items()}}
        for each, reader in zip(tree["readers"], evaluation.readers, strict=True)
    ]
    return {**tree, "readers": readers}


def page_rows(evaluation: Evaluation) -> list[Tree]:
    """One row for each picture: name, size, and for each reader the main figure, what was lost, how many findings."""
    main = evaluation.columns[0]
    return [
        {
            "n": item.name,
            "w": item.page.width,
            "h": item.page.height,
            "f": [figures(each.records[main.metric][number])[main.figure] for each in evaluation.readers],
            "c": [_cost(each.findings[number]) for each in evaluation.readers],
            "e": [len(each.findings[number].findings) for each in evaluation.readers],
        }
        for number, item in enumerate(evaluation.truth.items)
    ]


def _cost(page: PageFindings) -> float:
    return sum(each.cost for each in page.findings)


def true_polygons(truth: Truth, page: Page) -> list[Polygon]:
    """The polygons whose contrast and shape are looked at: those of the true boxes, or of the one picture."""
    if truth.kind == "boxes":
        return [box.polygon for box in boxes_of(page, truth.level, "truth")]
    return [line.polygon for line in page.lines][:1] if truth.kind == "crops" else []


def _reader(reader: Measured, evaluation: Evaluation, contrasts: Sequence[Mapping[int, float]]) -> Tree:
    kind = evaluation.truth.kind
    lost, invented = Counter[str](), Counter[str]()
    for page in reader.findings:
        lost.update(page.sums.lost)
        invented.update(page.sums.invented)
    places = Counter(finding.kinds[0] for page in reader.findings for finding in page.findings)
    return {
        "name": reader.name,
        "version": reader.version,
        "figures": {
            column.key: {"value": figure.value, "low": figure.low, "high": figure.high}
            for column in evaluation.columns
            for figure in (reader.figure(column),)
        },
        "characters": {
            "wanted": sum(page.sums.wanted for page in reader.findings),
            "read": sum(page.sums.read for page in reader.findings),
            "lost": dict(lost.most_common()),
            "invented": dict(invented.most_common()),
            "places": dict(places.most_common()),
        },
        "confusions": confusions(finding for page in reader.findings for finding in page.findings),
        "confidence": confidence(reader.findings, noun=NOUNS[kind]),
        "traits": by_traits(*_units_with_values(reader, evaluation.truth, contrasts)) if kind != "formulas" else {},
        "problems": [str(each) for each in reader.problems],
    }


def _units_with_values(
    reader: Measured, truth: Truth, contrasts: Sequence[Mapping[int, float]]
) -> tuple[list[Unit], list[Values]]:
    units: list[Unit] = []
    values: list[Values] = []
    for item, page, known in zip(truth.items, reader.findings, contrasts, strict=True):
        polygons = true_polygons(truth, item.page)
        for unit in page.units:
            units.append(unit)
            polygon = polygons[unit.number] if unit.number < len(polygons) else ()
            shape = shape_of(polygon, single=truth.crops) if polygon else {}
            contrast = {"contrast": known[unit.number]} if unit.number in known else {}
            values.append({**shape, **contrast, "length": float(unit.length)})
    return units, values


def _bare(record: PageResult) -> Tree:
    return replace(record, truth=(), prediction=(), errors=()).to_tree()
