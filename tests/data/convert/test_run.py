"""Collections opened and converted: recognition of formats, crops, reports, and no half results."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from munja.core.errors import InputError, SpecError
from munja.core.page import Line, Page
from munja.data.convert import convert, find_format, formats, open_truth
from munja.data.dataset import About, Dataset, write_dataset
from munja.data.sample import Picture, Sample


def test_every_format_says_by_what_it_is_recognised() -> None:
    assert len(formats()) >= 24
    assert len({find_format(name).sign for name in formats()}) == len(formats())


def test_a_collection_gives_paths_and_pages_pass_after_pass(tmp_path: Path, drawn: Any, a_set: Any) -> None:
    a_set([drawn.page(1, split="test"), drawn.text(2)])
    truth = open_truth(tmp_path / "set")
    for _ in range(2):
        (image, page), (crop, word) = truth
        assert image == tmp_path / "set" / "images" / "page_1.png"
        assert (page.source, crop) == ("page_1.png", tmp_path / "set" / "images" / "word_2.png")
        assert [(line.text, line.polygon) for line in word.lines] == [("a, b", ((0, 0), (60, 0), (60, 20), (0, 20)))]
    assert [page.source for _, page in open_truth(tmp_path / "set", split="test")] == ["page_1.png"]


def test_stored_pictures_come_as_bytes(tmp_path: Path, drawn: Any) -> None:
    write_dataset(tmp_path / "set", [drawn.text(1)], About("x"), storage="lmdb")
    ((image, _),) = open_truth(tmp_path / "set")
    assert image == drawn.picture(1, 60, 20)


def test_what_is_no_collection_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        open_truth(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"holds 0 pictures and no other file\..*docs/datasets\.md.*--format"):
        open_truth(tmp_path)
    with pytest.raises(SpecError, match="did you mean icdar"):
        open_truth(tmp_path, "icdar2051")


def test_a_folder_without_labels_is_told_briefly_what_was_found_in_it(tmp_path: Path, drawn: Any) -> None:
    (tmp_path / "1.png").write_bytes(drawn.picture(1))
    for name in ("a.md", "b.md", "c.md", "d.md"):
        (tmp_path / name).write_text("notes")
    with pytest.raises(InputError, match=r"it holds 1 picture and a\.md, b\.md, c\.md and others\. The") as raised:
        open_truth(tmp_path)
    assert len(str(raised.value)) - len(str(tmp_path)) < 400
    with pytest.raises(InputError, match="it begins with 'notes'"):
        open_truth(tmp_path / "a.md")


def test_a_folder_of_two_formats_asks_which(tmp_path: Path, drawn: Any) -> None:
    (tmp_path / "1.png").write_bytes(drawn.picture(1))
    (tmp_path / "gt.txt").write_text("1.png\ttext\n")
    (tmp_path / "labels.tsv").write_text("1.png\ttext\n")
    with pytest.raises(InputError, match="could be clova or tsv; say which with --format NAME"):
        open_truth(tmp_path)


def test_lines_are_cut_out_of_pages(tmp_path: Path) -> None:
    image = np.full((90, 160, 3), 255, np.uint8)
    image[20:40, 30:110] = (200, 30, 30)  # red, RGB
    content = cv2.imencode(".png", image[..., ::-1])[1].tobytes()
    box = ((30.0, 20.0), (110.0, 20.0), (110.0, 40.0), (30.0, 40.0))
    lines = (
        Line("red", box),
        Line("###", box, ignore=True),
        Line("nowhere"),
        Line("x", ((1, 1), (2, 1), (2, 2), (1, 2))),
    )
    sample = Sample("a/p.png", Picture(fetch=lambda: content), Page(160, 90, lines), split="train")
    write_dataset(tmp_path / "set", [sample], About("x"))
    report = convert(tmp_path / "set", tmp_path / "out", to_format="munja", crop=True)
    (crop,) = Dataset(tmp_path / "out")
    assert (crop.name, crop.text, crop.split) == ("a/p_0001.png", "red", "train")
    assert crop.attributes == {"page": "a/p.png", "line": 0}
    pixels = cv2.imdecode(np.frombuffer(crop.read(), np.uint8), cv2.IMREAD_COLOR_RGB)
    assert pixels is not None
    assert pixels.shape == (20, 80, 3)
    assert (pixels == (200, 30, 30)).all()
    assert report.lost["don't-care region"] == 1
    assert [each.reason for each in report.dropped] == [
        "a line without a place or text cannot be cut out", "a box of 1 x 1 pixels is too small to cut out"
    ]  # fmt: skip


def test_a_picture_that_cannot_be_read_is_dropped_and_told(tmp_path: Path, drawn: Any) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "1.png").write_bytes(drawn.picture(1))
    (folder / "2.png").write_bytes(b"")
    (folder / "gt.txt").write_text("1.png\tone\n2.png\ttwo\n")
    report = convert(folder, tmp_path / "out")
    assert (report.read, report.written) == (2, 1)
    assert [str(each) for each in report.dropped] == [f"{folder / 'gt.txt'}:2: the picture has 0 bytes"]
    assert report.summary()[0] == "2 read, 1 written, 1 dropped"


def test_pages_do_not_go_into_a_format_of_texts_unless_cut(tmp_path: Path, drawn: Any, a_set: Any) -> None:
    a_set([drawn.page(1)])
    with pytest.raises(
        InputError, match=r"nothing could be converted, 1 dropped.*clova cannot hold a page; --crop cuts"
    ):
        convert(tmp_path / "set", tmp_path / "out", to_format="clova")
    assert [each.name for each in tmp_path.iterdir()] == ["set"]
    assert convert(tmp_path / "set", tmp_path / "out", to_format="clova", crop=True).written == 3


def test_texts_go_into_a_format_of_pages_as_a_box_around_the_picture(tmp_path: Path, drawn: Any, a_set: Any) -> None:
    a_set([drawn.text(0)])
    report = convert(tmp_path / "set", tmp_path / "out", to_format="icdar2015")
    assert (tmp_path / "out" / "gt" / "gt_word_0.txt").read_text() == "0,0,60,0,60,20,0,20,plain\n"
    assert report.lost["place of a text (it becomes one box around the whole picture)"] == 1


def test_a_format_that_is_only_read_says_so(tmp_path: Path, drawn: Any, a_set: Any) -> None:
    a_set([drawn.text(0)])
    with pytest.raises(InputError, match="parquet is only read"):
        convert(tmp_path / "set", tmp_path / "out", to_format="parquet")


@pytest.mark.parametrize("to_format", ["clova", "munja", "lmdb"])
def test_an_interrupted_conversion_leaves_nothing(tmp_path: Path, drawn: Any, a_set: Any, to_format: str) -> None:
    a_set([drawn.text(i) for i in range(3)])
    stuck = tmp_path / "set" / "images" / "word_2.png"
    stuck.unlink()
    os.mkfifo(stuck)  # reading it waits for ever, so that the conversion is caught in the midst
    code = f"from munja.data.convert import convert; convert('set', 'out', to_format={to_format!r})"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, stderr=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 60
        while not any(each.name.startswith(".out.") for each in tmp_path.iterdir()):
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    finally:
        process.kill()
    assert [each.name for each in tmp_path.iterdir()] == ["set"]


def test_a_dataset_says_what_it_was_made_of(tmp_path: Path, drawn: Any, a_set: Any) -> None:
    a_set([drawn.text(i) for i in range(3)])
    convert(tmp_path / "set", tmp_path / "clova", to_format="clova")
    convert(tmp_path / "clova", tmp_path / "back", about=About("", "words", "CC0"), storage="lmdb")
    card = Dataset(tmp_path / "back").card
    assert card.about == About("back", "words", "CC0", "converted from clova")
    assert (card.kind, card.count, card.storage) == ("text", 3, "lmdb")
