"""Munja's own dataset, and the lines that `munja synth` writes, as formats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from munja.core.errors import InputError
from munja.core.registry import register
from munja.data.convert.format import Format, Holds, Pictures
from munja.data.convert.parse import json_value, rows
from munja.data.convert.report import Report
from munja.data.dataset import ABOUT, About, Dataset, fill_dataset, sample_of_row
from munja.data.sample import Picture, Sample

_EVERYTHING = Holds(
    frozenset({"page", "text", "class", "picture"}), "polygon", newlines=True, words=True, characters=True,
    scores=True, splits="any", angles=True, transcripts=True, page_fields=True, attributes=None,
)  # fmt: skip


@register("dataset_format", "munja")
class Munja(Format):
    """A Munja dataset: a folder with a dataset.toml; it holds everything."""

    sign = "a file dataset.toml"
    holds = _EVERYTHING

    def __init__(self, *, about: About | None = None, storage: str = "files") -> None:
        self._about, self._storage = about, storage

    def detect(self, path: Path) -> bool:
        """Whether it has a dataset.toml."""
        return (path / ABOUT).is_file()

    def read(self, path: Path, report: Report) -> Iterator[Sample]:
        """Its samples."""
        return self.pick(path, range(len(Dataset(path))), report)

    def count(self, path: Path) -> int | None:
        """How many samples its card says."""
        return len(Dataset(path))

    def pick(self, path: Path, numbers: Sequence[int], report: Report) -> Iterator[Sample]:
        """The samples of these numbers from 0, and no others."""
        dataset = Dataset(path)
        for number in numbers:
            try:
                yield dataset[number]
            except InputError as error:
                report.drop(f"{path}: sample {number + 1}", error)

    def write(self, folder: Path, samples: Iterable[tuple[Sample, bytes]], report: Report) -> None:
        """Fill a folder."""
        about = self._about or About(folder.name)

        def renamed(sample: Sample) -> None:
            """Tell that a picture had to be given another name."""
            report.lose("name of a picture (it was taken, or cannot be a file's name)", sample.where or sample.name)

        report.written += fill_dataset(folder, samples, about, storage=self._storage, renamed=renamed)


@register("dataset_format", "synth")
class Synth(Format):
    """The folder that `munja synth` writes: pictures of lines, with a Page of words and characters each."""

    sign = "a file labels.jsonl"

    def detect(self, path: Path) -> bool:
        """Whether it has a labels.jsonl."""
        return (path / "labels.jsonl").is_file()

    def read(self, path: Path, report: Report) -> Iterator[Sample]:
        """A sample for each row."""
        pictures = Pictures(path)
        for where, row in rows(path / "labels.jsonl", report):
            try:
                tree = json_value(row, where)
                sample = sample_of_row(tree, where)
                yield sample.with_picture(Picture(pictures.find(tree["image"], path / "labels.jsonl")))
            except InputError as error:
                report.drop(where, error)
