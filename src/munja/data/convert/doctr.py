"""docTR's datasets: images/ and labels.json, of polygons for detection, of texts for recognition."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from munja.core.errors import InputError
from munja.core.page import Line, Page
from munja.core.registry import register
from munja.data.convert.format import SUFFIXES, Format, Holds, Pictures, head, label_files, put_pictures
from munja.data.convert.parse import encodable, load_json, points, save_json, split_of
from munja.data.convert.report import Report
from munja.data.sample import Picture, Sample, tidy_name


class LabelsJson(Format):
    """labels.json: an object from a picture in images/ to its label, one folder for each split."""

    def detect(self, path: Path) -> bool:
        """Whether a labels.json is of this kind."""
        return bool(self._files(path))

    def _files(self, path: Path) -> list[Path]:
        return [each for each in label_files(path, ".json") if each.name == "labels.json" and self.fits(head(each))]

    @abstractmethod
    def fits(self, start: str) -> bool:
        """Whether the beginning of a labels.json is of this kind."""

    @abstractmethod
    def label(self, value: Any, picture: Picture, name: str, where: str, report: Report) -> Sample:
        """The sample of a label."""

    def read(self, path: Path, report: Report) -> Iterator[Sample]:
        """A sample for each picture."""
        pictures = Pictures(path)
        for file in self._files(path):
            tree = load_json(file)
            if not isinstance(tree, dict):
                raise InputError(f"{file}: an object from picture to label was wanted")
            for key, value in tree.items():
                where = f"{file}, {encodable(key, 'a key') if key.isprintable() else repr(key)}"
                try:
                    found = pictures.find(f"images/{key}" if (file.parent / "images").is_dir() else key, file)
                    name = tidy_name(pictures.name(found))
                    sample = self.label(value, Picture(found), name, where, report)
                    split = split_of(file.parent.relative_to(pictures.root))
                    yield Sample(name, sample.picture, sample.page, sample.text, split=split,
                                 attributes=sample.attributes, where=where)  # fmt: skip
                except InputError as error:
                    report.drop(where, error)

    def write(self, folder: Path, samples: Iterable[tuple[Sample, bytes]], report: Report) -> None:
        """images/ and labels.json, in a folder for each split."""
        trees: dict[str, dict[str, Any]] = {}
        for name, sample, content in put_pictures(folder, samples, report, by_split=True):
            trees.setdefault(sample.split or "", {})[name] = self.value(sample, content)
        for split, tree in trees.items():
            save_json(folder / split / "labels.json", tree)

    @abstractmethod
    def value(self, sample: Sample, content: bytes) -> Any:
        """The label of a sample."""


@register("dataset_format", "doctr-det")
class DoctrDetection(LabelsJson):
    """docTR detection: img_dimensions, img_hash and polygons of each picture, without texts."""

    sign = "labels.json with img_dimensions and polygons"
    holds = Holds(frozenset({"page"}), "quad", texts=False, ignored=False, attributes=frozenset({"lines"}))

    def fits(self, start: str) -> bool:
        """Whether it speaks of polygons."""
        return '"polygons"' in start

    def label(self, value: Any, picture: Picture, name: str, where: str, report: Report) -> Sample:
        """A page of lines without text; polygons of several classes keep their class as an attribute."""
        if not isinstance(value, dict) or not isinstance(value.get("polygons"), list | dict):
            raise InputError("an object with polygons was wanted")
        width, height = picture.size()
        stated = value.get("img_dimensions")
        if isinstance(stated, list) and stated not in ([height, width], [width, height]):
            report.note(f"{where}: img_dimensions {stated} are not those of the picture, {height} x {width}")
        groups = value["polygons"] if isinstance(value["polygons"], dict) else {"": value["polygons"]}
        lines: list[Line] = []
        classes: list[Mapping[str, Any]] = []
        for kind, polygons in groups.items():
            for i, polygon in enumerate(polygons if isinstance(polygons, list) else [polygons]):
                try:
                    lines.append(Line("", points(polygon)))
                    classes.append({"class": kind} if kind else {})
                except InputError as error:
                    report.drop(f"{where}, polygons[{i}]", error)
        attributes = {"lines": classes} if any(classes) else {}
        return Sample(name, picture, Page(width, height, tuple(lines), source=name), attributes=attributes)

    def value(self, sample: Sample, content: bytes) -> Any:
        """Dimensions, hash and polygons."""
        page = sample.as_page()
        polygons = [[list(point) for point in line.polygon] for line in page.lines if line.polygon and not line.ignore]
        return {"img_dimensions": [page.height, page.width], "img_hash": hashlib.sha256(content).hexdigest(),
                "polygons": polygons}  # fmt: skip


@register("dataset_format", "doctr-rec")
class DoctrRecognition(LabelsJson):
    """docTR recognition: the text of each picture of a word."""

    sign = "labels.json from picture to text"
    holds = Holds(frozenset({"text"}), geometry="none", newlines=True)

    def fits(self, start: str) -> bool:
        """Whether it maps pictures to strings."""
        key, colon, value = start.strip().removeprefix("{").strip().partition(":")
        named = Path(key.strip().strip('"')).suffix.lower() in SUFFIXES
        return bool(colon) and named and value.strip().startswith('"')

    def label(self, value: Any, picture: Picture, name: str, where: str, report: Report) -> Sample:
        """A text."""
        if not isinstance(value, str):
            raise InputError(f"a string was wanted, got {type(value).__name__}")
        return Sample(name, picture, text=encodable(value, "the text"))

    def value(self, sample: Sample, content: bytes) -> Any:
        """The text."""
        return sample.text or ""
