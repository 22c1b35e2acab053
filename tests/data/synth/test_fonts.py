from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from munja.core.errors import InputError
from munja.data.synth.accept import accepted, probe
from munja.data.synth.fonts import family_root, find_fonts, is_validation_family


@pytest.mark.parametrize(
    ("family", "root"),
    [
        ("Noto Sans Condensed ExtraBold", "noto sans"),
        ("DejaVu Sans Mono", "deja vu sans mono"),
        ("NanumGothic", "nanum gothic"),
        ("Lato Black", "lato"),
        ("나눔고딕", "나눔고딕"),
        ("Black", "black"),
    ],
)
def test_the_root_of_a_family_leaves_weights_and_widths_out(family: str, root: str) -> None:
    assert family_root(family) == root


def test_a_share_of_the_families_is_for_validation() -> None:
    names = [f"family {i}" for i in range(2000)]
    share = sum(is_validation_family(name, 0.1) for name in names) / len(names)
    assert 0.08 < share < 0.12
    assert not any(is_validation_family(name, 0.0) for name in names)


def test_a_folder_without_fonts_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no font file in .*install\.sh"):
        find_fonts([tmp_path])
    with pytest.raises(InputError, match="no such folder"):
        find_fonts([tmp_path / "absent"])


def test_the_same_file_twice_is_one_font(fonts: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.ttf").write_bytes((fonts / "DejaVuSans.ttf").read_bytes())
    assert len(find_fonts([fonts, tmp_path])) == len(find_fonts([fonts]))


def test_a_broken_font_file_is_no_candidate(tmp_path: Path) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"\0\1\0\0" + bytes(500))
    assert [probe(font) for font in find_fonts([tmp_path])] == [None]


def test_text_faces_are_accepted_and_doubles_are_not(fonts: Path) -> None:
    candidates = [each for each in map(probe, find_fonts([fonts])) if each]
    kept = accepted([*candidates, *candidates])
    assert len(kept) == len(candidates) == 7
    kinds = {each.style + each.family: each.kind for each in kept}
    assert kinds["BookDejaVu Sans Mono"] == "mono"


def test_faces_whose_glyphs_stand_for_something_else_are_rejected(fonts: Path) -> None:
    candidates = [each for each in map(probe, find_fonts([fonts])) if each]
    order = np.random.Generator(np.random.PCG64(1)).permutation(62)
    symbols = replace(candidates[0], family="Symbols", thumbnails=candidates[0].thumbnails[order])
    assert "Symbols" not in {each.family for each in accepted([*candidates, symbols])}


def test_large_families_are_limited(fonts: Path) -> None:
    candidates = [each for each in map(probe, find_fonts([fonts])) if each]
    families = [family_root(each.family) for each in accepted(candidates, faces_per_family=1)]
    assert len(families) == len(set(families))
