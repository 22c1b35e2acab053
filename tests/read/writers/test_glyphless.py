"""The font without visible glyphs: a sound TrueType file whose widths are the ones that are reckoned with."""

from __future__ import annotations

import io

import PIL.ImageFont
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from munja.read.writers.glyphless import EM, NARROW, WIDE, advance, clusters, font_file, glyph


def test_every_table_is_read_back_by_a_strict_reader() -> None:
    font = TTFont(io.BytesIO(font_file("aé각語😀")), checkChecksums=2, lazy=False)
    for tag in font.keys():  # noqa: SIM118  (a font is no mapping)
        font[tag]
    widths = {chr(code): font["hmtx"][name][0] for code, name in font.getBestCmap().items()}
    assert widths == {"a": EM // 2, "é": EM // 2, "각": EM, "語": EM, "😀": EM}
    assert [font["hmtx"][name][0] for name in font.getGlyphOrder()] == [EM // 2, EM // 2, EM]
    assert font["hhea"].ascent - font["hhea"].descent == EM
    assert (font["maxp"].maxPoints, font["maxp"].maxContours) == (6, 2)
    assert len(font_file()) < 1400


@pytest.mark.parametrize("text", ["word", "각각", "a각b", "12 345"])
def test_a_text_is_as_long_as_reckoned(text: str) -> None:
    font = PIL.ImageFont.truetype(
        io.BytesIO(font_file(sorted(set(text)))), 200, layout_engine=PIL.ImageFont.Layout.BASIC
    )
    assert font.getlength(text) == pytest.approx(200 * advance(text))
    left, top, right, bottom = font.getbbox(text, anchor="ls")
    assert (left, bottom) == (0, 0)
    assert right == pytest.approx(200 * advance(text), abs=1)
    assert top == pytest.approx(-200 * 64 / 65, abs=2)


def test_marks_join_the_character_before_them() -> None:
    assert clusters("e\u0301a") == ["e\u0301", "a"]
    assert clusters("\u1112\u1161\u11ab\u1100") == ["\u1112\u1161\u11ab", "\u1100"]  # the letters of a syllable
    assert [glyph(each) for each in ("a", "각", "語", "Ａ", "\u1112\u1161")] == [NARROW, WIDE, WIDE, WIDE, WIDE]


@given(st.text(max_size=20))
def test_clusters_are_the_text(text: str) -> None:
    assert "".join(clusters(text)) == text
    assert advance(text) >= 0.5 * bool(text)
