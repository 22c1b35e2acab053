"""The doctor: what works is found to work, and what is missing says how to get it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from munja.cli import run
from munja.read import doctor
from munja.read.doctor import KNOWN_TEXT, examine, known_picture
from munja.read.ppocr import derive
from munja.read.reader import Reader
from munja.read.weights import ModelSet


def test_everything_here_works(cache: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor"]) == 0
    said = capsys.readouterr()
    for name in ("munja", "machine", "cache", "models", "onnxruntime f32", "openvino f32", "pypdfium2"):
        assert f"ok        {name}: " in said.out
    assert "broken " not in said.out
    assert "everything that is installed works" in said.err


def test_the_known_picture_is_read_as_it_is_written(reader: Reader) -> None:
    assert reader(known_picture()).text == KNOWN_TEXT


def test_models_that_read_something_else_are_broken(
    tmp_path: Path, models: ModelSet, published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shifted = (*models.recogniser.manifest.charset[1:], "a")  # every character is taken for its neighbour
    (tmp_path / "recognise.onnx").write_bytes(derive(published / "PP-OCRv6_rec_small.onnx", charset=shifted))
    (tmp_path / "detect.onnx").write_bytes(models.detector.read_bytes())
    assert run(["doctor", "--models", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert "broken    onnxruntime f32: read '" in said.out
    assert "where 'Munja reads 0123456789' is written" in said.out
    assert "do: " in said.out
    assert "munja: broken: onnxruntime f32" in said.err


def test_missing_models_and_packages_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = doctor.find_spec
    monkeypatch.setitem(sys.modules, "rapidocr", None)  # as if it were not installed
    monkeypatch.setattr(doctor, "find_spec", lambda name: None if name in ("openvino", "torch") else real(name))
    found = {check.name: check for check in examine(models="ppocr")}
    assert found["models"].state == "broken"
    assert "pip install 'munja[ppocr]'" in found["models"].cure
    assert (found["openvino"].state, found["openvino"].cure) == ("missing", "pip install 'munja[openvino]'")
    assert "onnxruntime f32" not in found
