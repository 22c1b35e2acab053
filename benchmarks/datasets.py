"""What it costs to look at a million crops: `munja data analyze` on an LMDB of synthetic lines.

    python benchmarks/datasets.py FOLDER [--count 1000000] [--corpora FOLDER]

4,000 lines of the synthesiser, of widths from 64 to 512 pixels, are written again and again as JPEG, each time with
another brightness and other noise, into FOLDER/crops, which is removed at the end. The analysis runs in a process of
its own, whose time, processor time and peak memory are printed, with nothing of the file in the page cache if the
machine allows to drop it. The part of the memory that is file pages of the LMDB is told apart where the system says it.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np

from munja.core.spec import load_spec
from munja.data.lmdb import LineWriter
from munja.data.synth.lines import LineSynthesiser

WIDTHS = (64, 96, 128, 160, 192, 256, 384, 512)
EACH = 500
MEASURED = """
import resource, sys, time
from pathlib import Path
start = time.perf_counter()
from munja.data.analyze import analyze
document, statistics = analyze([sys.argv[1]], count=int(sys.argv[3]))
Path(sys.argv[2]).write_text(document, encoding="utf-8")
seconds = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_SELF)
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line)
own = status.get("RssAnon", "?").strip()
print(f"{statistics.samples:,} looked at, {seconds:.1f} s, {used.ru_utime + used.ru_stime:.1f} s of processor time, "
      f"peak {used.ru_maxrss / 1000:.0f} MB with file pages, {own} without, report {len(document) / 1000:.0f} kB")
"""


def lines(corpora: str | None) -> list[tuple[np.ndarray, str]]:
    """The lines that are repeated: grey pictures of 32 pixels' height and their texts."""
    recipe = load_spec(Path(__file__).parents[1] / "recipes" / "synth" / "receipts.toml")
    if corpora:
        recipe["corpora"] = corpora
    synthesiser = LineSynthesiser(recipe)
    found = []
    for number, width in enumerate(WIDTHS):
        batch = synthesiser.batch(number * EACH, EACH, width=width)
        found += [(batch.images[i, :, : batch.widths[i]], batch.texts[i]) for i in range(EACH)]
    return found


def write(folder: Path, count: int, some: list[tuple[np.ndarray, str]]) -> None:
    """An LMDB of `count` crops."""
    random = np.random.default_rng(0)
    noise = random.normal(0, 6, (64, 32, 512)).astype(np.int16)
    with LineWriter(folder) as writer:
        for i in range(count):
            image, text = some[int(random.integers(len(some)))]
            changed = image + noise[i % 64, :, : image.shape[1]] + int(random.integers(-25, 26))
            _, content = cv2.imencode(".jpg", np.clip(changed, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 85])
            writer.add(content.tobytes(), text)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--corpora")
    given = parser.parse_args()
    folder = given.folder / "crops"
    try:
        start = time.perf_counter()
        write(folder, given.count, lines(given.corpora))
        size = (folder / "data.mdb").stat().st_size / 1e9
        print(f"{given.count:,} crops written in {time.perf_counter() - start:.0f} s, {size:.2f} GB")
        for sample in (20_000, 100_000):
            report = given.folder / f"report_{sample}.html"
            subprocess.run([sys.executable, "-c", MEASURED, str(folder), str(report), str(sample)], check=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
