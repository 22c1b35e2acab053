"""`munja bench`: which engine reads fastest here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from munja.core.errors import InputError, SpecError
from munja.core.registry import register
from munja.steps.console import Console
from munja.steps.inputs import expand

if TYPE_CHECKING:
    from munja.read.bench import Figures


@dataclass(frozen=True)
class BenchReport:
    """What was measured, fastest first."""

    figures: tuple[Figures, ...]


@register("step", "bench")
def bench(
    console: Console,
    /,
    *sources: str,
    models: str | None = None,
    threads: int | None = None,
    rounds: int = 3,
    keep: bool = True,
) -> BenchReport:
    """Measure every engine and precision on your own pages, and keep the fastest of each precision for `auto`.

    Args:
        sources: Pictures, PDF files, or folders of them; a handful of typical pages will do.
        models: Model set: munja, ppocr, or a folder of artifacts.
        threads: Cores to use; all of them by default.
        rounds: How many times each page is read by each engine.
        keep: Write the choice to the user's cache, where `auto` looks.
    """
    from munja.read.bench import candidates, compare
    from munja.read.choice import keep_choice

    if rounds < 1:
        raise SpecError(f"--rounds {rounds}: 1 or more were wanted")
    files = list(expand(sources))
    if not files:
        raise InputError("no picture was named: munja bench FILE or FOLDER ...")
    opened = [each.path if each.path is not None else each.content for each in files]
    settings = {"models": models, "threads": threads}
    found = sorted(
        compare(opened, settings, rounds=rounds, tried=candidates()), key=lambda each: each.rate, reverse=True
    )
    console.show(table(found))
    if keep:
        best: dict[str, Figures] = {}
        for each in found:
            best.setdefault(each.precision, each)
        path = keep_choice(
            {precision: each.engine for precision, each in best.items()},
            {precision: round(each.rate, 3) for precision, each in best.items()},
        )
        chosen = ", ".join(f"{each.engine} for {precision}" for precision, each in best.items())
        console.say(f"auto now takes {chosen} ({path})")
    return BenchReport(tuple(found))


def table(found: Sequence[Figures]) -> str:
    """The figures as text, fastest first; `text` compares what was read with the first one's in f32."""
    from munja.read.bench import STAGES

    plain = next((each for each in found if each.precision == "f32"), found[0])
    rows = [["engine", "precision", "pages/s", *(f"{stage} ms" for stage in STAGES), "peak MB", "same lines"]]
    for each in found:
        stages = [f"{1000 * each.stages[stage] / max(each.pages, 1):.1f}" for stage in STAGES]
        same = f"{_agreement(each.text, plain.text):.1%}"
        rows.append([each.engine, each.precision, f"{each.rate:.2f}", *stages, f"{each.megabytes:.0f}", same])
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n" for row in rows
    )


def _agreement(texts: Sequence[str], others: Sequence[str]) -> float:
    """The share of lines that both read alike."""
    lines = [line for text in texts for line in text.splitlines()]
    others_lines = [line for text in others for line in text.splitlines()]
    same = sum(line == other for line, other in zip(lines, others_lines, strict=False))
    return same / max(len(lines), len(others_lines), 1)
