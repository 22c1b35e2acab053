"""A person's labelled crops: tables of picture and text, or whatever collection Munja reads."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from munja.core.errors import InputError, MunjaError
from munja.data.convert import open_truth
from munja.data.convert.crop import cut_lines
from munja.data.convert.format import SUFFIXES, Pictures
from munja.data.convert.parse import SPLITS, read_bytes
from munja.data.convert.report import Report
from munja.data.sample import Picture, Sample, tidy_name

COLUMNS = {
    "image": "image", "filename": "image", "file": "image", "path": "image", "picture": "image",
    "text": "text", "words": "text", "label": "text", "transcription": "text",
    "source": "source", "photo": "source", "group": "source",
    "set": "set", "split": "split", "part": "split",
}  # fmt: skip


def read_labels(name: str, path: Path, report: Report) -> Iterator[Sample]:
    """Text samples of a set, their attribute `set` its name or what a column says; what cannot be used is reported."""
    table = _table_of(path)
    if table is not None:
        yield from _rows(name, table, report)
        return
    truth = open_truth(path)
    for whole in truth.samples():
        try:
            for sample in cut_lines(whole, report):
                if sample.text is None:
                    raise InputError("has no text")
                attributes = {"set": name, **_known(sample)}
                yield replace(sample, name=f"{name}/{sample.name}", attributes=attributes)
        except MunjaError as error:
            report.drop(whole.where or whole.name, error)
    report.dropped += truth.report.dropped


def _known(sample: Sample) -> dict[str, str]:
    """What a sample says of its photograph: its source, or the page that it was cut from."""
    source = sample.attributes.get("source") or sample.attributes.get("page")
    return {} if source is None else {"source": str(source)}


def _table_of(path: Path) -> Path | None:
    """The table that a path is, or the only one in a folder that is no dataset."""
    if path.is_file():
        return path if path.suffix.lower() in (".csv", ".tsv") else None
    tables = [each for each in sorted(path.iterdir()) if each.suffix.lower() in (".csv", ".tsv")]
    return tables[0] if len(tables) == 1 and not (path / "dataset.toml").is_file() else None


def _rows(name: str, path: Path, report: Report) -> Iterator[Sample]:
    """The samples of a table whose first row names its columns, or of two plain ones: picture and text."""
    try:
        content = read_bytes(path).removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not a table in UTF-8 ({error}); save it as CSV UTF-8") from error
    first = content.partition("\n")[0]
    mark = "\t" if "\t" in first else ";" if ";" in first and "," not in first else ","
    lines = io.StringIO(content, newline="")
    # Quotes are characters like any other between tabs, as Munja's own labels.tsv has them.
    if path.suffix.lower() == ".tsv":
        table = csv.reader(lines, delimiter=mark, quoting=csv.QUOTE_NONE)
    else:
        table = csv.reader(lines, delimiter=mark)
    pictures = Pictures(path)
    columns: list[str] | None = None
    while True:
        where = f"{path}:{table.line_num + 1}"
        try:
            row = next(table, None)
            if row is None:
                return
            if not any(cell.strip() for cell in row):
                continue
            if columns is None:
                columns = _columns(row, path)
                if columns:
                    continue
            cells = dict(zip(columns, row, strict=False)) if columns else {"image": row[0], "text": mark.join(row[1:])}
            yield _sample(name, cells, pictures, path, where)
        except csv.Error as error:
            report.drop(where, error)
        except InputError as error:
            if columns is None:
                raise
            report.drop(where, error)


def _columns(row: list[str], path: Path) -> list[str]:
    """The names of the columns in the first row; none where it is a picture and its text."""
    names = [COLUMNS.get(cell.strip().lower(), cell.strip()) for cell in row]
    if {"image", "text"} <= set(names):
        return names
    if len(row) < 2 or Path(row[0].strip()).suffix.lower() not in SUFFIXES:
        raise InputError(
            f"{path}: a table of pictures and their texts was wanted, with the columns image,text[,source][,set] or "
            f"two plain ones; its first row is {row[:4]}"
        )
    return []


def _sample(name: str, cells: dict[str, str], pictures: Pictures, path: Path, where: str) -> Sample:
    if "text" not in cells:
        raise InputError("has no text")
    found = pictures.find(cells["image"], path)
    kind = cells.get("set", "").strip() or name
    attributes = {"set": kind} | ({"source": cells["source"].strip()} if cells.get("source", "").strip() else {})
    split = cells.get("split", "").strip()
    if split and split.lower() not in SPLITS:
        raise InputError(f"split {split!r}: train, validate or test was wanted")
    stem = tidy_name(f"{kind}/{pictures.name(found)}")
    return Sample(stem, Picture(found), text=cells["text"], split=SPLITS.get(split.lower()), attributes=attributes,
                  where=where)  # fmt: skip
