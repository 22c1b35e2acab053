"""Synthetic pages on disk: a folder of PNG pictures with their Pages, and contact sheets with the quads drawn."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError
from munja.core.page import Line, Page, Word, as_polygon
from munja.data.sample import new_folder, refuse_existing
from munja.data.synth.pages.labels import PageLine
from munja.data.synth.pages.synthesiser import PageBatch, PageSynthesiser
from munja.data.synth.write import write_grey_png

_CHUNK = 16


def write_pages(
    recipe: Mapping[str, Any],
    count: int,
    out: str | Path,
    *,
    seed: int = 0,
    split: str = "train",
    size: int = 448,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write `count` pages into the new folder `out`; how many were written comes back.

    A recipe with a `long_side` gives whole pages, another one pieces of `size` x `size` pixels. `labels.jsonl` has an
    object per page: image, and a Page with the polygons of lines and words. The folder appears whole or not at all;
    InputError if it exists. `progress` is told the number of pages written so far.
    """
    refuse_existing(Path(out))
    if count < 1:
        raise InputError(f"1 page or more was wanted, got {count}")
    synthesiser = PageSynthesiser(recipe, split=split)
    with new_folder(Path(out)) as folder:
        (folder / "images").mkdir()
        with (folder / "labels.jsonl").open("w", encoding="utf-8") as labels:
            for done in range(0, count, _CHUNK):
                part = min(_CHUNK, count - done)
                for i, (image, lines) in enumerate(_pictures(synthesiser, seed + done, part, size)):
                    labels.write(_write_page(folder, f"images/{done + i:07d}.png", image, lines))
                if progress:
                    progress(done + part)
    return count


def _pictures(
    synthesiser: PageSynthesiser, seed: int, count: int, size: int
) -> Iterator[tuple[NDArray[np.uint8], tuple[PageLine, ...]]]:
    """Whole pages where the recipe has a long side, else pieces of `size` x `size` pixels."""
    if synthesiser.recipe.long_side is None:
        batch = synthesiser.batch(seed, count, size=size)
        yield from zip(batch.images, batch.lines, strict=True)
    else:
        for page in synthesiser.whole(seed, count):
            yield page.image, page.lines


def _write_page(folder: Path, name: str, image: NDArray[np.uint8], lines: Sequence[PageLine]) -> str:
    write_grey_png(folder / name, image)
    height, width = image.shape
    page = page_of_lines(lines, width, height, source=name)
    return json.dumps({"image": name, "page": page.to_tree()}, ensure_ascii=False) + "\n"


def page_of(batch: PageBatch, i: int, *, source: str | None = None) -> Page:
    """The Page of picture i of a batch: its lines with their words, in the order in which they were set."""
    height, width = batch.images.shape[1:]
    return page_of_lines(batch.lines[i], width, height, source=source)


def page_of_lines(lines: Sequence[PageLine], width: int, height: int, *, source: str | None = None) -> Page:
    """The Page of a picture of `width` x `height` pixels with these lines."""
    return Page(width=width, height=height, lines=tuple(map(_line, lines)), source=source)


def _line(line: PageLine) -> Line:
    words = tuple(Word(text, as_polygon(quad.tolist())) for text, quad in zip(line.texts, line.words, strict=True))
    outline = line.quad if line.polygon is None else line.polygon
    along = line.quad[1] - line.quad[0]
    angle = round(math.degrees(math.atan2(float(along[1]), float(along[0]))), 2) % 360
    return Line(" ".join(line.texts), as_polygon(outline.tolist()), None, words, angle, line.ignore or not words)


def drawn(batch: PageBatch) -> list[NDArray[np.uint8]]:
    """The pictures (H, W, 3) of a batch with its lines drawn: red, or blue where ignored, a dot where text begins."""
    pictures = []
    for image, lines in zip(batch.images, batch.lines, strict=True):
        picture = np.repeat(image[..., None], 3, axis=2)
        for line in lines:
            outline = line.quad if line.polygon is None else line.polygon
            colour = (40, 40, 255) if line.ignore else (255, 0, 0)
            cv2.polylines(picture, [np.rint(outline * 8).astype(np.int32)], True, colour, 1, cv2.LINE_AA, 3)
            start = np.rint(line.quad[0]).astype(int).tolist()
            cv2.circle(picture, start, 2, (0, 150, 0), -1)
        pictures.append(picture)
    return pictures
