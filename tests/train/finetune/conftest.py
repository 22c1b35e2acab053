"""A small recogniser that has learnt to read drawn lines, trained once for all tests, and labelled crops."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn import Drawn
from test_recipe import tiny

from munja.train import train

WriteCrops = Callable[..., Path]


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The weights of a recogniser of dark lines on a light ground."""
    recipe = tiny(
        steps=260, validate_every=260, ema=0.9, optimiser={"name": "adamw", "learning_rate": 5e-3}, log_seconds=100.0
    )
    recipe["task"] |= {"auxiliary_until": 0.5, "batch": 16}
    return train(recipe, tmp_path_factory.mktemp("start"), announce=lambda text: None)


@pytest.fixture(scope="session")
def write_crops() -> WriteCrops:
    """Writes crops as PNG files with a labels.csv and gives back its path.

    `each` crops are of one photograph. `inverse` ones are light on dark; every third ends in the `sign`, a bar.
    """

    def write(folder: Path, count: int, *, seed: int = 5, each: int = 2, inverse: bool = False, sign: str = "") -> Path:
        folder.mkdir(parents=True)
        lines = Drawn("train").batch(seed, count, width=96, height=32)
        with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(["image", "text", "source"])
            rows = zip(lines.images, lines.texts, lines.widths.tolist(), strict=True)
            for i, (image, text, width) in enumerate(rows):
                picture = np.ascontiguousarray(image[:, :width])
                if sign and i % 3 == 0:
                    bar = np.full((32, 16), 230, np.uint8)
                    bar[4:28, 4:12] = 20
                    picture, text = np.hstack([picture, bar]), text + sign
                cv2.imwrite(str(folder / f"{i:03d}.png"), 255 - picture if inverse else picture)
                table.writerow([f"{i:03d}.png", text, f"photo {i // each}"])
        return folder / "labels.csv"

    return write
