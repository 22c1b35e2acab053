"""HTML: one file, no foreign host, words as wide as in the picture."""

from __future__ import annotations

import base64
import io
import math
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageFont
import pytest

from munja.core.page import Page
from munja.imaging.image import Image
from munja.read.writers import document


class Found(HTMLParser):
    """The spans of a document with their styles, its addresses, its lines of text."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.spans: list[tuple[str, dict[str, str]]] = []
        self.addresses: list[str] = []
        self.open: list[str] = []
        self.lines: list[str] = []
        self._style = ""
        self.feed(content.decode())
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.addresses += [value or "" for key, value in attrs if key in ("src", "href")]
        self._style = values.get("style") or ""
        if tag == "p":
            self.lines.append("")
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "span":
            self.spans.append((data, dict(re.findall(r"([\w-]+): ([^;]+)", self._style))))
            self.lines[-1] += data


def font_of(content: bytes, size: int) -> PIL.ImageFont.FreeTypeFont:
    found = re.search(rb"data:font/ttf;base64,([\w+/=]+)", content)
    assert found
    return PIL.ImageFont.truetype(
        io.BytesIO(base64.b64decode(found[1])), size, layout_engine=PIL.ImageFont.Layout.BASIC
    )


@pytest.mark.parametrize("degrees", [0, 4, 90, 200])
def test_every_word_is_as_large_as_in_the_picture(degrees: float, make_page: Callable[..., Page], white: Image) -> None:
    page = make_page("Hello <wide> world", "안녕 세상", degrees=degrees)
    content = document("html", page, [white])
    found = Found(content)
    assert found.lines == ["Hello <wide> world ", "안녕 세상 "]
    for (text, style), word in zip(found.spans, page.words, strict=True):
        a, b, _, d = word.polygon
        assert float(style["left"].rstrip("%")) * 6 == pytest.approx(a[0], abs=0.05)
        assert float(style["top"].rstrip("%")) * 8 == pytest.approx(a[1], abs=0.05)
        height = float(style["font-size"].removesuffix("cqw")) * 6
        assert height == pytest.approx(math.dist(a, d), abs=0.05)
        turn = re.search(r"rotate\(([-\d.]+)deg\)", style["transform"])
        assert (float(turn[1]) if turn else 0.0) % 360 == pytest.approx(degrees, abs=0.01)
        stretch = re.search(r"scaleX\(([\d.]+)\)", style["transform"])
        assert stretch
        # The width as a browser makes it: from the widths in the font that the file carries.
        width = font_of(content, 1000).getlength(text.rstrip()) / 1000 * height * float(stretch[1])
        assert width == pytest.approx(math.dist(a, b), abs=0.1)


def test_nothing_is_fetched_and_nothing_is_run(make_page: Callable[..., Page], white: Image) -> None:
    content = document("html", [make_page("a"), make_page("b")], [white, white], title="Über <Wagen>")
    assert all(address.startswith("data:image/") for address in Found(content).addresses)
    assert b"http" not in content
    assert b"<script" not in content
    assert "<title>Über &lt;Wagen&gt;</title>".encode() in content


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_jpeg_and_png_files_are_carried_unchanged(kind: str, tmp_path: Path, white: Image) -> None:
    path = tmp_path / "picture"
    PIL.Image.fromarray(white).save(path, kind)
    assert base64.b64encode(path.read_bytes()) in document("html", Page(600, 800), [white], source=path)


def test_a_bilevel_picture_stays_one_bit_deep() -> None:
    bilevel = np.where(np.random.default_rng(1).random((200, 100, 1)) < 0.1, 0, 255).astype(np.uint8).repeat(3, axis=2)
    (address,) = Found(document("html", Page(100, 200), [bilevel])).addresses
    picture = PIL.Image.open(io.BytesIO(base64.b64decode(address.removeprefix("data:image/png;base64,"))))
    assert picture.mode == "1"
    assert np.array_equal(np.asarray(picture.convert("RGB")), bilevel)


def test_korean_lines_say_their_language(make_page: Callable[..., Page], white: Image) -> None:
    content = document("html", make_page("Hello", "안녕"), [white]).decode()
    assert re.findall(r"<p( lang=\w+)?>", content) == ["", " lang=ko"]
