"""A person's labelled crops: whatever collection Munja reads, most often a table of pictures and texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from munja.core.errors import InputError, MunjaError
from munja.data.convert import formats, open_truth
from munja.data.convert.crop import cut_lines
from munja.data.convert.format import find_format
from munja.data.convert.report import Report
from munja.data.convert.table import table_of
from munja.data.sample import Sample

TABLE = "table"


def read_labels(name: str, path: Path, report: Report) -> Iterator[Sample]:
    """Text samples of a set, their attribute `set` its name or what a column says; what cannot be used is reported."""
    truth = open_truth(path, _format(path))
    for whole in truth.samples():
        try:
            for sample in cut_lines(whole, report):
                if sample.text is None:
                    raise InputError("has no text")
                said = sample.attributes.get("set") if truth.format == TABLE else None
                attributes = {"set": str(said or name), **_known(sample)}
                yield replace(sample, name=f"{attributes['set']}/{sample.name}", attributes=attributes)
        except MunjaError as error:
            report.drop(whole.where or whole.name, error)
    report.dropped += truth.report.dropped
    for note in truth.report.notes:
        report.note(note)


def _format(path: Path) -> str:
    """How a path is read: a file that no format knows as a table, which says what one should look like."""
    if path.is_dir() or table_of(path) is None:
        return "auto"
    return "auto" if any(find_format(each).detect(path) for each in formats()) else TABLE


def _known(sample: Sample) -> dict[str, str]:
    """What a sample says of its photograph: its source, or the page that it was cut from."""
    source = sample.attributes.get("source") or sample.attributes.get("page")
    return {} if source is None else {"source": str(source)}
