"""The readers that are compared. To add one, write one function from a thread number to an Opened and mark it @reader.

Each decodes the picture from its path in its own ordinary way and keeps its own defaults, apart from the number of
threads and, where the name says so, the precision. Libraries are imported inside the functions: this file is loaded in
every reader's process, and a cold start must pay for its own reader alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypedDict


class ReadLine(TypedDict):
    """One line as a reader gives it: text, four corners in pixels clockwise from the top left, score 0..1."""

    text: str
    quad: list[list[float]]
    score: float | None


@dataclass(frozen=True)
class Opened:
    """A reader at work: `read` a page from its path; `precision` says what its networks really computed in.

    `stream` reads a list of pages where the reader offers that as its own function.
    """

    read: Callable[[str], list[ReadLine]]
    precision: Callable[[], str] = lambda: "f32"
    stream: Callable[[list[str]], Iterable[list[ReadLine]]] | None = None


READERS: dict[str, Callable[[int], Opened]] = {}


def reader(name: str) -> Callable[[Callable[[int], Opened]], Callable[[int], Opened]]:
    """Make the function known under `name`."""

    def keep(function: Callable[[int], Opened]) -> Callable[[int], Opened]:
        READERS[name] = function
        return function

    return keep


@reader("munja-own-int8")
def munja_own_int8(threads: int) -> Opened:
    """Munja with its own models, the default, on ONNX Runtime."""
    return _munja("onnxruntime", "int8", threads, models="munja")


@reader("munja-onnxruntime-f32")
def munja_onnxruntime_f32(threads: int) -> Opened:
    """Munja on ONNX Runtime."""
    return _munja("onnxruntime", "f32", threads)


@reader("munja-openvino-f32")
def munja_openvino_f32(threads: int) -> Opened:
    """Munja on OpenVINO, f32."""
    return _munja("openvino", "f32", threads)


@reader("munja-openvino-bf16")
def munja_openvino_bf16(threads: int) -> Opened:
    """Munja on OpenVINO, bf16."""
    return _munja("openvino", "bf16", threads)


@reader("rapidocr-onnxruntime-f32")
def rapidocr_onnxruntime_f32(threads: int) -> Opened:
    """RapidOCR as installed: ONNX Runtime."""
    engine = {
        "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        "EngineConfig.onnxruntime.inter_op_num_threads": threads,
    }
    return Opened(_rapidocr("ONNXRUNTIME", engine, threads))


@reader("rapidocr-openvino-default")
def rapidocr_openvino_default(threads: int) -> Opened:
    """RapidOCR on OpenVINO in the precision that OpenVINO chooses for the processor."""
    precision = _openvino_precision()
    read = _rapidocr("OPENVINO", {"EngineConfig.openvino.inference_num_threads": threads}, threads)
    return Opened(read, precision)


@reader("rapidocr-openvino-f32")
def rapidocr_openvino_f32(threads: int) -> Opened:
    """RapidOCR on OpenVINO held to f32, for which RapidOCR has no setting of its own."""
    import openvino
    from rapidocr.inference_engine.openvino import main as engine

    def core_in_f32() -> Any:
        core = openvino.Core()
        core.set_property("CPU", {"INFERENCE_PRECISION_HINT": "f32"})
        return core

    # RapidOCR makes a Core per network, sets its own few properties and leaves this one as it finds it.
    engine.Core = core_in_f32  # type: ignore[attr-defined]
    return rapidocr_openvino_default(threads)


@reader("tesseract")
def tesseract(threads: int) -> Opened:
    """Tesseract's LSTM reader for English with automatic page segmentation; threads come from OMP_THREAD_LIMIT."""
    from tesserocr import RIL, PyTessBaseAPI, iterate_level  # type: ignore[import-untyped]

    api = PyTessBaseAPI(lang="eng")

    def read(path: str) -> list[ReadLine]:
        api.SetImageFile(path)
        api.Recognize()
        found = api.GetIterator()
        lines: list[ReadLine] = []
        for line in iterate_level(found, RIL.TEXTLINE) if found else ():
            text = line.GetUTF8Text(RIL.TEXTLINE).strip()
            if text:
                left, top, right, bottom = line.BoundingBox(RIL.TEXTLINE)
                quad = [[left, top], [right, top], [right, bottom], [left, bottom]]
                lines.append({"text": text, "quad": quad, "score": line.Confidence(RIL.TEXTLINE) / 100})
        return lines

    # Its networks multiply 8-bit integers; nothing else is offered.
    return Opened(read, lambda: "int8")


def _munja(engine: str, precision: str, threads: int, *, models: str = "ppocr") -> Opened:
    from munja import Reader

    computed = _openvino_precision() if engine == "openvino" else lambda: precision
    opened = Reader(models=models, engine=engine, threads=threads, precision=precision)

    def lines_of(page: Any) -> list[ReadLine]:
        return [
            {"text": line.text, "quad": [list(point) for point in line.polygon], "score": line.score}
            for line in page.lines
        ]

    def stream(paths: list[str]) -> Iterator[list[ReadLine]]:
        return map(lines_of, opened.stream(paths))

    return Opened(lambda path: lines_of(opened(path)), computed, stream)


def _rapidocr(engine: str, settings: dict[str, Any], threads: int) -> Callable[[str], list[ReadLine]]:
    import cv2
    from rapidocr import EngineType, RapidOCR

    # RapidOCR has no setting for OpenCV's threads; left alone they are as many as the machine has cores.
    cv2.setNumThreads(threads)
    chosen = {f"{network}.engine_type": EngineType[engine] for network in ("Det", "Cls", "Rec")}
    opened = RapidOCR(params={**chosen, **settings})

    def read(path: str) -> list[ReadLine]:
        result = opened(path)
        texts, boxes, scores = (getattr(result, name, None) for name in ("txts", "boxes", "scores"))
        if texts is None or boxes is None or scores is None:
            return []
        return [
            {"text": text, "quad": box.tolist(), "score": float(score)}
            for text, box, score in zip(texts, boxes, scores, strict=True)
        ]

    return read


def _openvino_precision() -> Callable[[], str]:
    """Watch what OpenVINO compiles from now on; gives back what says which precisions it has really chosen."""
    import openvino

    compile_model = openvino.Core.compile_model
    chosen: set[str] = set()

    def watched(*arguments: Any, **settings: Any) -> Any:
        compiled = compile_model(*arguments, **settings)
        chosen.add(compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name())
        return compiled

    openvino.Core.compile_model = watched
    return lambda: " and ".join(sorted(chosen))
