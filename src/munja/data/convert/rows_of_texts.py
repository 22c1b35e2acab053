"""Lists of picture and text: Clova's gt.txt, PaddleOCR's recognition labels, labels.tsv, EasyOCR's labels.csv, TRDG."""

from __future__ import annotations

import csv
import io
import re
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path

from munja.core.errors import InputError
from munja.core.registry import register
from munja.data.convert.format import SUFFIXES, Format, Holds, Pictures, head, label_files
from munja.data.convert.paddle import LABEL, is_detection_row, write_rows
from munja.data.convert.parse import encodable, json_value, read_bytes, rows, split_of
from munja.data.convert.report import Report
from munja.data.convert.table import is_plain_list, named_columns
from munja.data.sample import Picture, Sample, free_name, put_picture, tidy_name


class TextRows(Format):
    """Rows of a picture's path, a tab and a text."""

    holds = Holds(frozenset({"text"}), geometry="none")
    stem, suffix = "rec_gt", ".txt"

    def files(self, path: Path) -> list[Path]:
        """The files of rows below a path."""
        return [each for each in label_files(path, ".txt", ".tsv") if self.is_list(each)]

    @abstractmethod
    def is_list(self, file: Path) -> bool:
        """Whether a file is one of this format."""

    def detect(self, path: Path) -> bool:
        """Whether there is such a file."""
        return bool(self.files(path))

    def read(self, path: Path, report: Report) -> Iterator[Sample]:
        """A text for each row, for each picture in it."""
        pictures = Pictures(path)
        for file in self.files(path) or ([path] if path.is_file() else []):
            for where, row in rows(file, report):
                try:
                    references, text = self.parse(row, where)
                except InputError as error:
                    report.drop(where, error)
                    continue
                for reference in references:
                    try:
                        found = pictures.find(reference, file)
                    except InputError as error:
                        report.drop(where, error)
                        continue
                    split = split_of(file.relative_to(pictures.root))
                    yield Sample(tidy_name(pictures.name(found)), Picture(found), text=text, split=split, where=where)

    def parse(self, row: str, where: str) -> tuple[list[str], str]:
        """The pictures and the text of a row."""
        reference, tab, text = row.partition("\t")
        if not tab:
            raise InputError(f"path, tab, text was wanted, got {row[:60]!r}")
        return [reference], text

    def write(self, folder: Path, samples: Iterable[tuple[Sample, bytes]], report: Report) -> None:
        """Pictures in images/, rows in a text file, or in one for each split."""
        write_rows(folder, self.stem, samples, self.shown, report, self.suffix)

    def shown(self, sample: Sample) -> str:
        """The text as it is written."""
        return (sample.text or "").replace("\r", " ").replace("\n", " ")


def _is_row(row: str) -> bool:
    reference, tab, _ = row.partition("\t")
    named = Path(reference).suffix.lower() in SUFFIXES or reference.startswith("[")
    return bool(tab) and named and not is_detection_row(row)


@register("dataset_format", "clova")
class Clova(TextRows):
    """The list that Clova's create_lmdb_dataset.py takes: gt.txt of path, tab, text."""

    sign = "a file gt.txt of path, tab, text"
    holds = Holds(frozenset({"text"}), geometry="none", tabs=False)
    stem = "gt"

    def is_list(self, file: Path) -> bool:
        """Whether it is a gt.txt, or one of ours for a split, with such a row."""
        named = re.fullmatch(r"gt(_train|_validate|_test)?\.txt", file.name) is not None
        return named and _is_row(head(file).split("\n")[0])

    def shown(self, sample: Sample) -> str:
        """The text without tabs, at which the original divides a row."""
        return super().shown(sample).replace("\t", " ")


@register("dataset_format", "paddle-rec")
class PaddleRec(TextRows):
    """Labels for PaddleOCR's recognition: path, tab, text; a JSON list of paths shares one text."""

    sign = "text files of path, tab, text, such as rec_gt_train.txt"

    def is_list(self, file: Path) -> bool:
        """Whether it has such a row, and is neither Clova's gt.txt nor PPOCRLabel's state."""
        other = file.name == "fileState.txt" or Clova().is_list(file)
        return file.suffix == ".txt" and not other and _is_row(head(file).split("\n")[0])

    def detect(self, path: Path) -> bool:
        """Whether there is such a file, outside a project of PPOCRLabel."""
        return super().detect(path) and not any(each.name == LABEL for each in label_files(path, ".txt"))

    def parse(self, row: str, where: str) -> tuple[list[str], str]:
        """The pictures and the text of a row."""
        references, text = super().parse(row, where)
        if references[0].startswith("["):
            several = json_value(references[0], where)
            if not isinstance(several, list) or not all(isinstance(each, str) for each in several):
                raise InputError(f"a list of paths was wanted, got {references[0][:60]!r}")
            return several, text
        return references, text


@register("dataset_format", "tsv")
class Tsv(TextRows):
    """labels.tsv of path, tab, text: what the `folder` source of training reads."""

    sign = "a file labels.tsv of path, tab, text"
    stem, suffix = "labels", ".tsv"

    def is_list(self, file: Path) -> bool:
        """Whether it is named so, and no table with names above its columns."""
        return is_plain_list(file) and not named_columns(head(file).split("\n")[0].split("\t"))


@register("dataset_format", "easyocr")
class Easyocr(Format):
    """EasyOCR's trainer: folders of pictures with a labels.csv of filename and words."""

    sign = "a file labels.csv with the columns filename and words"
    holds = Holds(frozenset({"text"}), geometry="none", newlines=True)

    def detect(self, path: Path) -> bool:
        """Whether a labels.csv has those columns."""
        return bool(self._files(path))

    def _files(self, path: Path) -> list[Path]:
        found = label_files(path, ".csv")
        return [each for each in found if re.match(r'"?filename"?,"?words"?\s', head(each, 64))]

    def read(self, path: Path, report: Report) -> Iterator[Sample]:
        """A text for each row."""
        pictures = Pictures(path)
        for file in self._files(path):
            content = read_bytes(file).removeprefix(b"\xef\xbb\xbf").decode(errors="surrogateescape")
            reader = csv.reader(io.StringIO(content, newline=""))
            line = 1
            while True:
                where = f"{file}:{line}"
                try:
                    row = next(reader, None)
                    line, first = reader.line_num + 1, line == 1
                    if row is None:
                        break
                    if first or not row:
                        continue
                    if len(row) < 2:
                        raise InputError(f"filename and words were wanted, got {row}")
                    # The trainer itself splits at the first comma, so a text that was never quoted comes in pieces.
                    found = pictures.find(row[0], file)
                    text = encodable(",".join(row[1:]), "the text (not UTF-8)")
                    split = split_of(file.relative_to(pictures.root))
                    yield Sample(tidy_name(pictures.name(found)), Picture(found), text=text, split=split, where=where)
                except (InputError, csv.Error) as error:
                    line = reader.line_num + 1
                    report.drop(where, error)

    def write(self, folder: Path, samples: Iterable[tuple[Sample, bytes]], report: Report) -> None:
        """A folder for each split, with its pictures and its labels.csv side by side, as the trainer wants it."""
        tables: dict[str, list[list[str]]] = {}
        taken: set[str] = set()
        for sample, content in samples:
            if "/" in sample.name:
                report.lose("folder of a picture", sample.where or sample.name)
            name = free_name(sample.name.replace("/", "_"), taken)
            put_picture(folder / (sample.split or "") / name, sample, content)
            tables.setdefault(sample.split or "", [["filename", "words"]]).append([name, sample.text or ""])
            report.written += 1
        for split, table in tables.items():
            with (folder / split / "labels.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows(table)


@register("dataset_format", "trdg")
class Trdg(Format):
    """TextRecognitionDataGenerator: the text in the picture's name (TEXT_0.jpg, 0_TEXT.jpg), or labels.txt."""

    sign = "labels.txt of picture, blank, text; or pictures named TEXT_0.jpg, when asked for by name"
    holds = Holds(frozenset({"text"}), geometry="none", splits="none")

    def detect(self, path: Path) -> bool:
        """Whether it has a labels.txt of picture, blank, text; names alone prove nothing."""
        first = head(path / "labels.txt").split("\n")[0]
        return "\t" not in first and Path(first.partition(" ")[0]).suffix.lower() in SUFFIXES and " " in first

    def read(self, path: Path, report: Report) -> Iterator[Sample]:
        """A text for each row, or for each picture's name."""
        pictures = Pictures(path)
        file = path / "labels.txt"
        if file.is_file():
            for where, row in rows(file, report):
                try:
                    reference, blank, text = row.partition(" ")
                    if not blank:
                        raise InputError(f"picture, blank, text was wanted, got {row[:60]!r}")
                    found = pictures.find(reference, file)
                    yield Sample(tidy_name(pictures.name(found)), Picture(found), text=text, where=where)
                except InputError as error:
                    report.drop(where, error)
            return
        for each in pictures:
            match = re.fullmatch(r"(.*)_[0-9]+", each.stem) or re.fullmatch(r"[0-9]+_(.*)", each.stem)
            if match is None:
                report.drop(str(each), "TEXT_NUMBER or NUMBER_TEXT was wanted as its name")
            else:
                yield Sample(tidy_name(pictures.name(each)), Picture(each), text=match[1], where=str(each))

    def write(self, folder: Path, samples: Iterable[tuple[Sample, bytes]], report: Report) -> None:
        """Numbered pictures and labels.txt, the layout of name format 2, which holds any text."""
        with (folder / "labels.txt").open("w", encoding="utf-8", newline="\n") as file:
            for number, (sample, content) in enumerate(samples):
                name = f"{number}{Path(sample.name).suffix}"
                if name != sample.name:
                    report.lose("name of a picture (they are numbered)", sample.where or sample.name)
                put_picture(folder / name, sample, content)
                text = (sample.text or "").replace("\r", " ").replace("\n", " ")
                file.write(f"{name} {text}\n")
                report.written += 1
