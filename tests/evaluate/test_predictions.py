from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from munja.core.errors import InputError
from munja.core.page import Page
from munja.evaluate.predictions import load_predictions, paired
from munja.evaluate.truth import Truth

Written = Callable[[str, Mapping[str, Page]], Path]


def test_pages_are_paired_by_the_names_of_their_pictures(
    truth: Truth, written: Written, right_pages: dict[str, Page]
) -> None:
    reading = load_predictions(written("pages", right_pages), truth)
    assert {name: page.text for name, page in reading.pages.items()} == {
        name: page.text for name, page in right_pages.items()
    }
    assert not reading.problems


def test_what_does_not_pair_up_is_listed_on_both_sides(
    truth: Truth, written: Written, right_pages: dict[str, Page]
) -> None:
    pages = {"a.png": right_pages["a.png"], "z.png": right_pages["b.png"]}
    reading = load_predictions(written("pages", pages), truth)
    told = [str(each) for each in reading.problems]
    assert set(reading.pages) == {"a.png"}
    assert len(told) == 3
    assert any("b.png: has no prediction; counted as a page without any text" in each for each in told)
    assert any("c.png: has no prediction" in each for each in told)
    assert any("a prediction of z, which the truth does not have" in each for each in told)


def test_predictions_of_other_pictures_altogether_are_an_error(
    truth: Truth, written: Written, right_pages: dict[str, Page]
) -> None:
    folder = written("pages", {"y.png": right_pages["a.png"], "z.png": right_pages["b.png"]})
    with pytest.raises(
        InputError, match=r"none of its 2 predictions .* first prediction is y, the first picture a.png"
    ):
        load_predictions(folder, truth)


def test_a_damaged_page_names_its_file(truth: Truth, written: Written, right_pages: dict[str, Page]) -> None:
    folder = written("pages", right_pages)
    (folder / "b.json").write_text('{"munja_page": 1, "width": "wide", "height": 1}', encoding="utf-8")
    reading = load_predictions(folder, truth)
    assert reading.problems[0].where.endswith("b.json")
    assert "page.width" in reading.problems[0].reason
    assert "b.png: has no prediction" in str(reading.problems[1])


def test_files_of_something_else_are_passed_over(truth: Truth, written: Written, right_pages: dict[str, Page]) -> None:
    folder = written("pages", right_pages)
    (folder / "reader.json").write_text('{"reader": "mine"}', encoding="utf-8")
    assert not load_predictions(folder, truth).problems


def test_label_files_of_a_competition_are_predictions_too(truth: Truth, tmp_path: Path) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / "res_a.txt").write_text("20,20,240,20,240,50,20,50,HELLO WORLD\n", encoding="utf-8")
    reading = load_predictions(folder, truth)
    assert reading.pages["a.png"].text == "HELLO WORLD"
    assert (reading.pages["a.png"].width, reading.pages["a.png"].height) == (400, 160)


def test_names_pair_by_path_then_by_the_only_file_of_a_name() -> None:
    assert paired(["x/a.png", "y/a.png"], ["x/a", "y/a"]) == {"x/a.png": "x/a", "y/a.png": "y/a"}
    assert paired(["x/a.png"], ["elsewhere/res_a"]) == {"x/a.png": "elsewhere/res_a"}
    assert paired(["x/a.png", "y/a.png"], ["a"]) == {}
    assert paired(["8559_001.4B.jpg"], ["8559_001.4B"]) == {"8559_001.4B.jpg": "8559_001.4B"}


def test_a_folder_that_is_not_there_is_an_error(truth: Truth, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        load_predictions(tmp_path / "nothing", truth)
