from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from munja.core.errors import InputError
from munja.data.charset import characters
from munja.data.synth.atlas import CAPITAL, Atlas, cached_atlas, load_atlas, save_atlas
from munja.data.synth.fonts import find_fonts, open_face
from munja.data.synth.glyphs import rasterise, size_for_capitals
from munja.data.synth.recipe import FontRules


@pytest.fixture(scope="module")
def atlas(fonts: Path, cache: Path) -> Atlas:
    return cached_atlas(characters("ascii"), FontRules(folders=(str(fonts),)), cache=cache)


def _ink(atlas: Atlas, glyph: int) -> np.ndarray:
    start, shape = int(atlas.offset[glyph]), (int(atlas.height[glyph]), int(atlas.width[glyph]))
    return atlas.pixels[start : start + shape[0] * shape[1]].reshape(shape)


def test_every_face_has_the_ascii_characters(atlas: Atlas) -> None:
    assert len(atlas.faces) == 7
    assert (atlas.index >= 0).all()


def test_glyphs_are_what_the_rasteriser_gives(atlas: Atlas, fonts: Path) -> None:
    font = next(each for each in find_fonts([fonts]) if each.path.name == "DejaVuSerif.ttf")
    face = next(i for i, each in enumerate(atlas.faces) if (each.family, each.style) == ("DejaVu Serif", "Book"))
    opened = open_face(font, size_for_capitals(font, CAPITAL))
    for character in "Agj%. ":
        glyph = rasterise(opened, character)
        g = int(atlas.index[face, characters("ascii").index(character)])
        np.testing.assert_array_equal(_ink(atlas, g), glyph.ink.reshape(_ink(atlas, g).shape))
        assert (int(atlas.left[g]), int(atlas.top[g])) == (glyph.left, glyph.top)
        assert float(atlas.advance[g]) == pytest.approx(glyph.advance)


def test_capitals_of_all_faces_are_equally_tall(atlas: Atlas) -> None:
    heights = atlas.height[atlas.index[:, characters("ascii").index("H")]]
    assert (abs(heights - CAPITAL) <= 1).all()


def test_a_written_atlas_comes_back(atlas: Atlas, tmp_path: Path) -> None:
    save_atlas(atlas, tmp_path / "atlas.bin")
    again = load_atlas(tmp_path / "atlas.bin", atlas.characters)
    assert again.faces == atlas.faces
    for name in ("index", "offset", "width", "height", "left", "top", "advance", "kern", "kern_index", "pixels"):
        np.testing.assert_array_equal(getattr(again, name), getattr(atlas, name))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["atlas.bin"]


def test_a_cut_or_foreign_file_is_refused(atlas: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "atlas.bin"
    save_atlas(replace(atlas, pixels=atlas.pixels[:64]), path)
    path.write_bytes(path.read_bytes()[:-600])
    with pytest.raises(InputError, match="ends too early"):
        load_atlas(path, atlas.characters)
    path.write_bytes(b"something else entirely")
    with pytest.raises(InputError, match="not an atlas"):
        load_atlas(path, atlas.characters)


def test_an_atlas_of_another_charset_is_refused(atlas: Atlas, tmp_path: Path) -> None:
    save_atlas(atlas, tmp_path / "atlas.bin")
    with pytest.raises(InputError, match="another charset"):
        load_atlas(tmp_path / "atlas.bin", characters("latin"))


def test_a_copy_of_the_file_serves_where_there_are_no_fonts(atlas: Atlas, tmp_path: Path) -> None:
    save_atlas(atlas, tmp_path / "copy.bin")
    rules = FontRules(folders=(str(tmp_path / "absent"),), atlas=str(tmp_path / "copy.bin"))
    assert cached_atlas(characters("ascii"), rules).faces == atlas.faces


def test_kerning_is_that_of_the_face(atlas: Atlas, fonts: Path) -> None:
    font = next(each for each in find_fonts([fonts]) if each.path.name == "DejaVuSans.ttf")
    opened = open_face(font, size_for_capitals(font, CAPITAL))
    face = next(i for i, each in enumerate(atlas.faces) if (each.family, each.style) == ("DejaVu Sans", "Book"))
    table = atlas.kern[atlas.kern_index[face]]
    # The font's own figures, in 2,048ths of its size: A before V -131, r before a full stop -188, n before n none.
    units = opened.size / 2048
    for pair, kern in (("AV", -131), ("r.", -188), ("nn", 0)):
        assert abs(int(table[ord(pair[0]) - 32, ord(pair[1]) - 32]) - kern * units) < 0.75


def test_the_second_call_reads_the_cache_file(fonts: Path, cache: Path, atlas: Atlas) -> None:
    before = {path: path.stat().st_mtime_ns for path in cache.iterdir()}
    cached_atlas(characters("ascii"), FontRules(folders=(str(fonts),)), cache=cache)
    assert {path: path.stat().st_mtime_ns for path in cache.iterdir()} == before


def test_a_face_with_the_syllables_of_ksx1001_alone_is_a_hangul_face(fonts: Path, tmp_path: Path) -> None:
    subset = pytest.importorskip("fontTools.subset")
    kept = f"가한는다봤쨈{characters('ascii')}"
    for name, wanted in (("few.ttf", kept), ("none.ttf", characters("ascii"))):
        options = subset.Options(notdef_outline=True)
        font = subset.load_font(str(fonts / "NanumGothic.ttf"), options)
        cut = subset.Subsetter(options)
        cut.populate(text=wanted)
        cut.subset(font)
        (tmp_path / name).mkdir()
        font.save(str(tmp_path / name / name))
        font.close()
        rules = FontRules(folders=(str(tmp_path / name),))
        made = cached_atlas(characters("korean"), rules, cache=tmp_path)
        assert [each.hangul for each in made.faces] == [name == "few.ttf"]
        present = {each for each, glyph in zip(made.characters, made.index[0], strict=True) if glyph >= 0}
        assert ({"한", "쨈"} <= present) == (name == "few.ttf")
        assert "힣" not in present
