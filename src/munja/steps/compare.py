"""`munja compare`: recognisers on the same pictures, accuracy against time and size."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from munja.core.registry import register
from munja.steps.console import Console

MOST_SAID = 20  # problems that are printed; compare.json has them all


@dataclass(frozen=True)
class CompareReport:
    """The page to open, every problem, and whether there was none."""

    page: Path
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything could be measured."""
        return not self.problems


@register("step", "compare")
def compare(
    console: Console,
    /,
    *recognisers: Path,
    data: Path,
    out: Path = Path("comparison"),
    format: str = "auto",  # noqa: A002
    split: str | None = None,
    engine: str = "onnxruntime",
    repeats: int = 1,
    confidence: float = 0.95,
) -> CompareReport:
    """Compare recognisers on pictures of lines or words: how accurate, how fast on one thread, how large.

    Args:
        recognisers: Runnable recognisers (.onnx).
        data: Labelled pictures of lines or words: the labels.csv of a fine-tuning, a dataset, or another of texts.
        out: Folder for compare.md, compare.svg and compare.json.
        format: Format of the data; auto recognises it.
        split: Only the pictures of this split.
        engine: onnxruntime or openvino.
        repeats: How often each picture is read; its fastest reading counts as its time.
        confidence: Of the intervals.
    """
    from munja.evaluate.tradeoff import compare_recognisers, open_recognisers
    from munja.evaluate.tradeoff_report import table, write_tradeoff
    from munja.evaluate.truth import opened_truth

    opened = open_recognisers(recognisers)
    with opened_truth(data, format=format, split=split) as truth:
        with console.progress(len(truth.items), "compare") as progress:
            found = compare_recognisers(
                opened,
                truth,
                engine=engine,
                repeats=repeats,
                confidence=confidence,
                on_picture=partial(progress.advance, pages=1, sources=1),
            )
        page = write_tradeoff(found, out)
    console.show(table(found))
    for each in found.comparisons:
        console.say(each.sentence)
    for note in found.truth.notes:
        console.say(note)
    for problem in found.problems[:MOST_SAID]:
        console.say(f"problem: {problem}")
    if len(found.problems) > MOST_SAID:
        console.say(f"and {len(found.problems) - MOST_SAID:,} more problems, which {out / 'compare.json'} lists")
    console.say(f"written: {page}, {out / 'compare.svg'}, {out / 'compare.json'}")
    return CompareReport(page, list(found.problems))
