from __future__ import annotations

import os
from pathlib import Path

import pytest

from munja.core.errors import InputError
from munja.core.page import Line, Page
from munja.core.registry import register
from munja.evaluate.readers import OpenedReader
from munja.evaluate.run import folder_name, read_set
from munja.evaluate.truth import Truth, opened_truth
from munja.imaging.image import Image

calls: list[tuple[int, ...]] = []


@register("reader", "darkness")
def darkness(crops: bool, /, *, fails_on: int = -1, version: str = "1") -> OpenedReader:
    """A reader of a plug-in: it writes down how dark a picture is, and fails on one picture of a run."""

    def read(image: Image) -> Page:
        calls.append(image.shape)
        if len(calls) - 1 == fails_on:
            raise ZeroDivisionError("too dark")
        height, width = image.shape[:2]
        return Page(width, height, (Line(f"{image.mean():.0f}", ((0, 0), (9, 0), (9, 9), (0, 9))),))

    return OpenedReader(read, f"darkness {version} {'crops' if crops else 'pages'}")


@pytest.fixture(autouse=True)
def no_calls() -> None:
    calls.clear()


def test_every_picture_is_read_once_and_not_again(truth: Truth, tmp_path: Path) -> None:
    done: list[int] = []
    first = read_set("darkness", truth, tmp_path / "work", on_page=lambda: done.append(1))
    assert calls == [(160, 400, 3)] * 3
    assert len(done) == 3
    assert first.version == "darkness 1 pages"
    second = read_set("darkness", truth, tmp_path / "work", on_page=lambda: done.append(1))
    assert len(calls) == 3
    assert len(done) == 6
    assert second.pages == first.pages
    assert {name: page.source for name, page in first.pages.items()} == {name: name for name in first.pages}


def test_a_picture_that_changed_is_read_again(truth: Truth, tmp_path: Path) -> None:
    read_set("darkness", truth, tmp_path, on_page=lambda: None)
    picture = truth.items[1].picture
    assert picture is not None
    assert picture.path is not None
    later = picture.path.stat().st_mtime + 100
    os.utime(picture.path, (later, later))
    read_set("darkness", truth, tmp_path, on_page=lambda: None)
    assert len(calls) == 4


def test_half_a_result_is_read_again(truth: Truth, tmp_path: Path) -> None:
    read_set("darkness", truth, tmp_path, on_page=lambda: None)
    (tmp_path / "darkness" / "b.png.json").write_text('{"munja_page": 1,', encoding="utf-8")
    again = read_set("darkness", truth, tmp_path, on_page=lambda: None)
    assert len(calls) == 4
    assert again.pages["b.png"].lines


def test_what_a_reader_fails_on_is_listed_and_tried_again(truth: Truth, tmp_path: Path) -> None:
    reader = "darkness,fails_on=1"
    first = read_set(reader, truth, tmp_path, on_page=lambda: None)
    assert set(first.pages) == {"a.png", "c.png"}
    assert [str(each) for each in first.problems] == [
        "darkness,fails_on=1: b.png: ZeroDivisionError: too dark; counted as a page without any text"
    ]
    second = read_set(reader, truth, tmp_path, on_page=lambda: None)
    assert len(calls) == 4
    assert not second.problems


def test_what_another_version_read_is_not_mixed_in(truth: Truth, tmp_path: Path) -> None:
    read_set("darkness", truth, tmp_path, on_page=lambda: None)
    with pytest.raises(InputError, match="holds what another version or model of darkness read"):
        read_set("darkness", truth, tmp_path, on_page=lambda: None, open_with="darkness,version=new")


def test_words_are_read_as_crops(truth_folder: Path, tmp_path: Path) -> None:
    (truth_folder / "gt.jsonl").write_text('{"image": "images/a.png", "kind": "word", "text": "x"}\n', encoding="utf-8")
    with opened_truth(truth_folder) as truth:
        assert read_set("darkness", truth, tmp_path, on_page=lambda: None).version == "darkness 1 crops"


def test_a_truth_without_pictures_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "gt_a.txt").write_text("1,1,9,1,9,9,1,9,word\n", encoding="utf-8")
    with opened_truth(tmp_path) as truth:
        found = read_set("darkness", truth, tmp_path / "work", on_page=lambda: None)
    assert "name the folder of the pictures with --images" in str(found.problems[0])


def test_names_of_folders_never_meet() -> None:
    assert folder_name("munja") == "munja"
    assert folder_name("munja,threads=1") != folder_name("munja.threads=1")
    assert "/" not in folder_name("munja,models=../x")
    assert folder_name("..") not in ("..", "", ".")
