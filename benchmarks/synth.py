"""Lines per CPU second of the synthesiser with everything on.

    python benchmarks/synth.py [RECIPE] [CORPORA]

The target is 4,000 at 32x160. CPU time of one thread is counted, so that other work on the machine disturbs little.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import cv2

from munja.core.spec import load_spec
from munja.data.synth.lines import LineSynthesiser

LINES, ROUNDS = 1000, 3


def main() -> None:
    cv2.setNumThreads(1)
    default = Path(__file__).parents[1] / "recipes" / "synth" / "receipts.toml"
    recipe = load_spec(sys.argv[1] if len(sys.argv) > 1 else default)
    if len(sys.argv) > 2:
        recipe["corpora"] = sys.argv[2]
    start = time.perf_counter()
    synthesiser = LineSynthesiser(recipe)
    synthesiser.batch(0, 200, width=160)
    glyphs, faces = len(synthesiser.atlas.offset), len(synthesiser.atlas.faces)
    print(f"ready after {time.perf_counter() - start:.1f} s: {faces} faces, {glyphs} glyphs")
    for width in (64, 160, 256, 384, 512):
        best = 0.0
        for seed in range(ROUNDS):
            start = time.process_time()
            synthesiser.batch(seed, LINES, width=width)
            best = max(best, LINES / (time.process_time() - start))
        print(f"32 x {width:3d}: {best:6.0f} lines per CPU second")


if __name__ == "__main__":
    main()
