"""Bad input on the command line: status 1, a message that names the file and the cure, and no traceback."""

from __future__ import annotations

import io
import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from munja.cli import run
from munja.core.artifact import Manifest, with_manifest
from munja.read.weights import ModelSet, model_set

FAST = ["--engine", "onnxruntime", "--threads", "1"]


@pytest.fixture(scope="session")
def models(cache: Path) -> ModelSet:
    return model_set("ppocr")


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What standard error says of a command line that fails."""
    assert run(list(arguments)) == 1
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    assert said.out == ""
    return said.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "0 bytes"),
        (b"a shopping list", "not a picture that Munja knows"),
        (b"%PDF-1.7\nnothing more", "damaged PDF"),
    ],
)
def test_a_file_that_is_no_picture_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    path = tmp_path / "bad.png"
    path.write_bytes(content)
    message = refusal(capsys, "read", str(path), *FAST)
    assert f"munja: {path}: " in message
    assert said in message


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_cut_off_picture_is_named(
    tmp_path: Path, heading: Any, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    target = io.BytesIO()
    PIL.Image.fromarray(heading).save(target, kind)
    path = tmp_path / "cut.jpg"
    path.write_bytes(target.getvalue()[: len(target.getvalue()) // 2])
    message = refusal(capsys, "read", str(path), *FAST)
    assert str(path) in message
    assert "cut off or damaged" in message


def test_a_picture_over_max_pixels_is_named_with_the_cure(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message = refusal(capsys, "read", str(picture), "--max-pixels", "1000", *FAST)
    assert f"{picture}: 220 x 34 pixels" in message
    assert "--max-pixels" in message


def test_a_missing_file_and_a_folder_without_pictures_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    assert "none.png: no such file or folder" in refusal(capsys, "read", str(tmp_path / "none.png"))
    message = refusal(capsys, "read", str(tmp_path))
    assert f"{tmp_path}: a folder without pictures" in message
    assert ".png" in message
    assert "no picture was named: munja read FILE or FOLDER" in refusal(capsys, "read")


def test_a_name_longer_than_the_system_allows_is_a_missing_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert "no such file" in refusal(capsys, "read", "n" * 300)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--presicion", "f32"], "--precision"),
        (["--threads", "many"], "--threads"),
        (["--threads", "0"], "threads: 1 or more was wanted"),
        (["--to", "jsn"], "did you mean json"),
        (["--to", "json,text"], "--out FOLDER"),
        (["--engine", "opnvino"], "did you mean openvino"),
        (["--precision", "fp16"], "precision 'fp16' is not known"),
        (["--models", "ppocr", "--precision", "bf16", "--engine", "onnxruntime"], "--engine openvino"),
        (["--models", "ppocr", "--precision", "int8"], "int8 was asked for"),
        (["--precision", "bf16"], "holds int8 weights"),
        (["--order", "down"], "order 'down' is not known"),
        (["--models", "nowhere"], "'nowhere'"),
        (["--pages", "0"], "counted from 1"),
        (["--dpi", "0"], "dpi"),
        (["--recogniser", "none.onnx"], "none.onnx: no such model file"),
    ],
)
def test_a_wrong_option_says_what_would_be_right(
    picture: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert said in refusal(capsys, "read", str(picture), *arguments)


def test_an_unknown_command_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert '"read"' in refusal(capsys, "reed", "a.png")


def test_a_page_beyond_the_end_is_an_error(two_pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert str(two_pages) in refusal(capsys, "read", str(two_pages), "--pages", "9", *FAST)


def test_an_artifact_that_does_not_fit_is_named(
    tmp_path: Path, picture: Path, models: ModelSet, capsys: pytest.CaptureFixture[str]
) -> None:
    message = refusal(capsys, "read", str(picture), "--recogniser", str(models.detector.path))
    assert f"{models.detector.path}: a model for 'recognise' was wanted, this one is for 'detect'" in message
    newer = tmp_path / "newer.onnx"
    newer.write_bytes(with_manifest(b"", Manifest("recognise", "newer", version=99)))
    message = refusal(capsys, "read", str(picture), "--recogniser", str(newer))
    assert f"{newer}: made by a newer Munja" in message
    assert "pip install --upgrade munja" in message


def test_a_missing_extra_is_named(
    picture: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)  # as if they were not installed
    monkeypatch.setitem(sys.modules, "openvino", None)
    assert "pip install 'munja[ppocr]'" in refusal(capsys, "read", str(picture), "--models", "ppocr")
    monkeypatch.delitem(sys.modules, "rapidocr")
    assert "pip install 'munja[openvino]'" in refusal(capsys, "read", str(picture), "--engine", "openvino")


def test_a_folder_is_read_on_past_a_bad_file(tmp_path: Path, picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture")
    assert run(["read", str(bad), str(picture), "--out", str(tmp_path / "out"), *FAST]) == 1
    said = capsys.readouterr()
    assert f"munja: {bad}: not a picture" in said.err
    assert "1 failed" in said.err
    assert (tmp_path / "out" / "name.txt").read_text() == "Tel. 555-0147\n"


def test_results_that_cannot_be_written_are_named(
    tmp_path: Path, picture: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("a file in the way")
    message = refusal(capsys, "read", str(picture), "--out", str(tmp_path / "out"), *FAST)
    assert f"{tmp_path / 'out'}: cannot be written" in message


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_file_name_that_is_no_unicode_is_read(
    tmp_path: Path, picture: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.png")
    shutil.copy(picture, odd)
    assert run(["read", odd, "--to", form, "--out", str(tmp_path / "out"), *FAST]) == 0
    (written,) = (tmp_path / "out").iterdir()
    assert "555-0147" in written.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "more", "said"),
    [
        (None, [], "model.onnx: no such file"),
        (b"", [], "model.onnx"),
        (b"no model", [], "model.onnx: not an ONNX file"),
        (b"no model", ["--charset", "none.txt"], "none.txt: no such file"),
    ],
)
def test_a_file_that_cannot_be_imported_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, more: list[str], said: str
) -> None:
    path = tmp_path / "model.onnx"
    if content is not None:
        path.write_bytes(content)
    assert said in refusal(capsys, "import", str(path), *more)


def test_a_dictionary_that_is_no_text_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "model.onnx").write_bytes(b"no model")
    (tmp_path / "words.txt").write_bytes(b"caf\xe9\n")
    message = refusal(capsys, "import", str(tmp_path / "model.onnx"), "--charset", str(tmp_path / "words.txt"))
    assert "words.txt" in message


def test_an_artifact_that_cannot_be_written_is_named(
    tmp_path: Path, models: ModelSet, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = find_spec("rapidocr")
    assert spec is not None
    assert spec.origin is not None
    file = Path(spec.origin).parent / "models" / "ch_ppocr_mobile_v2.0_cls_mobile.onnx"
    assert str(tmp_path) in refusal(capsys, "import", str(file), "--out", str(tmp_path))
