"""`munja data convert`, `check`, `split` and `analyze` as a person runs them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from munja.core.errors import InputError, SpecError
from munja.core.registry import find
from munja.data.dataset import Dataset
from munja.steps import dataset


class Listener:
    """A Console that remembers."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.said: list[str] = []

    def show(self, document: str) -> None:
        self.shown.append(document)

    def say(self, message: str) -> None:
        self.said.append(message)

    def track(self, items: Sequence[str], what: str) -> Iterator[str]:
        yield from items


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """A folder of 40 words with their list, of which one picture is missing and one is there twice."""
    folder = tmp_path / "words"
    folder.mkdir()
    rows = ["nowhere.png\tlost"]
    for i in range(40):
        seed = min(i, 38)
        pixels = np.random.default_rng(seed).integers(0, 256, (6, 14, 3), np.uint8)
        target = io.BytesIO()
        PIL.Image.fromarray(pixels).resize((70, 30), PIL.Image.Resampling.BICUBIC).save(target, "PNG")
        (folder / f"{i:02d}.png").write_bytes(target.getvalue())
        rows.append(f"{i:02d}.png\tword {seed}")
    (folder / "gt.txt").write_text("\n".join(rows))
    return folder


def test_the_steps_are_registered() -> None:
    for name in ("convert", "check", "split", "analyze"):
        assert find("step", f"data.{name}") is getattr(dataset, name)


def test_convert_tells_what_it_dropped_and_writes_it_to_a_file_if_asked(words: Path, tmp_path: Path) -> None:
    console = Listener()
    report = dataset.convert(console, words, tmp_path / "out", what="words", licence="CC0")
    missing = f"{words / 'gt.txt'}:1: there is no picture nowhere.png below {words}"
    assert console.said == [f"dropped: {missing}", "40 read, 40 written, 1 dropped"]
    assert (report.ok, report.written) == (False, 40)
    assert Dataset(tmp_path / "out").card.about.licence == "CC0"
    dataset.convert(console, words, tmp_path / "again", report=tmp_path / "dropped.txt")
    assert (tmp_path / "dropped.txt").read_text() == f"{missing}\n"


def test_check_shows_a_summary_and_writes_all_of_it(words: Path, tmp_path: Path) -> None:
    console = Listener()
    (tmp_path / "charset.txt").write_text("word0123456789\n")
    found = dataset.check(console, words, charset=str(tmp_path / "charset.txt"), out=tmp_path / "all.tsv")
    assert "40 samples looked at, 3 findings" in console.shown[0]
    assert "same picture" in console.shown[0]
    assert len((tmp_path / "all.tsv").read_text().splitlines()) == 4
    assert not found.ok
    assert found.counts["same picture"] == 1
    longer = dataset.check(console, words, charset="ascii", longest=5)
    assert longer.counts["text longer than 5 characters"] == 40
    with pytest.raises(SpecError, match="charset 'asci' is not known; did you mean ascii"):
        dataset.check(console, words, charset="asci")
    with pytest.raises(InputError, match="no set was named"):
        dataset.check(console)


def test_split_writes_a_dataset_with_copies_on_one_side(words: Path, tmp_path: Path) -> None:
    console = Listener()
    made = Dataset(dataset.split(console, words, tmp_path / "out", "train=3", "test=1", seed=4))
    assert dict(made.card.splits) == {"train": 30, "test": 10}
    sides = {sample.name: sample.split for sample in made}
    assert sides["38.png"] == sides["39.png"]
    assert console.said[-1] == "40 samples in 39 groups, the largest of 2"
    assert "train" in console.shown[0]
    again = Dataset(dataset.split(console, made.path, tmp_path / "again", by=("name:^[0-9]",), keep=("test",)))
    assert dict(again.card.splits)["test"] >= 10
    assert (tmp_path / "again" / "images" / "00.png").stat().st_nlink == 2


def test_analyze_writes_a_report(words: Path, tmp_path: Path) -> None:
    console = Listener()
    dataset.analyze(console, words, out=tmp_path / "report.html", sample=10)
    document = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "words: 40 samples; drawn: a reservoir over all rows." in document
    assert console.said == [f"10 samples looked at, 0 unreadable; report in {tmp_path / 'report.html'}"]
    with pytest.raises(SpecError, match="1 or more was wanted"):
        dataset.analyze(console, words, out=tmp_path / "x.html", sample=0)
    with pytest.raises(InputError, match="no set was named"):
        dataset.analyze(console, out=tmp_path / "x.html")
