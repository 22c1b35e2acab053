"""Readers on synthetic whole pages: is a page as hard for Tesseract as a real one, and how well does Munja read it?

    python -m benchmarks.anchors [--count 30] [--seed 2] [--kinds certificate receipt notice] [--fonts FOLDER]
        [--corpora FOLDER] [--backgrounds FOLDER] [--readers tesseract munja] [--english] [--out FOLDER]

Needs the environment of benchmarks/reading and, for Tesseract, kor and eng. Pages are those of
recipes/synth/anchors.toml in faces of `--fonts`, which nothing was trained on, or else in validation faces; the same
seed gives the same pages. Tesseract reads every page in each of its modes of page segmentation; the best mode of a kind
of page counts. RapidOCR, whose models have no Hangul, is asked only with `--english`. `--out` receives Munja's worst
pages with what was read.

CLEval and the places of lines are counted as benchmarks/reading counts them. CER is that of the page's text in the
order of reading; CER without order compares the lines that lie on the same place, so that a table read by columns costs
nothing. What a reader finds in a place that is not to be read, such as a seal, counts for neither.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from benchmarks.reading.score import tight_page
from munja.core.page import Line, Page, as_polygon
from munja.core.spec import load_spec, override
from munja.data.synth.pages import PageSynthesiser
from munja.data.synth.pages.write import page_of_lines
from munja.metrics import cleval, corpus, detection, text
from munja.metrics.text import normal

RECIPE = Path(__file__).parents[1] / "recipes" / "synth" / "anchors.toml"
MODES = (3, 4, 6, 11)  # Tesseract: automatic, one column, one block, sparse text
BANDS = {"certificate": (45, 61), "receipt": (75, 86)}  # Tesseract on real ones: 53, and 80.8 to 82.6
Picture = NDArray[np.uint8]
Read = Callable[[Picture], list[Line]]


def munja_reader(korean: bool) -> Read:
    """Munja as it is installed."""
    from munja import Reader

    reader = Reader(threads=1)
    return lambda picture: list(reader(np.repeat(picture[..., None], 3, axis=2)).lines)


def tesseract_reader(mode: int, languages: str) -> Read:
    """Tesseract's lines in one mode of page segmentation."""
    from PIL import Image
    from tesserocr import PSM, RIL, PyTessBaseAPI, iterate_level  # type: ignore[import-untyped]

    names = {3: "AUTO", 4: "SINGLE_COLUMN", 6: "SINGLE_BLOCK", 11: "SPARSE_TEXT"}
    api = PyTessBaseAPI(lang=languages, psm=getattr(PSM, names[mode]))

    def read(picture: Picture) -> list[Line]:
        api.SetImage(Image.fromarray(picture))
        api.Recognize()
        found = api.GetIterator()
        lines = []
        for line in iterate_level(found, RIL.TEXTLINE) if found else ():
            if line.Empty(RIL.TEXTLINE):
                continue
            words = line.GetUTF8Text(RIL.TEXTLINE).strip()
            if words:
                x0, y0, x1, y1 = line.BoundingBox(RIL.TEXTLINE)
                lines.append(Line(words, as_polygon([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])))
        return lines

    return read


def rapidocr_reader(korean: bool) -> Read:
    """RapidOCR with its own models."""
    from rapidocr import RapidOCR

    engine: Any = RapidOCR(params={"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 1})

    def read(picture: Picture) -> list[Line]:
        found = engine(np.repeat(picture[..., None], 3, axis=2))
        if found.boxes is None or found.txts is None:
            return []
        return [Line(words, as_polygon(box.tolist())) for words, box in zip(found.txts, found.boxes, strict=True)]

    return read


def fair(truth: Page, read: Page) -> tuple[Page, Page]:
    """Both pages without what is not to be read: lines that are to be ignored, and what was read on their places."""
    places = [shapely.Polygon(line.polygon).buffer(0) for line in truth.lines if line.ignore]
    wanted = [shapely.Polygon(line.polygon).buffer(0) for line in truth.lines if not line.ignore]

    def counts(line: Line) -> bool:
        """Whether less than half of a line lies on places to be ignored, or more of it on a line that is asked for."""
        place = shapely.Polygon(line.polygon).buffer(0)
        on = sum(place.intersection(each).area for each in places)
        return bool(on < 0.5 * place.area or sum(place.intersection(each).area for each in wanted) > on)

    kept = tuple(line for line in truth.lines if not line.ignore)
    seen = tuple(line for line in read.lines if counts(line))
    return Page(truth.width, truth.height, kept), Page(read.width, read.height, seen)


def edits_without_order(truth: Page, read: Page) -> int:
    """Edits between lines that lie on the same place, white space left out; lines without a counterpart count whole."""
    true, seen = ([shapely.Polygon(line.polygon).buffer(0) for line in page.lines] for page in (truth, read))
    group = list(range(len(true) + len(seen)))

    def root(k: int) -> int:
        """The first member of a group."""
        while group[k] != k:
            k = group[k]
        return k

    for i, one in enumerate(true):
        for j, other in enumerate(seen):
            if one.intersection(other).area > 0.4 * max(1.0, min(one.area, other.area)):
                group[root(len(true) + j)] = root(i)
    sides: dict[int, tuple[list[Line], list[Line]]] = {}
    for k, line in enumerate((*truth.lines, *read.lines)):
        sides.setdefault(root(k), ([], []))[k >= len(true)].append(line)
    return sum(Levenshtein.distance(_joined(a), _joined(b)) for a, b in sides.values())


def _joined(lines: Sequence[Line]) -> str:
    """Texts of lines by rows and from left to right, white space left out."""
    if not lines:
        return ""
    boxes = [np.asarray(line.polygon) for line in lines]
    tall = float(np.median([np.ptp(box[:, 1]) for box in boxes]))
    keys = [(round(float(box[:, 1].mean()) / max(1.0, tall)), float(box[:, 0].min())) for box in boxes]
    order = sorted(range(len(lines)), key=keys.__getitem__)
    return "".join(normal("".join(lines[k].text.split())) for k in order)


def score(pages: Sequence[tuple[Page, Page]]) -> dict[str, Any]:
    """Figures of one reader on the pages (truth, read) of one kind, each with its interval over pages, in percent."""
    tight = [(tight_page(truth), tight_page(read)) for truth, read in pages]
    ends = corpus(cleval.compare_all(tight, mode="compat", level="line"))
    places = corpus([detection.compare(truth, read, level="line") for truth, read in pages])
    kept = [fair(truth, read) for truth, read in pages]
    texts = corpus([text.compare(truth, read) for truth, read in kept])
    counts = np.array([
        (edits_without_order(truth, read), len("".join(truth.text.split()))) for truth, read in kept
    ], np.float64)  # fmt: skip
    drawn = np.random.default_rng(0).integers(0, len(counts), (2000, len(counts)))
    rates = counts[drawn].sum(axis=1)
    low, high = np.percentile(rates[:, 0] / rates[:, 1], (2.5, 97.5))
    free = 100 * counts[:, 0].sum() / counts[:, 1].sum()
    return {
        "cleval_h": str(ends.figures["end_to_end_hmean"]),
        "cer": str(texts.figures["cer"]),
        "cer_without_space": str(texts.figures["cer_without_space"]),
        "cer_without_order": f"{free:.1f} % ({100 * low:.1f} to {100 * high:.1f})",
        "detection_f": str(places.figures["hmean"]),
    }


def draw(given: argparse.Namespace, kind: str) -> list[tuple[Picture, Page]]:
    """Pictures of a kind of page with what is written on them."""
    settings = [f"korean={0 if given.english else 1}", *given.set]
    settings += [f"{key}={value}" for key in ("corpora", "backgrounds") if (value := getattr(given, key))]
    spec = override(load_spec(given.recipe), settings)
    spec["pages"] = {kind: 1.0}
    if given.fonts:
        spec["fonts"] = {**spec["fonts"], "folders": [str(given.fonts)], "validation_share": 1.0}
    pages = PageSynthesiser(spec, split="validate").whole(given.seed, given.count)
    return [(page.image, page_of_lines(page.lines, *page.image.shape[::-1])) for page in pages]


def main() -> None:
    """Draw, read, and print one JSON object for each kind and reader."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--kinds", nargs="+", default=["certificate", "receipt", "notice"])
    parser.add_argument("--readers", nargs="+", default=["tesseract", "munja"])
    parser.add_argument("--recipe", type=Path, default=RECIPE)
    parser.add_argument("--set", nargs="*", default=[], help="changes to the recipe, such as looks.faded=0")
    parser.add_argument("--modes", nargs="+", type=int, default=list(MODES))
    parser.add_argument("--english", action="store_true")
    parser.add_argument("--out", type=Path)
    for folder in ("fonts", "corpora", "backgrounds"):
        parser.add_argument(f"--{folder}", type=Path)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    readers = open_readers(given)
    for kind in given.kinds:
        pages = draw(given, kind)
        for name, read in readers.items():
            started = time.process_time()
            found = [(truth, Page(truth.width, truth.height, tuple(read(picture)))) for picture, truth in pages]
            spent = (time.process_time() - started) / len(pages)
            row = {"kind": kind, "reader": name, "pages": len(pages), **score(found), "cpu_s_per_page": round(spent, 2)}
            print(json.dumps(row, ensure_ascii=False), flush=True)
            if given.out and name == "munja":
                show_worst(given.out, kind, [picture for picture, _ in pages], found)


def open_readers(given: argparse.Namespace) -> dict[str, Read]:
    """The readers by name; Tesseract once for every mode of page segmentation."""
    readers: dict[str, Read] = {}
    for name in given.readers:
        if name == "tesseract":
            languages = "eng" if given.english else "kor+eng"
            readers |= {f"tesseract psm {mode}": tesseract_reader(mode, languages) for mode in given.modes}
        else:
            readers[name] = {"munja": munja_reader, "rapidocr": rapidocr_reader}[name](not given.english)
    return readers


def show_worst(out: Path, kind: str, pictures: Sequence[Picture], found: Sequence[tuple[Page, Page]]) -> None:
    """Write pages by falling share of wrong characters: the true lines blue, the read ones red, texts beside them."""
    out.mkdir(parents=True, exist_ok=True)
    kept = [fair(truth, read) for truth, read in found]
    rates = [edits_without_order(*pair) / max(1, len("".join(pair[0].text.split()))) for pair in kept]
    for rank, k in enumerate(sorted(range(len(rates)), key=lambda k: -rates[k])):
        picture = np.repeat(pictures[k][..., None], 3, axis=2)
        for page, colour in ((kept[k][0], (255, 0, 0)), (kept[k][1], (0, 0, 255))):
            for line in page.lines:
                cv2.polylines(picture, [np.rint(np.asarray(line.polygon)).astype(np.int32)], True, colour, 1)
        cv2.imwrite(str(out / f"{kind}-{rank:02d}.png"), picture)
        rows = [f"{k} {100 * rates[k]:.1f} %", "--- truth", kept[k][0].text, "--- read", kept[k][1].text]
        (out / f"{kind}-{rank:02d}.txt").write_text("\n".join(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
