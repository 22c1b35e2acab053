"""`munja bench`: every engine reads the same pages, and the fastest becomes what `auto` stands for."""

from __future__ import annotations

from pathlib import Path

import pytest

from munja.cli import run
from munja.read.bench import Figures
from munja.read.choice import choice_file, chosen_engine
from munja.steps.bench import table


@pytest.fixture
def own_choice(cache: Path) -> object:
    """Leaves no choice behind for other tests."""
    yield
    choice_file().unlink(missing_ok=True)


def test_every_engine_is_measured_and_the_fastest_is_kept(
    picture: Path, two_pages: Path, capsys: pytest.CaptureFixture[str], own_choice: object
) -> None:
    assert run(["bench", str(picture), str(two_pages), "--rounds", "1", "--threads", "1"]) == 0
    said = capsys.readouterr()
    rows = [line.split() for line in said.out.splitlines()]
    assert rows[0][:3] == ["engine", "precision", "pages/s"]
    assert {"onnxruntime", "openvino"} == {row[0] for row in rows[1:]}
    assert [float(row[2]) for row in rows[1:]] == sorted((float(row[2]) for row in rows[1:]), reverse=True)
    assert all(float(row[7]) > 50 for row in rows[1:])  # megabytes of a process that holds an engine
    fastest = next(row[0] for row in rows[1:] if row[1] == "f32")
    assert chosen_engine("auto", "f32") == fastest
    assert f"{fastest} for f32" in said.err


def test_nothing_is_kept_where_that_is_asked(picture: Path, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", str(picture), "--rounds", "1", "--threads", "1", "--no-keep"]) == 0
    assert not choice_file().exists()


def test_a_table_compares_lines_with_the_first_reading_in_f32() -> None:
    first = Figures("a", "f32", pages=2, seconds=1.0, text=["one\ntwo", "three"])
    other = Figures("b", "bf16", pages=2, seconds=2.0, text=["one\ntoo", "three"])
    rows = [line.split() for line in table([first, other]).splitlines()]
    assert [row[2] for row in rows[1:]] == ["2.00", "1.00"]
    assert [row[-1] for row in rows[1:]] == ["100.0%", "66.7%"]


@pytest.mark.parametrize(("arguments", "said"), [([], "no picture was named"), (["--rounds", "0"], "--rounds 0")])
def test_what_cannot_be_measured_is_told(
    picture: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert run(["bench", *([str(picture)] if arguments else []), *arguments]) == 1
    assert said in capsys.readouterr().err
