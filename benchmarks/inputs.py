"""Inputs that are not as they should be: turned and skewed pages, drawings, folders read by several processes.

    python -m benchmarks.inputs rotate --data FOLDER --out runs/inputs   # FOLDER holds receipts_dev
    python -m benchmarks.inputs drawing --out runs/inputs
    python -m benchmarks.inputs jobs --out runs/inputs --rounds 2

rotate   bag-of-words F1 (as benchmarks/reading/score.py defines it) of receipts turned by 90, 180 and 270 degrees and
         skewed by 12 and 20, over that of the same pages upright
drawing  a drawing of 20,000 x 15,000 pixels with 1,200 notes 18 to 34 pixels high and a title of 360: the share of its
         words that is read, and the peak memory, in a process that was allowed --memory
jobs     pages per second, and CPU seconds per page, of a folder of --pages pages, by one process and by two of one
         thread each, taking turns; two cores that nobody else uses are needed for the gain to mean something
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.reading.data import load
from benchmarks.reading.score import bag_of_words, total, words_f1

RECEIPT = Path(__file__).parents[1] / "examples" / "receipt.png"
NAMES = ("Valve", "Pump", "Section", "Detail", "Bolt", "Flange", "Pipe", "Weld")


def turned(picture: Any, degrees: float) -> Any:
    """A picture turned clockwise: by quarters without loss, else on white, larger."""
    if degrees % 90 == 0:
        return np.ascontiguousarray(np.rot90(picture, -round(degrees / 90)))
    height, width = picture.shape[:2]
    angle = np.radians(abs(degrees))
    cosine, sine = np.cos(angle), np.sin(angle)
    size = (int(np.ceil(width * cosine + height * sine)), int(np.ceil(width * sine + height * cosine)))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    matrix[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    return cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))


def rotate(data: Path, engine: str, precision: str) -> dict[str, Any]:
    """F1 of each turn, in percent, and over that of the upright pages."""
    from munja.read.reader import Reader

    reader = Reader(engine=engine, precision=precision, threads=1)
    tallies: dict[float, list[Any]] = {degrees: [] for degrees in (0, 90, 180, 270, 12, -12, 20, -20)}
    for page in load(data, "receipts_dev"):
        picture = np.asarray(cv2.imread(str(page.image), cv2.IMREAD_COLOR_RGB), np.uint8)
        for degrees, found in tallies.items():
            found.append(bag_of_words(page.text, reader(turned(picture, degrees)).text))
    scores = {degrees: words_f1(total(found)) for degrees, found in tallies.items()}
    return {
        f"{degrees:g}": {"f1": round(f1, 2), "over_upright": round(f1 / scores[0], 4)} for degrees, f1 in scores.items()
    }


def draw(folder: Path) -> tuple[Path, list[str]]:
    """The drawing as a bilevel TIFF (Group 4), and its words."""
    import PIL.Image
    import PIL.ImageDraw
    import PIL.ImageFont

    width, height = 20_000, 15_000
    chance = random.Random(0)
    picture = PIL.Image.new("L", (width, height), 255)
    pen = PIL.ImageDraw.Draw(picture)
    words = ["GENERAL", "ARRANGEMENT"]
    pen.text((300, 100), " ".join(words), fill=0, font=PIL.ImageFont.load_default(360))
    places = [(x, y) for x in range(100, width - 700, 800) for y in range(600, height - 100, 90)]
    for x, y in chance.sample(places, 1200):
        text = f"{chance.choice(NAMES)} {chance.randint(100, 9999)}-{chance.choice('ABCDEFGH')}"
        pen.text((x, y), text, fill=0, font=PIL.ImageFont.load_default(chance.choice([18, 22, 26, 34])))
        words += text.split()
        if chance.random() < 0.5:
            pen.line((x + 420, y - 40, x + 700, y + 300), fill=0, width=3)
    path = folder / "drawing.tif"
    picture.convert("1").save(path, compression="group4")
    return path, words


def drawing(folder: Path, engine: str, precision: str, memory: str) -> dict[str, Any]:
    """What is read of the drawing, and what it took."""
    path, words = draw(folder)
    program = (
        "import resource, sys; from munja.cli import run\n"
        "status = run(sys.argv[1:])\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, file=sys.stderr); sys.exit(status)"
    )
    settings = ["--engine", engine, "--precision", precision, "--threads", "1", "--memory", memory]
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", program, "read", str(path), *settings], capture_output=True, text=True, check=True
    )
    wanted, found = Counter(words), Counter(done.stdout.split())
    return {
        "words": len(words),
        "read": round((wanted & found).total() / wanted.total(), 4),
        "seconds": round(time.monotonic() - started, 1),
        "peak_gigabytes": round(int(done.stderr.split()[-1]) / 1e9, 2),
        "allowed": memory,
    }


def jobs(folder: Path, engine: str, precision: str, rounds: int, count_of_pages: int) -> dict[str, Any]:
    """Pages per second with one process and with two, the models' loading included."""
    pages, out = folder / "pages", folder / "results"
    shutil.rmtree(pages, ignore_errors=True)
    pages.mkdir(parents=True)
    receipt = cv2.imread(str(RECEIPT))
    for number in range(count_of_pages):
        cv2.imwrite(str(pages / f"{number:03}.png"), receipt[: 500 + number % 200])
    seconds: dict[int, list[float]] = {1: [], 2: []}
    processor: dict[int, float] = {1: 0.0, 2: 0.0}
    for number in range(rounds):
        for count in (1, 2) if number % 2 == 0 else (2, 1):
            shutil.rmtree(out, ignore_errors=True)
            arguments = ["read", str(pages), "--out", str(out), "--jobs", str(count), "--threads", "1"]
            program = [sys.executable, "-c", "from munja.cli import main; main()", *arguments]
            started, before = time.monotonic(), children_seconds()
            subprocess.run(
                [*program, "--engine", engine, "--precision", precision], check=True, stderr=subprocess.DEVNULL
            )
            seconds[count].append(time.monotonic() - started)
            processor[count] += children_seconds() - before
    pages_read = count_of_pages * rounds
    rates = {count: pages_read / sum(each) for count, each in seconds.items()}
    return {
        "pages": pages_read,
        "pages_per_second": {count: round(rate, 3) for count, rate in rates.items()},
        "cpu_seconds_per_page": {count: round(used / pages_read, 3) for count, used in processor.items()},
        "gain": round(rates[2] / rates[1], 3),
    }


def children_seconds() -> float:
    """CPU seconds of all processes that have ended below this one."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["rotate", "drawing", "jobs"])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--engine", default="onnxruntime")
    parser.add_argument("--precision", default="f32")
    parser.add_argument("--memory", default="2GB")
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    if given.what == "rotate":
        if given.data is None:
            parser.error("rotate needs --data")
        found = rotate(given.data, given.engine, given.precision)
    elif given.what == "drawing":
        found = drawing(given.out, given.engine, given.precision, given.memory)
    else:
        found = jobs(given.out, given.engine, given.precision, given.rounds, given.pages)
    document = json.dumps({"what": given.what, "engine": given.engine, "precision": given.precision, **found}, indent=1)
    (given.out / f"{given.what}.json").write_text(document + "\n")
    print(document)


if __name__ == "__main__":
    main()
