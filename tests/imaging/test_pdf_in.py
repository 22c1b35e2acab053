"""PDF pages in: the pages that were asked for, at the resolution that was asked for."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from munja.core.errors import InputError
from munja.imaging.image import InputRule, count_frames, frames
from munja.imaging.pdf_in import pdf_frames, pdf_length


def pdf(*objects: bytes) -> bytes:
    """A PDF of numbered objects, the first of which is its catalogue."""
    content, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n" % number + each + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    return content + head + table + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(content))


CATALOGUE, PAGES = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"


def stream(dictionary: bytes, content: bytes) -> bytes:
    return b"<<" + dictionary + b"/Length %d>>\nstream\n" % len(content) + content + b"\nendstream"


def drawing(content: bytes, box: bytes = b"0 0 144 72", extra: bytes = b"") -> bytes:
    """A PDF of one page that shows the drawing operators."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[" + box + b"]/Contents 4 0 R/Resources<<>>" + extra + b">>"
    return pdf(CATALOGUE, PAGES, page, stream(b"", content))


@pytest.fixture(scope="module")
def grey_pages() -> bytes:
    """A PDF of three pages, 72 x 36 points each, the first darkest."""
    pages = [PIL.Image.new("RGB", (72, 36), (level, level, level)) for level in (50, 120, 200)]
    target = io.BytesIO()
    pages[0].save(target, "PDF", save_all=True, append_images=pages[1:], resolution=72)
    return target.getvalue()


def test_all_pages_come_in_order_with_their_numbers_and_resolution(grey_pages: bytes) -> None:
    found = list(pdf_frames(grey_pages, "three.pdf", InputRule(dpi=144)))
    assert [frame.index for frame in found] == [0, 1, 2]
    assert [frame.image.shape for frame in found] == [(72, 144, 3)] * 3
    assert [frame.dpi for frame in found] == [144] * 3
    assert {frame.source for frame in found} == {"three.pdf"}
    levels = [int(frame.image[36, 72, 0]) for frame in found]
    assert levels == pytest.approx([50, 120, 200], abs=3)


def test_only_the_pages_that_were_asked_for_are_rendered(grey_pages: bytes) -> None:
    found = list(pdf_frames(grey_pages, None, InputRule(pages=frozenset({0, 2}))))
    assert [frame.index for frame in found] == [0, 2]
    assert abs(int(found[1].image[10, 10, 0]) - 200) <= 3


def test_the_number_of_pages_is_known_without_rendering(grey_pages: bytes) -> None:
    assert pdf_length(grey_pages, None) == count_frames(grey_pages) == 3


@pytest.mark.parametrize("dpi", [36, 72, 200])
def test_the_size_follows_the_resolution(grey_pages: bytes, dpi: int) -> None:
    frame = next(frames(grey_pages, InputRule(dpi=dpi)))
    assert frame.image.shape == pytest.approx((36 * dpi / 72, 72 * dpi / 72, 3), abs=1)


def test_colours_are_rgb_and_the_ground_is_white() -> None:
    frame = next(frames(drawing(b"1 0 0 rg 0 0 72 72 re f"), InputRule(dpi=72)))
    assert frame.image[36, 20].tolist() == [255, 0, 0]
    assert frame.image[36, 120].tolist() == [255, 255, 255]


def test_a_grey_drawing_still_has_three_channels() -> None:
    frame = next(frames(drawing(b"0.5 g 0 0 72 72 re f"), InputRule(dpi=72)))
    assert frame.image.shape == (72, 144, 3)
    assert frame.image.dtype == np.uint8


def test_a_page_turned_by_its_rotation_entry_is_upright() -> None:
    frame = next(frames(drawing(b"0 g 0 0 10 10 re f", extra=b"/Rotate 90"), InputRule(dpi=72)))
    assert frame.image.shape == (144, 72, 3)
    assert frame.image[3, 3].tolist() == [0, 0, 0]  # the drawing's bottom left is the top left now


def test_what_was_filled_into_a_form_is_on_the_page() -> None:
    text = b"/Tx BMC BT /F 24 Tf 5 8 Td (Filled in) Tj ET EMC"
    content = pdf(
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/DR<</Font<</F 6 0 R>>>>/DA(/F 24 Tf 0 g)>>>>",
        PAGES,
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Annots[4 0 R]/Resources<<>>>>",
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(Filled in)/F 4"
        b"/Rect[20 30 280 70]/DA(/F 24 Tf 0 g)/AP<</N 5 0 R>>>>",
        stream(b"/Type/XObject/Subtype/Form/BBox[0 0 260 40]/Resources<</Font<</F 6 0 R>>>>", text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    frame = next(frames(content, InputRule(dpi=100)))
    assert (frame.image < 100).sum() > 200  # there is ink


def test_a_document_of_one_page_is_read_from_bytes_before_its_mark() -> None:
    frame = next(frames(b"\n\n" + drawing(b""), InputRule(dpi=72)))
    assert frame.image.shape == (72, 144, 3)


def test_a_page_of_more_than_max_pixels_names_the_page_and_the_cure() -> None:
    with pytest.raises(InputError) as caught:
        next(frames(drawing(b"", box=b"0 0 7200 7200"), InputRule(max_pixels=1_000_000)))
    assert "page 1" in str(caught.value)
    assert "--dpi" in str(caught.value)
    assert "--max-pixels" in str(caught.value)


@pytest.mark.parametrize("kept", [20, 200, 0.5])
def test_a_damaged_document_is_named(tmp_path: Path, grey_pages: bytes, kept: float) -> None:
    path = tmp_path / "bad.pdf"
    path.write_bytes(grey_pages[: int(kept if kept > 1 else kept * len(grey_pages))])
    with pytest.raises(InputError, match=r"bad\.pdf: a damaged PDF"):
        list(frames(path))
    with pytest.raises(InputError, match=r"bad\.pdf: a damaged PDF"):
        count_frames(path)


def test_a_page_that_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.pdf"
    path.write_bytes(pdf(CATALOGUE, b"<</Type/Pages/Kids[3 0 R 9 0 R]/Count 2>>", b"<</Type/Page/Parent 2 0 R>>"))
    with pytest.raises(InputError, match=r"bad\.pdf: .*page 2"):
        list(frames(path))


def test_a_locked_document_says_that_it_is_locked(tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    key = b"<" + b"11" * 32 + b">"
    content = drawing(b"")
    encrypted = (
        b"/Encrypt<</Filter/Standard/V 1/R 2/O" + key + b"/U" + key + b"/P -4>>/ID[" + key + key + b"]/Root 1 0 R"
    )
    path.write_bytes(content.replace(b"/Root 1 0 R", encrypted))
    with pytest.raises(InputError, match=r"locked\.pdf: a PDF locked with a password; give it with --password"):
        list(frames(path))
