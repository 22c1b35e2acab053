"""gt.jsonl: one JSON object per picture with image, kind, and text, items, label or nothing more."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from munja.core.errors import InputError
from munja.core.page import Line, Page
from munja.core.registry import register
from munja.data.convert.format import Format, Holds, Pictures, put_pictures
from munja.data.convert.parse import json_value, number, points, rows, string
from munja.data.convert.report import Report
from munja.data.sample import Picture, Sample, split_name, text_line, tidy_name

FILE = "gt.jsonl"
_KINDS = ("word", "line", "page", "math", "class", "background", "paper")
_OWN = ("image", "kind", "text", "items", "label", "size", "split")


@register("dataset_format", "gt-jsonl")
class GtJsonl(Format):
    """One JSON object per picture: words, lines, pages with boxes or text alone, formulas, classes, backgrounds.

    A formula's `tex_mathml`, where there is one, is its text; what stood under `text` becomes the attribute raw_text.
    """

    sign = "a file gt.jsonl"
    holds = Holds(
        kinds=frozenset({"page", "text", "class", "picture"}),
        geometry="polygon",
        newlines=True,
        transcripts=True,
        splits="any",
        attributes=None,
    )

    def detect(self, path: Path) -> bool:
        """Whether it is or holds a gt.jsonl."""
        return path.name == FILE if path.is_file() else (path / FILE).is_file()

    def read(self, path: Path, report: Report) -> Iterator[Sample]:
        """A sample for each row."""
        file = path if path.is_file() else path / FILE
        pictures = Pictures(file.parent)
        for where, row in rows(file, report):
            try:
                tree = json_value(row, where)
                if not isinstance(tree, dict):
                    raise InputError("an object was wanted")
                name = string(tree.get("image"), "image")
                picture = Picture(pictures.find(name, file))
                yield _sample(tree, tidy_name(name), picture, where, report)
            except InputError as error:
                report.drop(where, error)

    def write(self, folder: Path, samples: Iterable[tuple[Sample, bytes]], report: Report) -> None:
        """Pictures in images/, rows in gt.jsonl."""
        with (folder / FILE).open("w", encoding="utf-8", newline="\n") as file:
            for name, sample, _ in put_pictures(folder, samples, report):
                file.write(json.dumps({"image": f"images/{name}", **_row(sample)}, ensure_ascii=False) + "\n")


def _sample(tree: Mapping[str, Any], name: str, picture: Picture, where: str, report: Report) -> Sample:
    attributes = {key: value for key, value in tree.items() if key not in _OWN}
    texts = {key: string(tree[key], key) for key in ("text", "label") if tree.get(key) is not None}
    split = None if tree.get("split") is None else split_name(tree["split"])
    kind = tree.get("kind")
    if kind not in _KINDS:
        raise InputError(f"kind should be one of {', '.join(_KINDS)}, got {kind!r}")
    if kind in ("math", "line", "paper"):
        attributes["kind"] = kind
    if kind in ("word", "line", "math") and "text" not in texts:
        if tree.get("ignore") is not True:
            raise InputError(f"a {kind} without text")
        texts["text"] = ""
    if kind == "math" and isinstance(tree.get("tex_mathml"), str):
        attributes["raw_text"] = texts["text"]
        texts["text"] = string(attributes.pop("tex_mathml"), "tex_mathml")
    if kind == "class" and "label" not in texts:
        raise InputError("a class without label")
    page = _page(tree, name, picture, where, report) if kind == "page" else None
    return Sample(name, picture, page, split=split, attributes=attributes, where=where, **texts)


def _page(tree: Mapping[str, Any], name: str, picture: Picture, where: str, report: Report) -> Page:
    size = tree.get("size")
    if size is None:
        width, height = picture.size()
    elif isinstance(size, list) and len(size) == 2:
        width, height = int(number(size[0], "size")), int(number(size[1], "size"))
    else:
        raise InputError(f"size should be [width, height], got {size!r}")
    if width < 1 or height < 1:
        raise InputError(f"size should be 1 x 1 pixels or more, got {width} x {height}")
    items = tree.get("items")
    if items is None:
        text = string(tree.get("text"), "text")
        return Page(width, height, tuple(Line(row.strip()) for row in text.split("\n") if row.strip()), source=name)
    if not isinstance(items, list):
        raise InputError(f"items should be a list, got {items!r}")
    lines = []
    for i, item in enumerate(items):
        try:
            if not isinstance(item, dict):
                raise InputError("an object was wanted")
            text, ignore = string(item.get("text", ""), "text"), item.get("ignore") is True
            polygon = points(item["quad"]) if item.get("quad") else ()
            lines.append(text_line(text, polygon, ignore=ignore, word=tree.get("level") == "word"))
        except InputError as error:
            report.drop(f"{where}, items[{i}]", error)
    return Page(width, height, tuple(lines), source=name)


def _row(sample: Sample) -> dict[str, Any]:
    attributes = dict(sample.attributes)
    default = {"page": "page", "text": "word", "class": "class", "picture": "background"}[sample.kind]
    kind = attributes.pop("kind", default)
    tree: dict[str, Any] = {"kind": kind if kind in _KINDS else default}
    if sample.page is not None:
        tree["size"] = [sample.page.width, sample.page.height]
        if any(line.polygon for line in sample.page.lines) or sample.text is None:
            tree["items"] = [_item(line) for line in sample.page.lines]
    raw = attributes.pop("raw_text", None)
    for key in ("text", "label", "split"):
        if getattr(sample, key) is not None:
            tree[key] = getattr(sample, key)
    if raw is not None:
        tree["tex_mathml"], tree["text"] = sample.text, raw
    return {**tree, **{key: value for key, value in attributes.items() if key not in tree}}


def _item(line: Line) -> dict[str, Any]:
    quad = [[int(each) if each.is_integer() else each for each in point] for point in line.polygon]
    tree: dict[str, Any] = {"quad": quad, "text": line.text}
    return {**tree, "ignore": True} if line.ignore else tree
