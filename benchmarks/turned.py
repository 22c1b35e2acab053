"""Pages turned by quarters: how many are read upright, and what asking for directions costs.

    python -m benchmarks.turned --data FOLDER [--limit N]

Every page of receipts_dev and isri_dev is given as it is and turned clockwise by 90, 180 and 270 degrees; upright is a
page whose angle comes out within 45 degrees. CPU time on one thread: that of turned pages over that of upright ones,
and that of upright pages with the direction classifier over that without it, page by page in turn.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.reading.data import SETS, load
from munja.core.page import Page
from munja.imaging.image import Frame, frames
from munja.read.page_reader import PageReader
from munja.read.weights import ModelSet, munja

QUARTERS = (0, 1, 2, 3)


def opened(models: ModelSet) -> PageReader:
    """A reader of one thread."""
    return PageReader(models, engine="onnxruntime", threads=1, precision="int8", order="reading", min_score=0.5)


def timed(reader: PageReader, frame: Frame) -> tuple[Page, float]:
    """A page and the CPU seconds that reading it took."""
    began = time.process_time()
    page = reader.read(frame)
    return page, time.process_time() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=None, help="the smallest pages of each set alone")
    arguments = parser.parse_args()
    whole = opened(munja())
    without = opened(replace(munja(), direction=None))
    upright, spent, bare, wrong = 0, np.zeros(4), 0.0, []
    pages = [page for name in SETS for page in load(arguments.data, name, arguments.limit)]
    for number, page in enumerate(pages):
        frame = next(iter(frames(page.image)))
        if number % 2:  # another one begins at each page
            bare += timed(without, frame)[1]
        for quarters in QUARTERS:
            turned = replace(frame, image=np.ascontiguousarray(np.rot90(frame.image, -quarters)))
            found, seconds = timed(whole, turned)
            spent[quarters] += seconds
            away = abs((found.angle - 90.0 * quarters + 180.0) % 360.0 - 180.0)
            upright += away < 45.0
            if away >= 45.0:
                wrong.append(f"{page.name} turned by {90 * quarters}: {found.angle:g}")
        if not number % 2:
            bare += timed(without, frame)[1]
    print(f"{upright} of {4 * len(pages)} pages are read upright" + "".join(f"\n  {each}" for each in wrong))
    times = ", ".join(f"{each:.2f}" for each in spent[1:] / spent[0])
    print(f"CPU time of pages turned by 90, 180, 270 degrees over that of upright ones: {times}")
    print(f"directions take {1 - bare / spent[0]:.1%} of an upright page's {spent[0] / len(pages):.3f} s")


if __name__ == "__main__":
    main()
