"""Recognisers on the line crops of a development set: exact, 1-NED, milliseconds a line, against RapidOCR.

    python -m benchmarks.lines --data FOLDER --recogniser FILE [--recogniser FILE] [--language FILE] [--limit N]
        [--set receipts_dev]

Needs the environment of benchmarks/reading. Every reader is given the same quads; one thread each. Case and white space
are ignored for exact; 1-NED ignores case only. RapidOCR reads the straightened crop without detection.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rapidfuzz.distance import Levenshtein

from munja.core.artifact import open_artifact
from munja.imaging.geometry import grow_quad, quad_size
from munja.imaging.image import frames
from munja.imaging.warp import cut_quad
from munja.read.engines import open_engine
from munja.read.lines import LineReader

Read = Callable[[Any, Any], str]
MARGIN = (0.1, 0.06)  # of the line's height, left and right, above and below


def lines(folder: Path) -> Iterator[tuple[Any, Any, str]]:
    """Image (H, W, 3), quad (4, 2) and text of every line or word of a set that counts."""
    for row in map(json.loads, (folder / "gt.jsonl").read_text(encoding="utf-8").splitlines()):
        image = next(iter(frames(folder / row["image"]))).image
        height, width = image.shape[:2]
        whole = {"quad": [[0, 0], [width, 0], [width, height], [0, height]], "text": row.get("text", "")}
        for item in row.get("items", [whole]):
            if item["text"].strip() and not item.get("ignore"):
                yield image, np.asarray(item["quad"], np.float32), item["text"]


def munja_reader(path: Path, language: Path | None = None) -> Read:
    """A Munja artifact, in ONNX Runtime, and a language model."""
    artifact = open_artifact(path).expect("recognise")
    context = None if language is None else open_artifact(language)
    engine = open_engine(artifact, engine="onnxruntime", threads=1)
    reader = LineReader(artifact, engine, None, None, language=context)
    return lambda image, quad: reader.read(image, [quad])[0].text


def rapidocr_reader() -> Read:
    """RapidOCR with its own models, recognition alone."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 1})

    def read(image: Any, quad: Any) -> str:
        height = quad_size(quad)[1]
        grown = grow_quad(quad, MARGIN[0] * height, MARGIN[1] * height)
        width, height = (max(1, round(side)) for side in quad_size(grown))
        crop = cut_quad(image, grown, width, height)[..., ::-1].copy()
        found = engine(crop, use_det=False, use_cls=False, use_rec=True)
        return " ".join(found.txts or ())

    return read


def plain(text: str) -> str:
    """The text as `exact` compares it: case and white space ignored."""
    return "".join(text.casefold().split())


def score(pairs: list[tuple[str, str]]) -> dict[str, float]:
    """Exact share and 1-NED of (truth, reading) pairs."""
    exact = [plain(truth) == plain(reading) for truth, reading in pairs]
    near = [Levenshtein.normalized_similarity(truth.casefold(), reading.casefold()) for truth, reading in pairs]
    return {"lines": len(pairs), "exact": float(np.mean(exact)), "one_ned": float(np.mean(near))}


def main() -> None:
    """Measure and print one JSON object per reader."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--set", default="receipts_dev")
    parser.add_argument("--recogniser", type=Path, action="append", default=[])
    parser.add_argument("--language", type=Path, default=None, help="also read with this language model")
    parser.add_argument("--without-peer", action="store_true", help="leave RapidOCR out, while developing")
    parser.add_argument("--limit", type=int, default=None)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    items = list(lines(given.data / given.set))
    if given.limit is not None:
        items = items[:: max(1, len(items) // given.limit)][: given.limit]
    readers = {str(path): munja_reader(path) for path in given.recogniser}
    if given.language is not None:
        readers |= {f"{path} + {given.language}": munja_reader(path, given.language) for path in given.recogniser}
    if not given.without_peer:
        readers["rapidocr"] = rapidocr_reader()
    spent = dict.fromkeys(readers, 0.0)
    pairs: dict[str, list[tuple[str, str]]] = {name: [] for name in readers}
    for image, quad, text in items:  # interleaved: every reader has each line under the same conditions
        for name, read in readers.items():
            started = time.process_time()
            reading = read(image, quad)
            spent[name] += time.process_time() - started
            pairs[name].append((text, reading))
    for name, found in pairs.items():
        figures = score(found) | {"cpu_ms_per_line": 1000 * spent[name] / max(1, len(found))}
        print(json.dumps({"reader": name, "set": given.set, **figures}))


if __name__ == "__main__":
    main()
