"""PDF made of pictures: the source's own data, PDF/A-2b, small."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pikepdf.pdfa
import PIL.Image
import PIL.ImageCms
import PIL.ImageDraw
import pypdfium2
import pytest

from munja.core.page import Line, Page
from munja.imaging.image import frames
from munja.read.writers import document
from munja.read.writers.pdf import points_per_pixel

SIZE = (90, 60)


def drawing(mode: str = "RGB") -> PIL.Image.Image:
    """A picture whose four corners all differ, so that every way of turning it shows."""
    picture = PIL.Image.new("RGB", SIZE, "white")
    draw = PIL.ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 30, 20), "red")
    draw.rectangle((60, 0, 90, 20), "green")
    draw.rectangle((0, 40, 30, 60), "blue")
    return picture.convert(mode)


def saved(picture: PIL.Image.Image, kind: str, **settings: Any) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, **settings)
    return target.getvalue()


def written(source: bytes, dpi: float | None = 72) -> bytes:
    """The PDF of a source without text."""
    found = list(frames(source))
    pages = [Page(each.image.shape[1], each.image.shape[0], index=each.index, dpi=dpi) for each in found]
    return document("pdf", pages, [each.image for each in found], source=source)


def shown(content: bytes, index: int = 0) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """How PDFium draws a page at 72 dpi."""
    with pypdfium2.PdfDocument(content) as pdf:
        return np.asarray(pdf[index].render(rev_byteorder=True).to_numpy()[..., :3]).copy()


@dataclass(frozen=True)
class Stored:
    """The picture object of the first page: its data, filter and colour space, with the profile if that has one."""

    data: bytes
    filter: str
    space: str
    profile: bytes


def only_picture(content: bytes) -> Stored:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        picture: Any = pdf.pages[0].Resources.XObject.Picture
        space = picture.ColorSpace
        based = isinstance(space, pikepdf.Array) and space[0] == "/ICCBased"
        profile = space[1].read_bytes() if based else b""
        return Stored(picture.read_raw_bytes(), str(picture.Filter), "/ICCBased" if based else str(space), profile)


def assert_archival(content: bytes) -> None:
    report = pikepdf.pdfa.check(pikepdf.open(io.BytesIO(content)), "2b")
    assert report.findings == []
    assert b"<pdfaid:part>2</pdfaid:part>" in content


EXIF_90 = PIL.Image.Exif()
EXIF_90[274] = 6
SOURCES: dict[str, bytes] = {
    "jpeg": saved(drawing(), "JPEG", quality=95),
    "grey jpeg": saved(drawing("L"), "JPEG", quality=95),
    "progressive jpeg": saved(drawing(), "JPEG", quality=95, progressive=True),
    "cmyk jpeg": saved(drawing("CMYK"), "JPEG", quality=95),
    "exif-rotated jpeg": saved(drawing(), "JPEG", quality=95, exif=EXIF_90),
    "png": saved(drawing(), "PNG"),
    "grey png": saved(drawing("L"), "PNG"),
    "palette png": saved(drawing("P"), "PNG"),
    "bilevel png": saved(drawing("1"), "PNG"),
    "transparent png": saved(drawing("RGBA"), "PNG"),
    "bmp": saved(drawing(), "BMP"),
    "g4 tiff": saved(drawing("1"), "TIFF", compression="group4"),
    "webp": saved(drawing(), "WEBP", quality=95),
    "gif": saved(drawing("P"), "GIF"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_a_page_shows_what_was_read(name: str) -> None:
    (frame,) = frames(SOURCES[name])
    found = shown(written(SOURCES[name]))
    assert found.shape == frame.image.shape
    # CMYK is turned into RGB differently by every program.
    off = np.abs(found.astype(int) - frame.image)
    assert off.mean() < (40 if name == "cmyk jpeg" else 4)
    corners = [(slice(3, 12), slice(3, 12)), (slice(-12, -3), slice(3, 12)), (slice(3, 12), slice(-12, -3))]
    for rows, columns in corners:
        assert np.abs(found[rows, columns].mean((0, 1)) - frame.image[rows, columns].mean((0, 1))).max() < 110


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_is_shown_as_read(orientation: int) -> None:
    exif = PIL.Image.Exif()
    exif[274] = orientation
    source = saved(drawing(), "JPEG", quality=95, exif=exif)
    (frame,) = frames(source)
    content = written(source)
    assert np.abs(shown(content).astype(int) - frame.image).mean() < 4
    assert only_picture(content).data == source


@pytest.mark.parametrize("name", [name for name in SOURCES if "jpeg" in name])
def test_jpegs_pass_through_unchanged(name: str) -> None:
    picture = only_picture(written(SOURCES[name]))
    assert picture.data == SOURCES[name]
    assert picture.filter == "/DCTDecode"


@pytest.mark.parametrize("name", ["png", "grey png", "palette png", "bilevel png"])
def test_the_data_of_plain_pngs_pass_through_unchanged(name: str) -> None:
    data = only_picture(written(SOURCES[name])).data
    assert data
    assert data in SOURCES[name]


@pytest.mark.parametrize("name", [name for name in SOURCES if name != "cmyk jpeg"])
def test_documents_are_archival(name: str) -> None:
    assert_archival(written(SOURCES[name]))


def test_cmyk_without_a_profile_is_not_called_archival() -> None:
    assert b"pdfaid:part>" not in written(SOURCES["cmyk jpeg"])


def test_an_embedded_colour_profile_is_kept_if_it_fits() -> None:
    profile = PIL.ImageCms.ImageCmsProfile(PIL.ImageCms.createProfile("sRGB")).tobytes()
    source = saved(drawing(), "JPEG", icc_profile=profile)
    content = written(source)
    assert only_picture(content).profile == profile
    assert_archival(content)
    grey = saved(drawing("L"), "JPEG", icc_profile=profile)  # a profile that does not fit the picture
    assert only_picture(written(grey)).space == "/DeviceGray"


def test_bilevel_scans_are_stored_as_a_fax_sends_them() -> None:
    frame = PIL.Image.new("1", (1654, 2339), 1)
    PIL.ImageDraw.Draw(frame).text((200, 200), "a fax", 0)
    source = saved(frame, "TIFF", compression="group4", save_all=True, append_images=[frame])
    content = written(source, 200)
    assert only_picture(content).filter == "/CCITTFaxDecode"
    assert len(content) < len(source) + 6_000
    found = shown(content, 1)
    assert found.shape[:2] == (843, 596)  # 842.04 x 595.44 points
    assert 0.9 < (found > 250).mean() < 1.0


def test_what_was_compressed_with_loss_before_does_not_grow_tenfold() -> None:
    noise = np.random.default_rng(3).normal(128, 30, (300, 300, 3)).clip(0, 255).astype(np.uint8)
    source = saved(PIL.Image.fromarray(noise), "WEBP", quality=80)
    assert len(written(source)) < 5 * len(source)
    assert only_picture(written(source)).filter == "/DCTDecode"
    lossless = saved(PIL.Image.fromarray(noise), "WEBP", lossless=True)
    assert only_picture(written(lossless)).filter == "/FlateDecode"


def test_files_stay_small_and_are_the_same_every_time(truth: Callable[[str], Page], examples: Path) -> None:
    page = truth("two_columns")
    source = examples / "two_columns.png"
    content = document("pdf", page, source=source)
    # 752 words: about 20 kB of text layer, font and colour profile.
    assert len(content) < source.stat().st_size + 22_000
    assert content == document("pdf", page, source=source)
    assert_archival(content)


@pytest.mark.parametrize(
    ("size", "dpi", "points"),
    [
        ((1654, 2339), 200, (595, 842)),
        ((4000, 3000), None, (842, 632)),
        ((4000, 3000), 72, (842, 632)),  # what a camera states
        ((300, 200), None, (300, 200)),
        ((595, 842), 72, (595, 842)),
        ((50, 20_000), None, (3, 1200)),
        ((20_000, 15_000), 600, (2400, 1800)),
    ],
)
def test_pages_are_as_large_as_their_resolution_says(
    size: tuple[int, int], dpi: float | None, points: tuple[int, int]
) -> None:
    scale = points_per_pixel(Page(*size, dpi=dpi))
    assert (round(size[0] * scale), round(size[1] * scale)) == points


def test_the_title_is_told() -> None:
    content = document("pdf", Page(9, 9, (Line("x"),)), [np.zeros((9, 9, 3), np.uint8) + 50], title="Über <Wagen> 각")
    pdf = pikepdf.open(io.BytesIO(content))
    assert str(pdf.docinfo.Title) == "Über <Wagen> 각"
    with pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == "Über <Wagen> 각"


def test_a_document_without_pages_opens() -> None:
    assert len(pikepdf.open(io.BytesIO(document("pdf", []))).pages) == 0
