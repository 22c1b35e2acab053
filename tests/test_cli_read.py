"""`munja read` over many sources: ways to name them, one result each, what is finished stays, what fails is told."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import PIL.Image
import pytest

from munja.cli import run
from munja.core.page import Page

FAST = ["--engine", "onnxruntime", "--threads", "1"]
PROGRAM = [sys.executable, "-c", "from munja.cli import main; main()", "read"]


class StandardInput(io.TextIOWrapper):
    """Standard input that holds a file's bytes."""

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content))


def names(folder: Path) -> list[str]:
    """Every file below a folder, hidden ones included."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


# --- The ways to name sources ---


def test_standard_input_is_read(
    picture: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", StandardInput(picture.read_bytes()))
    assert run(["read", "-", "--to", "json", *FAST]) == 0
    page = Page.from_json(capsys.readouterr().out)
    assert (page.text, page.source) == ("Tel. 555-0147", "standard input")


def test_standard_input_becomes_a_file_in_a_folder_by_several_processes_too(
    tmp_path: Path, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", StandardInput(picture.read_bytes()))
    assert run(["read", "-", str(picture), "--jobs", "2", "--out", str(tmp_path / "out"), *FAST]) == 0
    assert names(tmp_path / "out") == ["name.txt", "stdin.txt"]
    assert (tmp_path / "out" / "stdin.txt").read_text() == "Tel. 555-0147\n"


@pytest.mark.parametrize(("content", "sources"), [(b"", ["-"]), (b"x", ["-", "-"])])
def test_standard_input_that_holds_nothing_or_is_named_twice_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, content: bytes, sources: list[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", StandardInput(content))
    assert run(["read", *sources, *FAST]) == 1
    assert "standard input" in capsys.readouterr().err


def test_a_pattern_names_files_in_folders_below(picture: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    for name in ("a.png", "b.png", "deep/d.png"):
        shutil.copy(picture, folder / name)
    (folder / "notes.txt").write_text("no picture")
    assert run(["read", str(folder / "**" / "*.png"), "--out", str(tmp_path / "out"), *FAST]) == 0
    assert names(tmp_path / "out") == ["a.txt", "b.txt", "d.txt"]


def test_a_pattern_that_fits_nothing_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["read", str(tmp_path / "*.tif")]) == 1
    assert "no file fits this pattern" in capsys.readouterr().err


def test_a_file_whose_name_looks_like_a_pattern_is_read(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = tmp_path / "scan [1].png"
    shutil.copy(picture, odd)
    assert run(["read", str(odd), *FAST]) == 0
    assert capsys.readouterr().out == "Tel. 555-0147\n"


# --- Regions, passwords, text layers ---


def test_only_the_regions_are_read_in_the_pixels_of_the_whole_picture(
    tmp_path: Path, heading: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "heading.png"
    PIL.Image.fromarray(heading).save(path)
    arguments = ["read", str(path), "--region", "0,60,460,40", "--region", "0,132,460,38", "--to", "json", *FAST]
    assert run(arguments) == 0
    page = Page.from_json(capsys.readouterr().out)
    assert [line.text for line in page.lines] == ["Bakery and coffee house", "Tel. 555-0147"]
    assert (page.width, page.height) == (460, 170)
    assert [60 < np.mean(line.polygon, axis=0)[1] < 170 for line in page.lines] == [True, True]


@pytest.mark.parametrize("text", ["1,2,3", "a,b,c,d", "0,0,0,10", "-1,0,5,5", "1.5,0,5,5"])
def test_a_region_that_makes_no_sense_is_quoted(picture: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert run(["read", str(picture), f"--region={text}", *FAST]) == 1
    said = capsys.readouterr().err
    assert f"--region {text}" in said
    assert "wanted" in said


def test_a_region_outside_the_picture_is_told(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["read", str(picture), "--region", "900,0,10,10", *FAST]) == 1
    assert "lies outside its 220 x 34 pixels" in capsys.readouterr().err


def pdf_of_text(text: str) -> pikepdf.Pdf:
    """A PDF of one page that holds a text of its own."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(300, 100))
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
    page.obj.Contents = document.make_stream(f"BT /F 18 Tf 20 40 Td ({text}) Tj ET".encode())
    return document


def test_the_text_layer_is_taken_where_it_is_asked_for_and_a_page_without_one_is_read(
    tmp_path: Path, examples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mixed.pdf"
    with pdf_of_text("O0O0 l1I1 rn m") as document, pikepdf.open(examples / "pages.pdf") as scans:
        document.pages.append(scans.pages[0])
        document.save(path)
    assert run(["read", str(path), "--text-layer", "--to", "json", "--dpi", "100", *FAST]) == 0
    own, read = (Page.from_tree(tree) for tree in json.loads(capsys.readouterr().out))
    assert own.text == "O0O0 l1I1 rn m"  # which no reader tells apart so surely
    assert own.lines[0].score is None
    assert own.dpi == 100
    assert "Eastmoor Workshop" in read.text
    assert read.lines[0].score is not None


def test_a_locked_document_is_read_and_written_with_its_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "locked.pdf", tmp_path / "out"
    with pdf_of_text("Open sesame") as document:
        document.save(path, encryption=pikepdf.Encryption(user="please", owner="owner"))
    arguments = ["read", str(path), "--to", "pdf,text", "--out", str(out), "--dpi", "100", *FAST]
    assert run(arguments) == 1
    assert "give it with --password" in capsys.readouterr().err
    assert names(out) == []
    assert run([*arguments, "--password", "please"]) == 0
    assert (out / "locked.txt").read_text() == "Open sesame\n"
    assert names(out) == ["locked.pdf", "locked.txt"]


# --- Results ---


def test_one_source_and_one_format_go_to_the_named_file(tmp_path: Path, picture: Path) -> None:
    out = tmp_path / "deep" / "result.txt"
    assert run(["read", str(picture), "--out", str(out), *FAST]) == 0
    assert out.read_text() == "Tel. 555-0147\n"
    assert names(out.parent) == ["result.txt"]


def test_a_format_of_one_page_gives_a_numbered_file_for_each_page(tmp_path: Path, two_pages: Path) -> None:
    out = tmp_path / "out"
    assert run(["read", str(two_pages), "--to", "png,page,json", "--out", str(out), *FAST]) == 0
    wanted = ["two-1.page.xml", "two-1.png", "two-2.page.xml", "two-2.png", "two.json"]
    assert names(out) == wanted
    assert run(["read", str(two_pages), "--to", "png,page,json", "--out", str(out), "--resume", *FAST]) == 0
    assert names(out) == wanted


def test_a_searchable_pdf_goes_to_standard_output(picture: Path, tmp_path: Path) -> None:
    done = subprocess.run([*PROGRAM, str(picture), "--to", "pdf", *FAST], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"%PDF-")
    assert run(["read", str(picture), "--to", "pdf", "--out", str(tmp_path / "same.pdf"), *FAST]) == 0
    assert len((tmp_path / "same.pdf").read_bytes()) == len(done.stdout)


def test_a_document_whose_later_page_is_broken_leaves_no_result(
    tmp_path: Path, picture: Path, two_pages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.tif"
    pages = [PIL.Image.fromarray(np.random.default_rng(k).integers(0, 256, (40, 60), np.uint8)) for k in (1, 2)]
    pages[0].save(broken, save_all=True, append_images=pages[1:])
    content = broken.read_bytes()
    place = content.rindex(pages[1].tobytes()[:50])
    # The second page now says that its rows stand beyond the end of the file.
    second = content.index((place).to_bytes(4, "little"))
    broken.write_bytes(content[:second] + (10**7).to_bytes(4, "little") + content[second + 4 :])
    out = tmp_path / "out"
    assert run(["read", str(broken), str(picture), "--out", str(out), *FAST]) == 1
    said = capsys.readouterr().err
    assert "broken.tif (page 2): cut off or damaged" in said
    assert "1 page before it could be read" in said
    assert names(out) == ["name.txt"]


def test_the_notes_of_a_page_are_told(tmp_path: Path, heading: Any, capsys: pytest.CaptureFixture[str]) -> None:
    target = io.BytesIO()
    PIL.Image.fromarray(heading).save(target, "JPEG", quality=95)
    content = bytearray(target.getvalue())
    content[-2000:-1000] = np.random.default_rng(0).integers(0, 256, 1000, np.uint8).tobytes()
    path = tmp_path / "garbled.jpg"
    path.write_bytes(content)
    assert run(["read", str(path), "--to", "json", *FAST]) == 0
    said = capsys.readouterr()
    assert "Bakery" in said.out
    assert json.loads(said.out)["notes"]
    assert f"note: {path}: the file is damaged inside" in said.err
