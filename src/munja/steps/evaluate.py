"""`munja evaluate`: how good readers are on pictures whose text is known, and where they fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from munja.core.errors import InputError
from munja.core.registry import register
from munja.steps.console import Console

if TYPE_CHECKING:
    from munja.evaluate import Evaluation, Reading, Truth

MOST_SAID = 20  # problems that are printed; the report has them all


@dataclass(frozen=True)
class EvaluateReport:
    """The page to open, every problem, and whether there was none and all bounds hold."""

    page: Path
    ok: bool
    problems: list[str] = field(default_factory=list)


@register("step", "evaluate")
def evaluate(
    console: Console,
    /,
    *,
    truth: Path,
    reader: list[str] | None = None,
    pred: list[Path] | None = None,
    out: Path = Path("evaluation"),
    work: Path | None = None,
    format: str = "auto",  # noqa: A002
    split: str | None = None,
    images: Path | None = None,
    level: str | None = None,
    case_sensitive: bool | None = None,
    leave_out: str = "",
    confidence: float = 0.95,
    title: str = "",
    single_file: bool = False,
    baseline: Path | None = None,
    fail_below: list[str] | None = None,
) -> EvaluateReport:
    """Measure readers on pictures whose text is known, and write a report that shows every error.

    Args:
        truth: Folder, label file or zip of the truth, such as a Munja dataset.
        reader: Reader to run, with settings: munja, munja,models=ppocr, rapidocr, tesseract,lang=kor; several times.
        pred: Predictions made before: Pages as JSON (munja read --to json), or label files; may be given several times.
        out: Folder for the report; it gets index.html and report.json.
        work: Folder for what readers read, so that the next run goes on there; OUT/work by default.
        format: Format of the truth; auto recognises it.
        split: Only the pictures of this split.
        images: Folder of the pictures where the truth comes without them.
        level: What is compared: word or line boxes; what the truth has, by default.
        case_sensitive: Whether A and a differ; by default not for pages with boxes, nor where the truth loses case.
        leave_out: Characters that count on neither side, such as ~.
        confidence: Of the intervals.
        title: Heading of the report.
        single_file: One index.html that holds everything, for up to 50 pictures.
        baseline: Earlier report.json; ends with status 1 if the pages say that a reader became worse.
        fail_below: Bound in percent, such as 90 for the main figure, or FIGURE=PERCENT; with --baseline below 0: points
            that may be lost. May be given several times.
    """
    from munja.evaluate import Options, opened_truth, table, write_report
    from munja.evaluate import evaluate as measure
    from munja.evaluate.gate import judge, load_report, parse_bounds
    from munja.evaluate.readers import parse_reader
    from munja.evaluate.report.write import check_size

    for each in reader or ():
        parse_reader(each)
    earlier = None if baseline is None else load_report(baseline)
    with opened_truth(truth, format=format, split=split, images=images, level=level) as opened:
        bounds = parse_bounds(opened.kind, fail_below or (), baseline=earlier is not None)
        check_size(len(opened.items), single_file=single_file)
        readings = _readings(console, opened, reader or (), pred or (), work or out / "work")
        options = Options(case_sensitive, leave_out, confidence)
        found = measure(opened, readings, options, title=title)
        found = replace(found, verdicts=tuple(judge(opened.kind, found.readers, bounds, earlier)))
        with console.progress(len(opened.items), "report") as progress:
            page = write_report(
                found, out, single_file=single_file, on_page=partial(progress.advance, pages=1, sources=1)
            )
    console.show(table(found))
    _say_problems(console, found)
    console.say(f"report: {page}")
    return EvaluateReport(page, found.ok, found.problems)


def _readings(
    console: Console, truth: Truth, readers: Sequence[str], predictions: Sequence[Path], work: Path
) -> list[Reading]:
    from munja.evaluate import load_predictions, read_set

    if not readers and not predictions:
        raise InputError("no reader was named: give --reader munja, or --pred FOLDER with predictions")
    readings = [load_predictions(path, truth) for path in predictions]
    for reader in readers:
        with console.progress(len(truth.items), reader) as progress:
            readings.append(read_set(reader, truth, work, on_page=partial(progress.advance, pages=1, sources=1)))
    return readings


def _say_problems(console: Console, found: Evaluation) -> None:
    for note in found.truth.notes:
        console.say(note)
    for problem in found.problems[:MOST_SAID]:
        console.say(f"problem: {problem}")
    if len(found.problems) > MOST_SAID:
        console.say(f"and {len(found.problems) - MOST_SAID:,} more problems, which the report lists")
