"""The pages that are read, with their truth, and crops of them for the soak."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from munja.core.errors import InputError

RECEIPTS = "receipts_dev"
DOCUMENTS = "isri_dev"
SETS = (RECEIPTS, DOCUMENTS)


@dataclass(frozen=True)
class TruthLine:
    """A line of the truth; `ignore` marks a don't-care region."""

    text: str
    quad: list[list[float]]
    ignore: bool


@dataclass(frozen=True)
class TruthPage:
    """A page's picture with what is written there: lines in file order, or a text alone."""

    name: str
    image: Path
    size: tuple[int, int]
    text: str
    lines: tuple[TruthLine, ...] = ()


def load(folder: Path, name: str, limit: int | None = None) -> list[TruthPage]:
    """The pages of the set `name` in `folder`, in file order; only the `limit` smallest if that is given."""
    listing = folder / name / "gt.jsonl"
    if not listing.is_file():
        raise InputError(f"{listing} was wanted: --data names the folder that holds {' and '.join(SETS)}")
    pages = []
    with listing.open(encoding="utf-8") as file:
        trees = [json.loads(row) for row in file]
    for tree in trees:
        lines = tuple(
            TruthLine(item["text"], item["quad"], item.get("ignore", False)) for item in tree.get("items", ())
        )
        text = tree.get("text") or "\n".join(line.text for line in lines if not line.ignore)
        width, height = tree["size"]
        pages.append(TruthPage(tree["image"], folder / name / tree["image"], (width, height), text, lines))
    # A trial run wants every part of the benchmark exercised in little time.
    return pages if limit is None else sorted(pages, key=lambda page: page.size[0] * page.size[1])[:limit]


def middle_page(pages: Sequence[TruthPage]) -> TruthPage:
    """The page with the median number of lines."""
    return sorted(pages, key=lambda page: (len(page.lines), page.name))[len(pages) // 2]


def write_crops(pages: Sequence[TruthPage], folder: Path, *, count: int, seed: int, longest: int = 640) -> list[Path]:
    """Write `count` random cut-outs, each side from 32 to `longest` pixels where the page allows it, as JPEG files."""
    from PIL import Image

    chance = random.Random(seed)
    paths = []
    opened: dict[Path, Image.Image] = {}
    for index in range(count):
        page = pages[chance.randrange(len(pages))]
        if page.image not in opened:
            opened[page.image] = Image.open(page.image).convert("RGB")
        picture = opened[page.image]
        width, height = (min(chance.randint(32, longest), side) for side in picture.size)
        left, top = chance.randint(0, picture.width - width), chance.randint(0, picture.height - height)
        paths.append(folder / f"{index:05}.jpg")
        picture.crop((left, top, left + width, top + height)).save(paths[-1], quality=90)
    return paths
