"""Tables of pictures and texts, as people keep them in spreadsheets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from munja.core.errors import InputError
from munja.data.convert import convert, open_truth
from munja.data.dataset import About, Dataset, write_dataset
from munja.data.synth.codes.write import LABELS


@pytest.fixture
def folder(tmp_path: Path, drawn: Any) -> Path:
    """A folder with the pictures a.png and b.png."""
    place = tmp_path / "set"
    place.mkdir()
    for i, name in enumerate(("a.png", "b.png")):
        (place / name).write_bytes(drawn.picture(i, 60, 20))
    return place


def read(path: Path) -> tuple[str, list[Any], list[str]]:
    truth = open_truth(path)
    found = [(each.name, each.text, each.split, dict(each.attributes)) for each in truth.samples()]
    folder = path if path.is_dir() else path.parent
    return truth.format, found, [str(each).replace(f"{folder}/", "") for each in truth.report.dropped]


def test_columns_tell_text_source_set_and_split(folder: Path) -> None:
    (folder / LABELS).write_text('photo,text,image,set,part\np7,"1,5",a.png,wagons,val\n\n,two,b.png,,\n')
    known = [
        ("a.png", "1,5", "validate", {"set": "wagons", "source": "p7"}),
        ("b.png", "two", None, {}),
    ]
    assert read(folder / LABELS) == read(folder) == ("table", known, [])


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("labels.csv", "image;text\r\na.png;1,5\r\nb.png;two\r\n", "table"),
        ("labels.csv", "a.png,1,5\nb.png,two\n", "table"),
        ("crops.tsv", "a.png\t1,5\nb.png\ttwo\n", "table"),
        ("labels.tsv", "image\ttext\na.png\t1,5\nb.png\ttwo\n", "table"),
        ("labels.tsv", "a.png\t1,5\nb.png\ttwo\n", "tsv"),
        ("labels.csv", 'filename,words\na.png,"1,5"\nb.png,two\n', "easyocr"),
    ],
)
def test_every_table_belongs_to_one_format(folder: Path, name: str, content: str, kind: str) -> None:
    (folder / name).write_text(content, encoding="utf-8", newline="")
    assert read(folder) == (kind, [("a.png", "1,5", None, {}), ("b.png", "two", None, {})], [])


def test_rows_that_cannot_be_read_are_listed_and_unknown_columns_named(folder: Path) -> None:
    (folder / LABELS).write_text("image,text,split,price\nc.png,1,,\na.png\nb.png,2,later,\na.png,3,,9\n")
    name, found, dropped = read(folder)
    assert (name, [each[1] for each in found]) == ("table", ["3"])
    assert dropped == [
        f"labels.csv:2: there is no picture c.png below {folder}",
        "labels.csv:3: has no text",
        "labels.csv:4: split 'later': train, validate or test was wanted",
    ]
    truth = open_truth(folder)
    list(truth.samples())
    assert truth.report.notes == [f"{folder / LABELS}: columns that say nothing to Munja: price"]


def test_a_dataset_with_a_table_in_it_is_a_dataset(folder: Path, drawn: Any, tmp_path: Path) -> None:
    write_dataset(tmp_path / "codes", [drawn.text(1)], About("codes"))
    (tmp_path / "codes" / LABELS).write_text("image,text\nimages/1.png,x\n")
    assert open_truth(tmp_path / "codes").format == "munja"


def test_source_and_set_are_written_and_what_a_cell_cannot_hold_is_told(tmp_path: Path, drawn: Any) -> None:
    samples = [
        replace(drawn.text(1), attributes={"source": "photo-1", "set": "wagons", "centres": [1.0]}),
        replace(drawn.text(2, 'two\nlines, "quoted"'), attributes={}, split="test"),
    ]
    write_dataset(tmp_path / "set", samples, About("set"))
    report = convert(tmp_path / "set", tmp_path / "table", to_format="table")
    assert dict(report.lost) == {"attribute centres": 1}
    assert (tmp_path / "table" / LABELS).read_text().startswith("image,text,source,set,split\n")
    convert(tmp_path / "table", tmp_path / "back")
    back = [(each.text, each.split, dict(each.attributes)) for each in Dataset(tmp_path / "back")]
    assert back == [
        (samples[0].text, samples[0].split, {"source": "photo-1", "set": "wagons"}),
        (samples[1].text, "test", {}),
    ]


def test_a_table_in_another_encoding_says_how_to_save_it(folder: Path) -> None:
    (folder / LABELS).write_bytes("image,text\na.png,Größe\n".encode("latin-1"))
    with pytest.raises(InputError, match="save it as CSV UTF-8"):
        read(folder / LABELS)
