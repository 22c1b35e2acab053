"""A report from a sample: what is drawn, what is measured, and a page that asks no host for anything."""

from __future__ import annotations

import io
import re
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import PIL.Image
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.page import Line, Page
from munja.data.analyze import analyze
from munja.data.analyze.measure import MEASURES, measure, of_pixels
from munja.data.analyze.plots import bars, histogram
from munja.data.analyze.sampling import draw
from munja.data.analyze.statistics import differences, kolmogorov_smirnov, script
from munja.data.dataset import About, write_dataset
from munja.data.lmdb import LineWriter
from munja.data.sample import Picture, Sample

FOREIGN = re.compile(
    r"""(?:src|href|url|@import|action)\s*[=(]\s*["']?\s*(?!data:)[a-z]+:|<script|<link|<iframe""", re.I
)


def encoded(grey: int = 200, ink: int = 20, size: tuple[int, int] = (80, 24)) -> bytes:
    image = np.full((size[1], size[0]), grey, np.uint8)
    image[size[1] // 4 : -size[1] // 4, 4:-4:3] = ink
    target = io.BytesIO()
    PIL.Image.fromarray(image).save(target, "PNG")
    return target.getvalue()


def sample(name: str, content: bytes, **known: Any) -> Sample:
    return Sample(name, Picture(fetch=lambda: content), **known)


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """300 words: those of the test split are darker and have another script."""
    folder = tmp_path_factory.mktemp("words") / "set"
    samples = []
    for i in range(300):
        split = "test" if i % 3 == 0 else "train"
        text = "가나다" if split == "test" else f"Word {i}"
        samples.append(sample(f"{i}.png", encoded(120 if split == "test" else 200 + i % 20), text=text, split=split))
    write_dataset(folder, samples, About("words"))
    return folder


def test_the_report_is_one_file_that_asks_no_host(words: Path) -> None:
    document, statistics = analyze([words], title="<words> & more")
    assert statistics.samples == 300
    assert FOREIGN.search(document) is None
    assert "default-src 'none'" in document
    assert "&lt;words&gt; &amp; more" in document
    assert document.count("data:image/jpeg;base64,") > 20
    for name in ("Text height", "Contrast", "Writing systems", "Characters", "Extremes", "How the splits differ"):
        assert name in document


def test_its_plots_are_well_formed(words: Path) -> None:
    document, _ = analyze([words])
    plots = re.findall(r"<svg.*?</svg>", document, re.S)
    assert len(plots) >= 10
    for each in plots:
        ElementTree.fromstring(each)


def test_splits_that_differ_are_told(words: Path) -> None:
    _, statistics = analyze([words])
    found = differences(statistics, {key: each.name for key, each in MEASURES.items()})
    assert {"Brightness", "Scripts", "Characters", "Text length"} <= {each.what for each in found}
    assert next(each for each in found if each.what == "Brightness").distance == 1.0
    assert "가 나 다" in next(each for each in found if each.what == "Characters").sentence


def test_two_halves_of_one_set_do_not_differ(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    samples = [
        sample(
            f"{i}.png",
            encoded(int(random.integers(100, 250))),
            text=f"{random.integers(1000)}",
            split=("a", "b")[i % 2],
        )
        for i in range(400)
    ]
    write_dataset(tmp_path / "set", samples, About("x"))
    _, statistics = analyze([tmp_path / "set"])
    assert [each.what for each in differences(statistics, {key: each.name for key, each in MEASURES.items()})] == []


def test_rows_are_skipped_evenly_in_an_lmdb(tmp_path: Path) -> None:
    with LineWriter(tmp_path / "set") as writer:
        for i in range(1000):
            writer.add(b"\x89PNG", str(i))
    drawn = draw(tmp_path / "set", 50, seed=1)
    numbers = [int(each.text or "") for each in drawn.samples]
    assert (drawn.total, len(numbers)) == (1000, 50)
    assert [number // 20 for number in numbers] == list(range(50))
    again, other = (draw(tmp_path / "set", 50, seed=seed) for seed in (1, 2))
    assert [each.text for each in again.samples] == [str(number) for number in numbers]
    assert [each.text for each in other.samples] != [str(number) for number in numbers]


def test_only_some_blocks_of_a_parquet_file_are_read(tmp_path: Path) -> None:
    table = pyarrow.table({"image": [encoded()] * 500, "text": [str(i) for i in range(500)]})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet", row_group_size=50)
    drawn = draw(tmp_path, 20, seed=0)
    numbers = [int(each.text or "") for each in drawn.samples]
    assert len(set(numbers)) == 20
    assert len({number // 50 for number in numbers}) == 2
    assert drawn.way == "a fifth of the rows of 2 of 10 blocks"


def test_a_list_of_rows_goes_through_a_reservoir(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(encoded())
    (tmp_path / "gt.txt").write_text("".join(f"1.png\t{i}\n" for i in range(500)))
    hits: Counter[int] = Counter()
    for seed in range(40):
        drawn = draw(tmp_path, 50, seed=seed)
        assert drawn.total == 500
        hits.update(int(each.text or "") // 100 for each in drawn.samples)
    assert all(300 < hits[part] < 500 for part in range(5))


def test_a_page_is_measured_by_its_lines(tmp_path: Path) -> None:
    quad = ((10.0, 10.0), (70.0, 10.0), (70.0, 22.0), (10.0, 22.0))
    page = Page(80, 40, (Line("abcde", quad), Line("###", quad, ignore=True), Line("nowhere")))
    values = {key: [each.number for each in found] for key, found in
              measure(sample("p.png", encoded(size=(80, 40)), page=page)).values.items()}  # fmt: skip
    assert (values["text_height"], values["pitch"], values["lines"]) == ([12.0], [1.0], [2.0])
    assert (values["length"], values["width"]) == ([5.0, 7.0], [80.0])


def test_contrast_and_edges_are_those_of_the_picture() -> None:
    sharp = np.full((40, 40), 220, np.uint8)
    sharp[:, ::4] = 20
    assert of_pixels(sharp)["contrast"] == 200.0
    assert of_pixels(sharp)["edge"] == 1.0
    ramp = np.tile(np.linspace(0, 200, 41, dtype=np.uint8), (40, 1))
    assert of_pixels(ramp)["edge"] > 30
    assert "edge" not in of_pixels(np.full((40, 40), 9, np.uint8))


def test_unreadable_samples_are_listed(tmp_path: Path) -> None:
    samples = [sample("a.png", encoded(), text="a"), sample("<b>.png", b"nonsense", text="b")]
    write_dataset(tmp_path / "set", samples, About("x"))
    document, statistics = analyze([tmp_path / "set"])
    assert len(statistics.failures) == 1
    assert "What could not be read" in document
    assert "samples.jsonl:2" in document


@given(values=st.lists(st.floats(0.001, 1e6), min_size=1, max_size=50), logarithmic=st.booleans())
def test_any_numbers_make_a_plot(values: list[float], logarithmic: bool) -> None:
    plot = histogram({"<a>": np.array(values), "empty": np.zeros(0)}, "px & more", logarithmic=logarithmic)
    ElementTree.fromstring(plot)
    assert "nan" not in plot
    ElementTree.fromstring(bars([("<&>", values[0]), ("long name" * 9, 0.0)]))


def test_scripts_and_distances_are_what_they_are() -> None:
    assert [script(each) for each in "aé가漢あ7.　Ж"] == [
        "Latin",
        "Latin",
        "Hangul",
        "Han",
        "Hiragana",
        "digit",
        "mark",
        "blank",
        "Cyrillic",
    ]
    assert kolmogorov_smirnov(np.arange(10.0), np.arange(10.0)) == 0.0
    assert kolmogorov_smirnov(np.zeros(10), np.ones(10)) == 1.0
