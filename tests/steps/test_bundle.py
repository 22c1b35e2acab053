"""`munja bundle`: what stands in its way is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from munja.cli import run


def test_a_folder_that_is_there_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bundle", "--out", str(tmp_path)]) == 1
    assert f"{tmp_path}: is there already; a new folder was wanted" in capsys.readouterr().err


def test_wheels_that_cannot_be_had_are_told_with_what_pip_says(
    tmp_path: Path, cache: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")  # as without network
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    assert run(["bundle", "--out", str(tmp_path / "bundle"), "--extras", ""]) == 1
    assert "munja: pip failed: " in capsys.readouterr().err


def test_models_that_are_missing_are_told_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bundle", "--out", str(tmp_path / "bundle"), "--models", "nowhere"]) == 1
    assert "'nowhere'" in capsys.readouterr().err
    assert not (tmp_path / "bundle").exists()
