"""Label Studio's JSON export (complete or JSON-MIN): rectangles and polygons in percent, their texts beside them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from munja.core.errors import InputError
from munja.core.page import Line, Page, Polygon
from munja.core.registry import register
from munja.data.convert.format import Format, Holds, Pictures, head, label_files, put_pictures
from munja.data.convert.parse import is_upright, load_json, number, points, save_json, string
from munja.data.convert.report import Report
from munja.data.sample import Sample, split_name, text_line, tidy_name

IGNORED = ("ignore", "don't care", "###")
_SHAPES = ("rectangle", "rectanglelabels", "polygon", "polygonlabels")
_UPLOAD = re.compile(r"[0-9a-f]{8}-")


@register("dataset_format", "label-studio")
class LabelStudio(Format):
    """Tasks with boxes, transcriptions and choices; the latest annotation that was not cancelled counts."""

    sign = "a JSON list of tasks with data and annotations, or JSON-MIN"
    holds = Holds(frozenset({"page", "class"}), "polygon", newlines=True, scores=True, splits="any")

    def detect(self, path: Path) -> bool:
        """Whether it is or holds a JSON list of tasks."""
        return any(_looks(head(each)) for each in label_files(path, ".json")[:20])

    def read(self, path: Path, report: Report) -> Iterator[Sample]:
        """A sample for each task that was annotated."""
        pictures = Pictures(path)
        for file in label_files(path, ".json"):
            if path.is_dir() and not _looks(head(file)):
                continue
            tasks = load_json(file)
            if not isinstance(tasks, list):
                raise InputError(f"{file}: a list of tasks was wanted; export the project as JSON or JSON-MIN")
            for i, task in enumerate(tasks):
                where = f"{file}, task {i + 1}"
                try:
                    if not isinstance(task, dict):
                        raise InputError("an object was wanted")
                    yield from _sample(task, file, pictures, where, report)
                except InputError as error:
                    report.drop(where, error)

    def write(self, folder: Path, samples: Iterable[tuple[Sample, bytes]], report: Report) -> None:
        """Pictures in images/, tasks in tasks.json for local storage with the folder as its document root."""
        tasks: list[dict[str, Any]] = []
        for name, sample, _ in put_pictures(folder, samples, report):
            tasks.append(_task(sample, name, len(tasks) + 1))
        save_json(folder / "tasks.json", tasks, indent=1)


def _looks(text: str) -> bool:
    start = text.lstrip()
    if not start.startswith("["):
        return False
    complete = '"data"' in start and any(f'"{key}"' in start for key in ("annotations", "completions", "predictions"))
    return complete or ('"original_width"' in start and '"lead_time"' in start) or '"annotator"' in start


def _sample(task: Mapping[str, Any], file: Path, pictures: Pictures, where: str, report: Report) -> Iterator[Sample]:
    complete = isinstance(task.get("data"), dict)
    data = task["data"] if complete else task
    reference = next(
        (data[key] for key in ("ocr", "image", "img", "captioning") if isinstance(data.get(key), str)), None
    )
    if reference is None:
        texts = [value for value in data.values() if isinstance(value, str) and "/" in value]
        if len(texts) != 1:
            raise InputError("no picture is named: the task's data should have the key ocr or image")
        reference = texts[0]
    path = _picture(reference, file, pictures)
    picture, width, height = Pictures.of(path)
    name = tidy_name(pictures.name(path))
    regions = _latest(task, where, report) if complete else _short_form(task)
    if regions is None:
        report.drop(where, "was not annotated")
        return
    split = None if data.get("split") is None else split_name(data["split"])
    lines, label = _lines(regions, width, height, where, report)
    if label is not None and not lines:
        yield Sample(name, picture, label=label, split=split, where=where)
        return
    if label is not None:
        report.drop(where, f"the choice {label!r} of a picture that has boxes too")
    yield Sample(name, picture, Page(width, height, tuple(lines), source=name), split=split, where=where)


def _latest(task: Mapping[str, Any], where: str, report: Report) -> list[Any] | None:
    annotations = task.get("annotations", task.get("completions", []))
    if not isinstance(annotations, list):
        raise InputError(f"annotations should be a list, got {type(annotations).__name__}")
    kept = [each for each in annotations if isinstance(each, dict) and not each.get("was_cancelled")]
    if not kept:
        return None
    if len(kept) > 1:
        report.note(f"{where} and perhaps others were annotated several times: the latest annotation counts")
    result = kept[-1].get("result")
    if not isinstance(result, list):
        raise InputError("the annotation's result should be a list")
    return result


def _short_form(task: Mapping[str, Any]) -> list[Any] | None:
    """The regions of JSON-MIN, whose boxes and texts are two lists of one order, or one value instead of a list."""
    boxes = next((task[key] for key in ("bbox", "label", "poly") if isinstance(task.get(key), list) and task[key]
                  and isinstance(task[key][0], dict)), None)  # fmt: skip
    if boxes is None:
        choice = task.get("choice")
        return [{"type": "choices", "value": {"choices": [choice]}}] if isinstance(choice, str) else None
    texts = task.get("transcription", task.get("text", []))
    texts = [texts] if isinstance(texts, str) else texts
    if not isinstance(texts, list) or (texts and len(texts) != len(boxes)):
        raise InputError(f"{len(boxes)} boxes but {len(texts) if isinstance(texts, list) else texts!r} transcriptions")
    regions: list[Any] = []
    for i, box in enumerate(boxes):
        regions.append({"id": str(i), "type": "rectangle", "value": box})
        if texts:
            regions.append({"id": str(i), "type": "textarea", "value": {"text": [texts[i]]}})
    return regions


def _lines(regions: list[Any], width: int, height: int, where: str, report: Report) -> tuple[list[Line], str | None]:
    boxes: dict[str, Any] = {}
    texts: dict[str, str] = {}
    ignored: set[str] = set()
    scores: dict[str, float] = {}
    label = None
    for i, region in enumerate(regions):
        place = f"{where}, result[{i}]"
        try:
            if not isinstance(region, dict) or not isinstance(region.get("value"), dict):
                raise InputError("an object with a value was wanted")
            value, key, kind = region["value"], str(region.get("id", i)), region.get("type")
            if kind in _SHAPES or ("x" in value or "points" in value):
                boxes.setdefault(key, None)
                boxes[key] = boxes[key] or _polygon(value, width, height)
            if "text" in value:
                texts[key] = _text(value["text"])
            names = value.get("labels", value.get("rectanglelabels", value.get("polygonlabels"))) or []
            if isinstance(names, list) and any(str(each).lower() in IGNORED for each in names):
                ignored.add(key)
            if region.get("score") is not None:
                scores[key] = number(region["score"], "a score")
            if kind == "choices":
                label = string((value.get("choices") or [None])[0], "a choice")
        except (InputError, TypeError, KeyError, IndexError) as error:
            report.drop(place, error)
    for key in texts:
        if key not in boxes:
            report.drop(where, f"the text {texts[key]!r} has no box")
    lines = [_line(texts.get(key, ""), box, key in ignored, scores.get(key)) for key, box in boxes.items() if box]
    return lines, label


def _line(text: str, polygon: Polygon, ignore: bool, score: float | None) -> Line:
    made = text_line(text, polygon, ignore=ignore)
    return Line(made.text, made.polygon, score, made.words, ignore=made.ignore)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(string(each, "a text") for each in value)
    return string(value, "text")


def _polygon(value: Mapping[str, Any], width: int, height: int) -> Polygon:
    """A shape in percent of the picture as pixels; a rectangle turns around its top left corner."""
    if "points" in value:
        return tuple((_pixel(x, width), _pixel(y, height)) for x, y in points(value["points"]))
    x, y = number(value.get("x"), "x") * width / 100, number(value.get("y"), "y") * height / 100
    w, h = number(value.get("width"), "width") * width / 100, number(value.get("height"), "height") * height / 100
    if w <= 0 or h <= 0:
        raise InputError(f"a box of {w:g} x {h:g} pixels has no extent")
    turn = math.radians(number(value.get("rotation", 0), "rotation"))
    cos, sin = math.cos(turn), math.sin(turn)
    corners = [(0.0, 0.0), (w, 0.0), (w, h), (0.0, h)]
    return tuple((round(x + a * cos - b * sin, 4), round(y + a * sin + b * cos, 4)) for a, b in corners)


def _pixel(percent: float, size: int) -> float:
    return round(percent * size / 100, 4)  # what a percentage of 15 digits gives back of a pixel


def _picture(reference: str, file: Path, pictures: Pictures) -> Path:
    """The file that a task's address means: an upload, local storage, or a file's name; nothing is fetched."""
    try:
        address = urlsplit(reference)
        local = parse_qs(address.query).get("d", [])
        plain = unquote(local[0] if local else address.path)
    except ValueError as error:
        raise InputError(f"{reference!r} is no address ({error})") from error
    name = plain.rsplit("/", 1)[-1]
    try:
        return pictures.find(plain.lstrip("/"), file)
    except InputError:
        if _UPLOAD.match(name) is None:
            raise
        return pictures.find(_UPLOAD.sub("", name, count=1), file)


def _task(sample: Sample, name: str, number_: int) -> dict[str, Any]:
    result: list[dict[str, Any]] = []
    if sample.page is None:
        result.append({"type": "choices", "from_name": "choice", "to_name": "image", "id": "choice",
                       "value": {"choices": [sample.label]}})  # fmt: skip
    else:
        for i, line in enumerate(sample.page.lines):
            if line.polygon:
                result += _regions(line, sample.page, f"line{i}")
    data = {"image": f"/data/local-files/?d=images/{name}"}
    if sample.split is not None:
        data["split"] = sample.split
    return {"id": number_, "data": data, "annotations": [{"id": number_, "was_cancelled": False, "result": result}]}


def _regions(line: Line, page: Page, key: str) -> list[dict[str, Any]]:
    common = {"original_width": page.width, "original_height": page.height, "image_rotation": 0, "id": key,
              "to_name": "image"}  # fmt: skip
    percent = [[x * 100 / max(1, page.width), y * 100 / max(1, page.height)] for x, y in line.polygon]
    kind, place = "polygonlabels", dict[str, Any](points=percent, closed=True)
    if is_upright(line.polygon):
        (x1, y1), _, (x2, y2), _ = percent
        kind, place = "rectanglelabels", {"x": x1, "y": y1, "width": x2 - x1, "height": y2 - y1, "rotation": 0}
    labels = ["Ignore" if line.ignore else "Text"]
    shape = {**common, "type": kind, "from_name": "label", "value": {**place, kind: labels}}
    if line.score is not None:
        shape["score"] = line.score
    text = {"type": "textarea", "from_name": "transcription", "value": {**place, "text": [line.text]}}
    return [shape, {**common, **text}]
