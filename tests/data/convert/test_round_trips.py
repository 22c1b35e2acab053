"""Every format that is written gives back what it was given, or says what it cannot hold."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from munja.core.page import Page
from munja.data.convert import convert, find_format, formats, open_truth
from munja.data.dataset import About, Dataset, write_dataset
from munja.data.sample import Sample

WRITTEN = [name for name in formats() if find_format(name).holds.kinds]
OF_PAGES = [name for name in WRITTEN if "page" in find_format(name).holds.kinds]
OF_TEXTS = [name for name in WRITTEN if "text" in find_format(name).holds.kinds]
OF_CLASSES = [name for name in WRITTEN if "class" in find_format(name).holds.kinds]
NUMBERED = ("lmdb", "trdg")  # formats that name pictures by number
PLACED_WORDS = ("alto", "hocr", "page-xml")  # formats whose lines are made of words with places

# What XML and JSON, rows and tables can all hold: no control characters, no white space but blanks inside.
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Zs", "Zl", "Zp", "Co")), min_size=1, max_size=12)


def there_and_back(folder: Path, samples: Sequence[Sample], name: str) -> tuple[list[Any], list[Any], Any]:
    """What was known before and after, in one order, and the report of writing."""
    write_dataset(folder / "set", samples, About("drawn"))
    report = convert(folder / "set", folder / "there", to_format=name)
    back = convert(folder / "there", folder / "back", from_format=name)
    assert report.ok
    assert back.ok
    assert report.written == back.written == len(samples)
    found = [sorted((known(each, name) for each in Dataset(folder / part)), key=repr) for part in ("set", "back")]
    return found[0], found[1], report


def known(sample: Sample, name: str) -> tuple[Any, ...]:
    page = sample.page
    if page is not None:
        lines = [replace(line, words=()) if name in PLACED_WORDS else line for line in page.lines]
        page = Page(page.width, page.height, tuple(lines))
    return (
        None if name in NUMBERED else sample.name, page, sample.text, sample.label, sample.split, sample.read(),
    )  # fmt: skip


@pytest.mark.parametrize("name", OF_PAGES)
def test_pages_come_back(tmp_path: Path, drawn: Any, name: str) -> None:
    holds = find_format(name).holds
    splits = [None, "train", "test"] if holds.splits != "none" else [None] * 3
    texts = {} if holds.texts else {"texts": [""]}
    samples = [
        drawn.page(i, geometry=holds.geometry, word=holds.level == "word", ignored=holds.ignored,
                   split=splits[i % 3], **texts)
        for i in range(6)
    ]  # fmt: skip
    before, after, report = there_and_back(tmp_path, samples, name)
    assert after == before
    assert not report.lost
    assert open_truth(tmp_path / "there").format == name


@pytest.mark.parametrize("name", OF_TEXTS)
def test_texts_come_back(tmp_path: Path, drawn: Any, name: str) -> None:
    splits = [None, "train", "validate", "test"] if find_format(name).holds.splits != "none" else [None]
    samples = [drawn.text(i, split=splits[i % len(splits)]) for i in range(10)]
    before, after, report = there_and_back(tmp_path, samples, name)
    assert after == before
    assert set(report.lost) == ({"name of a picture (they are numbered)"} if name in NUMBERED else set())
    assert open_truth(tmp_path / "there").format == name


@pytest.mark.parametrize("name", OF_CLASSES)
def test_classes_come_back(tmp_path: Path, drawn: Any, name: str) -> None:
    samples = [drawn.of_class(i, split=("train", None)[i % 2]) for i in range(6)]
    before, after, report = there_and_back(tmp_path, samples, name)
    assert after == before
    assert not report.lost
    assert open_truth(tmp_path / "there").format == name


@pytest.mark.parametrize("name", [each for each in OF_TEXTS if each not in NUMBERED or each == "lmdb"])
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXT, min_size=1, max_size=3))
def test_any_text_comes_back(drawn: Any, name: str, texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        samples = [drawn.text(i, text) for i, text in enumerate(texts)]
        before, after, _ = there_and_back(Path(folder), samples, name)
        assert after == before


@pytest.mark.parametrize("name", [each for each in OF_PAGES if find_format(each).holds.texts])
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXT)
def test_any_text_of_a_page_comes_back(drawn: Any, name: str, text: str) -> None:
    holds = find_format(name).holds
    if text in holds.marks:
        text += "."
    with tempfile.TemporaryDirectory() as folder:
        sample = drawn.page(1, geometry="box", word=holds.level == "word", ignored=False, texts=[text])
        before, after, _ = there_and_back(Path(folder), [sample], name)
        assert after == before


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("icdar2013", {}, "polygon of a line (kept: box)"),
        ("icdar2015", {}, "polygon of a line (kept: quad)"),
        ("icdar2015", {"text": "a transcript"}, "transcript of a page as one text"),
        ("icdar2015", {"attributes": {"shop": "x"}}, "attribute shop"),
        ("icdar2015", {"attributes": {"level": "line"}}, "level line of the boxes (they will be read as words)"),
        ("ppocrlabel", {"split": "test"}, "split test"),
        ("icdar2015", {"split": "fold-3"}, "split fold-3"),
        ("hocr", {}, "don't-care mark"),
        ("doctr-det", {}, "text of a line"),
    ],
)
def test_what_is_lost_is_told(
    tmp_path: Path, drawn: Any, a_set: Callable[[Sequence[Sample]], Dataset], name: str, change: dict[str, Any],
    told: str,
) -> None:  # fmt: skip
    a_set([replace(drawn.page(3), **change)])
    report = convert(tmp_path / "set", tmp_path / "there", to_format=name)
    assert report.lost[told] >= 1
    assert "samples.jsonl:1" in report.first_lost[told]
