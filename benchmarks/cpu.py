"""CPU seconds a page of readers beside each other, in one process and one thread, page by page in turn.

    python -m benchmarks.cpu --data FOLDER [--set receipts_dev] [--readers NAME NAME] [--passes 2]

The first reader is held against each of the others: the ratio of their sums, with the interval of a bootstrap over
pages. `benchmarks.reading` gives each reader its own process, so that memory can be told apart; here nothing but the
reading itself differs from one to the next. Needs the environment of benchmarks/reading.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from benchmarks.reading.data import SETS, load
from benchmarks.reading.readers import READERS

WARM = 3  # pages that every reader reads before anything is measured


def main() -> None:
    """Measure and print one line per reader."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--set", choices=SETS, default=SETS[0])
    parser.add_argument("--readers", nargs="+", choices=sorted(READERS), default=["munja-own-int8", "tesseract"])
    parser.add_argument("--passes", type=int, default=2)
    parser.add_argument("--limit", type=int, default=None, help="the smallest pages alone")
    arguments = parser.parse_args()
    paths = [str(page.image) for page in load(arguments.data, arguments.set, arguments.limit)]
    readers = [READERS[name](1) for name in arguments.readers]
    for reader in readers:
        for path in paths[:WARM]:
            reader.read(path)
    spent = np.zeros((len(readers), arguments.passes, len(paths)))
    for turn in range(arguments.passes):
        for page, path in enumerate(paths):
            for step in range(len(readers)):  # another one begins at each page
                number = (page + turn + step) % len(readers)
                began = time.process_time()
                readers[number].read(path)
                spent[number, turn, page] = time.process_time() - began
    seconds = spent.mean(1)  # (readers, pages)
    drawn = np.random.default_rng(0).integers(0, len(paths), (2000, len(paths)))
    for name, each in zip(arguments.readers, seconds, strict=True):
        ratios = seconds[0][drawn].sum(1) / each[drawn].sum(1)
        low, high = np.quantile(ratios, [0.025, 0.975])
        against = "" if each is seconds[0] else f"; {arguments.readers[0]} takes {seconds[0].sum() / each.sum():.3f}"
        print(f"{name}: {each.mean():.4f} CPU s a page{against}" + (f" ({low:.3f} to {high:.3f})" if against else ""))


if __name__ == "__main__":
    main()
