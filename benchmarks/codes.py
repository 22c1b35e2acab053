"""Readers that were never trained on codes, on photographed codes: exact and 1-NED, in all and per surface style.

    python -m benchmarks.codes [--count 500] [--seed 1] [--recipe FILE] [--split train] [--recogniser FILE ...]
        [--errors FOLDER]

PP-OCRv6 small and Munja's own recogniser read the whole crop as one line; Tesseract reads it as one line too (--psm 7,
scaled to 48 pixels), where it is installed. Case counts, blanks do not. `--recogniser` adds Munja artifacts, `--errors`
writes the crops that PP-OCRv6 misread, named by truth and reading. The speed of the generator is measured as well.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from munja.core.artifact import Artifact, open_artifact
from munja.core.spec import load_spec
from munja.data.synth.codes.synthesiser import CodeCrop, CodeSynthesiser
from munja.metrics.intervals import clopper_pearson
from munja.metrics.text import one_minus_ned
from munja.read.engines import open_engine
from munja.read.lines import LineReader
from munja.read.weights import model_set

Read = Callable[[Any], str]
RECIPE = Path(__file__).parents[1] / "recipes" / "synth" / "codes.toml"


def line_reader(artifact: Artifact) -> Read:
    """A Munja recogniser on a quad that fills the picture."""
    reader = LineReader(artifact, open_engine(artifact, engine="onnxruntime", threads=1), None, None)

    def read(image: Any) -> str:
        height, width = image.shape[:2]
        quad = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        return " ".join(line.text for line in reader.read(image, [quad]))

    return read


def tesseract(image: Any) -> str:
    """Tesseract's English model, told that the picture is one line."""
    zoom = 48 / image.shape[0]
    grey = cv2.resize(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)
    _, content = cv2.imencode(".png", grey)
    command = ["tesseract", "-", "-", "--psm", "7", "-l", "eng"]
    found = subprocess.run(command, input=content.tobytes(), capture_output=True, check=True)
    return found.stdout.decode()


def spent() -> float:
    """CPU seconds of this process and of those that it ran."""
    return sum(os.times()[:4])


def plain(text: str) -> str:
    """The text without blanks, which codes do not have."""
    return "".join(text.split())


def report(name: str, crops: Sequence[CodeCrop], readings: Sequence[str], milliseconds: float) -> None:
    """Print a row for all crops and one per style."""
    groups: dict[str, list[int]] = {"all": list(range(len(crops)))}
    for i, crop in enumerate(crops):
        groups.setdefault(crop.style, []).append(i)
    print(f"\n{name}: {milliseconds:.1f} CPU ms per crop")
    for style, chosen in sorted(groups.items(), key=lambda each: (each[0] != "all", each[0])):
        exact = sum(crops[i].text == readings[i] for i in chosen)
        near = float(np.mean([one_minus_ned(crops[i].text, readings[i]) for i in chosen]))
        low, high = clopper_pearson(exact, len(chosen))
        share = f"{100 * exact / len(chosen):5.1f} % exact ({100 * low:.1f} to {100 * high:.1f})"
        print(f"  {style:<12}{len(chosen):>6} crops  {share}  1-NED {100 * near:5.1f}")


def write_errors(folder: Path, crops: Sequence[CodeCrop], readings: Sequence[str]) -> None:
    """The crops that were misread, as pictures named by truth and reading."""
    folder.mkdir(parents=True, exist_ok=True)
    for i, (crop, reading) in enumerate(zip(crops, readings, strict=True)):
        if crop.text != reading:
            shown = "".join(each if each.isalnum() else "_" for each in reading)
            (folder / f"{i:04d}-{crop.style}-{crop.text}-{shown}.jpg").write_bytes(crop.content)


def main() -> None:
    """Make the crops, let every reader read them, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--split", default="train", help="families of faces: train or validate")
    parser.add_argument("--recipe", type=Path, default=RECIPE)
    parser.add_argument("--recogniser", type=Path, action="append", default=[])
    parser.add_argument("--only-ppocr", action="store_true", help="leave the other readers out")
    parser.add_argument("--errors", type=Path, default=None)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    synthesiser = CodeSynthesiser(load_spec(given.recipe), split=given.split)
    synthesiser.photo(given.seed, 1_000_000)  # compiled parts are loaded
    started = time.process_time()
    crops = list(synthesiser.crops(given.seed, given.count))
    print(f"{len(crops)} crops, {len(crops) / (time.process_time() - started):.0f} per CPU second")
    ppocr = model_set("ppocr").recogniser
    readers: dict[str, Read] = {"PP-OCRv6 small": line_reader(ppocr)}
    if not given.only_ppocr:
        readers["Munja"] = line_reader(model_set("munja").recogniser)
    readers |= {str(path): line_reader(open_artifact(path).expect("recognise")) for path in given.recogniser}
    if not given.only_ppocr and shutil.which("tesseract"):
        readers["Tesseract"] = tesseract
    for name, read in readers.items():
        started = spent()
        readings = [plain(read(crop.image)) for crop in crops]
        report(name, crops, readings, 1000 * (spent() - started) / len(crops))
        if given.errors is not None and name == "PP-OCRv6 small":
            write_errors(given.errors, crops, readings)


if __name__ == "__main__":
    main()
