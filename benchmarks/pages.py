"""Pages per CPU second of the synthesiser with everything on, and how tightly its quads fit their ink.

    python benchmarks/pages.py [RECIPE] [corpora=FOLDER] [backgrounds=FOLDER]
    python benchmarks/pages.py --fit FOLDER

The target is 250 at 448 x 448. CPU time of one thread is counted, so that other work on the machine disturbs little.
`--fit` measures the margins from ink to quad on a set of pages with `gt.jsonl`, at a long side of 960 pixels, and on
synthetic receipts, in heights of the quad: the labels of both should leave the same.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from munja.core.spec import load_spec, override
from munja.data.synth.pages import PageSynthesiser

PAGES, ROUNDS, LONG_SIDE = 150, 5, 960
RECIPE = Path(__file__).parents[1] / "recipes" / "synth" / "pages.toml"


def main() -> None:
    cv2.setNumThreads(1)
    arguments = sys.argv[1:]
    if arguments[:1] == ["--fit"]:
        fit(Path(arguments[1]))
        return
    path = arguments.pop(0) if arguments and "=" not in arguments[0] else RECIPE
    start = time.perf_counter()
    synthesiser = PageSynthesiser(override(load_spec(path), arguments))
    synthesiser.batch(0, 60)
    print(f"ready after {time.perf_counter() - start:.1f} s")
    for size in (320, 448, 640):
        best, lines = 0.0, 0
        synthesiser.batch(0, 20, size=size)
        for seed in range(ROUNDS):
            start = time.process_time()
            batch = synthesiser.batch(seed + 1, PAGES, size=size)
            best = max(best, PAGES / (time.process_time() - start))
            lines += sum(map(len, batch.lines))
        print(f"{size} x {size}: {best:5.0f} pages per CPU second, {lines / PAGES / ROUNDS:.0f} lines a page")


def fit(folder: Path) -> None:
    """Print the median margins of a set and of synthetic receipts."""
    for name, pages in (("set", _pages(folder)), ("synthetic", _receipts())):
        found = [each for image, quads in pages for quad in quads if (each := margins(image, quad)) is not None]
        top, bottom, left, right, height = np.median(np.array(found), axis=0)
        print(f"{name:9s} {len(found):5d} lines, height {height:.0f}: top {top:.3f} bottom {bottom:.3f}", end=" ")
        print(f"left {left:.3f} right {right:.3f}; across {top + bottom:.3f}, along {left + right:.3f}")


def _pages(folder: Path) -> Iterator[tuple[np.ndarray, list[np.ndarray]]]:
    for row in (folder / "gt.jsonl").read_text(encoding="utf-8").splitlines():
        entry: dict[str, Any] = json.loads(row)
        image = cv2.imread(str(folder / entry["image"]), cv2.IMREAD_GRAYSCALE)
        scale = min(1.0, LONG_SIDE / max(image.shape))
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        yield image, [np.array(each["quad"], np.float32) * scale for each in entry["items"] if not each.get("ignore")]


def _receipts() -> Iterator[tuple[np.ndarray, list[np.ndarray]]]:
    looks = {"focus_blur": 0.3, "jpeg": 0.5, "rotate": 0.1}
    synthesiser = PageSynthesiser({**load_spec(RECIPE), "pages": {"receipt": 1}, "looks": looks, "korean": 0.0})
    batch = synthesiser.batch(0, 200)
    for image, lines in zip(batch.images, batch.lines, strict=True):
        # Quads that people drew name pixels; ours lie between them, half a pixel further.
        whole = [line.quad - 0.5 for line in lines if not line.ignore]
        yield image, [quad for quad in whole if quad.min() > 2 and quad.max() < len(image) - 2]


def margins(image: np.ndarray, quad: np.ndarray) -> tuple[float, ...] | None:
    """Margins of a quad's ink at its top, bottom, left and right in heights of the quad, and that height."""
    width, height = (round(float(np.linalg.norm(quad[k] - quad[0]))) for k in (1, 3))
    if width < 8 or height < 8:
        return None
    wide, high = 4 * width, 4 * height
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad, corners)
    cut = cv2.warpPerspective(image, matrix, (wide, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    ink = cv2.threshold(cut, 0, 1, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)[1]
    ink = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((3, 3)))
    rows, columns = np.flatnonzero(ink.sum(axis=1) >= 4), np.flatnonzero(ink.sum(axis=0) >= 3)
    if np.ptp(cut) < 60 or ink.mean() > 0.5 or not len(rows) or not len(columns):
        return None
    edges = (rows[0], high - 1 - rows[-1], columns[0], wide - 1 - columns[-1])
    return (*(float(each) / high for each in edges), float(height))


if __name__ == "__main__":
    main()
