"""The command line: results on standard output, words beside them on standard error."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import PIL.Image
import pytest

from munja.cli import run
from munja.core.artifact import open_artifact
from munja.core.errors import SpecError
from munja.core.page import Page
from munja.steps.inputs import parse_pages

FAST = ["--engine", "onnxruntime", "--threads", "1"]


def test_text_goes_to_standard_output_and_nothing_else(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["read", str(picture), *FAST]) == 0
    said = capsys.readouterr()
    assert said.out == "Tel. 555-0147\n"
    assert said.err == ""


def test_json_on_standard_output_is_a_page(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["read", str(picture), "--to", "json", *FAST]) == 0
    page = Page.from_json(capsys.readouterr().out)
    assert (page.text, page.source) == ("Tel. 555-0147", str(picture))


def test_a_folder_becomes_json_and_text_with_a_summary(
    tmp_path: Path, picture: Path, two_pages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = tmp_path / "in"
    (pictures / "deep").mkdir(parents=True)
    shutil.move(picture, pictures / "deep" / "name.PNG")
    shutil.move(two_pages, pictures / "two.tif")
    (pictures / "notes.txt").write_text("no picture")
    out = tmp_path / "out"
    assert run(["read", str(pictures), "--to", "json,text", "--out", str(out), *FAST]) == 0
    written = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    assert written == ["deep/name.json", "deep/name.txt", "two.json", "two.txt"]
    assert (out / "deep" / "name.txt").read_text() == "Tel. 555-0147\n"
    assert [tree.get("index", 0) for tree in json.loads((out / "two.json").read_text())] == [0, 1]
    assert (out / "two.txt").read_text().count("\f") == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "2 files, 3 pages," in said.err
    assert str(out) in said.err


def test_files_that_differ_only_in_their_suffix_keep_it(
    tmp_path: Path, picture: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twin = tmp_path / "name.bmp"
    PIL.Image.open(picture).save(twin)
    out = tmp_path / "out"
    assert run(["read", str(picture), str(twin), "--out", str(out), *FAST]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["name.bmp.txt", "name.png.txt"]


def test_files_of_one_name_from_two_folders_are_not_written_over_each_other(
    tmp_path: Path, picture: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other" / "name.png"
    other.parent.mkdir()
    shutil.copy(picture, other)
    assert run(["read", str(picture), str(other), "--out", str(tmp_path / "out"), *FAST]) == 1
    assert "would be written to one place" in capsys.readouterr().err


def test_several_files_on_standard_output_have_headings(
    picture: Path, two_pages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["read", str(two_pages), str(picture), *FAST]) == 0
    said = capsys.readouterr()
    assert said.out.startswith(f"==> {two_pages} <==\n")
    assert said.out.endswith(f"==> {picture} <==\nTel. 555-0147\n")
    assert "2 files, 3 pages" in said.err


def test_only_the_named_pages_are_read(two_pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["read", str(two_pages), "--pages", "2", "--to", "json", *FAST]) == 0
    assert Page.from_json(capsys.readouterr().out).index == 1


def test_pages_of_a_document_are_rendered_as_asked(examples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["read", str(examples / "pages.pdf"), "--pages", "2", "--dpi", "72", "--to", "json", *FAST]) == 0
    page = Page.from_json(capsys.readouterr().out)
    assert (page.index, page.dpi) == (1, 72)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("1", [0]), ("2-4", [1, 2, 3]), ("1-3,7", [0, 1, 2, 6]), (" 1 , 3-3 ", [0, 2])],
)
def test_pages_are_counted_from_one(text: str, numbers: list[int]) -> None:
    assert [number for number in range(20) if number in parse_pages(text)] == numbers


@pytest.mark.parametrize("text", ["", "0", "-1", "3-1", "a", "1-", "1,,2", "1-b", "²", "1-²", "1.5"])
def test_pages_that_make_no_sense_are_quoted(text: str) -> None:
    with pytest.raises(SpecError, match="pages counted from 1 were wanted, such as 1-3,7"):
        parse_pages(text)


def test_a_range_without_end_costs_no_memory(two_pages: Path) -> None:
    program = (
        "import resource, sys; from munja.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))\n"
        "main(sys.argv[1:])"
    )
    arguments = ["read", str(two_pages), "--pages", "2-999999999", *FAST]
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Tel. 555-0147" in done.stdout


def test_importing_a_published_file_makes_an_artifact_that_reads(
    tmp_path: Path, picture: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = find_spec("rapidocr")
    assert spec is not None
    assert spec.origin is not None
    folder, mine = Path(spec.origin).parent / "models", tmp_path / "models"
    for name in ("PP-OCRv6_det_small", "PP-OCRv6_rec_small", "ch_ppocr_mobile_v2.0_cls_mobile"):
        assert run(["import", str(folder / f"{name}.onnx"), "--out", str(mine / f"{name}.onnx")]) == 0
    assert capsys.readouterr().err.count("written") == 3
    assert {open_artifact(path).manifest.task for path in mine.iterdir()} == {"detect", "recognise", "direction"}
    assert run(["read", str(picture), "--models", str(mine), *FAST]) == 0
    assert capsys.readouterr().out == "Tel. 555-0147\n"


# --- As a program ---


def test_the_program_says_what_is_wrong_without_a_traceback(tmp_path: Path) -> None:
    program = [sys.executable, "-c", "from munja.cli import main; main()"]
    done = subprocess.run([*program, "read", str(tmp_path / "none.png")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"munja: {tmp_path / 'none.png'}: no such file or folder\n"
    done = subprocess.run([*program, "--version"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout.strip()


def test_a_person_who_watches_sees_a_progress_bar_and_a_summary(tmp_path: Path, picture: Path, cache: Path) -> None:
    shutil.copy(picture, tmp_path / "again.png")
    arguments = ["read", str(picture), str(tmp_path / "again.png"), "--out", str(tmp_path / "out"), *FAST]
    terminal, other_end = pty.openpty()
    program = [sys.executable, "-c", "from munja.cli import main; main()", *arguments]
    with (tmp_path / "results").open("wb") as results:
        process = subprocess.Popen(program, stdout=results, stderr=other_end, env={**os.environ, "TERM": "xterm"})
        os.close(other_end)
        seen = b""
        try:
            while part := os.read(terminal, 4096):
                seen += part
        except OSError:  # Linux says so when the other end was closed
            pass
        assert process.wait() == 0
    os.close(terminal)
    assert b"reading" in seen
    assert "━".encode() in seen
    assert b"2/2" in seen
    assert b"2 files, 2 pages, 2 lines" in seen
    assert (tmp_path / "results").read_bytes() == b""


def test_a_reader_of_the_output_that_stops_early_does_no_harm(picture: Path, cache: Path) -> None:
    program = [sys.executable, "-c", "from munja.cli import main; main()", "read", *[str(picture)] * 3, *FAST]
    process = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    _, said = process.communicate()
    assert process.returncode == 0
    assert b"Traceback" not in said
