"""A reader's process, spoken to as the benchmark does, with a real reader on pictures made here."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from benchmarks.reading.data import TruthPage, write_crops
from benchmarks.reading.process import processes, rotated
from munja.core.errors import MunjaError


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    image = Image.new("RGB", (500, 120), "white")
    ImageDraw.Draw(image).text((30, 35), "TOTAL 20.00", "black", font=ImageFont.load_default(48))
    path = tmp_path / "total.png"
    image.save(path)
    return path


def test_a_process_answers_with_lines_and_what_they_cost(picture: Path, tmp_path: Path) -> None:
    with processes(["tesseract"], 1, tmp_path / "logs") as (process,):
        answer = process.ask({"image": str(picture)})
        pages = process.ask({"images": [str(picture), str(picture)]})
    assert [line["text"] for line in answer["lines"]] == ["TOTAL 20.00"]
    (left, top), _, (right, bottom), _ = answer["lines"][0]["quad"]
    assert 20 < left < 50 < right < 400
    assert 30 < top < bottom < 100
    assert 0 < answer["cpu_s"] < 30
    assert answer["wall_s"] > 0
    assert 10 < answer["rss_mb"] <= answer["peak_mb"] < 1000
    assert pages["pages"] == [["TOTAL 20.00"], ["TOTAL 20.00"]]


def test_a_page_that_cannot_be_read_is_an_answer_and_the_next_one_is_read(picture: Path, tmp_path: Path) -> None:
    with processes(["rapidocr-openvino-f32"], 1, tmp_path / "logs") as (process,):
        failed = process.ask({"image": str(tmp_path / "missing.png")})
        read = process.ask({"image": str(picture)})
        precision = process.ask({"about": True})
    assert "missing.png" in failed["error"]
    # RapidOCR logs while it reads: its words went to the log, not between the answers.
    assert "TOTAL" in "".join(line["text"] for line in read["lines"])
    assert precision == {"precision": "f32"}
    assert "RapidOCR" in (tmp_path / "logs" / "rapidocr-openvino-f32-1.log").read_text(encoding="utf-8")


def test_a_process_that_ends_is_an_error_that_shows_its_last_words(tmp_path: Path) -> None:
    with (
        pytest.raises(MunjaError, match="KeyError: 'unknown-reader'"),
        processes(["unknown-reader"], 1, tmp_path) as (process,),
    ):
        process.ask({"about": True})


def test_turns_rotate_through_all_processes() -> None:
    assert [rotated("abc", turn) for turn in range(3)] == [["a", "b", "c"], ["b", "c", "a"], ["c", "a", "b"]]


def picture_size(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


def test_crops_are_the_same_for_the_same_seed_and_of_many_sizes(tmp_path: Path) -> None:
    source = tmp_path / "page.png"
    Image.effect_noise((700, 300), 50).save(source)
    pages = [TruthPage("page", source, (700, 300), "")]
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    first = write_crops(pages, tmp_path / "one", count=20, seed=3)
    second = write_crops(pages, tmp_path / "two", count=20, seed=3)
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    sizes = [picture_size(path) for path in first]
    assert len(set(sizes)) == 20
    assert all(32 <= width <= 640 and 32 <= height <= 300 for width, height in sizes)
