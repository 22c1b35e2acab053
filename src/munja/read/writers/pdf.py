"""Searchable PDF: the pages as they look, with invisible text exactly over each word.

Of pictures it makes PDF/A-2b wherever the pictures allow it; a PDF keeps its own pages (see pdf_pages).
"""

from __future__ import annotations

from typing import BinaryIO
from xml.sax.saxutils import escape

import munja
from munja.core.page import Page
from munja.imaging.image import Image, Source
from munja.read.writers.document import Document, source_name
from munja.read.writers.layout import clean
from munja.read.writers.pdf_file import PdfFile, number, text_string
from munja.read.writers.pdf_picture import PdfPicture, write_picture
from munja.read.writers.pdf_text import FONT, GlyphlessFont, text_layer
from munja.read.writers.pictures import SourcePicture

A4_LONG = 842.0  # points: how long a page is at most whose picture does not say how large it is
LEAST, MOST = 3.0, 14_400.0  # points that a side of a PDF page may have
SCREEN_DPI = 96.0  # cameras state 72 or 96 where they mean nothing by it
LARGE = 1224.0  # points, 17 inches: a picture that says screen resolution and would be larger says nothing
XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<pdf:Producer>{producer}</pdf:Producer>
{part}</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>
"""
PART = "<pdfaid:part>2</pdfaid:part>\n<pdfaid:conformance>B</pdfaid:conformance>\n"


def open_pdf(
    target: BinaryIO, *, title: str = "", source: Source | None = None, password: str | None = None
) -> Document:
    """A searchable PDF of the pictures of a source, or of a PDF, which `password` opens, with its own pages."""
    found = SourcePicture(source)
    if found.is_pdf:
        from munja.read.writers.pdf_pages import PdfPagesDocument

        return PdfPagesDocument(target, source, password)
    return PictureDocument(target, title, found)


class PictureDocument:
    """A PDF with a picture on each page; each page is written as it comes."""

    def __init__(self, target: BinaryIO, title: str, source: SourcePicture) -> None:
        self._file = PdfFile(target)
        self._title = title
        self._source = source
        self._font = GlyphlessFont()
        self._archival = True
        self._catalogue, self._tree, self._font_number = (self._file.reserve() for _ in range(3))
        self._kids: list[int] = []

    def add(self, page: Page, picture: Image | None) -> None:
        """Write a page: its picture, then its text."""
        if not self._kids:
            self._title = source_name(self._title, page)
        written = write_picture(self._file, page, picture, self._source)
        self._archival &= written.archival
        scale = points_per_pixel(page)
        width, height = page.width * scale, page.height * scale
        text = text_layer(page, (scale, 0.0, 0.0, -scale, 0.0, height), self._font)
        content = self._file.stream(f"{_drawn(written, width, height)}{text}".encode())
        self._kids.append(
            self._file.add(
                f"<< /Type /Page /Parent {self._tree} 0 R /MediaBox [0 0 {number(width)} {number(height)}]"
                f" /Contents {content} 0 R /Resources << /XObject << /Picture {written.number} 0 R >>"
                f" /Font << /{FONT} {self._font_number} 0 R >> >> >>"
            )
        )

    def finish(self) -> None:
        """Write the font, which knows all characters by now, and what describes the document."""
        file, title, producer = self._file, clean(self._title), f"munja {munja.__version__}"
        self._font.write(file, self._font_number)
        kids = " ".join(f"{each} 0 R" for each in self._kids)
        file.add(f"<< /Type /Pages /Count {len(self._kids)} /Kids [{kids}] >>", self._tree)
        # XMP must stand uncompressed, so that programs that know nothing of PDF find it.
        packet = XMP.format(title=escape(title), producer=producer, part=PART if self._archival else "")
        metadata = file.stream(packet.encode(), "/Type /Metadata /Subtype /XML", packed=True)
        profile = file.stream(srgb_profile(), "/N 3 /Alternate /DeviceRGB")
        intent = "<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB) "
        file.add(
            f"<< /Type /Catalog /Pages {self._tree} 0 R /Metadata {metadata} 0 R"
            f" /OutputIntents [{intent} /DestOutputProfile {profile} 0 R >>]"
            " /ViewerPreferences << /DisplayDocTitle true >> >>",
            self._catalogue,
        )
        info = file.add(f"<< /Title {text_string(title)} /Producer {text_string(producer)} >>")
        file.finish(self._catalogue, info)


def points_per_pixel(page: Page) -> float:
    """How many points of a PDF page, 1/72 inch, a pixel of a Page takes.

    As its resolution says; without one, or with one that only a screen has and that would make a poster of it, its
    long side is as long as a sheet of A4, or shorter where that would be less than 72 dots per inch.
    """
    long, short = max(page.width, page.height, 1), max(min(page.width, page.height), 1)
    scale = 72.0 / page.dpi if page.dpi else 0.0
    if not page.dpi or (page.dpi <= SCREEN_DPI and long * scale > LARGE):
        scale = min(1.0, A4_LONG / long)
    return min(max(scale, LEAST / short), MOST / long)


def srgb_profile() -> bytes:
    """The sRGB colour profile that Pillow makes, without the time at which it made it."""
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile[:24] + bytes.fromhex("07d000010001000000000000") + profile[36:84] + bytes(16) + profile[100:]


def _drawn(picture: PdfPicture, width: float, height: float) -> str:
    """The command that draws a picture onto a page of so many points."""
    a, b, c, d, e, f = picture.turn
    values = (a * width, b * height, c * width, d * height, e * width, f * height)
    return f"q {' '.join(number(value) for value in values)} cm /Picture Do Q\n"
