"""A PDF with its own pages: nothing changes but that it has text."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest

from munja.core.errors import InputError
from munja.core.page import Line, Page, Word
from munja.imaging.image import InputRule, frames
from munja.read.writers import document, writer
from munja.read.writers.pdf_pages import page_matrix

BOX = (100.0, 50.0, 500.0, 650.0)  # the visible part of the page: left, bottom, right, top


def drawn_pdf(*, rotate: int = 0, crop: bool = False, password: str = "", text: str = "") -> bytes:
    """A page of 600 x 700 points with a black bar of 80 x 20 points, its lower left corner at (200, 400)."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(600, 700))
    # The graphics state is left changed, as careless programs do: a layer that relies on it would be misplaced.
    drawing = b"0 0 0 rg 200 400 80 20 re f 2 0 0 2 30 30 cm"
    if text:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        drawing = b"BT /F1 20 Tf 200 402 Td (%s) Tj ET " % text.encode() + drawing
    page.obj.Contents = pdf.make_stream(drawing)
    page.obj.Rotate = rotate
    if crop:
        page.obj.CropBox = pikepdf.Array([100, 50, 500, 650])
    pdf.add_blank_page(page_size=(200, 100))
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("Second", 1))
    pdf.docinfo.Title = "Own title"
    pdf.attachments["note.txt"] = pikepdf.AttachedFileSpec(pdf, b"attached", filename="note.txt")
    target = io.BytesIO()
    pdf.save(target, encryption=pikepdf.Encryption(owner=password, user=password) if password else None)
    return target.getvalue()


def page_of_the_bar(content: bytes, password: str | None = None) -> Page:
    """The Page of the first page, with one word that stands exactly on the bar as it was rendered."""
    frame = next(iter(frames(content, InputRule(dpi=144, password=password))))
    dark = frame.image[..., 0] < 100
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    left, top, right, bottom = (float(v) for v in (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))
    quad = ((left, top), (right, top), (right, bottom), (left, bottom))
    return Page(frame.image.shape[1], frame.image.shape[0], (Line("Balken", quad, 0.9, (Word("Balken", quad, 0.9),)),))


def words_of(content: bytes, index: int = 0, password: str | None = None) -> list[tuple[str, list[float]]]:
    """The runs of text on a page with their boxes in its own units: left, bottom, right, top."""
    with pypdfium2.PdfDocument(content, password=password) as pdf:
        text = pdf[index].get_textpage()
        places = [text.get_rect(number) for number in range(text.count_rects())]
        return [(text.get_text_bounded(*place).strip(), list(place)) for place in places]


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [False, True])
def test_words_stand_on_what_they_name_however_the_page_is_turned_and_cropped(rotate: int, crop: bool) -> None:
    source = drawn_pdf(rotate=rotate, crop=crop)
    found = words_of(document("pdf", page_of_the_bar(source), source=source))
    ((text, place),) = found
    assert text == "Balken"
    assert place == pytest.approx([200, 400, 280, 420], abs=1.0)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270, -90])
def test_the_matrix_takes_corners_to_corners(rotate: int) -> None:
    size = (400, 600) if rotate % 180 == 0 else (600, 400)
    a, b, c, d, e, f = page_matrix(Page(*size), BOX, rotate)
    corners = {(a * x + c * y + e, b * x + d * y + f) for x in (0, size[0]) for y in (0, size[1])}
    assert corners == {(100, 50), (500, 50), (500, 650), (100, 650)}


def test_everything_else_stays_as_it_was() -> None:
    source = drawn_pdf(rotate=90, crop=True)
    content = document("pdf", page_of_the_bar(source), source=source)
    before, after = (pikepdf.open(io.BytesIO(each)) for each in (source, content))
    assert after.check_pdf_syntax() == []
    first = after.pages[0]
    contents: Any = first.Contents
    streams = [each.read_bytes() for each in contents] if isinstance(contents, pikepdf.Array) else []
    assert before.pages[0].Contents.read_bytes().strip() in [each.strip() for each in streams]
    assert (first.Rotate, list(first.CropBox), list(first.MediaBox)) == (90, [100, 50, 500, 650], [0, 0, 600, 700])
    assert after.pages[1].obj.get("/Contents") is None or not after.pages[1].Contents.read_bytes()
    assert str(after.docinfo.Title) == "Own title"
    with after.open_outline() as outline:
        assert [item.title for item in outline.root] == ["Second"]
    assert after.attachments["note.txt"].get_file().read_bytes() == b"attached"
    for index in (0, 1):
        shown = []
        for each in (source, content):
            with pypdfium2.PdfDocument(each) as pdf:
                shown.append(pdf[index].render(scale=2).to_numpy().copy())
        assert np.array_equal(*shown)


def test_scans_keep_their_own_data_and_korean_can_be_found(
    examples: Path, truth: Callable[[str], Page], pdftotext: Callable[..., str]
) -> None:
    source = examples / "pages.pdf"
    pages = [Page.from_tree(tree) for tree in json.loads((examples / "truth" / "pages.json").read_text())]
    content = document("pdf", pages, source=source)
    before, after = pikepdf.open(source), pikepdf.open(io.BytesIO(content))
    for old, new in zip(before.pages, after.pages, strict=True):
        assert new.Resources.XObject.image.read_raw_bytes() == old.Resources.XObject.image.read_raw_bytes()
    assert pdftotext(content, "-raw").split() == [word.text for page in pages for word in page.words]
    assert len(content) < source.stat().st_size + 3 * 6_000


def test_words_that_the_page_has_already_are_not_doubled(pdftotext: Callable[..., str]) -> None:
    source = drawn_pdf(text="Balken")
    page = page_of_the_bar(drawn_pdf())
    assert pdftotext(document("pdf", page, source=source)).split() == ["Balken"]
    more = Page(page.width, page.height, (*page.lines, Line("Neu", ((10, 10), (90, 10), (90, 40), (10, 40)))))
    once = document("pdf", more, source=source)
    assert sorted(pdftotext(once).split()) == ["Balken", "Neu"]
    assert sorted(pdftotext(document("pdf", more, source=once)).split()) == ["Balken", "Neu"]


def test_pages_that_were_not_read_stay_in_the_document() -> None:
    source = drawn_pdf()
    second = Page(200, 100, (Line("zwei", ((10, 10), (90, 10), (90, 30), (10, 30))),), index=1)
    content = document("pdf", second, source=source)
    assert words_of(content, 0) == []
    assert [text for text, _ in words_of(content, 1)] == ["zwei"]


def test_a_locked_pdf_stays_locked_and_gets_its_text(tmp_path: Path) -> None:
    source = drawn_pdf(password="secret")
    page = page_of_the_bar(source, "secret")
    target = io.BytesIO()
    begun = writer("pdf").open(target, source=source, password="secret")
    begun.add(page, None)
    begun.finish()
    assert [text for text, _ in words_of(target.getvalue(), password="secret")] == ["Balken"]
    with pytest.raises(pypdfium2.PdfiumError, match="password"):
        pypdfium2.PdfDocument(target.getvalue())
    with pytest.raises(InputError, match="the given PDF: a PDF locked with a password"):
        writer("pdf").open(io.BytesIO(), source=source)


def test_a_damaged_pdf_and_a_page_that_it_does_not_have_are_named(tmp_path: Path) -> None:
    path = tmp_path / "torn.pdf"
    path.write_bytes(b"%PDF-1.7\nnothing")
    with pytest.raises(InputError, match=r"torn\.pdf: a text layer cannot be added to this PDF"):
        document("pdf", Page(9, 9, (Line("a"),)), source=path)
    with pytest.raises(InputError, match="has 2 pages, text came for page 8"):
        document("pdf", Page(9, 9, (Line("a"),), index=7), [np.zeros((9, 9, 3), np.uint8)], source=drawn_pdf())


def test_documents_are_written_while_others_are_read() -> None:
    source = drawn_pdf()
    page = page_of_the_bar(source)
    failures: list[BaseException] = []

    def work(action: Callable[[], object]) -> None:
        try:
            for _ in range(8):
                action()
        except BaseException as error:
            failures.append(error)

    jobs = [lambda: document("pdf", page, source=source), lambda: [each.index for each in frames(source)]] * 2
    threads = [threading.Thread(target=work, args=(job,)) for job in jobs]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failures == []
