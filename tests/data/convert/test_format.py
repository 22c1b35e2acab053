"""Formats are registered, told apart, and listed in the documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from munja.core.errors import InputError
from munja.data.convert import formats
from munja.data.convert.format import Pictures, label_files
from munja.data.convert.parse import natural, number, points, split_of


def test_the_documentation_lists_every_format() -> None:
    text = (Path(__file__).parents[3] / "docs" / "datasets.md").read_text(encoding="utf-8")
    assert [name for name in formats() if f"`{name}`" not in text] == []


@pytest.mark.parametrize(
    ("path", "split"),
    [
        ("train/1.png", "train"), ("ch4_test_images/1.png", "test"), ("rec_gt_val.txt", "validate"), ("LATEST/x", None),
        ("contest/x.txt", None), ("Training/TEST2/x", "train"), ("trainees/x", None),
    ],
)  # fmt: skip
def test_a_split_is_a_whole_word(path: str, split: str | None) -> None:
    assert split_of(Path(path)) == split


def test_pictures_are_found_by_the_end_of_their_path(tmp_path: Path, drawn: Any) -> None:
    for name in ("a/x/1.png", "b/x/1.png", "b/2.JPG"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(drawn.picture(1))
    pictures, labels = Pictures(tmp_path), tmp_path / "labels.txt"
    assert pictures.find("a/x/1.png", labels) == tmp_path / "a/x/1.png"
    assert pictures.find("C:\\data\\b\\x\\1.png", labels) == tmp_path / "b/x/1.png"
    assert pictures.find("/elsewhere/2.JPG", labels) == tmp_path / "b/2.JPG"
    with pytest.raises(InputError, match=r"2 pictures named 1\.png fit"):
        pictures.find("1.png", labels)
    for reference in ("3.png", "", "/", "a\0b", "x" * 5000 + ".png", "../../../etc/passwd"):
        with pytest.raises(InputError, match=r"picture"):
            pictures.find(reference, labels)


def test_names_are_sorted_as_people_count(tmp_path: Path) -> None:
    for name in ("img_10.txt", "img_2.txt", "img_1.txt", ".hidden.txt", "other.md"):
        (tmp_path / name).write_text("x")
    assert [each.name for each in label_files(tmp_path, ".txt")] == ["img_1.txt", "img_2.txt", "img_10.txt"]
    assert sorted(map(Path, ("a10", "a²", "a2")), key=natural) == [Path("a2"), Path("a10"), Path("a²")]


@pytest.mark.parametrize("value", [None, True, "x", float("nan"), float("inf"), 10**400, "1e999", [1], 1e8])
def test_what_is_no_pixel_is_no_number(value: object) -> None:
    with pytest.raises(InputError, match="a coordinate should be a number"):
        number(value)


@pytest.mark.parametrize(
    "value", [None, [], "abcdef", [1, 2, 3], [[1, 2]], [[1, 2], [3, 4]], [[1], [2], [3]], {"x": 1}]
)
def test_what_is_no_polygon_is_an_error(value: object) -> None:
    with pytest.raises(InputError):
        points(value)
