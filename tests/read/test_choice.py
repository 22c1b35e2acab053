"""What `auto` stands for: the kept choice of this machine, and never another precision."""

from __future__ import annotations

from pathlib import Path

import pytest

from munja.read.choice import choice_file, chosen_engine, keep_choice


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUNJA_CACHE", str(tmp_path / "cache"))


def test_without_a_choice_auto_stays_auto_and_a_named_engine_is_taken() -> None:
    assert chosen_engine("auto", "f32") == "auto"
    assert chosen_engine("onnxruntime", "f32") == "onnxruntime"


def test_the_kept_choice_counts_for_its_precision_alone() -> None:
    path = keep_choice({"f32": "openvino"}, {"f32": 2.5})
    assert path == choice_file()
    assert chosen_engine("auto", "f32") == "openvino"
    assert chosen_engine("auto", "bf16") == "auto"
    assert chosen_engine("onnxruntime", "f32") == "onnxruntime"


@pytest.mark.parametrize("content", ["", "no JSON", "[]", '{"engines": 3}', '{"engines": {"f32": "gone"}}', "\0"])
def test_a_choice_that_cannot_be_used_counts_as_none(content: str) -> None:
    choice_file().parent.mkdir()
    choice_file().write_text(content)
    assert chosen_engine("auto", "f32") == "auto"
