"""Documents that say where words stand, one beside each picture: what hOCR, ALTO and PAGE XML share as formats."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import ClassVar

from munja.core.errors import InputError
from munja.core.page import Page, Polygon
from munja.data.convert.format import Format, Holds, Pictures, head, label_files
from munja.data.convert.parse import split_of
from munja.data.convert.report import Report
from munja.data.sample import Sample, free_name, put_picture, tidy_name


class Documents(Format):
    """A document for each picture, which it names; else the picture with the document's own name is meant."""

    holds: ClassVar[Holds] = Holds(
        frozenset({"page"}),
        "polygon",
        fractions=False,
        words=True,
        scores=True,
        ignored=False,
        newlines=True,
        blanks=False,
        level="line",
    )
    writer: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]] = (".xml",)
    folder: ClassVar[str]

    @abstractmethod
    def fits(self, start: str) -> bool:
        """Whether a file that begins so is a document of this format."""

    @abstractmethod
    def pages(self, file: Path, report: Report) -> Iterator[Page]:
        """The pages of a document; their source is the picture they name. InputError if it is damaged."""

    def detect(self, path: Path) -> bool:
        """Whether there is such a document."""
        return any(self.fits(head(each)) for each in label_files(path, *self.suffixes)[:20])

    def read(self, path: Path, report: Report) -> Iterator[Sample]:
        """A page for each page of each document, with its picture where there are any."""
        pictures = Pictures(path)
        for file in label_files(path, *self.suffixes):
            if not self.fits(head(file)):
                continue
            try:
                for i, page in enumerate(self.pages(file, report)):
                    where = f"{file}, page {i + 1}"
                    try:
                        yield self._sample(page, file, pictures, where, report)
                    except InputError as error:
                        report.drop(where, error)
            except InputError as error:
                report.drop(str(file), error)

    def _sample(self, page: Page, file: Path, pictures: Pictures, where: str, report: Report) -> Sample:
        split = split_of(file.relative_to(pictures.root))
        if not len(pictures):
            report.note("there are no pictures beside the documents")
            name = tidy_name(page.source or f"{file.stem}.png")
            return Sample(name, None, replace(page, source=name), split=split, where=where)
        found = self._picture(page, file, pictures)
        picture, width, height = Pictures.of(found)
        if (width, height) != (page.width, page.height):
            report.note(f"{where}: says {page.width} x {page.height} pixels, its picture has {width} x {height}")
        name = tidy_name(pictures.name(found))
        return Sample(name, picture, replace(page, source=name), split=split, where=where)

    def _picture(self, page: Page, file: Path, pictures: Pictures) -> Path:
        if page.source:
            try:
                return pictures.find(page.source, file)
            except InputError:
                pass  # documents are moved away from the paths that they name: their own name is left
        below = file.relative_to(pictures.root).parent
        return pictures.find_stem(file.name.partition(".")[0], PurePosixPath(*below.parts))

    def write(self, folder: Path, samples: Iterable[tuple[Sample, bytes]], report: Report) -> None:
        """A folder of pictures and one of documents, below a folder for each split."""
        from munja.read.writers import writer

        printer = writer(self.writer)
        taken: set[str] = set()
        for sample, content in samples:
            name = PurePosixPath(free_name(sample.name, taken, by_stem=True))
            base = folder / (sample.split or "")
            put_picture(base / "images" / name, sample, content)
            target = base / self.folder / name.with_suffix(self.suffixes[0])
            target.parent.mkdir(parents=True, exist_ok=True)
            page = replace(sample.as_page(), source=f"images/{name}")
            with target.open("wb") as file:
                document = printer.open(file)
                document.add(page, None)
                document.finish()
            report.written += 1


def box_polygon(left: float, top: float, right: float, bottom: float, angle: float = 0.0) -> Polygon:
    """An upright box as a polygon that begins where a text turned clockwise by `angle` degrees begins."""
    if right <= left or bottom <= top:
        raise InputError(f"a box of {right - left:g} x {bottom - top:g} pixels has no extent")
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    first = round(angle / 90.0) % 4
    return corners[first:] + corners[:first]
