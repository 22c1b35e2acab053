"""Make the example pictures and their ground truth: `python examples/make.py`.

The same packages give the same bytes. Needs munja, and Debian's fonts-dejavu-core, fonts-liberation and
fonts-nanum.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from scenes import article, forms, letter, notice, receipt, wagon
from scenes.camera import Picture, Pixels

from munja.core.errors import MunjaError

HERE = Path(__file__).parent

# Name, scene, seed, and how many colours are kept: fewer of them make a smaller file.
PICTURES: tuple[tuple[str, Callable[[int], Picture], int, int], ...] = (
    ("receipt", receipt.draw, 1, 144),
    ("two_columns", article.draw, 2, 256),
    ("rotated_scan", letter.draw, 3, 256),
    ("notice_ko_en", notice.draw, 4, 88),
    ("wagon_code", wagon.draw, 5, 96),
)


def save_png(path: Path, pixels: Pixels, colours: int) -> None:
    """Write pixels (H, W, 3) as a PNG of at most `colours` colours, or of grey values where all of them are grey."""
    if np.ptp(pixels, axis=2).max() == 0:
        Image.fromarray(pixels[..., 0]).save(path, optimize=True)
        return
    few = Image.fromarray(pixels).quantize(colours, method=Image.Quantize.MEDIANCUT, kmeans=3, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def save_pdf(path: Path, pages: Sequence[Pixels], dpi: int) -> None:
    """Write grey pages as the images of one PDF, which is dated to 1970 so that its bytes are the same each time."""
    first, *rest = [Image.fromarray(pixels[..., 0]) for pixels in pages]
    epoch = time.gmtime(0)
    first.save(
        path, save_all=True, append_images=rest, resolution=dpi, quality=50, creationDate=epoch, modDate=epoch,
        title="Munja example pages", producer="examples/make.py",
    )  # fmt: skip


def as_rows(tree: dict[str, Any]) -> str:
    """The JSON of a Page with each of its lines on a row of its own, for people who compare versions."""
    lines = ",\n".join("  " + json.dumps(line, ensure_ascii=False) for line in tree["lines"])
    head = json.dumps({key: value for key, value in tree.items() if key != "lines"}, ensure_ascii=False)
    return f'{head[:-1]}, "lines": [\n{lines}\n]}}'


def main() -> None:
    """Write every picture and its truth."""
    truth = HERE / "truth"
    truth.mkdir(exist_ok=True)
    for name, draw, seed, colours in PICTURES:
        picture = draw(seed)
        save_png(HERE / f"{name}.png", picture.pixels, colours)
        (truth / f"{name}.json").write_text(as_rows(picture.page.to_tree()) + "\n", encoding="utf-8")
        print(f"{name}.png: {len(picture.page.lines)} lines")
    pages = forms.draw(6)
    save_pdf(HERE / "pages.pdf", [picture.pixels for picture in pages], forms.DPI)
    trees = ",\n".join(as_rows(picture.page.to_tree()) for picture in pages)
    (truth / "pages.json").write_text(f"[\n{trees}\n]\n", encoding="utf-8")
    print(f"pages.pdf: {len(pages)} pages")


if __name__ == "__main__":
    try:
        main()
    except MunjaError as error:
        sys.exit(f"examples/make.py: {error}")
