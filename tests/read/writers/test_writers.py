"""Writers: every format by its name, one Page after the other."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from munja.core.errors import InputError, SpecError
from munja.core.page import Line, Page
from munja.imaging.image import Image
from munja.read.writers import WRITERS, document, writer

NAMES = ["text", "markdown", "json", "tsv", "hocr", "alto", "page", "pdf", "html", "png"]
SEVERAL = [name for name in NAMES if not WRITERS[name].one_page]


def test_every_format_of_the_command_line_is_there_under_its_name() -> None:
    assert list(WRITERS) == NAMES
    assert all(writer(name).name == name for name in NAMES)
    assert len({each.suffix for each in WRITERS.values()}) == len(NAMES)


def test_an_unknown_format_is_answered_with_the_nearest() -> None:
    assert writer("json").suffix == ".json"
    assert writer("text").suffix == ".txt"
    with pytest.raises(SpecError, match="--to jsn: not a format; did you mean json"):
        writer("jsn")


@pytest.mark.parametrize("name", NAMES)
def test_a_page_written_bit_by_bit_is_the_page_written_at_once(
    name: str, make_page: Callable[..., Page], white: Image
) -> None:
    page = make_page("Hello world", "안녕 세상")
    target = io.BytesIO()
    begun = writer(name).open(target, title="scan.png")
    begun.add(page, white)
    begun.finish()
    written = target.getvalue()
    if name == "page":  # states the time
        assert written[:100] == document(name, page, [white])[:100]
    else:
        assert written == document(name, page, [white], title="scan.png")


@pytest.mark.parametrize("name", NAMES)
def test_text_that_no_document_can_hold_is_replaced(name: str, white: Image) -> None:
    page = Page(
        600, 800, (Line('a\x00b \ud800<&>" \ufffe\tend\n', ((0, 0), (90, 0), (90, 20), (0, 20))),), source="\udc80"
    )
    content = document(name, page, [white])
    assert len(content) > 10
    if not WRITERS[name].binary:
        assert "end" in content.decode("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_page_without_text_is_a_document_too(name: str, white: Image) -> None:
    assert isinstance(document(name, Page(600, 800), [white]), bytes)


@pytest.mark.parametrize("name", SEVERAL)
def test_several_pages_make_one_document(name: str, make_page: Callable[..., Page], white: Image) -> None:
    first, second = make_page("First page"), make_page("Second page")
    content = document(name, [first, second], [white, white])
    assert len(content) > len(document(name, first, [white]))
    assert isinstance(document(name, []), bytes)


@pytest.mark.parametrize("name", ["page", "png"])
def test_a_second_page_in_a_format_of_one_is_an_error_that_says_what_to_do(
    name: str, make_page: Callable[..., Page], white: Image
) -> None:
    with pytest.raises(InputError, match=r"scan\.png: has several pages, .* write each page to a document of its own"):
        document(name, [make_page("a"), make_page("b")], [white, white])
    with pytest.raises(InputError, match="holds one page, got none"):
        document(name, [])


@pytest.mark.parametrize("name", ["pdf", "html", "png"])
def test_a_missing_or_foreign_picture_is_named(name: str, make_page: Callable[..., Page], white: Image) -> None:
    with pytest.raises(InputError, match=r"scan\.png: a picture of 600 x 800 pixels was wanted for page 1"):
        document(name, make_page("a"))
    with pytest.raises(InputError, match=r"page 1 is 600 x 800 pixels, its picture 600 x 799"):
        document(name, make_page("a"), [white[:-1]])


@pytest.mark.parametrize("name", ["pdf", "html", "png"])
def test_pictures_are_taken_from_the_source_where_none_are_given(name: str, examples: Path) -> None:
    source = examples / "receipt.png"
    page = Page(800, 1200, (Line("x", ((9, 9), (99, 9), (99, 40), (9, 40))),), source=str(source))
    assert document(name, page, source=source) == document(name, page, source=source.read_bytes())


@pytest.mark.parametrize("name", ["hocr", "alto", "tsv", "json", "pdf", "html"])
def test_memory_stays_flat_however_many_pages_there_are(name: str, make_page: Callable[..., Page]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (800, 600, 3), np.uint8)
    page = make_page(*["some words of a line"] * 12)

    class Nowhere(io.RawIOBase):
        def write(self, data: object) -> int:
            return len(bytes(data))  # type: ignore[call-overload, no-any-return]

    begun = writer(name).open(Nowhere())  # type: ignore[arg-type]
    peaks = []
    for count in (3, 15):
        tracemalloc.start()
        for _ in range(count):
            begun.add(page, noise)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    begun.finish()
    assert peaks[1] < 1.3 * peaks[0] + 100_000
