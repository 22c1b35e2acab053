"""`munja models`: every model says what it is for, where it comes from and what it knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from munja.cli import run
from munja.core.artifact import Manifest, open_artifact, sha256_of, with_manifest
from munja.read.inventory import card_of
from munja.read.weights import OWN


def test_the_installed_models_are_listed_with_their_files(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models"]) == 0
    said = capsys.readouterr().out
    for part in ("PP-OCRv6_det_small\n", "task     detect", "licence  Apache-2.0", "18,709 characters: Han 15,", "MB"):
        assert part in said
    place = next(line.split()[1] for line in said.splitlines() if line.startswith("  file"))
    assert f"sha256   {sha256_of(Path(place))}" in said


def test_a_folder_of_models_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    folder = OWN
    assert run(["models", str(folder)]) == 0
    said = capsys.readouterr().out
    for part in ("task     detect", "task     recognise", "task     direction", "task     language", "Hangul 68"):
        assert part in said
    assert said.count("weights in int8") == 3


def test_a_card_names_what_is_not_stated(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    metrics = {"receipts": {"exact": 0.78512, "lines": 3286, "note": "text"}}
    path.write_bytes(with_manifest(b"", Manifest("recognise", "mine", charset=("a", "가", "1", "."), metrics=metrics)))
    said = card_of(open_artifact(path)).describe()
    assert "licence  not stated" in said
    assert "4 characters: Latin 1, Hangul 1, digits 1, signs 1" in said
    assert "figures  receipts.exact 0.7851, receipts.lines 3286" in said


def test_a_place_without_models_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", str(tmp_path)]) == 1
    assert f"{tmp_path}: no model; " in capsys.readouterr().err
