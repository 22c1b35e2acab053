"""Tables of pictures and their texts, as a spreadsheet writes them: labels.csv with named columns, or two plain."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from munja.core.errors import InputError
from munja.core.registry import register
from munja.data.convert.format import SUFFIXES, Format, Holds, Pictures, head, put_pictures
from munja.data.convert.parse import SPLITS, encodable, read_bytes
from munja.data.convert.report import Report
from munja.data.dataset import ABOUT
from munja.data.sample import Picture, Sample, tidy_name

TABLES = (".csv", ".tsv")
LABELS = "labels.csv"
COLUMNS = {
    "image": "image", "filename": "image", "file": "image", "path": "image", "picture": "image",
    "text": "text", "words": "text", "label": "text", "transcription": "text",
    "source": "source", "photo": "source", "group": "source",
    "set": "set", "split": "split", "part": "split",
}  # fmt: skip
_EASYOCR = ["filename", "words"]  # its own format, whose texts may hold commas without quotes


@register("dataset_format", "table")
class Table(Format):
    """A table of pictures and texts, in UTF-8; columns may also tell source (a photograph), set and split."""

    sign = "one .csv or .tsv whose first row names image and text, or is a picture and its text"
    holds = Holds(frozenset({"text"}), geometry="none", newlines=True, attributes=frozenset({"source", "set"}))

    def detect(self, path: Path) -> bool:
        """Whether there is one table of that kind, and no dataset around it."""
        found = table_of(path)
        return found is not None and is_table(found)

    def read(self, path: Path, report: Report) -> Iterator[Sample]:
        """A text for each row."""
        file = table_of(path)
        if file is None:
            raise InputError(f"{path}: a table (.csv, .tsv), or a folder with one, was wanted")
        pictures = Pictures(file)
        columns: list[str] | None = None
        for where, row in _rows(file, report):
            if columns is None:
                columns = named_columns(row)
                if columns:
                    if further := [each for each in columns if each not in COLUMNS.values()]:
                        report.note(f"{file}: columns that say nothing to Munja: {', '.join(further)}")
                    continue
                _check_plain(row, file)
            try:
                cells = dict(zip(columns or ("image", "text"), row, strict=False))
                yield _sample(cells, pictures, file, where)
            except InputError as error:
                report.drop(where, error)

    def write(self, folder: Path, samples: Iterable[tuple[Sample, bytes]], report: Report) -> None:
        """Pictures in images/ and labels.csv beside it, with those of the further columns that say anything."""
        rows = []
        for name, sample, _ in put_pictures(folder, samples, report):
            known = sample.attributes
            more = {"source": known.get("source"), "set": known.get("set"), "split": sample.split}
            cells = {key: str(value) for key, value in more.items() if value is not None}
            rows.append({"image": f"images/{name}", "text": sample.text or "", **cells})
        used = [key for key in ("image", "text", "source", "set", "split") if any(key in row for row in rows)]
        with (folder / LABELS).open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, used, restval="", lineterminator="\n")
            table.writeheader()
            table.writerows(rows)


def table_of(path: Path) -> Path | None:
    """The table that a path is, or the only one in a folder that is no dataset; None if there is none."""
    if path.is_file():
        return path if path.suffix.lower() in TABLES else None
    if not path.is_dir() or (path / ABOUT).is_file():
        return None
    tables = [each for each in sorted(path.iterdir()) if each.suffix.lower() in TABLES and each.is_file()]
    return tables[0] if len(tables) == 1 else None


def is_table(file: Path) -> bool:
    """Whether a file's first row is that of a table, and of no other format of texts."""
    _, first = next(_cells(head(file), file, Report()), ("", []))
    if [cell.strip().lower() for cell in first] == _EASYOCR:
        return False
    return bool(named_columns(first)) or (_is_plain(first) and not is_plain_list(file))


def is_plain_list(file: Path) -> bool:
    """Whether a file's name is that of the format tsv: rows of path, tab, text, unless its first row names columns."""
    return re.fullmatch(r"labels(_train|_validate|_test)?\.tsv", file.name) is not None


def named_columns(row: list[str]) -> list[str]:
    """The names of the columns in a table's first row; none where it does not name image and text."""
    names = [COLUMNS.get(cell.strip().lower(), cell.strip()) for cell in row]
    return names if {"image", "text"} <= set(names) else []


def _is_plain(row: list[str]) -> bool:
    return len(row) == 2 and Path(row[0].strip()).suffix.lower() in SUFFIXES


def _check_plain(row: list[str], file: Path) -> None:
    if not _is_plain(row):
        raise InputError(
            f"{file}: a table of pictures and their texts was wanted, with the columns image,text[,source][,set]"
            f"[,split] or two plain ones; its first row is {row[:4]}"
        )


def _rows(file: Path, report: Report) -> Iterator[tuple[str, list[str]]]:
    """(`file:line`, cells) of each row that has any; those of a table that names no columns are picture and text."""
    try:
        content = read_bytes(file).removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: not a table in UTF-8 ({error}); save it as CSV UTF-8") from error
    yield from _cells(content, file, report)


def _cells(content: str, file: Path, report: Report) -> Iterator[tuple[str, list[str]]]:
    mark, plain = _mark(content), None
    # Quotes are characters like any other between tabs, as Munja's own labels.tsv has them.
    lines, quoted = io.StringIO(content, newline=""), file.suffix.lower() != ".tsv"
    table = csv.reader(lines, delimiter=mark, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE)
    while True:
        where = f"{file}:{table.line_num + 1}"
        try:
            row = next(table, None)
        except csv.Error as error:
            report.drop(where, error)
            continue
        if row is None:
            return
        if not any(cell.strip() for cell in row):
            continue
        if plain is None:
            plain = not named_columns(row)
        # A text that was never quoted comes in pieces.
        yield where, [row[0], mark.join(row[1:])] if plain and len(row) > 1 else row


def _mark(content: str) -> str:
    """What stands between the cells, as the first row shows."""
    first = content.partition("\n")[0]
    return "\t" if "\t" in first else ";" if ";" in first and "," not in first else ","


def _sample(cells: dict[str, str], pictures: Pictures, file: Path, where: str) -> Sample:
    if "text" not in cells:
        raise InputError("has no text")
    found = pictures.find(cells["image"], file)
    attributes = {key: cells[key].strip() for key in ("set", "source") if cells.get(key, "").strip()}
    split = cells.get("split", "").strip()
    if split and split.lower() not in SPLITS:
        raise InputError(f"split {split!r}: train, validate or test was wanted")
    text = encodable(cells["text"], "the text")
    name = tidy_name(pictures.name(found))
    return Sample(name, Picture(found), text=text, split=SPLITS.get(split.lower()), attributes=attributes, where=where)
