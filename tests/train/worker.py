"""Trains a recipe (JSON file) on drawn lines into a folder: a process that tests may kill."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import drawn  # noqa: F401  registers its lines, in spawned processes too

from munja.train import train

if __name__ == "__main__":
    train(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]), announce=lambda text: None)
