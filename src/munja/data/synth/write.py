"""Synthetic lines on disk: a folder of PNG pictures with their labels, and contact sheets to look at."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError
from munja.core.page import Character, Line, Page, Word, as_polygon
from munja.core.spec import Spec
from munja.data.sample import new_folder, refuse_existing
from munja.data.synth.lines import LineBatch, LineSynthesiser

WIDTHS = (64, 96, 128, 160, 192, 256, 320, 384, 512)
_CHUNK = 64


def write_lines(
    recipe: Spec,
    count: int,
    out: str | Path,
    *,
    seed: int = 0,
    split: str = "train",
    height: int = 32,
    widths: Sequence[int] = WIDTHS,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write `count` lines into the new folder `out`; how many were written comes back.

    `labels.jsonl` has an object per line: image, text, and a Page with the polygons of words and characters. The folder
    appears whole or not at all; InputError if it exists. `progress` is told the number of lines written so far.
    """
    refuse_existing(Path(out))
    if count < 1:
        raise InputError(f"1 line or more was wanted, got {count}")
    synthesiser = LineSynthesiser(recipe, split=split)
    with new_folder(Path(out)) as folder:
        (folder / "images").mkdir()
        with (folder / "labels.jsonl").open("w", encoding="utf-8") as labels:
            done = 0
            while done < count:
                chunk = min(_CHUNK, count - done)
                width = widths[(done // _CHUNK) % len(widths)]
                batch = synthesiser.batch(seed + done, chunk, width=width, height=height, polygons=True)
                for i in range(chunk):
                    labels.write(_write_line(folder, f"images/{done + i:07d}.png", batch, i))
                done += chunk
                if progress:
                    progress(done)
    return count


def _write_line(folder: Path, name: str, batch: LineBatch, i: int) -> str:
    write_grey_png(folder / name, batch.images[i, :, : batch.widths[i]])
    page = line_page(batch, i, source=name)
    return json.dumps({"image": name, "text": batch.texts[i], "page": page.to_tree()}, ensure_ascii=False) + "\n"


def write_grey_png(path: Path, picture: NDArray[np.uint8]) -> None:
    """Write a grey picture (H, W) as a PNG file; InputError if it cannot be encoded."""
    written, data = cv2.imencode(".png", picture)
    if not written:
        raise InputError(f"{path}: the picture of shape {picture.shape} could not be encoded as PNG")
    path.write_bytes(data.tobytes())


def line_page(batch: LineBatch, i: int, *, source: str | None = None) -> Page:
    """The Page of line i of a batch that was made with polygons."""
    if batch.polygons is None:
        raise InputError("a batch with polygons was wanted: make it with polygons=True")
    text, quads = batch.texts[i], batch.polygons[i]
    words: list[Word] = []
    start = 0
    for word in text.split(" "):
        end = start + len(word)
        if word:
            characters = tuple(Character(text[k], as_polygon(quads[k])) for k in range(start, end))
            words.append(Word(word, _around(quads[start:end]), None, characters))
        start = end + 1
    line = Line(text, _around(quads), None, tuple(words))
    height, width = batch.images.shape[1], int(batch.widths[i])
    return Page(width=width, height=height, lines=(line,), source=source)


def _around(quads: NDArray[np.float32]) -> Any:
    """The smallest rectangle around all corners whose sides follow the line from the first to the last character."""
    points = quads.reshape(-1, 2)
    along = quads[-1, 1:3].mean(axis=0) - quads[0, [0, 3]].mean(axis=0)
    along = along / max(float(np.hypot(*along)), 1e-6)
    across = np.array([-along[1], along[0]])
    u, v = points @ along, points @ across
    corners = [(u.min(), v.min()), (u.max(), v.min()), (u.max(), v.max()), (u.min(), v.max())]
    return as_polygon([a * along + b * across for a, b in corners])


def contact_sheet(images: Sequence[NDArray[np.uint8]], columns: int) -> NDArray[np.uint8]:
    """All pictures, (H, W) or (H, W, 3) of any size, in a white grid (rows, columns, 3) with 4 pixels between them."""
    if not images or columns < 1:
        raise InputError(f"one picture and one column or more were wanted, got {len(images)} and {columns}")
    pictures = [np.repeat(each[..., None], 3, axis=2) if each.ndim == 2 else each for each in images]
    height, width = (max(each.shape[axis] for each in pictures) + 4 for axis in (0, 1))
    rows = -(-len(pictures) // columns)
    sheet = np.full((rows * height + 4, columns * width + 4, 3), 255, np.uint8)
    for i, picture in enumerate(pictures):
        y, x = (i // columns) * height + 4, (i % columns) * width + 4
        sheet[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
    return sheet
