"""Folders of classes: CLASS/picture.jpg, or SPLIT/CLASS/picture.jpg."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from munja.core.registry import register
from munja.data.convert.format import SUFFIXES, Format, Holds, Pictures
from munja.data.convert.parse import SPLITS
from munja.data.convert.report import Report
from munja.data.sample import Picture, Sample, free_name, put_picture, tidy_name


@register("dataset_format", "classes")
class Classes(Format):
    """A folder for each class, below one for each split where the folders at the top are named so."""

    sign = "pictures in folders, and no label file at all"
    holds = Holds(frozenset({"class"}), geometry="none")

    def detect(self, path: Path) -> bool:
        """Whether there are folders of pictures, and nothing else that could hold labels."""
        if not path.is_dir():
            return False
        found = False
        for folder, below, files in os.walk(path):
            below[:] = [each for each in below if not each.startswith(".")]
            for name in files:
                suffix = os.path.splitext(name)[1].lower()
                if suffix in (".json", ".jsonl", ".csv", ".tsv", ".txt", ".xml", ".mdb", ".toml", ".parquet", ".hocr"):
                    return False
                found = found or (suffix in SUFFIXES and Path(folder) != path)
        return found

    def read(self, path: Path, report: Report) -> Iterator[Sample]:
        """A class for each picture: its folder."""
        for each in Pictures(path):
            below = each.relative_to(path)
            parts = list(below.parts)
            split = SPLITS.get(parts[0].lower()) if len(parts) > 1 else None
            parts = parts[1:] if split is not None else parts
            if len(parts) < 2:
                report.drop(str(each), "lies in no folder of a class")
                continue
            yield Sample(tidy_name("/".join(parts)), Picture(each), label=parts[0], split=split, where=str(each))

    def write(self, folder: Path, samples: Iterable[tuple[Sample, bytes]], report: Report) -> None:
        """A folder for each class, below one for each split."""
        taken: set[str] = set()
        for sample, content in samples:
            label = tidy_name((sample.label or "").replace("/", "_").replace("\\", "_"))
            if label != sample.label:
                report.lose("name of a class (it cannot be a folder's)", sample.where or sample.name)
            path = PurePosixPath(tidy_name(sample.name))
            inside = path.relative_to(label) if path.parts[0] == label and len(path.parts) > 1 else path
            name = free_name(str(PurePosixPath(sample.split or "", label) / inside), taken)
            put_picture(folder / name, sample, content)
            report.written += 1
