"""A collection is opened in whatever format it is, and written in another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from munja.core.errors import InputError, MunjaError
from munja.core.page import Page
from munja.data.convert.crop import cut_lines
from munja.data.convert.format import Format, detect, find_format
from munja.data.convert.losses import losses
from munja.data.convert.report import Report
from munja.data.dataset import About
from munja.data.sample import Picture, Sample, new_folder

_PAGE_TEXT = "place of a text (it becomes one box around the whole picture)"


class Truth:
    """A collection that is read: iteration gives (image, Page), `samples` everything that is known.

    Each pass reads the files again; `report` is that of the latest pass, complete when the pass is.
    """

    def __init__(self, path: Path, name: str, reader: Format, split: str | None = None) -> None:
        self.path, self.format = path, name
        self.report = Report()
        self._reader, self._split = reader, split

    def __iter__(self) -> Iterator[tuple[Path | bytes, Page]]:
        for sample in self.samples():
            try:
                page, image = sample.as_page(), (sample.picture or Picture()).source
            except MunjaError as error:
                self.report.drop(sample.where or sample.name, error)
                continue
            yield image, page

    def samples(self) -> Iterator[Sample]:
        """Everything that is known of each picture."""
        self.report = Report()
        for sample in self._reader.read(self.path, self.report):
            if self._split is None or sample.split == self._split:
                self.report.read += 1
                yield sample


def open_truth(path: str | Path, format: str = "auto", *, split: str | None = None) -> Truth:  # noqa: A002
    """A collection in the named format, or in the one it is recognised to have; only one split of it if asked."""
    path = Path(path)
    if not path.exists():
        raise InputError(f"{path}: no such file or folder")
    name = detect(path) if format == "auto" else format
    return Truth(path, name, find_format(name), split)


def convert(
    source: str | Path,
    out: str | Path,
    *,
    from_format: str = "auto",
    to_format: str = "munja",
    split: str | None = None,
    crop: bool = False,
    about: About | None = None,
    storage: str = "files",
) -> Report:
    """Write a collection in another format as the new folder `out`, which appears whole or not at all.

    With `crop` pages become pictures of their lines. `about` and `storage` are those of a Munja dataset.
    """
    truth = open_truth(source, from_format, split=split)
    out = Path(out)
    if to_format == "munja":
        made = f"converted from {truth.format}"
        about = about or About(out.name)
        about = About(about.name or out.name, about.what, about.licence, about.made or made)
        writer = find_format("munja", about=about, storage=storage)
    else:
        writer = find_format(to_format)
    if not writer.holds.kinds:
        raise InputError(f"{to_format} is only read; see docs/datasets.md for the formats that are written")
    with new_folder(out) as folder:
        report = Report()
        writer.write(folder, _fitting(truth, writer, to_format, crop, report), report)
        whole = truth.report
        whole.written, whole.lost, whole.first_lost = report.written, report.lost, report.first_lost
        whole.dropped += report.dropped
        whole.notes += report.notes
        if not whole.written:
            first = f"; first {whole.dropped[0]}" if whole.dropped else ""
            raise InputError(f"{source}: nothing could be converted, {len(whole.dropped)} dropped{first}")
    return whole


def _fitting(truth: Truth, writer: Format, name: str, crop: bool, report: Report) -> Iterator[tuple[Sample, bytes]]:
    """The samples that the format can hold, with their pictures; the rest is told."""
    for whole in truth.samples():
        where = whole.where or whole.name
        try:
            for sample in cut_lines(whole, report) if crop else (whole,):
                content = sample.read()
                if not content:
                    raise InputError("the picture has 0 bytes")
                fitting = _as_kind(sample, writer, name, report)
                for what in losses(fitting, writer.holds):
                    report.lose(what, where)
                yield fitting, content
        except MunjaError as error:
            report.drop(where, error)


def _as_kind(sample: Sample, writer: Format, name: str, report: Report) -> Sample:
    kinds = writer.holds.kinds
    if sample.kind in kinds:
        return sample
    if sample.kind == "text" and "page" in kinds:
        report.lose(_PAGE_TEXT, sample.where or sample.name)
        attributes = {**sample.attributes}
        return Sample(sample.name, sample.picture, sample.as_page(), split=sample.split, attributes=attributes,
                      where=sample.where)  # fmt: skip
    hint = "; --crop cuts its lines out" if sample.kind == "page" and "text" in kinds else ""
    raise InputError(f"{name} cannot hold a {sample.kind}{hint}")
