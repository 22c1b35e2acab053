from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import munja.steps.evaluate  # noqa: F401  (registers the step)
from munja.cli import run
from munja.core.page import Page

Written = Callable[[str, Mapping[str, Page]], Path]


def test_a_set_is_measured_and_the_report_is_named(
    truth_folder: Path,
    tmp_path: Path,
    written: Written,
    right_pages: dict[str, Page],
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    pages = written("right", right_pages)
    assert run(["evaluate", "--truth", str(truth_folder), "--pred", str(pages), "--out", str(out)]) == 0
    told = capsys.readouterr()
    assert "100.0 %" in told.out
    assert f"report: {out / 'index.html'}" in told.err
    assert json.loads((out / "report.json").read_text(encoding="utf-8"))["readers"][0]["name"] == str(pages)


def test_a_reader_is_run_and_kept_for_the_next_time(
    truth_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    command = ["evaluate", "--truth", str(truth_folder), "--reader", "tesseract", "--out", str(out)]
    assert run(command) == 0
    first = (out / "work" / "tesseract" / "a.png.json").stat().st_mtime_ns
    assert run(command) == 0
    assert (out / "work" / "tesseract" / "a.png.json").stat().st_mtime_ns == first
    assert "tesseract" in capsys.readouterr().out


def test_problems_and_failed_bounds_end_with_status_1(
    truth_folder: Path,
    tmp_path: Path,
    written: Written,
    right_pages: dict[str, Page],
    capsys: pytest.CaptureFixture[str],
) -> None:
    del right_pages["c.png"]
    command = ["evaluate", "--truth", str(truth_folder), "--pred", str(written("part", right_pages))]
    assert run([*command, "--out", str(tmp_path / "out")]) == 1
    assert "problem:" in capsys.readouterr().err
    assert run([*command, "--out", str(tmp_path / "out"), "--fail-below", "99"]) == 1
    assert "FAILS" in capsys.readouterr().out


def test_mistakes_are_found_before_anything_is_read(
    truth_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for more, message in (
        ([], "no reader was named"),
        (["--reader", "munja", "--fail-below", "word=3"], "is not a figure"),
        (["--reader", "munjo"], "did you mean munja"),
        (["--reader", "munja", "--baseline", str(tmp_path / "none.json")], "cannot be read"),
    ):
        assert run(["evaluate", "--truth", str(truth_folder), *more, "--out", str(tmp_path / "out")]) == 1
        assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
