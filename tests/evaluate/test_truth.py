from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from munja.core.errors import InputError, SpecError
from munja.evaluate.truth import opened_truth


def write_rows(folder: Path, *rows: object) -> Path:
    (folder / "gt.jsonl").write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    return folder


def row(name: str, **more: object) -> dict[str, object]:
    return {"image": f"images/{name}", **more}


def test_pages_with_boxes_are_opened_with_their_pictures(truth_folder: Path) -> None:
    with opened_truth(truth_folder) as truth:
        assert (truth.kind, truth.level, truth.format) == ("boxes", "line", "gt-jsonl")
        assert [item.name for item in truth.items] == ["a.png", "b.png", "c.png"]
        assert truth.items[0].page.lines[1].text == "TOTAL 9.00"
        assert all(item.picture is not None and item.picture.read() for item in truth.items)
        assert not truth.problems


def test_the_level_that_a_set_states_wins_over_what_its_texts_look_like(truth_folder: Path) -> None:
    text = (truth_folder / "gt.jsonl").read_text(encoding="utf-8")
    (truth_folder / "gt.jsonl").write_text(text.replace('"level": "line"', '"level": "word"'), encoding="utf-8")
    with opened_truth(truth_folder) as truth:
        assert truth.level == "word"
    with opened_truth(truth_folder, level="line") as truth:
        assert truth.level == "line"
    with pytest.raises(SpecError, match="'word' or 'line'"), opened_truth(truth_folder, level="letter"):
        pass


def test_a_malformed_label_is_listed_with_file_and_line(truth_folder: Path) -> None:
    with (truth_folder / "gt.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"image": "images/a.png", "kind"\n')
    with opened_truth(truth_folder) as truth:
        assert len(truth.items) == 3
        (problem,) = truth.problems
        assert problem.where.endswith("gt.jsonl:4")
        assert "JSON" in problem.reason


def test_a_truth_without_any_text_is_an_error_that_names_the_first_cause(truth_folder: Path) -> None:
    write_rows(truth_folder, row("a.png", kind="background"))
    with (
        pytest.raises(InputError, match=r"nothing can be measured; 1 labels could not be used.*gt.jsonl:1"),
        opened_truth(truth_folder),
    ):
        pass
    with pytest.raises(InputError, match="in its split 'test'"), opened_truth(truth_folder, split="test"):
        pass


def test_pictures_of_two_kinds_are_not_measured_together(truth_folder: Path) -> None:
    page = row("a.png", kind="page", size=[400, 160], text="HELLO")
    write_rows(truth_folder, page, row("b.png", kind="word", text="RECEIPT"))
    with (
        pytest.raises(InputError, match="1 pages with text alone, 1 pictures of words or lines"),
        opened_truth(truth_folder),
    ):
        pass


def test_words_are_crops_and_those_marked_as_dont_care_are_told(truth_folder: Path) -> None:
    ignored = row("b.png", kind="word", text="x", ignore=True)
    write_rows(truth_folder, row("a.png", kind="word", text="Hello", case="insensitive"), ignored)
    with opened_truth(truth_folder) as truth:
        assert truth.kind == "crops"
        assert truth.crops
        assert truth.ignore_case
        assert [item.name for item in truth.items] == ["a.png"]
        assert truth.notes == ("1 pictures are marked as don't-care and are not measured",)


def test_the_same_picture_twice_is_an_error(truth_folder: Path) -> None:
    write_rows(truth_folder, *[row("a.png", kind="word", text="x")] * 2)
    with pytest.raises(InputError, match=r"more than once, the first: a\.png"), opened_truth(truth_folder):
        pass


def test_a_box_without_position_names_file_and_line(truth_folder: Path) -> None:
    items = [{"quad": [[1, 1], [9, 1], [9, 9], [1, 9]], "text": "x"}, {"text": "y"}]
    write_rows(truth_folder, row("a.png", kind="page", size=[400, 160], items=items))
    expected = r"gt.jsonl:1: a.png: line 1 of the truth .* no position"
    with pytest.raises(InputError, match=expected), opened_truth(truth_folder):
        pass


def test_a_zip_of_icdar_text_files_finds_its_pictures_in_another_folder(truth_folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "gt.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("gt_a.txt", "20,20,240,20,240,50,20,50,HELLO\n20,80,220,80,220,110,20,110,###\n")
    with opened_truth(archive, images=truth_folder / "images") as truth:
        (item,) = truth.items
        assert truth.format == "icdar2015"
        assert (item.page.width, item.page.height) == (400, 160)
        assert [line.ignore for line in item.page.lines] == [False, True]
        assert item.picture is not None
    with opened_truth(archive) as truth:
        assert truth.items[0].picture is None
        assert truth.items[0].where == str(archive / "gt_a.txt")


def test_what_is_no_zip_is_said(tmp_path: Path) -> None:
    (tmp_path / "gt.zip").write_bytes(b"no zip at all")
    with pytest.raises(InputError, match=r"gt.zip: cannot be unpacked"), opened_truth(tmp_path / "gt.zip"):
        pass
    with pytest.raises(InputError, match="no such file"), opened_truth(tmp_path / "nothing"):
        pass


def test_the_shared_sets_are_understood_where_they_are_present() -> None:
    shared = Path(__file__).parents[3] / "shared" / "data"
    expected = {
        "receipts_dev": ("boxes", "line", 60),
        "isri_dev": ("text", "line", 20),
        "scene_toy": ("boxes", "word", 10),
    }
    for name, (kind, level, count) in expected.items():
        if (shared / name).is_dir():
            with opened_truth(shared / name) as truth:
                assert (truth.kind, truth.level, len(truth.items)) == (kind, level, count)
                assert not truth.problems
