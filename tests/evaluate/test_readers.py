from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from munja.core.errors import EngineError, SpecError
from munja.core.registry import names
from munja.evaluate.readers import open_reader, parse_reader, tesseract_lines
from munja.imaging.image import Image

HEADER = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"


def word_row(line: int, word: int, left: int, confidence: float, text: str) -> str:
    return f"5\t1\t1\t1\t{line}\t{word}\t{left}\t10\t40\t20\t{confidence}\t{text}"


def test_three_readers_are_known() -> None:
    assert {"munja", "rapidocr", "tesseract"} <= set(names("reader"))


def test_settings_stand_behind_the_name() -> None:
    assert parse_reader("munja") == {"name": "munja"}
    assert parse_reader("munja, precision=bf16, threads=2") == {"name": "munja", "precision": "bf16", "threads": 2}
    assert parse_reader("tesseract,lang=kor+eng")["lang"] == "kor+eng"


def test_a_wrong_name_or_setting_says_what_was_meant() -> None:
    with pytest.raises(SpecError, match="did you mean tesseract"):
        parse_reader("teseract")
    with pytest.raises(SpecError, match="did you mean threads"):
        parse_reader("munja,thread=2")
    with pytest.raises(SpecError, match=r"reader.munja.threads"):
        parse_reader("munja,threads=0")
    with pytest.raises(SpecError, match="name of a reader was wanted"):
        parse_reader(",threads=1")


def test_the_table_of_tesseract_gives_lines_with_words() -> None:
    rows = [
        HEADER,
        "4\t1\t1\t1\t1\t0\t5\t10\t90\t20\t-1\t",
        word_row(1, 1, 5, 81, "Sum"),
        word_row(1, 2, 50, 100, "10"),
    ]
    rows += [word_row(2, 1, 5, 95, " "), word_row(3, 1, 7, 0, "low")]
    first, second = tesseract_lines("\n".join(rows))
    assert first.text == "Sum 10"
    assert [word.text for word in first.words] == ["Sum", "10"]
    assert first.polygon == ((5, 10), (90, 10), (90, 30), (5, 30))
    assert first.score == pytest.approx(0.9)  # geometric mean of 0.81 and 1
    assert (second.text, second.score) == ("low", 0)
    assert tesseract_lines("") == ()


@pytest.mark.parametrize("name", ["munja,models=ppocr,engine=onnxruntime,threads=1", "rapidocr,threads=1", "tesseract"])
def test_every_reader_reads_a_page_and_says_what_it_is(name: str, heading: Image) -> None:
    reader = open_reader(name, crops=False)
    page = reader.read(heading)
    assert reader.version.split()[0] == name.split(",")[0]
    assert (page.width, page.height) == (460, 170)
    assert len(page.lines) >= 3
    assert any("Bakery and coffee house" in line.text for line in page.lines)
    assert all(line.polygon and line.score is not None for line in page.lines)


@pytest.mark.parametrize("name", ["munja,models=ppocr,engine=onnxruntime,threads=1", "rapidocr,threads=1", "tesseract"])
def test_every_reader_reads_a_picture_of_one_line(name: str, heading: Image) -> None:
    page = open_reader(name, crops=True).read(np.ascontiguousarray(heading[136:170, 110:330]))
    assert "555" in page.text


def test_the_version_of_munja_tells_which_models_read() -> None:
    first, second, same = (open_reader(f"munja,models={name},engine=onnxruntime,threads=1", crops=True).version
                           for name in ("munja", "ppocr", "munja"))  # fmt: skip
    assert first != second
    assert first == same


def test_a_failing_tesseract_says_why(heading: Image) -> None:
    with pytest.raises(EngineError, match=r"tesseract ended with: .*nonsense"):
        open_reader("tesseract,lang=nonsense", crops=False).read(heading)


def test_a_missing_tesseract_says_how_it_is_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError, match="apt install tesseract-ocr"):
        open_reader("tesseract", crops=False)


def test_rapidocr_gives_boxes_of_words_on_request(heading: Image) -> None:
    found = open_reader("rapidocr,threads=1,words=true", crops=False).read(heading)
    assert max(len(line.text.split()) for line in found.lines) == 1
    with pytest.raises(SpecError, match="onnxruntime or openvino"):
        open_reader("rapidocr,engine=torch", crops=False)
