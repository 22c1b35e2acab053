"""LMDB folders, alone and many, and Parquet files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import lmdb
import pyarrow
import pyarrow.parquet
import pytest

from munja.core.errors import InputError
from munja.data.convert import convert, find_format, open_truth
from munja.data.convert.report import Report
from munja.data.lmdb import LineStore, LineWriter


def test_folders_of_several_are_read_each_as_its_split(tmp_path: Path, drawn: Any) -> None:
    for part in ("training/MJ", "validation", "other"):
        with LineWriter(tmp_path / part) as writer:
            writer.add(drawn.picture(1, kind="JPEG"), part)
    truth = open_truth(tmp_path)
    found = {(each.split, each.text, each.name) for each in truth.samples()}
    assert truth.format == "lmdb"
    assert found == {
        ("train", "training/MJ", "training/MJ/image-000000001.jpg"),
        ("validate", "validation", "validation/image-000000001.jpg"),
        (None, "other", "other/image-000000001.jpg"),
    }


def test_missing_and_broken_samples_are_listed(tmp_path: Path, drawn: Any) -> None:
    picture = drawn.picture(1)
    with lmdb.open(str(tmp_path / "set")) as environment, environment.begin(write=True) as transaction:
        entries = {b"num-samples": b"4", b"image-000000001": picture, b"label-000000001": b"good",
                   b"image-000000002": picture, b"label-000000002": b"\xff", b"image-000000003": picture}  # fmt: skip
        for key, value in entries.items():
            transaction.put(key, value)
    truth = open_truth(tmp_path / "set")
    assert [each.text for each in truth.samples()] == ["good"]
    assert [each.where.split(", ")[1] for each in truth.report.dropped] == ["sample 2", "sample 3", "sample 4"]


def test_what_is_written_is_read_by_the_original_keys(tmp_path: Path, drawn: Any, a_set: Any) -> None:
    a_set([drawn.text(i, split="train") for i in range(3)])
    convert(tmp_path / "set", tmp_path / "out", to_format="lmdb")
    with (
        lmdb.open(str(tmp_path / "out" / "train"), readonly=True, lock=False) as environment,
        environment.begin() as read,
    ):
        assert read.get(b"num-samples") == b"3"
        assert read.get(b"label-000000002") == b"with blank"
        assert read.get(b"image-000000001") == drawn.picture(0, 60, 20)


def test_one_file_is_opened_several_times_and_closed_by_the_last(tmp_path: Path) -> None:
    with LineWriter(tmp_path / "set") as writer:
        writer.add(b"picture", "text")
    first, second = LineStore(tmp_path / "set"), LineStore(tmp_path / "set")
    first.close()
    assert second.label(0) == "text"
    with pytest.raises(InputError, match="was closed"):
        first.label(0)


def test_some_numbers_are_picked_alone(tmp_path: Path, drawn: Any) -> None:
    with LineWriter(tmp_path / "set") as writer:
        for i in range(20):
            writer.add(drawn.picture(1), str(i))
    reader = find_format("lmdb")
    assert reader.count(tmp_path / "set") == 20
    assert [each.text for each in reader.pick(tmp_path / "set", [3, 17], Report())] == ["3", "17"]


def test_parquet_files_are_read_with_their_class_names(tmp_path: Path, drawn: Any) -> None:
    images = [{"bytes": drawn.picture(i), "path": f"{i}.png"} for i in range(3)] + [{"bytes": None, "path": "x"}]
    table = pyarrow.table({"image": images, "label": [0, 1, 1, 0]})
    features = {"info": {"features": {"label": {"names": ["cat", "dog"]}}}}
    table = table.replace_schema_metadata({"huggingface": json.dumps(features)})
    pyarrow.parquet.write_table(table, tmp_path / "train-00000.parquet", row_group_size=2)
    truth = open_truth(tmp_path)
    found = [(each.name, each.label, each.split, each.read()) for each in truth.samples()]
    assert found == [(f"{i}.png", ("cat", "dog", "dog")[i], "train", drawn.picture(i)) for i in range(3)]
    assert str(truth.report.dropped[0]).endswith("train-00000.parquet, row 4: has no picture")


def test_parquet_texts_and_bytes_are_picked_by_number(tmp_path: Path, drawn: Any) -> None:
    table = pyarrow.table({"jpg": [drawn.picture(i) for i in range(10)], "text": [f"t{i}" for i in range(10)]})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet", row_group_size=4)
    reader = find_format("parquet")
    assert reader.count(tmp_path) == 10
    assert reader.blocks(tmp_path) == [4, 4, 2]
    assert [each.text for each in reader.pick(tmp_path, [1, 9], Report())] == ["t1", "t9"]


def test_a_file_that_is_no_parquet_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"nonsense" * 100)
    with pytest.raises(InputError, match=r"a\.parquet: not a Parquet file"):
        list(open_truth(tmp_path))
    pyarrow.parquet.write_table(pyarrow.table({"text": ["x"]}), tmp_path / "a.parquet")
    with pytest.raises(InputError, match="no column of pictures"):
        list(open_truth(tmp_path))
