"""Lines: cut, turned and read one by one, whatever their neighbours are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

import munja.train.language  # noqa: F401  registers the makers
from munja.core.artifact import Artifact
from munja.core.page import Line
from munja.core.registry import build
from munja.imaging.geometry import quad_angle
from munja.read.engines import open_engine
from munja.read.fitting import Wish
from munja.read.lines import LineReader
from munja.read.patterns import compile_pattern
from munja.read.patterns.guide import guide_of
from munja.read.weights import ModelSet, model_set

TEXTS = ["QUILL & BARLEY", "Bakery and coffee house", "14 Lantern Street, Eastmoor", "Tel. 555-0147"]


@pytest.fixture(scope="module")
def line_reader(models: ModelSet) -> LineReader:
    assert models.direction is not None
    return LineReader(
        models.recogniser, open_engine(models.recogniser), models.direction, open_engine(models.direction)
    )


@pytest.fixture(scope="module")
def quads() -> list[np.ndarray]:
    """The four lines of the heading, corners clockwise from the top left of the text."""
    corners = [
        [[32, 9], [405, 26], [405, 69], [31, 53]],
        [[57, 71], [379, 85], [378, 108], [57, 93]],
        [[28, 102], [406, 119], [406, 142], [28, 125]],
        [[126, 140], [309, 148], [308, 170], [125, 162]],
    ]
    return [np.array(each, np.float32) for each in corners]


def test_lines_come_in_the_order_of_their_quads(line_reader: LineReader, heading: Any, quads: list[np.ndarray]) -> None:
    lines = line_reader.read(heading, quads)
    assert [line.text for line in lines] == TEXTS
    assert [line.text for line in line_reader.read(heading, quads[::-1])] == TEXTS[::-1]
    assert min(line.score or 0 for line in lines) > 0.9


def test_no_quads_give_no_lines(line_reader: LineReader, heading: Any) -> None:
    assert line_reader.read(heading, []) == []


def test_a_line_reads_the_same_alone_and_among_others(
    line_reader: LineReader, heading: Any, quads: list[np.ndarray]
) -> None:
    together = line_reader.read(heading, quads)
    for quad, line in zip(quads, together, strict=True):
        (alone,) = line_reader.read(heading, [quad])
        assert alone.text == line.text
        assert alone.score == pytest.approx(line.score, abs=1e-4)
        assert alone.polygon == line.polygon


def test_short_lines_that_are_run_together_read_as_each_alone(dense: Artifact, sans: Path) -> None:
    reader = LineReader(dense, open_engine(dense), None, None)
    texts = ["Total", "12.50", "Cash", "Tel 555", "Lantern Street 14", "7", "and", "Coffee"]
    strips, quads, top = [], [], 0
    for text in texts:
        page, quad = drawn(text, sans, 0.9)
        strips.append(np.pad(page, ((0, 0), (0, 400 - page.shape[1]), (0, 0)), constant_values=255))
        quads.append(np.asarray(quad + np.array([0, top]), np.float32))
        top += len(page)
    picture = np.concatenate(strips)
    together = reader.read(picture, quads)
    assert together == [line for quad in quads for line in reader.read(picture, [quad])]
    assert [line.text for line in together] == texts


def backwards(function: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
    """A map that works from the last item to the first."""
    return [function(item) for item in list(items)[::-1]][::-1]


def test_how_the_work_is_spread_does_not_matter(line_reader: LineReader, heading: Any, quads: list[np.ndarray]) -> None:
    wanted = line_reader.read(heading, quads)
    assert line_reader.read(heading, quads, backwards) == wanted
    with ThreadPoolExecutor(4) as pool:
        assert line_reader.read(heading, quads, pool.map) == wanted


def test_a_page_that_lies_upside_down_is_turned(line_reader: LineReader, heading: Any, quads: list[np.ndarray]) -> None:
    height, width = heading.shape[:2]
    found = [np.array([width, height], np.float32) - quad for quad in quads]
    as_detected = [np.roll(quad, 2, axis=0) for quad in found]  # a detector starts at the top left of the box
    lines = line_reader.read(np.ascontiguousarray(heading[::-1, ::-1]), as_detected)
    assert [line.text for line in lines] == TEXTS
    for line in lines:
        assert abs(line.angle - 182) < 2


def test_one_line_that_lies_upside_down_among_others_is_turned(
    line_reader: LineReader, heading: Any, quads: list[np.ndarray]
) -> None:
    picture = heading.copy()
    picture[142:170, 110:330] = heading[142:170, 110:330][::-1, ::-1]
    turned = np.array([440, 312], np.float32) - quads[3]
    lines = line_reader.read(picture, [*quads[:3], np.roll(turned, 2, axis=0)])
    assert [line.text for line in lines][:3] == TEXTS[:3]
    assert 170 < lines[3].angle < 190


def test_text_that_runs_upwards_is_read(line_reader: LineReader, heading: Any, quads: list[np.ndarray]) -> None:
    picture = np.ascontiguousarray(np.rot90(heading))  # a quarter turn against the clock
    width = heading.shape[1]
    found = [np.stack([quad[:, 1], width - quad[:, 0]], axis=1) for quad in quads]
    lines = line_reader.read(picture, [np.roll(quad, -1, axis=0) for quad in found])
    assert [line.text for line in lines] == TEXTS
    assert all(abs(line.angle - quad_angle(quad)) < 0.01 for line, quad in zip(lines, found, strict=True))


def test_without_a_direction_classifier_lines_are_read_as_they_lie(
    models: ModelSet, heading: Any, quads: list[np.ndarray]
) -> None:
    plain = LineReader(models.recogniser, open_engine(models.recogniser), None, None)
    assert [line.text for line in plain.read(heading, quads)] == TEXTS
    (line,) = plain.read(
        np.ascontiguousarray(heading[::-1, ::-1]),
        [np.array([[54, 101], [428, 117], [428, 161], [54, 144]], np.float32)],
    )
    assert line.text != TEXTS[0]


def test_a_picture_without_ink_gives_no_sure_line(line_reader: LineReader, quads: list[np.ndarray]) -> None:
    for level in (0, 127, 255):
        lines = line_reader.read(np.full((170, 460, 3), level, np.uint8), quads)
        assert len(lines) == 4
        assert max(line.score or 0 for line in lines) < 0.9 or not any(line.text for line in lines)


DRAWN = "Invoice number 20983716"


def test_what_is_known_to_stand_reads_as_if_asked(
    line_reader: LineReader, heading: Any, quads: list[np.ndarray]
) -> None:
    wanted = line_reader.read(heading, quads)
    assert line_reader.read(heading, quads, standing=quads[:1]) == wanted
    assert line_reader.read(heading, quads, standing=quads) == wanted


@pytest.fixture(scope="module")
def sans() -> Path:
    """DejaVu Sans, which recipes/fonts/install.sh installs."""
    return next(Path("/usr/share/fonts").rglob("DejaVuSans.ttf"))


@pytest.fixture(scope="module")
def dense() -> Artifact:
    """The light recogniser of this package."""
    return model_set("munja").recogniser


def drawn(text: str, font: Path, squeezed: float) -> tuple[np.ndarray, np.ndarray]:
    """A picture of a line, squeezed to a share of its width, and its quad."""
    face = ImageFont.truetype(str(font), 30)
    width = round(face.getlength(text))
    strip = Image.new("L", (width, 40), 255)
    ImageDraw.Draw(strip).text((0, 2), text, font=face, fill=0)
    narrow = strip.resize((round(width * squeezed), 40), Image.Resampling.LANCZOS)
    page = np.full((60, narrow.width + 20, 3), 255, np.uint8)
    page[10:50, 10 : 10 + narrow.width] = np.asarray(narrow)[..., None]
    right = 10 + narrow.width
    return page, np.array([[10, 12], [right, 12], [right, 46], [10, 46]], np.float32)


def test_condensed_print_is_shown_wider_and_read(dense: Artifact, sans: Path) -> None:
    page, quad = drawn(DRAWN, sans, 0.4)
    texts = []
    for widen in ([0.0, 0.0], [14.0, 16.0]):
        rule = {**dense.manifest.input, "widen": widen}
        artifact = replace(dense, manifest=replace(dense.manifest, input=rule))
        reader = LineReader(artifact, open_engine(artifact), None, None)
        texts.append(reader.read(page, [quad])[0].text)
    assert texts[0] != DRAWN
    assert texts[1] == DRAWN


@pytest.mark.parametrize("character", ["1", "7", "E"])
def test_a_lone_upright_character_is_not_read_lying(dense: Artifact, sans: Path, character: str) -> None:
    page, _ = drawn(character, sans, 1.0)
    columns = np.flatnonzero((page < 128).any((0, 2)))
    left, right = float(columns[0] - 2), float(columns[-1] + 3)
    quad = np.array([[left, 12], [right, 12], [right, 48], [left, 48]], np.float32)
    assert (right - left) * 1.5 < 36, "a tall box"
    (line,) = LineReader(dense, open_engine(dense), None, None).read(page, [quad])
    assert line.text == character
    assert line.angle == 0.0


def test_a_language_model_decides_between_look_alikes(dense: Artifact, sans: Path, tmp_path: Path) -> None:
    # In this face O and 0 look alike; the picture alone cannot know.
    (tmp_path / "texts.txt").write_text("LOT 2O07\nLOT 2O19\nLOT 2O88\n" * 40, encoding="utf-8")
    source = {"name": "file", "path": str(tmp_path / "texts.txt")}
    spec = {"name": "ngram", "sources": [source], "shares": [1.0], "lines": 120, "weight": 1.5}
    language = build("language", spec, tmp_path / "odd.safetensors")
    page, quad = drawn("LOT 2001", sans, 1.0)
    page = cv2.GaussianBlur(page, (0, 0), 4.0)  # sharp, no column is in doubt and nobody asks
    plain = LineReader(dense, open_engine(dense), None, None).read(page, [quad])[0]
    guided = LineReader(dense, open_engine(dense), None, None, language=language).read(page, [quad])[0]
    assert plain.text == "LOT 2001"
    assert guided.text != plain.text
    assert guided.text.startswith("LOT 2O")
    assert len(guided.words) == 2


# --- With a pattern ---


@pytest.fixture(scope="module")
def light(dense: Artifact) -> LineReader:
    return LineReader(dense, open_engine(dense), None, None)


def wished(
    reader: LineReader, artifact: Artifact, drawing: tuple[np.ndarray, np.ndarray], pattern: str, least: float = 0.65
) -> Line:
    """The one line of a drawing that is read with a pattern."""
    page, quad = drawing
    wish = Wish(guide_of(compile_pattern(pattern), artifact.manifest.charset, pattern), least)
    (line,) = reader.read(page, [quad], map, [wish])
    return line


def test_a_line_that_fits_tells_its_free_reading_too(light: LineReader, dense: Artifact, sans: Path) -> None:
    line = wished(light, dense, drawn("2098 3716", sans, 1.0), "[0-9]{8}")
    assert line.text == "20983716"
    assert line.words[0].text == "20983716"
    assert line.free is not None
    assert line.free.text == "2098 3716"
    assert line.score == pytest.approx(line.free.score, abs=0.05)


def test_the_words_of_a_longer_line_that_fit_stand_where_they_are(
    light: LineReader, dense: Artifact, sans: Path
) -> None:
    page, quad = drawn(DRAWN, sans, 1.0)
    line = wished(light, dense, (page, quad), "[0-9]{8}")
    assert line.text == "20983716"
    assert line.polygon[0][0] > page.shape[1] * 0.55
    assert line.free is not None
    assert line.free.text == DRAWN


def test_what_fits_nothing_keeps_its_place_and_free_reading(light: LineReader, dense: Artifact, sans: Path) -> None:
    line = wished(light, dense, drawn(DRAWN, sans, 1.0), "@iban")
    assert (line.text, line.score, line.words) == ("", 0.0, ())
    assert line.unfit
    assert len(line.polygon) == 4
    assert line.free is not None
    assert line.free.text == DRAWN


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("[A-Z][0-9][A-Z][0-9] [A-Z][0-9]{3}", "O0O1 S588"),
        ("[0-9]{4} [A-Z][0-9]{3}", "0001 S588"),
        ("[0-9]{9}", None),
        ("@exactly:[0-9A-Z]{8}", None),
    ],
)
def test_look_alikes_are_read_as_the_pattern_has_them(
    light: LineReader, dense: Artifact, sans: Path, pattern: str, text: str | None
) -> None:
    line = wished(light, dense, drawn("O0O1 S588", sans, 1.0), pattern)
    assert line.text == (text or "")


def test_the_published_weights_with_their_many_classes_follow_a_pattern(
    line_reader: LineReader, models: ModelSet, sans: Path
) -> None:
    line = wished(line_reader, models.recogniser, drawn("B0l57O", sans, 1.0), "[A-Z][0-9]{5}", 0.0)
    assert line.text == "B01570"
    assert line.free is not None
    assert line.free.text != "B01570"


def test_upside_down_the_reading_that_fits_decides(models: ModelSet, dense: Artifact, sans: Path) -> None:
    assert models.direction is not None
    reader = LineReader(dense, open_engine(dense), models.direction, open_engine(models.direction))
    page, quad = drawn("FC360027", sans, 1.0)
    turned = np.ascontiguousarray(page[::-1, ::-1])
    size = np.array([page.shape[1], page.shape[0]], np.float32)
    line = wished(reader, dense, (turned, np.roll(size - quad, 2, axis=0)), "[A-Z]{2}[0-9]{6}")
    assert line.text == "FC360027"
    assert line.angle == pytest.approx(180.0)
