"""Evaluate: readers measured on pictures whose text is known, and a report in which a person sees every error.

with opened_truth("receipts/") as truth:
    readings = [read_set("munja", truth, Path("work"), on_page=lambda: None), load_predictions(Path("other/"), truth)]
    evaluation = evaluate(truth, readings)
    print(table(evaluation))
    write_report(evaluation, Path("report"))           # report/index.html, report/report.json
"""

from munja.evaluate.evaluation import Evaluation, evaluate, table
from munja.evaluate.measure import Options
from munja.evaluate.predictions import load_predictions
from munja.evaluate.report import write_report
from munja.evaluate.run import Reading, read_set
from munja.evaluate.truth import Truth, opened_truth

__all__ = [
    "Evaluation",
    "Options",
    "Reading",
    "Truth",
    "evaluate",
    "load_predictions",
    "opened_truth",
    "read_set",
    "table",
    "write_report",
]
