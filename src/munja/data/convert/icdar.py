"""ICDAR Robust Reading text files: one file per picture, one box per line.

2013: left, top, right, bottom, "text" (commas or blanks). 2015: x1,y1,...,x4,y4,text. 2019 (MLT): script before text.
"###" is a don't-care region.
"""

from __future__ import annotations

import math
import re
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from munja.core.errors import InputError
from munja.core.page import Line, Page, Polygon
from munja.core.registry import register
from munja.data.convert.format import Format, Holds, Pictures, head, label_files
from munja.data.convert.parse import bounds, encodable, points, quad_of, rectangle, rows, split_of, whole
from munja.data.convert.report import Report
from munja.data.sample import Picture, Sample, free_name, put_picture, text_line, tidy_name

IGNORED = "###"
SCRIPTS = ("Arabic", "Latin", "Chinese", "Japanese", "Korean", "Bangla", "Hindi", "Symbols", "Mixed", "None")
_NUMBER = r"\s*(-?[0-9]+(?:\.[0-9]+)?)\s*"
_EIGHT = re.compile(",".join([_NUMBER] * 8) + r"(?:,(.*))?", re.DOTALL)
_FOUR = re.compile(r"[,\s]".join([_NUMBER] * 4) + r"(?:[,\s]\s*(.*))?", re.DOTALL)
_QUOTED = re.compile(r'\s*"(.*)"\s*', re.DOTALL)
_PREFIXES = ("poly_gt_", "gt_", "tr_", "res_")
_RESULT = tuple[str, Polygon, dict[str, Any]]


class BoxFiles(Format):
    """Text files of boxes, each beside its picture or in a folder of its own; pictures may be missing altogether."""

    word = True
    gt_folder, gt_prefix, gt_suffix = "gt", "gt_", ".txt"
    images = "images"
    mark = IGNORED
    flat = False  # whether pictures may lie in no folders of their own

    def detect(self, path: Path) -> bool:
        """Whether the first rows of its first text files are of this kind."""
        files = [each for each in label_files(path, ".txt", ".csv")[:20] if self.is_truth(each)]
        found = [row for each in files[:5] for row in head(each).splitlines()[:5] if row.strip()]
        return bool(found) and all(self.fits(row) for row in found)

    def is_truth(self, file: Path) -> bool:
        """Whether a text file's name may be that of a file of boxes."""
        return file.suffix == ".txt" and file.stem.lower() not in ("readme", "licence", "license", "ids")

    @abstractmethod
    def fits(self, row: str) -> bool:
        """Whether a row is of this format and of no other."""

    @abstractmethod
    def parse(self, row: str) -> _RESULT:
        """Text, polygon and attributes of a row; InputError if it has none."""

    @abstractmethod
    def row(self, line: Line, attributes: dict[str, Any]) -> str:
        """The row of a line."""

    def read(self, path: Path, report: Report) -> Iterator[Sample]:
        """A page for each text file."""
        pictures = Pictures(path)
        used = set()
        for file in label_files(path, ".txt", ".csv"):
            if not self.is_truth(file):
                continue
            lines, extra = self._lines(file, report)
            below = file.relative_to(pictures.root)
            try:
                attributes = {"level": "word" if self.word else "line", **self.more(file, report)}
                if any(extra):
                    attributes["lines"] = extra
                if not len(pictures):
                    report.note("there are no pictures: the pages are as large as their boxes reach")
                    name, picture, size = str(below.with_suffix(".jpg")), None, _reach(lines)
                else:
                    found = pictures.find_stem(self.stem(file), _folder(below))
                    used.add(found)
                    name, picture = pictures.name(found), Picture(found)
                    size = picture.size()
                name = tidy_name(name)
                page = Page(*size, tuple(lines), source=name)
                yield Sample(name, picture, page, split=split_of(below), attributes=attributes, where=str(file))
            except InputError as error:
                report.drop(str(file), error)
        for each in pictures if used else ():
            if each not in used:
                report.drop(str(each), "a picture without a file of boxes")

    def stem(self, file: Path) -> str:
        """The name of the picture, without suffix, that a file of boxes belongs to."""
        prefix = next((each for each in _PREFIXES if file.stem.startswith(each)), "")
        return file.stem.removeprefix(prefix)

    def more(self, file: Path, report: Report) -> dict[str, Any]:
        """What other files say of the picture."""
        return {}

    def _lines(self, file: Path, report: Report) -> tuple[list[Line], list[dict[str, Any]]]:
        lines, extra = [], []
        for where, row in rows(file, report):
            try:
                text, polygon, attributes = self.parse(row)
                ignore = text == self.mark
                text = IGNORED if ignore else encodable(text, "the text")
                lines.append(text_line(text, polygon, ignore=ignore, word=self.word))
                extra.append(attributes)
            except InputError as error:
                report.drop(where, error)
        return lines, extra

    def write(self, folder: Path, samples: Iterable[tuple[Sample, bytes]], report: Report) -> None:
        """A folder of pictures and one of text files, below a folder for each split."""
        taken: set[str] = set()
        for sample, content in samples:
            assert sample.page is not None
            if self.flat and "/" in sample.name:
                report.lose("folder of a picture", sample.where or sample.name)
            wanted = sample.name.replace("/", "_") if self.flat else sample.name
            name = PurePosixPath(free_name(wanted, taken, by_stem=True))
            base = folder / (sample.split or "")
            put_picture(base / self.images / name, sample, content)
            extra = sample.attributes.get("lines") or [{}] * len(sample.page.lines)
            written = [
                self.row(line, more) for line, more in zip(sample.page.lines, extra, strict=False) if line.polygon
            ]
            target = base / self.gt_folder / name.with_name(f"{self.gt_prefix}{name.stem}{self.gt_suffix}")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text("".join(f"{row}\n" for row in written), encoding="utf-8", newline="\n")
            self.write_more(base, name, sample)
            report.written += 1

    def write_more(self, base: Path, name: PurePosixPath, sample: Sample) -> None:
        """What belongs into other files."""


@register("dataset_format", "icdar2015")
class Icdar2015(BoxFiles):
    """ICDAR 2015 incidental scene text: four corners and a text in each row."""

    sign = "text files of x1,y1,x2,y2,x3,y3,x4,y4,text"
    holds = Holds(frozenset({"page"}), "quad", fractions=False, marks=("###",), level="word")

    def is_truth(self, file: Path) -> bool:
        """Whether it may be a file of boxes, and is not one of SROIE."""
        return super().is_truth(file) and not is_receipt(file)

    def fits(self, row: str) -> bool:
        """Whether the row has eight numbers, and no script before its text."""
        match = _EIGHT.fullmatch(row)
        return match is not None and match[9] is not None and _script(match[9]) is None

    def parse(self, row: str) -> _RESULT:
        """Text and quad of a row."""
        return _unquoted(_match(_EIGHT, row)[8]), _quad(row), {}

    def row(self, line: Line, attributes: dict[str, Any]) -> str:
        """The row of a line."""
        return ",".join(map(str, whole(quad_of(line.polygon)))) + "," + _quoted(_shown(line))


@register("dataset_format", "icdar2019")
class Icdar2019(Icdar2015):
    """ICDAR 2017 and 2019 MLT: four corners, a script and a text in each row."""

    sign = "text files of x1,y1,x2,y2,x3,y3,x4,y4,script,text"
    holds = Holds(
        frozenset({"page"}), "quad", fractions=False, marks=("###",), level="word", attributes=frozenset({"lines"})
    )

    def fits(self, row: str) -> bool:
        """Whether a script of the competition stands before the text."""
        match = _EIGHT.fullmatch(row)
        return match is not None and match[9] is not None and _script(match[9]) is not None

    def parse(self, row: str) -> _RESULT:
        """Text, quad and script of a row."""
        script, comma, text = _match(_EIGHT, row)[8].partition(",")
        if not comma:
            raise InputError(f"a script and a text were wanted after the corners, got {script!r}")
        return _unquoted(text), _quad(row), {"script": encodable(script.strip(), "the script")}

    def row(self, line: Line, attributes: dict[str, Any]) -> str:
        """The row of a line."""
        script = str(attributes.get("script", "None")).replace(",", " ").replace("\n", " ")
        return ",".join(map(str, whole(quad_of(line.polygon)))) + f",{script}," + _quoted(_shown(line))


@register("dataset_format", "icdar2013")
class Icdar2013(BoxFiles):
    """ICDAR 2013 focused scene text: left, top, right, bottom and a text in quotes in each row."""

    sign = 'text files of left, top, right, bottom, "text"'
    holds = Holds(frozenset({"page"}), "box", fractions=False, marks=("###",), level="word")

    def fits(self, row: str) -> bool:
        """Whether the row has four numbers and something in quotes."""
        match = _FOUR.fullmatch(row)
        return match is not None and _QUOTED.fullmatch(match[5] or "") is not None

    def parse(self, row: str) -> _RESULT:
        """Text and box of a row."""
        left, top, right, bottom, text = _match(_FOUR, row)
        return _unquoted(text), rectangle(left, top, right, bottom), {}

    def row(self, line: Line, attributes: dict[str, Any]) -> str:
        """The row of a line."""
        box = [math.floor(each + 0.5) for each in bounds(line.polygon)]
        return ", ".join(map(str, box)) + ", " + _quoted(_shown(line), always=True)


def _match(pattern: re.Pattern[str], row: str) -> tuple[Any, ...]:
    match = pattern.fullmatch(row)
    if match is None or match[pattern.groups] is None:
        wanted = "x1,y1,x2,y2,x3,y3,x4,y4,text" if pattern is _EIGHT else 'left, top, right, bottom, "text"'
        raise InputError(f"{wanted} was wanted, got {row[:80]!r}")
    return match.groups()


def is_receipt(file: Path) -> bool:
    """Whether a file of boxes is one of SROIE: it lies in box/, or is named as the competition named receipts."""
    named = re.fullmatch(r"X[0-9]{8,}(\([0-9]+\))?", file.stem) is not None
    return file.parent.name == "box" or (file.suffix == ".txt" and named)


def _quad(row: str) -> Polygon:
    return points(list(_match(_EIGHT, row)[:8]))


def _script(text: str) -> str | None:
    script, comma, _ = text.partition(",")
    return script.strip() if comma and script.strip() in SCRIPTS else None


def _unquoted(text: str) -> str:
    """As the official evaluation reads it: a text in quotes has its quotes and backslashes escaped."""
    match = _QUOTED.fullmatch(text)
    return text if match is None else re.sub(r'\\(["\\])', r"\1", match[1])


def _quoted(text: str, *, always: bool = False) -> str:
    if not always and _QUOTED.fullmatch(text) is None:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _shown(line: Line) -> str:
    text = IGNORED if line.ignore else line.text
    return text.replace("\r", " ").replace("\n", " ")


def _folder(below: Path) -> PurePosixPath:
    """The folder of pictures that belongs to a folder of text files: its counterpart images/ or img/ first."""
    parts = list(below.parent.parts)
    for own, theirs in (("gt", "images"), ("box", "img")):
        if own in parts:
            parts[parts.index(own)] = theirs
    return PurePosixPath(*parts)


def _reach(lines: list[Line]) -> tuple[int, int]:
    corners = [bounds(line.polygon) for line in lines] or [(0.0, 0.0, 1.0, 1.0)]
    return max(1, *(math.ceil(each[2]) for each in corners)), max(1, *(math.ceil(each[3]) for each in corners))
