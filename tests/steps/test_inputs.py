"""What people name: regions and sources."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import InputError
from munja.imaging.image import frames
from munja.steps.inputs import Input, expand, parse_region


@given(st.tuples(st.integers(0, 99_999), st.integers(0, 99_999), st.integers(1, 99_999), st.integers(1, 99_999)))
def test_a_region_comes_back_from_its_text(region: tuple[int, int, int, int]) -> None:
    assert parse_region(", ".join(map(str, region))) == region


def test_a_source_opens_with_its_name(picture: Path) -> None:
    (named,) = expand([str(picture)])
    assert (named.name, named.place, named.open(), named.origin) == (str(picture), Path(picture.name), picture, picture)
    held = Input("standard input", Path("stdin"), None, picture.read_bytes())
    (frame,) = frames(held.open())
    assert frame.source == "standard input"
    assert held.origin == picture.read_bytes()
    assert isinstance(held.open(), io.BytesIO)


def test_a_folder_gives_its_pictures_in_order_with_their_places(tmp_path: Path) -> None:
    for name in ("b.png", "deep/a.JPG", "phone.heic", "notes.txt", "deep/c.pdf"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    places = [each.place.as_posix() for each in expand([str(tmp_path)])]
    assert places == ["b.png", "deep/a.JPG", "deep/c.pdf", "phone.heic"]


def test_a_pattern_takes_files_alone_and_a_missing_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "a.png").write_bytes(b"x")
    assert [each.place.name for each in expand([str(tmp_path / "*.png")])] == ["a.png"]
    with pytest.raises(InputError, match="no file fits this pattern"):
        list(expand([str(tmp_path / "*.tif")]))
    with pytest.raises(InputError, match="no such file or folder"):
        list(expand([str(tmp_path / "none.tif")]))
