"""What a format cannot hold of a sample: told before it is written, so that no writer loses anything in silence."""

from __future__ import annotations

from collections.abc import Iterator

from munja.core.page import Line, Page, Polygon
from munja.data.convert.format import GEOMETRY, Holds
from munja.data.convert.parse import SPLITS, is_upright
from munja.data.sample import Sample


def losses(sample: Sample, holds: Holds) -> Iterator[str]:
    """What of a sample a format does not hold, in a few words each."""
    if sample.split is not None and (
        holds.splits == "none" or (holds.splits == "named" and sample.split not in SPLITS.values())
    ):
        yield f"split {sample.split}"
    if holds.attributes is not None:
        for key, value in sample.attributes.items():
            if key == "level" and holds.level is not None:
                if value != holds.level:
                    yield f"level {value} of the boxes (they will be read as {holds.level}s)"
            elif key not in holds.attributes:
                yield f"attribute {key}"
    if sample.page is None:
        yield from _text_losses(sample.text or "", holds)
        return
    if sample.text is not None and not holds.transcripts:
        yield "transcript of a page as one text"
    yield from _page_losses(sample.page, sample.name, holds)
    for line in sample.page.lines:
        yield from _line_losses(line, holds)


def _page_losses(page: Page, name: str, holds: Holds) -> Iterator[str]:
    if holds.page_fields:
        return
    if page.angle:
        yield "angle of a page"
    if page.dpi is not None or page.index:
        yield "resolution or number of a page"
    if page.notes:
        yield "notes of a page"
    if page.source is not None and page.source != name:
        yield "source of a page"


def _line_losses(line: Line, holds: Holds) -> Iterator[str]:
    if not line.ignore:
        yield from _text_losses(line.text, holds)
    if line.text in holds.marks and not line.ignore:
        yield f"text {line.text} (it will be read as a don't-care mark)"
    if line.text and not line.ignore and not holds.texts:
        yield "text of a line"
    yield from _polygon_losses(line.polygon, holds)
    if line.ignore and not holds.ignored:
        yield "don't-care mark"
    if line.ignore and line.text not in ("", "###") and holds.marks:
        yield "text of a don't-care region"
    if not holds.scores and (line.score is not None or any(word.score is not None for word in line.words)):
        yield "score"
    if line.angle and not holds.angles:
        yield "angle of a line"
    if not holds.words and len(line.words) > 1:
        yield "words of a line"
    if not holds.characters and any(word.characters for word in line.words):
        yield "characters of a word"


def _text_losses(text: str, holds: Holds) -> Iterator[str]:
    if not holds.newlines and ("\n" in text or "\r" in text):
        yield "line break in a text"
    if not holds.tabs and "\t" in text:
        yield "tab in a text"
    if not holds.blanks and text != " ".join(text.split()):
        yield "white space of a text (runs become one blank)"


def _polygon_losses(polygon: Polygon, holds: Holds) -> Iterator[str]:
    if not polygon:
        if holds.geometry != "none":
            yield "line without a place"
        return
    if needed(polygon) > GEOMETRY.index(holds.geometry):
        kind = "place" if holds.geometry == "none" else GEOMETRY[needed(polygon)]
        yield f"{kind} of a line (kept: {holds.geometry})"
    if not holds.fractions and any(not each.is_integer() for point in polygon for each in point):
        yield "fraction of a pixel"


def needed(polygon: Polygon) -> int:
    """The place in GEOMETRY of the simplest shape that holds a polygon."""
    if len(polygon) != 4:
        return GEOMETRY.index("polygon")
    return GEOMETRY.index("box" if is_upright(polygon) else "quad")
