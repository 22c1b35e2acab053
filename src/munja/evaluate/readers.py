"""Readers that can be measured, by name: Munja, RapidOCR, Tesseract, and whatever a plug-in registers.

To add one, write a function marked @register("reader", "its-name"): it gets whether the pictures are crops of single
words or lines, keyword settings that people may change, and gives back an OpenedReader. Its package is imported inside
the function. Every reader gets the same decoded pixels, so that none gains by how it opens files.
"""

from __future__ import annotations

import math
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any

import cv2
import numpy as np
from annotated_types import Ge, doc

from munja.core.errors import EngineError, MissingExtraError, SpecError
from munja.core.page import Line, Page, Polygon, Word, as_polygon, geometric_mean
from munja.core.registry import build, check, register
from munja.core.spec import override
from munja.imaging.image import Image

if TYPE_CHECKING:
    from munja.read.weights import ModelSet


@dataclass(frozen=True, slots=True)
class OpenedReader:
    """A reader at work: `read` gives the Page of an RGB picture (H, W, 3); `version` says what exactly reads."""

    read: Callable[[Image], Page]
    version: str


def parse_reader(text: str) -> dict[str, Any]:
    """The Spec of a reader as it is written on the command line: `munja` or `munja,precision=bf16,threads=2`."""
    name, *settings = (part.strip() for part in text.split(","))
    if not name:
        raise SpecError(f"{text!r}: the name of a reader was wanted, such as munja or tesseract,lang=kor")
    return check("reader", override({"name": name}, settings))


def open_reader(text: str, *, crops: bool) -> OpenedReader:
    """The reader that `parse_reader` understands, ready to read pages, or single words and lines."""
    opened: OpenedReader = build("reader", parse_reader(text), crops)
    return opened


@register("reader", "munja")
def munja(
    crops: bool,
    /,
    *,
    models: Annotated[str | None, doc("model set: munja, ppocr, or a folder of artifacts")] = None,
    recogniser: Annotated[str | None, doc("recogniser artifact in place of the set's own")] = None,
    language: Annotated[str | None, doc("language model artifact, or none")] = None,
    engine: Annotated[str, doc("onnxruntime, openvino or auto")] = "auto",
    precision: Annotated[str, doc("f32, bf16 or int8")] = "f32",
    threads: Annotated[int | None, Ge(1), doc("cores to use; all by default")] = None,
    min_score: Annotated[float, Ge(0), doc("lines read with a lower score are left out")] = 0.65,
) -> OpenedReader:
    """Munja; of a crop the recogniser reads all."""
    from munja import __version__
    from munja.read.choice import chosen_engine
    from munja.read.engines import open_engine
    from munja.read.lines import LineReader
    from munja.read.reader import Reader, available_cores
    from munja.read.weights import model_set

    used = model_set(models, recogniser, language)
    about = f"munja {__version__}, models {_digest(used)}"
    if not crops:
        opened = Reader(
            models=models, recogniser=recogniser, language=language, engine=engine, precision=precision,
            threads=threads, min_score=min_score,
        )  # fmt: skip
        return OpenedReader(opened, about)
    streams = threads or available_cores()
    running = open_engine(
        used.recogniser, engine=chosen_engine(engine, precision), threads=streams, precision=precision
    )
    lines = LineReader(used.recogniser, running, None, None, language=used.language)

    def read(image: Image) -> Page:
        height, width = image.shape[:2]
        return Page(width, height, tuple(lines.read(image, [np.asarray(_whole(image), np.float32)])))

    return OpenedReader(read, about)


def _digest(models: ModelSet) -> str:
    """A short hash of all models that read together: the same version of Munja may come with other weights."""
    digest = sha256()
    for artifact in (models.detector, models.recogniser, models.direction, models.language):
        digest.update(sha256(b"" if artifact is None else artifact.read_bytes()).digest())
    return digest.hexdigest()[:8]


@register("reader", "rapidocr")
def rapidocr(
    crops: bool,
    /,
    *,
    engine: Annotated[str, doc("onnxruntime or openvino")] = "onnxruntime",
    threads: Annotated[int | None, Ge(1), doc("cores to use; what RapidOCR chooses by default")] = None,
    words: Annotated[bool, doc("ask for boxes of words, not of lines")] = False,
) -> OpenedReader:
    """RapidOCR with the models and settings that it is installed with; of a crop its recogniser reads all."""
    from munja.read import quiet

    try:
        quiet.onnxruntime()
        from rapidocr import EngineType, RapidOCR
    except ImportError as error:
        raise MissingExtraError("the reader rapidocr", "ppocr") from error
    if engine not in ("onnxruntime", "openvino"):
        raise SpecError(f"rapidocr: engine should be onnxruntime or openvino, got {engine!r}")
    if engine == "openvino":
        quiet.openvino()
    settings: dict[str, Any] = {f"{part}.engine_type": EngineType[engine.upper()] for part in ("Det", "Cls", "Rec")}
    if threads is not None:
        keys = (
            ("intra_op_num_threads", "inter_op_num_threads") if engine == "onnxruntime" else ("inference_num_threads",)
        )
        settings |= {f"EngineConfig.{engine}.{key}": threads for key in keys}
    opened: Any = RapidOCR(params={"Global.log_level": "critical", **settings})

    def read(image: Image) -> Page:
        height, width = image.shape[:2]
        picture = np.ascontiguousarray(image[..., ::-1])
        if crops:
            found = opened(picture, use_det=False, use_cls=False, use_rec=True)
            texts, boxes = found.txts or (), [_whole(image)] * len(found.txts or ())
            given = [(text, box, score) for text, box, score in zip(texts, boxes, found.scores or (), strict=True)]
        else:
            found = opened(picture, return_word_box=words)
            given = _rapidocr_boxes(found, words)
        lines = tuple(Line(text, as_polygon(box), float(score)) for text, box, score in given if text.strip())
        return Page(width, height, lines)

    return OpenedReader(read, f"rapidocr {version('rapidocr')}")


def _rapidocr_boxes(found: Any, words: bool) -> list[tuple[str, Any, float]]:
    if found.txts is None or found.boxes is None:
        return []
    if words:
        return [(text, box, score) for row in found.word_results for text, score, box in row if box is not None]
    return list(zip(found.txts, found.boxes.tolist(), found.scores, strict=True))


@register("reader", "tesseract")
def tesseract(
    crops: bool,
    /,
    *,
    lang: Annotated[str, doc("installed languages, such as eng or kor+eng")] = "eng",
    psm: Annotated[int | None, Ge(0), doc("page segmentation mode; 3 for pages, 7 for crops by default")] = None,
    threads: Annotated[int, Ge(1), doc("threads of its networks")] = 1,
) -> OpenedReader:
    """Tesseract, as the program of that name on this machine."""
    program = shutil.which("tesseract")
    if program is None:
        raise EngineError(
            "the reader tesseract needs the program tesseract, which is not installed: apt install tesseract-ocr, or "
            "see its pages for other systems"
        )
    about = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    mode = psm if psm is not None else 7 if crops else 3
    command = [program, "stdin", "stdout", "-l", lang, "--psm", str(mode), "tsv"]
    environment = {**os.environ, "OMP_THREAD_LIMIT": str(threads)}

    def read(image: Image) -> Page:
        height, width = image.shape[:2]
        # Pixels alone, uncompressed: a resolution that a file states wrongly would change what Tesseract reads.
        _, content = cv2.imencode(".ppm", np.ascontiguousarray(image[..., ::-1]))
        done = subprocess.run(command, input=content.tobytes(), capture_output=True, env=environment, check=False)
        if done.returncode:
            told = done.stderr.decode(errors="replace").strip().splitlines() or [f"status {done.returncode}"]
            raise EngineError(f"tesseract ended with: {told[0]}")
        return Page(width, height, tesseract_lines(done.stdout.decode(errors="replace")))

    return OpenedReader(read, (about.stdout or about.stderr).splitlines()[0])


def tesseract_lines(table: str) -> tuple[Line, ...]:
    """The lines, with their words, in the TSV that Tesseract writes."""
    rows: dict[tuple[str, ...], list[Word]] = {}
    for row in table.splitlines()[1:]:
        cells = row.split("\t", 11)
        if len(cells) == 12 and cells[0] == "5" and (text := cells[11].strip()):
            left, top, width, height = map(float, cells[6:10])
            score = min(max(float(cells[10]) / 100, 0.0), 1.0)
            words = rows.setdefault(tuple(cells[1:5]), [])
            words += [Word(part, _box(left, top, left + width, top + height), score) for part in text.split()]
    return tuple(_line(words) for words in rows.values())


def _line(words: Sequence[Word]) -> Line:
    xs, ys = ([point[axis] for word in words for point in word.polygon] for axis in (0, 1))
    score = geometric_mean([word.score or 0.0 for word in words])
    text = " ".join(word.text for word in words)
    return Line(text, _box(min(xs), min(ys), max(xs), max(ys)), score if math.isfinite(score) else 0.0, tuple(words))


def _box(left: float, top: float, right: float, bottom: float) -> Polygon:
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def _whole(image: Image) -> Polygon:
    height, width = image.shape[:2]
    return _box(0.0, 0.0, float(width), float(height))
