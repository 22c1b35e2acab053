"""A font whose glyphs are all but empty: what is set in it can be selected and found, and is not seen.

It has two glyphs besides the one for unknown characters: one half as wide as high for letters, one as wide as high for
the characters of Chinese, Japanese and Korean. A glyph's box reaches from the baseline to the height of the font, so a
word set at the bottom of its box, as large as the box is high, covers it. A speck in two opposite corners gives each
glyph that box: PDFium drops single characters whose glyph is empty.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterable

NAME = "Munja-Glyphless"
EM = 1000  # units of the font in the height of its glyphs
TOP = EM * 64 // 65  # of the outlines: PDFium takes a glyph to be 1/64 higher than it is
NARROW, WIDE = 1, 2  # numbers of the two glyphs
WIDTHS = {NARROW: EM // 2, WIDE: EM}
_VERSION = 0x00010000


def clusters(text: str) -> list[str]:
    """A text in parts that are set as one glyph each: a character with the marks that combine with it."""
    found: list[str] = []
    for character in text:
        if found and (unicodedata.category(character) in ("Mn", "Me", "Cf") or _vowel_or_tail(found[-1], character)):
            found[-1] += character
        else:
            found.append(character)
    return found


def glyph(cluster: str) -> int:
    """The number of the glyph that a cluster is set in."""
    return WIDE if unicodedata.east_asian_width(cluster[0]) in "WF" else NARROW


def advance(text: str) -> float:
    """How long a text is when it is set, in heights of the font."""
    return sum(WIDTHS[glyph(cluster)] for cluster in clusters(text)) / EM


def font_file(characters: Iterable[str] = ()) -> bytes:
    """The font as a TrueType file, whose character map knows single `characters`, as a browser needs it.

    A document that says itself which glyph stands for what, as PDF does, needs none.
    """
    glyphs = {ord(character): glyph(character) for character in characters}
    outlines = [_specks(EM // 2), _specks(WIDTHS[NARROW]), _specks(WIDTHS[WIDE])]
    ends = [sum(len(each) for each in outlines[:count]) for count in range(len(outlines) + 1)]
    tables = {
        "OS/2": _os2(glyphs),
        "cmap": _character_map(glyphs),
        "glyf": b"".join(outlines),
        "head": struct.pack(
            ">IIIIHHqqhhhhHHhhh", _VERSION, _VERSION, 0, 0x5F0F3CF5, 3, EM, 0, 0, 0, 0, EM, EM, 0, 8, 2, 1, 0
        ),
        "hhea": struct.pack(">IhhhHhhhhhhhhhhhH", _VERSION, EM, 0, 0, EM, 0, 0, EM, 1, 0, 0, 0, 0, 0, 0, 0, 3),
        "hmtx": struct.pack(">HhHhHh", EM // 2, 0, WIDTHS[NARROW], 0, WIDTHS[WIDE], 0),
        "loca": struct.pack(">4I", *ends),
        "maxp": struct.pack(">IH13H", _VERSION, 3, 6, 2, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0),
        "name": _names(),
        "post": struct.pack(">IIhhIIIII", 0x00030000, 0, -100, 50, 0, 0, 0, 0, 0),
    }
    return _assembled(tables)


def _specks(width: int) -> bytes:
    """The outline of a glyph: triangles of one unit at the bottom left and the top right of its box."""
    corners = [(0, 0), (0, 1), (1, 0), (width, TOP), (width, TOP - 1), (width - 1, TOP)]
    places = [(0, 0), *corners]
    steps = [(x - px, y - py) for (px, py), (x, y) in zip(places, corners, strict=False)]
    outline = struct.pack(">hhhhh", 2, 0, 0, width, TOP) + struct.pack(">HHH", 2, 5, 0) + b"\x01" * 6
    outline += struct.pack(">6h", *(x for x, _ in steps)) + struct.pack(">6h", *(y for _, y in steps))
    return outline + b"\0" * (-len(outline) % 4)


def _vowel_or_tail(before: str, character: str) -> bool:
    """Whether a conjoining Korean vowel or final consonant goes on with the syllable before it."""
    return "\u1160" <= character <= "\u11ff" and "\u1100" <= before[-1] <= "\u11ff"


def _os2(glyphs: dict[int, int]) -> bytes:
    first, last = (min(glyphs), max(glyphs)) if glyphs else (0x20, 0x20)
    sub_and_superscript = struct.pack(">10h", *(EM // 2,) * 4, *(EM // 2,) * 4, 50, EM // 2)
    return (
        struct.pack(">HhHHH", 4, EM // 2, 400, 5, 0)
        + sub_and_superscript
        + struct.pack(">h10s4I4s", 0, b"\0" * 10, 0, 0, 0, 0, b"    ")
        + struct.pack(">HHHhhhHH", 0x40, min(first, 0xFFFF), min(last, 0xFFFF), EM, 0, 0, EM, 0)
        + struct.pack(">IIhhHHH", 0, 0, EM // 2, EM, 0, 0x20, 0)
    )


def _character_map(glyphs: dict[int, int]) -> bytes:
    """Table cmap of format 12: runs of characters and glyphs that count up together, here one by one."""
    groups = b"".join(struct.pack(">III", code, code, number) for code, number in sorted(glyphs.items()))
    table = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(glyphs)) + groups
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + table


def _names() -> bytes:
    texts = {1: NAME, 2: "Regular", 3: NAME, 4: NAME, 5: "Version 1.0", 6: NAME}
    records, strings = b"", b""
    for number, text in texts.items():
        encoded = text.encode("utf-16-be")
        records += struct.pack(">6H", 3, 1, 0x409, number, len(encoded), len(strings))
        strings += encoded
    return struct.pack(">HHH", 0, len(texts), 6 + len(records)) + records + strings


def _assembled(tables: dict[str, bytes]) -> bytes:
    count = len(tables)
    reach = 1 << (count.bit_length() - 1)
    head = struct.pack(">IHHHH", _VERSION, count, 16 * reach, count.bit_length() - 1, 16 * (count - reach))
    offset = len(head) + 16 * count
    directory, body = b"", b""
    for tag, table in sorted(tables.items()):
        directory += struct.pack(">4sIII", tag.encode(), _checksum(table), offset + len(body), len(table))
        body += table + b"\0" * (-len(table) % 4)
    font = head + directory + body
    adjustment = (0xB1B0AFBA - _checksum(font)) & 0xFFFFFFFF
    at = offset + sum(len(table) + -len(table) % 4 for tag, table in sorted(tables.items()) if tag < "head") + 8
    return font[:at] + struct.pack(">I", adjustment) + font[at + 4 :]


def _checksum(table: bytes) -> int:
    padded = table + b"\0" * (-len(table) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF
