"""Photographed codes on disk: a Munja dataset whose crops know their photo, with a labels.csv beside it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError
from munja.data.dataset import About, fill_dataset
from munja.data.sample import Picture, Sample, new_folder, refuse_existing
from munja.data.synth.codes.synthesiser import CodeCrop, CodeSynthesiser

LABELS = "labels.csv"
_CHUNK = 64


def write_codes(
    recipe: Mapping[str, Any],
    count: int,
    out: str | Path,
    *,
    seed: int = 0,
    split: str = "train",
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write `count` crops into the new folder `out`; how many were written comes back.

    The folder is a Munja dataset of texts with the attributes source (crops of one photo share it), style, severity and
    centres: the x pixels of the middles of the characters. `labels.csv` says image, text and source once more. The
    folder appears whole or not at all; InputError if it exists.
    `progress` is told the number of crops written so far.
    """
    out = Path(out)
    refuse_existing(out)
    if count < 1:
        raise InputError(f"1 code or more was wanted, got {count}")
    about = About(
        out.name,
        "synthetic photographs of industrial codes, one code to a picture; source names the photo of a crop",
        made=f"munja synth, seed {seed}, faces of {split}",
    )
    with new_folder(out) as folder:
        synthesiser = CodeSynthesiser(recipe, split=split)
        with (folder / LABELS).open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(("image", "text", "source"))

            def samples() -> Iterator[tuple[Sample, bytes]]:
                for number, crop in enumerate(synthesiser.crops(seed, count)):
                    sample = sample_of(crop, f"{number:07d}.jpg")
                    rows.writerow((f"images/{sample.name}", crop.text, crop.source))
                    yield sample, crop.content
                    if progress and ((number + 1) % _CHUNK == 0 or number + 1 == count):
                        progress(number + 1)

            fill_dataset(folder, samples(), about)
    return count


def sample_of(crop: CodeCrop, name: str) -> Sample:
    """A crop as a Sample of a dataset."""
    centres = [round(float(each), 1) for each in crop.centres]
    attributes = {"source": crop.source, "style": crop.style, "severity": crop.severity, "centres": centres}
    return Sample(name, Picture(fetch=lambda: crop.content), text=crop.text, attributes=attributes)


def shown(crop: CodeCrop) -> NDArray[np.uint8]:
    """A crop (H, W, 3) at most 256 pixels wide with its text, style and photo below, for a sheet."""
    image = crop.image
    if (zoom := 256 / image.shape[1]) < 1:
        image = np.asarray(cv2.resize(image, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA), np.uint8)
    note = np.full((12, 256, 3), 255, np.uint8)
    words = f"{crop.text} {crop.style} {crop.source.removeprefix('photo-')}"
    cv2.putText(note, words, (0, 9), cv2.FONT_HERSHEY_SIMPLEX, 0.32, (0, 0, 0), 1, cv2.LINE_AA)
    picture = np.full((image.shape[0] + 12, 256, 3), 255, np.uint8)
    picture[: image.shape[0], : image.shape[1]] = image
    picture[image.shape[0] :] = note
    return picture
