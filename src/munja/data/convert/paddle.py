"""PaddleOCR labels: detection rows of path, tab, JSON list of boxes; PPOCRLabel's Label.txt; recognition rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from munja.core.errors import InputError
from munja.core.page import Line, Page
from munja.core.registry import register
from munja.data.convert.format import Format, Holds, Pictures, head, label_files, put_pictures
from munja.data.convert.parse import json_value, points, rows, split_of, string
from munja.data.convert.report import Report
from munja.data.sample import Sample, free_name, put_picture, text_line, tidy_name

IGNORED = ("###", "*")  # transcriptions that PaddleOCR leaves out of training
LABEL = "Label.txt"


def is_detection_row(row: str) -> bool:
    """Whether a row is a path, a tab and a JSON list of boxes."""
    path, tab, boxes = row.partition("\t")
    return bool(path and tab) and boxes.lstrip().startswith("[") and ('"points"' in boxes or boxes.strip() == "[]")


class DetectionRows(Format):
    """Rows of a picture and its boxes."""

    difficult = False

    def files(self, path: Path) -> list[Path]:
        """The files of rows below a path."""
        return [each for each in label_files(path, ".txt") if is_detection_row(head(each, 1 << 16).split("\n")[0])]

    def detect(self, path: Path) -> bool:
        """Whether there is such a file."""
        return bool(self.files(path))

    def read(self, path: Path, report: Report) -> Iterator[Sample]:
        """A page for each row."""
        pictures = Pictures(path)
        for file in self.files(path):
            for where, row in rows(file, report):
                try:
                    if not is_detection_row(row):
                        raise InputError(f"path, tab and a JSON list of boxes was wanted, got {row[:60]!r}")
                    reference, _, boxes = row.partition("\t")
                    found = pictures.find(reference, file)
                    picture, width, height = Pictures.of(found)
                    lines = _lines(json_value(boxes, where), where, report)
                    name = tidy_name(pictures.name(found))
                    page = Page(width, height, tuple(lines), source=name)
                    yield Sample(name, picture, page, split=split_of(file.relative_to(pictures.root)), where=where)
                except InputError as error:
                    report.drop(where, error)

    def box(self, line: Line) -> dict[str, Any]:
        """The box of a line as PaddleOCR writes it."""
        place = [[int(each) if each.is_integer() else each for each in point] for point in line.polygon]
        if self.difficult:
            return {"transcription": line.text, "points": place, "difficult": line.ignore}
        return {"transcription": IGNORED[0] if line.ignore else line.text, "points": place}

    def boxes(self, sample: Sample) -> str:
        """All boxes of a page as JSON."""
        lines = sample.page.lines if sample.page is not None else ()
        return json.dumps([self.box(line) for line in lines if line.polygon], ensure_ascii=False)


@register("dataset_format", "paddle-det")
class PaddleDet(DetectionRows):
    """Labels for PaddleOCR's detection: path, tab, [{"transcription", "points"}]."""

    sign = "text files of path, tab, JSON list of transcription and points"
    holds = Holds(frozenset({"page"}), "polygon", newlines=True, marks=IGNORED)

    def files(self, path: Path) -> list[Path]:
        """All of them but PPOCRLabel's own."""
        return [each for each in super().files(path) if each.name != LABEL]

    def detect(self, path: Path) -> bool:
        """Whether there is such a file and no Label.txt."""
        return not Ppocrlabel().files(path) and super().detect(path)

    def write(self, folder: Path, samples: Iterable[tuple[Sample, bytes]], report: Report) -> None:
        """Pictures in images/, rows in label.txt, or in one file for each split."""
        write_rows(folder, "label", samples, self.boxes, report)


@register("dataset_format", "ppocrlabel")
class Ppocrlabel(DetectionRows):
    """PPOCRLabel's project: a folder of pictures with Label.txt; `difficult` marks a don't-care region."""

    sign = "a file Label.txt of path, tab, JSON list of boxes"
    holds = Holds(frozenset({"page"}), "polygon", newlines=True, splits="none")
    difficult = True

    def files(self, path: Path) -> list[Path]:
        """Those named Label.txt."""
        return [each for each in super().files(path) if each.name == LABEL]

    def write(self, folder: Path, samples: Iterable[tuple[Sample, bytes]], report: Report) -> None:
        """The project in images/, to be opened with PPOCRLabel: pictures, Label.txt and fileState.txt."""
        project = folder / "images"
        project.mkdir()
        taken: set[str] = set()
        with (
            (project / LABEL).open("w", encoding="utf-8", newline="\n") as labels,
            (project / "fileState.txt").open("w", encoding="utf-8", newline="\n") as states,
        ):
            for sample, content in samples:
                if "/" in sample.name:
                    report.lose("folder of a picture", sample.where or sample.name)
                name = free_name(sample.name.replace("/", "_"), taken)
                put_picture(project / name, sample, content)
                labels.write(f"images/{name}\t{self.boxes(sample)}\n")
                states.write(f"{name}\t1\n")
                report.written += 1


def write_rows(
    folder: Path,
    stem: str,
    samples: Iterable[tuple[Sample, bytes]],
    answer: Callable[[Sample], str],
    report: Report,
    suffix: str = ".txt",
) -> None:
    """Pictures in images/, and a row of path, tab and answer for each in STEM.txt, or in STEM_SPLIT.txt."""
    files: dict[str | None, TextIO] = {}
    with ExitStack() as opened:
        for name, sample, _ in put_pictures(folder, samples, report):
            if sample.split not in files:
                file = folder / (f"{stem}{suffix}" if sample.split is None else f"{stem}_{sample.split}{suffix}")
                files[sample.split] = opened.enter_context(file.open("w", encoding="utf-8", newline="\n"))
            files[sample.split].write(f"images/{name}\t{answer(sample)}\n")


def _lines(boxes: Any, where: str, report: Report) -> list[Line]:
    if not isinstance(boxes, list):
        raise InputError(f"a list of boxes was wanted, got {type(boxes).__name__}")
    lines = []
    for i, box in enumerate(boxes):
        try:
            if not isinstance(box, dict):
                raise InputError("an object was wanted")
            text = string(box.get("transcription"), "transcription")
            ignore = box.get("difficult") is True or text in IGNORED
            lines.append(text_line(text, points(box.get("points")), ignore=ignore))
        except InputError as error:
            report.drop(f"{where}, box {i + 1}", error)
    return lines
