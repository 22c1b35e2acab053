"""Import of published checkpoints at full size: does the artifact compute what the checkpoint did?

    python -m benchmarks.import_parity [--only VGG]

Random weights under the published names, all 24 combinations and EasyOCR's two generations; the forward pass of the
imported artifact against a plain re-expression of the published one (tests/train/published.py). Prints a row for each.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import torch

TESTS = Path(__file__).parents[1] / "tests"
sys.path += [str(TESTS / "train"), str(TESTS / "shrink")]

EASYOCR = (
    (("None", "ResNet", "BiLSTM", "CTC"), {"hidden": 512}, 168),
    (("None", "VGG", "BiLSTM", "CTC"), {"channels": 256}, 97),
)


def main() -> None:
    """Measure."""
    from published import COMBINATIONS, random_state, shapes
    from test_clova import difference, images, import_checkpoint, saved

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="part of the names to measure")
    only = parser.parse_args().only
    torch.set_num_threads(1)
    runs = [(each, {}, 96 if each[3] == "Attn" else 95, (32, 100)) for each in COMBINATIONS]
    runs += [(each, settings, classes, (64, 200)) for each, settings, classes in EASYOCR]
    worst = 0.0
    for number, (combination, settings, classes, size) in enumerate(runs):
        name = "-".join(combination) + "".join(f" {key} {value}" for key, value in settings.items())
        if only not in name:
            continue
        with tempfile.TemporaryDirectory() as folder:
            state = random_state(shapes(combination, classes, **settings), seed=number)
            artifact = Path(folder) / "imported.safetensors"
            import_checkpoint(saved(Path(folder) / "published.pth", state), artifact)
            found = difference(artifact, state, combination, images(*size))
        worst = max(worst, found)
        print(f"{name}: {found:.1e}", flush=True)
    print(f"worst: {worst:.1e}")


if __name__ == "__main__":
    main()
