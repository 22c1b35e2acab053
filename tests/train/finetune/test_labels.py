"""Labelled crops come as tables of several kinds, or as any collection; what cannot be used says why."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from munja.core.errors import InputError
from munja.core.page import Line, Page
from munja.data.convert.report import Report
from munja.data.dataset import About, write_dataset
from munja.data.lmdb import write_lines
from munja.data.sample import Picture, Sample
from munja.train.finetune.labels import read_labels

PNG = cv2.imencode(".png", np.full((16, 40), 200, np.uint8))[1].tobytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "set"
    place.mkdir()
    for name in ("a.png", "b.png"):
        (place / name).write_bytes(PNG)
    return place


def texts(path: Path) -> dict[str, str | None]:
    return {sample.name: sample.text for sample in read_labels("own", path, Report())}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("labels.csv", 'image,text\na.png,"1,5"\nb.png,two\n'),
        ("labels.csv", "a.png,1,5\nb.png,two\n"),
        ("labels.csv", "image;text\r\na.png;1,5\r\nb.png;two\r\n"),
        ("labels.csv", '\ufefffilename,words\na.png,"1,5"\nb.png,two\n'),
        ("labels.csv", 'text,image\n"1,5",a.png\n\ntwo,b.png\n'),
        ("crops.tsv", "a.png\t1,5\nb.png\ttwo\n"),
        ("labels.tsv", "a.png\t1,5\nb.png\ttwo\n"),
    ],
)
def test_tables_of_several_kinds_say_the_same(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content, encoding="utf-8", newline="")
    assert texts(folder / name) == {"own/a.png": "1,5", "own/b.png": "two"}
    assert texts(folder) == texts(folder / name)


def test_columns_tell_source_set_and_split(folder: Path) -> None:
    (folder / "labels.csv").write_text("image,text,source,set,split\na.png,1,p7,wagons,val\nb.png,2,,,\n")
    first, second = read_labels("own", folder / "labels.csv", Report())
    assert (dict(first.attributes), first.split) == ({"set": "wagons", "source": "p7"}, "validate")
    assert (dict(second.attributes), second.split) == ({"set": "own"}, None)


def test_rows_that_cannot_be_used_are_listed_with_their_line(folder: Path) -> None:
    (folder / "labels.csv").write_text("image,text,split\nc.png,1,\na.png\nb.png,2,later\na.png,3,\n")
    report = Report()
    assert [sample.text for sample in read_labels("own", folder / "labels.csv", report)] == ["3"]
    first, second, third = map(str, report.dropped)
    assert "labels.csv:2: there is no picture c.png" in first
    assert "labels.csv:3: has no text" in second
    assert "labels.csv:4: split 'later': train, validate or test was wanted" in third


@pytest.mark.parametrize("content", ["name,value\nx,1\n", "a.png\n", "\xff".encode("latin-1").decode("latin-1")])
def test_a_table_of_other_columns_says_which_were_wanted(folder: Path, content: str) -> None:
    (folder / "labels.csv").write_text(content)
    with pytest.raises(InputError, match=r"labels\.csv: a table of pictures and their texts was wanted.*image,text"):
        texts(folder / "labels.csv")


def test_a_table_that_is_not_utf8_says_so(folder: Path) -> None:
    (folder / "labels.csv").write_bytes("image,text\na.png,Größe\n".encode("latin-1"))
    with pytest.raises(InputError, match="save it as CSV UTF-8"):
        texts(folder / "labels.csv")


def test_an_lmdb_in_the_published_scheme_is_read(tmp_path: Path) -> None:
    write_lines(tmp_path / "store", [(PNG, "one"), (PNG, "two")])
    assert sorted(filter(None, texts(tmp_path / "store").values())) == ["one", "two"]


def test_lines_are_cut_out_of_pages_and_know_their_page(tmp_path: Path) -> None:
    box = ((2.0, 2.0), (30.0, 2.0), (30.0, 14.0), (2.0, 14.0))
    page = Page(40, 16, (Line("one", box), Line("###", box, ignore=True)))
    sample = Sample("page.png", Picture(fetch=lambda: PNG), page=page, split="train")
    write_dataset(tmp_path / "pages", [sample], About("pages"))
    (line,) = read_labels("own", tmp_path / "pages", Report())
    assert (line.text, line.split, line.attributes["source"]) == ("one", "train", "page.png")
    assert json.dumps(dict(line.attributes))
