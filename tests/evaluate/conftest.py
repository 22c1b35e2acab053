"""A small set for the tests of evaluation: three drawn pages, and a reading of them with one error of each kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from munja.core.page import Line, Page, Polygon
from munja.evaluate import Evaluation, evaluate, load_predictions, opened_truth
from munja.evaluate.truth import Truth

WIDTH, HEIGHT = 400, 160
LINES = {
    "a.png": ("HELLO WORLD", "TOTAL 9.00"),
    "b.png": ("RECEIPT", "SUM 10"),
    "c.png": ("BYE", "SEE YOU"),
}


def box(left: float, top: float, right: float, bottom: float) -> Polygon:
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def place(number: int, text: str) -> Polygon:
    """Where the line of a drawn page stands."""
    return box(20, 20 + 60 * number, 20 + 20 * len(text), 50 + 60 * number)


def drawn(texts: tuple[str, ...]) -> np.ndarray:
    image = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    for number, text in enumerate(texts):
        cv2.putText(image, text, (20, 48 + 60 * number), cv2.FONT_HERSHEY_SIMPLEX, 1, (30, 30, 30), 2)
    return image


@pytest.fixture
def truth_folder(tmp_path: Path) -> Path:
    """A gt.jsonl of lines with boxes, with its pictures."""
    folder = tmp_path / "truth"
    (folder / "images").mkdir(parents=True)
    rows = []
    for name, texts in LINES.items():
        cv2.imwrite(str(folder / "images" / name), drawn(texts))
        items = [{"quad": place(number, text), "text": text} for number, text in enumerate(texts)]
        row = {"image": f"images/{name}", "kind": "page", "level": "line", "size": [WIDTH, HEIGHT], "items": items}
        rows.append(json.dumps(row))
    (folder / "gt.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def truth(truth_folder: Path) -> Iterator[Truth]:
    with opened_truth(truth_folder) as opened:
        yield opened


@pytest.fixture
def right_pages() -> dict[str, Page]:
    """What a reader without any error reads, with scores."""
    return {
        name: Page(
            WIDTH, HEIGHT, tuple(Line(text, place(number, text), 0.9) for number, text in enumerate(texts)), source=name
        )
        for name, texts in LINES.items()
    }


@pytest.fixture
def wrong_pages(right_pages: dict[str, Page]) -> dict[str, Page]:
    """On a.png a 0 for an O, a missed line and a false one; on b.png a line split in two; c.png is right."""
    first = right_pages["a.png"].lines[0]
    split = (Line("REC", box(20, 20, 78, 50), 0.8), Line("EIPT", box(82, 20, 160, 50), 0.7))
    return {
        "a.png": replace(
            right_pages["a.png"],
            lines=(replace(first, text="HELL0 WORLD"), Line("GHOST", box(260, 100, 360, 130), 0.4)),
        ),
        "b.png": replace(right_pages["b.png"], lines=(*split, right_pages["b.png"].lines[1])),
        "c.png": right_pages["c.png"],
    }


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str, Mapping[str, Page]], Path]:
    """Write Pages as `munja read --to json` does; gives back their folder."""

    def write(name: str, pages: Mapping[str, Page]) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for key, page in pages.items():
            (folder / f"{Path(key).stem}.json").write_text(page.to_json(), encoding="utf-8")
        return folder

    return write


@pytest.fixture
def evaluation(
    truth: Truth,
    written: Callable[[str, Mapping[str, Page]], Path],
    right_pages: dict[str, Page],
    wrong_pages: dict[str, Page],
) -> Evaluation:
    """Two readers on the small set: one with errors, one without."""
    readings = [
        load_predictions(written(name, pages), truth)
        for name, pages in (("wrong", wrong_pages), ("right", right_pages))
    ]
    for reading, name in zip(readings, ("wrong", "right"), strict=True):
        reading.name = name
    return evaluate(truth, readings, title="Three small pages")
