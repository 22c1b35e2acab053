"""Scene text sets with polygons: Total-Text, COCO-Text and the JSON of MMOCR."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from munja.core.errors import InputError
from munja.core.page import Line, Page
from munja.core.registry import register
from munja.data.convert.format import Format, Holds, Pictures, head, label_files, put_pictures
from munja.data.convert.icdar import BoxFiles
from munja.data.convert.parse import bounds, load_json, number, points, rectangle, save_json, split_of, string
from munja.data.convert.report import Report
from munja.data.sample import Picture, Sample, text_line, tidy_name

_ROW = re.compile(
    r"\s*x:\s*\[\[([-0-9.\s,]*)\]\]\s*,\s*y:\s*\[\[([-0-9.\s,]*)\]\]\s*,\s*ornt:\s*\[u?'([^']*)'\]\s*,"
    r"\s*transcriptions:\s*\[u?(?:'(.*)'|\"(.*)\")\]\s*",
    re.DOTALL,
)


@register("dataset_format", "total-text")
class TotalText(BoxFiles):
    """Total-Text's text files: polygons as lists of x and y, an orientation, a transcription; # is a don't-care."""

    sign = "text files of x: [[...]], y: [[...]], ornt: [u'c'], transcriptions: [u'...']"
    gt_prefix = "poly_gt_"
    mark = "#"
    holds = Holds(
        frozenset({"page"}),
        "polygon",
        fractions=False,
        marks=("#",),
        level="word",
        attributes=frozenset({"lines"}),
    )

    def fits(self, row: str) -> bool:
        """Whether the row begins as theirs do."""
        return re.match(r"\s*x:\s*\[\[", row) is not None

    def parse(self, row: str) -> tuple[str, Any, dict[str, Any]]:
        """Text, polygon and orientation of a row."""
        match = _ROW.fullmatch(row)
        if match is None:
            raise InputError(f"x: [[...]], y: [[...]], ornt: [...], transcriptions: [...] was wanted, got {row[:80]!r}")
        xs, ys = (re.split(r"[\s,]+", each.strip()) for each in match.groups()[:2])
        if len(xs) != len(ys):
            raise InputError(f"a polygon needs as many x as y, got {len(xs)} and {len(ys)}")
        text = match[4] if match[4] is not None else match[5]
        polygon = points([list(pair) for pair in zip(xs, ys, strict=True)])
        return re.sub(r"\\(['\"\\])", r"\1", text), polygon, {"orientation": match[3]} if match[3] else {}

    def row(self, line: Line, attributes: dict[str, Any]) -> str:
        """The row of a line."""
        xs, ys = (" ".join(f"{round(point[axis])}" for point in line.polygon) for axis in (0, 1))
        text = self.mark if line.ignore else line.text.replace("\r", " ").replace("\n", " ")
        text = text.replace("\\", "\\\\").replace("'", "\\'")
        orientation = re.sub(r"[^a-z#]", "", str(attributes.get("orientation", "")))
        return f"x: [[{xs}]], y: [[{ys}]], ornt: [u'{orientation}'], transcriptions: [u'{text}']"


@register("dataset_format", "coco-text")
class CocoText(Format):
    """COCO-Text: one JSON of imgs, anns and imgToAnns; illegible words are don't-care regions."""

    sign = "a JSON object with imgs, anns and imgToAnns"
    holds = Holds(frozenset({"page"}), "polygon", newlines=True, level="word", attributes=frozenset({"lines"}))

    def detect(self, path: Path) -> bool:
        """Whether such a file is there."""
        return bool(self._files(path))

    def _files(self, path: Path) -> list[Path]:
        return [each for each in label_files(path, ".json") if _has_keys(each, "imgs", "anns", "imgToAnns")]

    def read(self, path: Path, report: Report) -> Iterator[Sample]:
        """A page for each picture that is there."""
        pictures = Pictures(path)
        for file in self._files(path):
            tree = load_json(file)
            images, annotations, of_image = (tree.get(key) for key in ("imgs", "anns", "imgToAnns"))
            if not all(isinstance(each, dict) for each in (images, annotations, of_image)):
                raise InputError(f"{file}: imgs, anns and imgToAnns should be objects")
            for key, image in images.items():
                where = f"{file}, imgs.{key}"
                try:
                    if not isinstance(image, dict):
                        raise InputError("an object was wanted")
                    found = pictures.find(string(image.get("file_name"), "file_name"), file)
                    picture, width, height = Pictures.of(found)
                    wanted = of_image.get(key, [])
                    if not isinstance(wanted, list):
                        raise InputError("its entry in imgToAnns should be a list")
                    lines, extra = _coco_lines(wanted, annotations, f"{file}, anns", report)
                    name = tidy_name(pictures.name(found))
                    split = split_of(PurePosixPath(str(image.get("set", ""))))
                    attributes = {"level": "word", **({"lines": extra} if any(extra) else {})}
                    page = Page(width, height, tuple(lines), source=name)
                    yield Sample(name, picture, page, split=split, attributes=attributes, where=where)
                except InputError as error:
                    report.drop(where, error)

    def write(self, folder: Path, samples: Iterable[tuple[Sample, bytes]], report: Report) -> None:
        """Pictures in images/, cocotext.v2.json."""
        tree: dict[str, Any] = {"cats": {}, "anns": {}, "imgs": {}, "imgToAnns": {}, "info": {}}
        sets = {"validate": "val"}
        for i, (name, sample, _) in enumerate(put_pictures(folder, samples, report), start=1):
            page = sample.as_page()
            tree["imgs"][str(i)] = {"id": i, "set": sets.get(sample.split or "", sample.split or ""),
                                    "width": page.width, "file_name": name, "height": page.height}  # fmt: skip
            extra = sample.attributes.get("lines") or [{}] * len(page.lines)
            numbers = []
            for line, more in zip(page.lines, extra, strict=False):
                if line.polygon:
                    numbers.append(len(tree["anns"]) + 1)
                    tree["anns"][str(numbers[-1])] = _coco_annotation(line, more, i, numbers[-1])
            tree["imgToAnns"][str(i)] = numbers
        save_json(folder / "cocotext.v2.json", tree)


def _coco_annotation(line: Line, more: Mapping[str, Any], image: int, number_: int) -> dict[str, Any]:
    left, top, right, bottom = bounds(line.polygon)
    return {
        "mask": [each for point in line.polygon for each in point],
        "class": more.get("class", "machine printed"),
        "bbox": [left, top, right - left, bottom - top],
        "image_id": image,
        "id": number_,
        "language": more.get("language", "english"),
        "area": (right - left) * (bottom - top),
        "utf8_string": line.text,
        "legibility": "illegible" if line.ignore else "legible",
    }


def _coco_lines(
    wanted: list[Any], annotations: Mapping[str, Any], where: str, report: Report
) -> tuple[list[Line], list[Any]]:
    lines, extra = [], []
    for key in wanted:
        try:
            tree = annotations.get(str(key))
            if not isinstance(tree, dict):
                raise InputError("an annotation was wanted")
            shape = next((tree[name] for name in ("mask", "points", "polygon") if tree.get(name)), None)
            if shape is None:
                box = tree.get("bbox")
                if not isinstance(box, list) or len(box) != 4:
                    raise InputError(f"a mask or bbox was wanted, got {box!r}")
                x, y, w, h = (number(each) for each in box)
                polygon = rectangle(x, y, x + w, y + h)
            else:
                polygon = points(shape)
            text = string(tree.get("utf8_string", ""), "utf8_string")
            lines.append(text_line(text, polygon, ignore=tree.get("legibility") == "illegible", word=True))
            extra.append({name: tree[name] for name in ("class", "language") if isinstance(tree.get(name), str)})
        except InputError as error:
            report.drop(f"{where}.{key}", error)
    return lines, extra


@register("dataset_format", "mmocr")
class Mmocr(Format):
    """MMOCR 1.x: JSON of metainfo and data_list with instances of polygon, text and ignore; or of text alone."""

    sign = "JSON objects with metainfo and data_list"
    holds = Holds(frozenset({"page", "text"}), "polygon", newlines=True)

    def detect(self, path: Path) -> bool:
        """Whether such a file is there."""
        return bool(self._files(path))

    def _files(self, path: Path) -> list[Path]:
        return [each for each in label_files(path, ".json") if _has_keys(each, "data_list")]

    def read(self, path: Path, report: Report) -> Iterator[Sample]:
        """A page or text for each entry of data_list."""
        pictures = Pictures(path)
        for file in self._files(path):
            entries = load_json(file).get("data_list")
            if not isinstance(entries, list):
                raise InputError(f"{file}: data_list should be a list")
            for i, entry in enumerate(entries):
                where = f"{file}, data_list[{i}]"
                try:
                    if not isinstance(entry, dict) or not isinstance(entry.get("instances"), list):
                        raise InputError("an object with a list of instances was wanted")
                    found = pictures.find(string(entry.get("img_path"), "img_path"), file)
                    name, split = tidy_name(pictures.name(found)), split_of(file.relative_to(pictures.root))
                    instances = entry["instances"]
                    placed = any(
                        isinstance(each, dict) and {"polygon", "bbox", "mask"} & set(each) for each in instances
                    )
                    if instances and not placed:
                        text = string(instances[0].get("text") if isinstance(instances[0], dict) else None, "text")
                        yield Sample(name, Picture(found), text=text, split=split, where=where)
                        continue
                    picture, width, height = Pictures.of(found)
                    page = Page(width, height, tuple(_instances(instances, where, report)), source=name)
                    yield Sample(name, picture, page, split=split, where=where)
                except InputError as error:
                    report.drop(where, error)

    def write(self, folder: Path, samples: Iterable[tuple[Sample, bytes]], report: Report) -> None:
        """Pictures in images/, one JSON for each task and split."""
        trees: dict[str, dict[str, Any]] = {}
        for name, sample, _ in put_pictures(folder, samples, report):
            task = "textrecog" if sample.page is None else "textspotting"
            kind = "TextRecogDataset" if sample.page is None else "TextSpottingDataset"
            tree = trees.setdefault(
                f"{task}_{sample.split}.json" if sample.split else f"{task}.json",
                {"metainfo": {"dataset_type": kind, "task_name": task, "category": [{"id": 0, "name": "text"}]},
                 "data_list": []},
            )  # fmt: skip
            tree["data_list"].append({"img_path": f"images/{name}", **_entry(sample)})
        for file, tree in trees.items():
            save_json(folder / file, tree)


def _entry(sample: Sample) -> dict[str, Any]:
    if sample.page is None:
        return {"instances": [{"text": sample.text or ""}]}
    instances = [
        {"polygon": [each for point in line.polygon for each in point], "bbox": list(bounds(line.polygon)),
         "bbox_label": 0, "text": line.text, "ignore": line.ignore}
        for line in sample.page.lines if line.polygon
    ]  # fmt: skip
    return {"height": sample.page.height, "width": sample.page.width, "instances": instances}


def _instances(instances: list[Any], where: str, report: Report) -> Iterator[Line]:
    for i, tree in enumerate(instances):
        try:
            if not isinstance(tree, dict):
                raise InputError("an object was wanted")
            shape = tree.get("polygon") or tree.get("mask")
            box = tree.get("bbox")
            if shape:
                polygon = points(shape)
            elif isinstance(box, list) and len(box) == 4:
                polygon = rectangle(box[0], box[1], box[2], box[3])
            else:
                raise InputError("a polygon or bbox was wanted")
            yield text_line(string(tree.get("text", ""), "text"), polygon, ignore=tree.get("ignore") in (True, 1))
        except InputError as error:
            report.drop(f"{where}.instances[{i}]", error)


def _has_keys(file: Path, *keys: str) -> bool:
    """Whether a JSON file is an object with these keys; they may stand far behind others, so all of it is looked at."""
    if not head(file, 64).lstrip().startswith("{"):
        return False
    content = file.read_bytes()
    return all(f'"{key}"'.encode() in content for key in keys)
