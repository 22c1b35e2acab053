"""Detectors on the lines of a development set: recall, precision and F by IoU at 0.5, CPU time, against RapidOCR.

    python -m benchmarks.detect --data FOLDER --detector FILE [--detector FILE] [--set receipts_dev] [--long-side 960]

Needs the environment of benchmarks/reading. Every detector sees each page in turn, one thread each.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from munja.core.artifact import open_artifact
from munja.core.page import Line, Page, as_polygon
from munja.imaging.image import frames
from munja.metrics import corpus, detection
from munja.read.detect import Detector

Find = Callable[[Any], list[Any]]


def munja_detector(path: Path, long_side: int | None) -> Find:
    """A Munja artifact, in ONNX Runtime."""
    artifact = open_artifact(path).expect("detect")
    if long_side is not None:
        rule = {**artifact.manifest.input, "long_side": long_side}
        artifact = replace(artifact, manifest=replace(artifact.manifest, input=rule))
    precision = str(artifact.manifest.input.get("precision", "f32"))
    detector = Detector(artifact, engine="onnxruntime", threads=1, precision=precision)
    return lambda image: list(detector(image, 1).quads)


def rapidocr_detector() -> Find:
    """RapidOCR with its own models, detection alone."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 1})

    def find(image: Any) -> list[Any]:
        found = engine(image[..., ::-1].copy(), use_det=True, use_cls=False, use_rec=False)
        return [] if found.boxes is None else [np.asarray(each) for each in found.boxes]

    return find


def main() -> None:
    """Measure and print one JSON object per detector."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--set", default="receipts_dev")
    parser.add_argument("--detector", type=Path, action="append", default=[])
    parser.add_argument("--long-side", type=int, default=None)
    parser.add_argument("--without-peer", action="store_true", help="leave RapidOCR out, while developing")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    detectors = {str(path): munja_detector(path, given.long_side) for path in given.detector}
    if not given.without_peer:
        detectors["rapidocr"] = rapidocr_detector()
    spent = dict.fromkeys(detectors, 0.0)
    results: dict[str, list[Any]] = {name: [] for name in detectors}
    folder = given.data / given.set
    for row in map(json.loads, (folder / "gt.jsonl").read_text(encoding="utf-8").splitlines()):
        image = next(iter(frames(folder / row["image"]))).image
        height, width = image.shape[:2]
        lines = [Line(item["text"], as_polygon(item["quad"]), ignore=bool(item.get("ignore"))) for item in row["items"]]
        truth = Page(width, height, tuple(lines))
        for name, find in detectors.items():
            started = time.process_time()
            quads = find(image)
            spent[name] += time.process_time() - started
            found = Page(width, height, tuple(Line("x", as_polygon(quad)) for quad in quads))
            results[name].append(detection.compare(truth, found, level="line"))
    for name, found in results.items():
        figures = {key: str(value) for key, value in corpus(found).figures.items()}
        print(json.dumps({"detector": name, "set": given.set, **figures, "cpu_s_per_page": spent[name] / len(found)}))


if __name__ == "__main__":
    main()
