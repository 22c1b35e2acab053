from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from munja.core.errors import InputError
from munja.data.sample import Picture
from munja.evaluate import Evaluation, write_report
from munja.evaluate.report.write import MOST_IN_ONE_FILE, SCRIPTS, check_size


def test_a_folder_holds_the_page_its_data_and_each_picture(evaluation: Evaluation, tmp_path: Path) -> None:
    done: list[int] = []
    page = write_report(evaluation, tmp_path / "out", on_page=lambda: done.append(1))
    assert page == tmp_path / "out" / "index.html"
    names = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    numbered = {
        f"{folder}/{k}.{suffix}"
        for folder, suffix in (("pictures", "jpg"), ("thumbs", "jpg"), ("pages", "js"))
        for k in range(3)
    }
    static = {f"static/{name}.js" for name in SCRIPTS} | {"static/style.css"}
    assert names == {"index.html", "data.js", "report.json"} | numbered | static
    assert len(done) == 3


def test_the_data_are_a_script_that_holds_json(evaluation: Evaluation, tmp_path: Path) -> None:
    write_report(evaluation, tmp_path)
    text = (tmp_path / "data.js").read_text(encoding="utf-8")
    tree = json.loads(text.removeprefix("MUNJA.start(").removesuffix(");\n"))
    assert tree["title"] == "Three small pages"
    assert [row["j"] for row in tree["pages"]] == [1, 1, 1]
    assert len(tree["cases"]) == 4


def test_a_single_file_needs_nothing_beside_it(evaluation: Evaluation, tmp_path: Path) -> None:
    write_report(evaluation, tmp_path, single_file=True)
    assert {path.name for path in tmp_path.glob("*") if path.is_file()} == {"index.html", "report.json"}
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "src=" not in text.partition("<script>")[0]
    assert text.count("MUNJA.embed(") >= 3


def test_a_single_file_is_refused_beyond_its_limit() -> None:
    check_size(MOST_IN_ONE_FILE, single_file=True)
    check_size(10_000, single_file=False)
    with pytest.raises(InputError, match="--single-file holds up to 50 pictures, this truth has 51"):
        check_size(MOST_IN_ONE_FILE + 1, single_file=True)


def test_texts_cannot_end_the_script_or_the_title(evaluation: Evaluation, tmp_path: Path) -> None:
    named = replace(evaluation, title="</title><script>alert(1)</script>")
    write_report(named, tmp_path, single_file=True)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "alert(1)</script>" not in text
    assert "&lt;/title&gt;&lt;script&gt;alert(1)" in text


def test_a_picture_that_cannot_be_read_leaves_the_report_whole(evaluation: Evaluation, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    items = (replace(evaluation.truth.items[0], picture=Picture(broken)), *evaluation.truth.items[1:])
    write_report(replace(evaluation, truth=replace(evaluation.truth, items=items)), tmp_path / "out")
    text = (tmp_path / "out" / "data.js").read_text(encoding="utf-8")
    rows = json.loads(text.removeprefix("MUNJA.start(").removesuffix(");\n"))["pages"]
    assert "broken.png" in rows[0]["x"]
    assert "j" not in rows[0]
    assert not (tmp_path / "out" / "pictures" / "0.jpg").exists()


def test_no_file_of_the_explorer_names_another_host() -> None:
    folder = files("munja.evaluate.report").joinpath("static")
    for file in folder.iterdir():
        hosts = set(re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]+[^\s\"')]*", file.read_text(encoding="utf-8")))
        assert hosts <= {"http://www.w3.org/2000/svg"}, file.name


def test_a_folder_that_cannot_be_written_is_said(evaluation: Evaluation, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        write_report(evaluation, tmp_path / "out")
