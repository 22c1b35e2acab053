"""`munja read` over many sources: what is finished stays, what is left goes on, what fails is told."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from munja.cli import run

FAST = ["--engine", "onnxruntime", "--threads", "1"]
PROGRAM = [sys.executable, "-c", "from munja.cli import main; main()", "read"]


def names(folder: Path) -> list[str]:
    """Every file below a folder, hidden ones included."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def folder(tmp_path: Path, picture: Path) -> Path:
    """A folder of three pictures of one line."""
    pictures = tmp_path / "in"
    pictures.mkdir()
    for name in ("a", "b", "c"):
        shutil.copy(picture, pictures / f"{name}.png")
    return pictures


# --- Resume ---


def test_resume_leaves_out_what_is_finished_and_reads_what_has_changed(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    arguments = ["read", str(folder), "--to", "text,json", "--out", str(out), *FAST]
    assert run(arguments) == 0
    (out / "a.txt").write_text("mine")
    (out / "b.txt").unlink()
    later = time.time() + 10
    os.utime(folder / "c.png", (later, later))
    (out / "c.txt").write_text("old")
    capsys.readouterr()
    assert run([*arguments, "--resume"]) == 0
    assert "3 files, 2 pages" in (said := capsys.readouterr().err)
    assert "1 finished before" in said
    assert [(out / f"{name}.txt").read_text() for name in "abc"] == ["mine", "Tel. 555-0147\n", "Tel. 555-0147\n"]


def test_resume_with_nothing_left_loads_no_model(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(["read", str(folder), "--out", str(out), *FAST]) == 0
    assert run(["read", str(folder), "--out", str(out), "--resume", "--models", "nowhere"]) == 0


@pytest.mark.parametrize("arguments", [["--resume"], ["--jobs", "2"]])
def test_what_needs_a_folder_for_results_says_so(
    picture: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert run(["read", str(picture), *arguments, *FAST]) == 1
    assert f"{arguments[0]} needs a folder for the results: --out FOLDER" in capsys.readouterr().err


# --- Processes ---


def test_processes_write_what_one_process_writes_and_name_what_fails(
    folder: Path, two_pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bad.png").write_bytes(b"no picture")
    arguments = ["read", str(folder), str(two_pages), "--to", "json,text"]
    assert run([*arguments, "--out", str(tmp_path / "one"), *FAST]) == 1
    alone = capsys.readouterr().err
    assert run([*arguments, "--out", str(tmp_path / "two"), "--jobs", "2", *FAST]) == 1
    both = capsys.readouterr().err
    assert names(tmp_path / "one") == names(tmp_path / "two")
    for name in names(tmp_path / "one"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    for said in (alone, both):
        assert "5 files, 5 pages" in said
        assert "1 failed" in said
        assert f"munja: {folder / 'bad.png'}: not a picture" in said


def test_a_number_of_processes_below_one_is_refused(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["read", str(picture), "--jobs", "0", "--out", "out"]) == 1
    assert "--jobs 0: 1 or more were wanted" in capsys.readouterr().err


# --- Interruption and disks ---


def interrupt(arguments: list[str], out: Path, finished: int, how: Callable[[subprocess.Popen[bytes]], None]) -> str:
    """What a run says that is interrupted when some results are there; it must leave no unfinished file."""
    process = subprocess.Popen(
        [*PROGRAM, *arguments],
        stderr=subprocess.PIPE,
        start_new_session=True,
        # A shell that runs the tests in the background has its children ignore Ctrl-C, and theirs.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 120
    while len([name for name in names(out) if name.endswith(".txt")] if out.exists() else []) < finished:
        assert process.poll() is None, process.stderr and process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    how(process)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    return said.decode()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_keeps_what_is_finished_and_resume_goes_on(tmp_path: Path, receipt: Any, cache: Path, jobs: str) -> None:
    pictures, out = tmp_path / "in", tmp_path / "out"
    pictures.mkdir()
    for k in range(12):
        PIL.Image.fromarray(receipt[: 300 + k]).save(pictures / f"{k:02}.png")
    arguments = [str(pictures), "--out", str(out), "--jobs", jobs, "--threads", "1", "--engine", "onnxruntime"]
    said = interrupt(arguments, out, 2, lambda process: os.killpg(process.pid, signal.SIGINT))
    assert "of 12 sources are finished and stay; go on with the same command and --resume" in said
    assert "munja: stopped" in said
    assert "Traceback" not in said
    kept = names(out)
    assert 2 <= len(kept) < 12
    assert all(name.endswith(".txt") and (out / name).read_text().startswith("QUILL & BARLEY") for name in kept)
    assert run(["read", *arguments, "--resume"]) == 0
    assert names(out) == [f"{k:02}.txt" for k in range(12)]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_disk_that_takes_no_more_stops_the_run_with_one_message(folder: Path, tmp_path: Path, jobs: str) -> None:
    limited = (
        "import resource, sys; from munja.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"  # the system refuses to write more, as a full disk
        "main(sys.argv[1:])"
    )
    out = tmp_path / "out"
    arguments = ["read", str(folder), "--to", "json", "--out", str(out), "--jobs", jobs, *FAST]
    done = subprocess.run([sys.executable, "-c", limited, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "a.json: cannot be written (File too large)" in done.stderr or jobs == "2"
    assert done.stderr.count("cannot be written (File too large)") == 1
    assert names(out) == []


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_read(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = "/proc/munja"  # a file system where nobody can make a folder, not even root
    assert run(["read", str(folder), "--out", place, "--models", "nowhere"]) == 1
    assert f"munja: {place}: cannot be written" in capsys.readouterr().err


def test_ten_thousand_files_of_which_three_are_broken_are_listed_quickly(
    tmp_path: Path, picture: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures, out = tmp_path / "in", tmp_path / "out"
    pictures.mkdir()
    for k in range(10_000):
        os.link(picture, pictures / f"{k:05}.png")
    out.mkdir()
    for k in range(10_000):  # all but six were read before
        if k % 2000 != 7:
            (out / f"{k:05}.txt").write_text("read before")
    for k in (7, 4007, 8007):
        (pictures / f"{k:05}.png").unlink()
        (pictures / f"{k:05}.png").write_bytes(b"\x89PNG broken")
    started = time.monotonic()
    assert run(["read", str(pictures), "--out", str(out), "--resume", *FAST]) == 1
    assert time.monotonic() - started < 60
    said = capsys.readouterr().err
    assert "10,000 files, 2 pages, 2 lines" in said
    assert "9,995 finished before, 3 failed" in said
    assert said.count("not a picture") == 3
    assert len(names(out)) == 9997
