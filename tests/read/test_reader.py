"""Reader: a picture goes in, its text with positions comes out, the same from any thread and at any turn."""

from __future__ import annotations

import io
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
import pytest

from munja.core.errors import InputError, MunjaError, SpecError
from munja.core.page import Page
from munja.read.reader import Reader, available_cores

HEADING = ["QUILL & BARLEY", "Bakery and coffee house", "14 Lantern Street, Eastmoor", "Tel. 555-0147"]


def found_share(page: Page, truth: Page) -> float:
    """The share of the truth's words that were read."""
    wanted, read = (Counter(word.text for word in each.words) for each in (truth, page))
    return (wanted & read).total() / wanted.total()


def written(page: Page) -> list[str]:
    """The lines that hold a letter or a digit: a row of dashes may or may not be taken for text."""
    return [line.text for line in page.lines if any(character.isalnum() for character in line.text)]


def pages_file(*pages: Any) -> bytes:
    target = io.BytesIO()
    first, *more = [PIL.Image.fromarray(page) for page in pages]
    first.save(target, "TIFF", save_all=True, append_images=more)
    return target.getvalue()


# --- What is read ---


def test_the_receipt_is_read(receipt_page: Page, truth: Callable[[str], Page], examples: Path) -> None:
    assert found_share(receipt_page, truth("receipt")) >= 0.95
    assert (receipt_page.width, receipt_page.height) == (800, 1200)
    assert receipt_page.source == str(examples / "receipt.png")
    assert receipt_page.index == 0
    assert abs(receipt_page.angle - truth("receipt").angle) < 1


def test_the_receipt_is_read_in_rows(receipt_page: Page) -> None:
    texts = [line.text for line in receipt_page.lines]
    for left, right in (("2 Sourdough loaf", "11.00"), ("TOTAL", "$45.79"), ("Change", "4.21")):
        assert texts.index(right) == texts.index(left) + 1


def test_each_line_is_where_the_truth_has_it(receipt_page: Page, truth: Callable[[str], Page]) -> None:
    places = {line.text: np.mean(line.polygon, axis=0) for line in truth("receipt").lines}
    compared = [line for line in receipt_page.lines if line.text in places]
    assert len(compared) >= 0.9 * len(places)
    for line in compared:
        assert np.abs(np.mean(line.polygon, axis=0) - places[line.text]).max() < 8
        assert " ".join(word.text for word in line.words) == line.text
        assert 0 <= line.angle < 360
        for word in line.words:
            assert word.text == "".join(character.text for character in word.characters)


def test_what_is_read_goes_through_json(receipt_page: Page) -> None:
    assert Page.from_json(receipt_page.to_json()) == receipt_page


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_receipt_turned_by_quarters_gives_the_same_text_and_the_angle(
    reader: Reader, receipt: Any, receipt_page: Page, quarters: int
) -> None:
    page = reader(np.ascontiguousarray(np.rot90(receipt, -quarters)))  # clockwise
    assert abs((page.angle - receipt_page.angle - 90 * quarters + 180) % 360 - 180) < 1
    assert written(page) == written(receipt_page)


@pytest.mark.parametrize(
    "picture",
    [
        np.full((400, 300, 3), 255, np.uint8),
        np.zeros((400, 300, 3), np.uint8),
        np.tile(np.linspace(0, 255, 300).astype(np.uint8), (200, 1)),
        np.full((1, 1, 3), 255, np.uint8),
        np.full((4000, 3, 3), 255, np.uint8),
        np.full((20, 5000, 3), 255, np.uint8),
        np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8),
    ],
    ids=["white", "black", "gradient", "1x1", "3x4000", "5000x20", "noise"],
)
def test_a_picture_without_text_is_a_page_without_lines(reader: Reader, picture: Any) -> None:
    page = reader(picture)
    assert page.lines == ()
    assert page.text == ""
    assert (page.width, page.height) == (picture.shape[1], picture.shape[0])
    assert page.angle == 0.0


def test_a_page_much_longer_than_wide_is_not_read_as_empty(reader: Reader, heading: Any) -> None:
    page = np.full((9000, 460, 3), 235, np.uint8)
    page[1000:1170] = page[5000:5170] = heading
    read = reader(page)
    assert "QUILL & BARLEY" in read.text or read.notes  # text, or a word about what may be missing


def test_a_line_much_longer_than_high_is_not_read_as_empty(reader: Reader, heading: Any) -> None:
    line = heading[136:168, 110:330]
    page = np.tile(line, (1, 25, 1))
    read = reader(page)
    assert "555" in read.text or read.notes


def test_one_line_250_times_as_long_as_high_is_not_read_as_empty(reader: Reader) -> None:
    picture = PIL.Image.new("RGB", (5000, 20), "white")
    text = "The quick brown fox jumps over the lazy dog 0123456789 " * 11
    PIL.ImageDraw.Draw(picture).text((2, 0), text, fill="black", font=PIL.ImageFont.load_default(15))
    read = reader(picture)
    assert "quick brown fox" in read.text or read.notes  # text, or a word about what may be missing


# --- The ways in ---


def test_every_way_in_gives_the_same_page(reader: Reader, heading: Any, tmp_path: Path) -> None:
    path = tmp_path / "heading.png"
    PIL.Image.fromarray(heading).save(path)
    wanted = reader(heading)
    assert [line.text for line in wanted.lines] == HEADING
    with path.open("rb") as file:
        for source in (str(path), path, path.read_bytes(), file, PIL.Image.fromarray(heading)):
            assert reader(source).lines == wanted.lines


def test_a_source_of_several_pages_is_an_error_that_names_read_pages(
    reader: Reader, heading: Any, tmp_path: Path
) -> None:
    path = tmp_path / "two.tif"
    path.write_bytes(pages_file(heading[:60], heading[60:120]))
    with pytest.raises(InputError, match=r"two\.tif: holds several pages; .*munja\.read_pages\(x\)"):
        reader(path)


def test_pages_are_read_one_by_one(reader: Reader, heading: Any) -> None:
    content = pages_file(heading[:64], heading[64:100], heading[100:140])
    found = list(reader.pages(content))
    assert [page.index for page in found] == [0, 1, 2]
    assert "QUILL & BARLEY" in found[0].text
    assert [page.index for page in reader.pages(content, pages=[2, 0])] == [0, 2]


def test_a_page_number_beyond_the_end_is_an_error(reader: Reader, heading: Any) -> None:
    with pytest.raises(InputError, match="3"):
        list(reader.pages(pages_file(heading[:60], heading[60:120]), pages=[2]))


def test_a_document_tells_its_resolution(examples: Path, cache: Path) -> None:
    (page,) = Reader(models="ppocr", engine="onnxruntime", threads=1, dpi=72).pages(examples / "pages.pdf", pages=[1])
    assert (page.dpi, page.index) == (72, 1)
    assert page.source == str(examples / "pages.pdf")
    assert "Application" in page.text


# --- Threads and streams ---


def test_sixteen_threads_that_share_a_reader_give_the_json_of_serial_reads(reader: Reader, heading: Any) -> None:
    crops = [
        np.ascontiguousarray(heading[top : top + 30 + 6 * k, 10 * k :]) for k, top in enumerate((0, 30, 60, 90, 120))
    ]
    jobs = [crops[k % len(crops)] for k in range(16)]
    serial = [reader(crop).to_json() for crop in crops]
    assert len(set(serial)) == len(crops)
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(lambda crop: reader(crop).to_json(), jobs)) == [serial[k % len(crops)] for k in range(16)]


@pytest.mark.parametrize("threads", [1, 2])
def test_threads_share_a_reader_of_openvino(heading: Any, cache: Path, threads: int) -> None:
    shared = Reader(models="ppocr", engine="openvino", threads=threads)
    crops = [np.ascontiguousarray(heading[top : top + 34]) for top in (66, 100, 136)]
    serial = [shared(crop).to_json() for crop in crops]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda k: shared(crops[k % 3]).to_json(), range(6))) == [serial[k % 3] for k in range(6)]


def test_a_stream_keeps_the_order_of_its_sources(reader: Reader, heading: Any) -> None:
    sources = [heading, heading[60:100], pages_file(heading[:64], heading[100:140]), heading[60:100]]
    for shared in (reader, Reader(models="ppocr", engine="onnxruntime", threads=2)):
        found = list(shared.stream(sources))
        assert [page.height for page in found] == [170, 40, 64, 40, 40]
        assert [page.index for page in found] == [0, 0, 0, 1, 0]
        assert [line.text for line in found[0].lines] == HEADING
        assert found[1].lines == found[4].lines


def test_a_stream_hands_bad_sources_over_and_goes_on(reader: Reader, heading: Any) -> None:
    failed: list[tuple[Any, MunjaError]] = []
    sources = ["none.png", heading[60:100], b"no picture", heading[100:140]]
    found = list(reader.stream(sources, on_error=lambda source, error: failed.append((source, error))))
    assert [page.height for page in found] == [40, 40]
    assert [source for source, _ in failed] == ["none.png", b"no picture"]
    assert all(isinstance(error, InputError) for _, error in failed)


def test_a_stream_without_on_error_stops_at_the_bad_source(reader: Reader, heading: Any) -> None:
    stream = reader.stream([heading[60:100], "none.png", heading])
    assert next(stream).height == 40
    with pytest.raises(InputError, match=r"none\.png: no such file"):
        next(stream)


def test_a_stream_takes_sources_only_as_it_needs_them(reader: Reader, heading: Any) -> None:
    taken: list[int] = []

    def sources() -> Any:
        for number in range(100):
            taken.append(number)
            yield heading[60:100]

    stream = reader.stream(sources())
    next(stream)
    stream.close()
    assert len(taken) <= 3


# --- Settings ---


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"order": "reding"}, "order 'reding' is not known; did you mean reading"),
        ({"max_pixels": 0}, "max_pixels from 1"),
        ({"dpi": 0}, "dpi up to 2400"),
        ({"dpi": 5000}, "dpi up to 2400"),
    ],
)
def test_settings_out_of_bounds_are_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        Reader(**settings)


def test_a_picture_over_max_pixels_is_refused(heading: Any, cache: Path) -> None:
    with pytest.raises(InputError, match="more than max_pixels = 1,000"):
        Reader(models="ppocr", engine="onnxruntime", threads=1, max_pixels=1000)(heading)


def test_unsure_lines_and_the_raw_order_are_for_the_asking(heading: Any, reader: Reader, cache: Path) -> None:
    assert Reader(models="ppocr", engine="onnxruntime", threads=1, min_score=1.0)(heading).lines == ()
    raw = Reader(models="ppocr", engine="onnxruntime", threads=1, order="raw")(heading)
    assert sorted(line.text for line in raw.lines) == sorted(line.text for line in reader(heading).lines)


def test_a_reader_leaves_the_arithmetic_of_its_process_alone() -> None:
    # An engine that flushes denormal numbers to 0 must not do so in the threads of the program that uses it.
    program = (
        "import numpy as np; from munja.read.reader import Reader; import threading; said = []\n"
        "Reader(models='ppocr', engine='onnxruntime', threads=1)(np.zeros((32, 32, 3), np.uint8))\n"
        "look = lambda: said.append((5e-324 * 1.0 > 0, bool((np.array([1e-40], np.float32) != 0)[0])))\n"
        "look(); thread = threading.Thread(target=look); thread.start(); thread.join(); print(said)"
    )
    assert run(program) == "[(True, True), (True, True)]\n"


def test_the_number_of_cores_is_what_the_process_may_use() -> None:
    assert available_cores() >= 1


def run(program: str) -> str:
    """What a program prints on its standard output and error, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
@pytest.mark.parametrize(("name", "share"), [("receipt", 0.9), ("two_columns", 0.9), ("notice_ko_en", 0.85)])
def test_the_models_of_the_package_read_english_and_korean(
    examples: Path, truth: Callable[[str], Page], engine: str, name: str, share: float
) -> None:
    page = Reader(engine=engine, threads=1)(examples / f"{name}.png")
    wanted = [word.text for word in truth(name).words]
    found = [word.text for word in page.words]
    assert sum(word in found for word in wanted) >= share * len(wanted)


def test_without_a_language_model_the_same_models_read_on(examples: Path) -> None:
    page = Reader(engine="onnxruntime", threads=1, language="none")(examples / "receipt.png")
    assert "Bakery" in page.text


# --- With patterns ---

CODE = (100, 200, 800, 150)  # of the wagon's number
WEIGHT = (100, 420, 330, 130)


@pytest.fixture(scope="module")
def light() -> Reader:
    """A reader of this package's own models, which are quick to read with."""
    return Reader(models="munja", engine="onnxruntime", threads=1)


def test_a_pattern_leaves_the_lines_that_fit_and_tells_of_the_others(light: Reader, examples: Path) -> None:
    page = light(examples / "wagon_code.png", pattern="@uic")
    assert page.text == "33 80 7932 123-2"
    assert {line.free.text for line in page.lines if line.free and line.unfit} >= {"24 350 kg"}
    assert Page.from_json(page.to_json()) == page


def test_that_nothing_fits_is_said_and_what_stands_there_is_kept(light: Reader, examples: Path) -> None:
    page = light(examples / "wagon_code.png", pattern="[A-Z]{12}")
    assert page.text == ""
    assert page.lines
    assert any("no reading fits the pattern" in note for note in page.notes)
    assert not light(examples / "wagon_code.png", pattern="@uic").notes


def test_every_region_may_have_a_pattern_of_its_own(light: Reader, examples: Path) -> None:
    picture = examples / "wagon_code.png"
    page = light(picture, region=[CODE, WEIGHT], pattern=["@uic", None])
    assert [line.text for line in page.lines] == ["33 80 7932 123-2", "24 350 kg"]
    assert [line.free is None for line in page.lines] == [False, True]
    page = light(picture, region=[CODE, WEIGHT], pattern=["@uic", "[0-9]{2} [0-9]{3} kg"])
    assert [line.text for line in page.lines] == ["33 80 7932 123-2", "24 350 kg"]
    page = light(picture, region=WEIGHT, pattern=["[0-9 ]*kg", lambda text: text.startswith("24")])
    assert page.text == "24 350 kg"


def test_a_readers_own_pattern_holds_where_a_call_has_none(light: Reader, examples: Path) -> None:
    uic = Reader(models="munja", engine="onnxruntime", threads=1, pattern="@uic")
    assert uic(examples / "wagon_code.png").text == "33 80 7932 123-2"
    assert uic(examples / "wagon_code.png", region=WEIGHT, pattern=".*kg").text == "24 350 kg"
    assert [page.text for page in uic.stream([examples / "wagon_code.png"])] == ["33 80 7932 123-2"]
    assert [page.text for page in uic.pages(examples / "wagon_code.png", pattern="REV.*")] == ["REV 11.06.24"]


def test_a_pattern_that_cannot_be_used_is_refused_before_anything_is_read(light: Reader, examples: Path) -> None:
    with pytest.raises(SpecError, match="nothing that the recogniser can write fits"):
        Reader(models="munja", engine="onnxruntime", threads=1, pattern="Д+")
    with pytest.raises(SpecError, match="2 regions and 1 patterns"):
        light(examples / "wagon_code.png", region=[CODE, WEIGHT], pattern=["@uic"])
    with pytest.raises(SpecError, match="at character 2"):
        light(examples / "no-such-file.png", pattern="a{")


def test_the_text_of_a_document_is_held_against_the_pattern(tmp_path: Path) -> None:
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(300, 100))
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
    page.obj.Contents = document.make_stream(b"BT /F 18 Tf 20 60 Td (No. FC36 and 12O4) Tj 0 -30 Td (CAR) Tj ET")
    document.save(tmp_path / "typed.pdf")
    typed = Reader(models="munja", engine="onnxruntime", threads=1, text_layer=True, pattern="[A-Z]{2}[0-9]{2}")
    page = typed(tmp_path / "typed.pdf")
    assert page.text == "FC36"
    assert [(line.text, line.free and line.free.text) for line in page.lines] == [
        ("FC36", "No. FC36 and 12O4"),
        ("", "CAR"),
    ]
    within = typed(tmp_path / "typed.pdf", region=[(0, 0, 800, 150), (0, 150, 800, 128)], pattern=["[0-9O]+", None])
    assert [line.text for line in within.lines] == ["12O4", "CAR"]
