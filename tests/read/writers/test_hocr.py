"""hOCR: well formed, read by hocr-tools, words and lines where they stand."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from munja.core.page import Page
from munja.read.writers import document

XHTML = "{http://www.w3.org/1999/xhtml}"


def elements(content: bytes, kind: str) -> list[ElementTree.Element]:
    return [each for each in ElementTree.fromstring(content).iter() if each.get("class") == kind]


def prop(element: ElementTree.Element, name: str) -> list[float]:
    found = re.search(rf"\b{name} ([-\d. ]+)", element.get("title", ""))
    assert found, element.get("title")
    return [float(each) for each in found[1].split()]


def hocr_tool(name: str, path: Path) -> str:
    """What a program of the package hocr-tools says of a file."""
    done = subprocess.run(
        [sys.executable, Path(sys.executable).with_name(name), path], capture_output=True, text=True, check=True
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", ["receipt", "two_columns", "notice_ko_en"])
def test_hocr_tools_read_every_line_and_find_nothing_wrong(
    name: str, truth: Callable[[str], Page], tmp_path: Path
) -> None:
    page = truth(name)
    path = tmp_path / "page.hocr"
    path.write_bytes(document("hocr", page))
    assert "not ok" not in hocr_tool("hocr-check", path)
    lines = hocr_tool("hocr-lines", path).strip().split("\n")
    assert lines == [line.text for line in page.lines if not line.ignore]


def test_words_have_boxes_and_confidences_within_lines_within_pages(make_page: Callable[..., Page]) -> None:
    page = make_page("Hello <world> &", "안녕 세상")
    content = document("hocr", [page, page], title="two & pages")
    assert len(elements(content, "ocr_page")) == 2
    words = elements(content, "ocrx_word")
    assert [word.text for word in words[:5]] == ["Hello", "<world>", "&", "안녕", "세상"]
    assert prop(words[0], "x_wconf") == [90]
    assert prop(words[0], "bbox") == [80, 200, 140, 224]
    (first, *_, korean) = elements(content, "ocr_line")
    assert (first.get("lang"), korean.get("lang")) == (None, "ko")
    assert len({each.get("id") for each in ElementTree.fromstring(content).iter() if each.get("id")}) == 2 * 10
    assert 'image "scan.png"; bbox 0 0 600 800; ppageno 0; scan_res 100 100' in [
        each.get("title") for each in elements(content, "ocr_page")
    ]


@pytest.mark.parametrize("degrees", [-3.0, 0.0, 2.0])
def test_a_skewed_line_says_so_by_its_baseline(degrees: float, make_page: Callable[..., Page]) -> None:
    page = make_page("A long line of words", degrees=degrees)
    (line,) = elements(document("hocr", page), "ocr_line")
    slope, offset = prop(line, "baseline")
    left, _, right, bottom = prop(line, "bbox")
    a, b, c, d = page.lines[0].polygon
    # The baseline at the box's corners lies a fifth of the line's height above the line's lower side.
    lower = d[1] + (left - d[0]) / (c[0] - d[0]) * (c[1] - d[1]) - 0.2 * 24
    assert slope == pytest.approx((c[1] - d[1]) / (c[0] - d[0]), abs=1e-4)
    assert bottom + offset == pytest.approx(lower, abs=1.0)
    assert right > left
    assert min(a[0], d[0]) >= left
    assert b[0] <= right + 1


@pytest.mark.parametrize(("degrees", "angle"), [(90, 270), (180, 180), (270, 90)])
def test_a_turned_line_says_its_angle_counter_clockwise(
    degrees: float, angle: float, make_page: Callable[..., Page]
) -> None:
    (line,) = elements(document("hocr", make_page("Turned text", degrees=degrees)), "ocr_line")
    assert prop(line, "textangle") == pytest.approx([angle], abs=0.01)
    assert "baseline" not in line.get("title", "")
