"""The task "recognise" with four-stage networks: both ways of writing are learnt, and say how to show them lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from four_stage import four_stage

from munja.core.artifact import open_artifact
from munja.core.errors import InputError, SpecError
from munja.core.registry import build
from munja.models.load import load_network, load_weights
from munja.train import train
from munja.train.recipe import checked

QUICK = {"ema": 0.9, "optimiser": {"name": "adamw", "learning_rate": 3e-3}}


def task_of(recipe: dict[str, Any]) -> Any:
    return build("task", checked(recipe)["task"])


def test_attention_with_a_rectifier_learns_to_spell_drawn_lines(tmp_path: Path) -> None:
    recipe = four_stage("attention", rectified=True, steps=120, validate_every=120, **QUICK)
    path = train(recipe, tmp_path, announce=lambda text: None)
    manifest = open_artifact(path).manifest
    assert manifest.metrics["drawn/ned"] > 0.7
    assert manifest.codec == {"name": "attention", "longest": 25}
    rule = manifest.input
    assert (rule["width"], rule["fit"], rule["longest"], rule["columns_per_pixel"]) == (64, "stretch", 96, 15 / 64)
    assert "width_step" not in rule
    network, _ = load_network(path)
    assert float(network.temperature) == pytest.approx(manifest.metrics["temperature"])


def test_ctc_of_padded_lines_learns_to_read_drawn_lines(tmp_path: Path) -> None:
    recipe = four_stage("ctc", fit="pad", steps=120, validate_every=120, **QUICK)
    manifest = open_artifact(train(recipe, tmp_path, announce=lambda text: None)).manifest
    assert manifest.metrics["drawn/ned"] > 0.8
    assert manifest.input["fit"] == "pad"


def test_a_free_width_says_how_many_columns_a_pixel_adds() -> None:
    task = task_of(four_stage("ctc", fit="free"))
    assert task.columns[96] == 23
    rule = task.manifest("a", "").input
    assert rule["columns_per_pixel"] == 0.25
    assert rule["width_step"] == 32
    assert "fit" not in rule


def test_a_batch_is_of_the_one_width_and_its_frames_lie_under_their_characters() -> None:
    task = task_of(four_stage("ctc"))
    arrays = task.prepare(3000000000000, 0)
    assert arrays["images"].shape == (20, 32, 64, 1)
    assert arrays["frames"].shape == (20, 15)
    ends = np.cumsum(arrays["lengths"])[:-1]
    for text, frames, classes in zip(
        task.targets.texts(arrays), arrays["frames"], np.split(arrays["targets"], ends), strict=True
    ):
        places = np.flatnonzero(frames)
        # Stretched to the whole width, n characters stand in the middles of n equal parts of it.
        np.testing.assert_allclose((places + 0.5) / 15, (np.arange(len(text)) + 0.5) / len(text), atol=0.5 / 15 + 0.02)
        assert frames[places].tolist() == classes.tolist()


def test_validation_is_of_the_one_width_too() -> None:
    task = task_of(four_stage("attention", rectified=True))
    assert {lines.images.shape[2] for lines in task.validation_batches("drawn")} == {64}


def test_another_charset_keeps_what_both_have(tmp_path: Path) -> None:
    first = train(four_stage("attention", steps=4), tmp_path / "first", announce=lambda text: None)
    recipe = four_stage("attention", steps=4, start=str(first), optimiser={"name": "sgd", "learning_rate": 1e-12})
    recipe["task"]["charset"] = "latin"
    said: list[str] = []
    second = train(recipe, tmp_path / "second", announce=said.append)
    assert any("fresh: class 'À'" in line for line in said)
    (old, _), (new, manifest) = load_weights(first), load_weights(second)
    assert len(new["head.generator.weight"]) == len(manifest.charset) + 2
    np.testing.assert_allclose(new["head.generator.weight"][:97], old["head.generator.weight"], atol=1e-3)


def test_what_makes_no_sense_is_refused_before_anything_starts() -> None:
    with pytest.raises(SpecError, match="a rectifier takes pictures of one width"):
        task_of(four_stage("ctc", rectified=True, fit="free"))
    with pytest.raises(SpecError, match=r"codec: 'attn' is not known; did you mean attention"):
        task_of(four_stage("attn"))
    recipe = four_stage("attention")
    recipe["task"]["model"]["head"] = {"name": "attention", "hiden": 3}
    with pytest.raises(SpecError, match="did you mean hidden"):
        checked(recipe)
    recipe = four_stage("attention")
    recipe["task"]["longest"] = 1
    task = task_of(recipe)
    lines = _longer_than_one(task)
    with pytest.raises(InputError, match="let more be spelt"):
        task.targets.arrays(lines, 15, 0.25)


def _longer_than_one(task: Any) -> Any:
    lines = task.lines.batch(1, 30, width=96, height=32)
    chosen = [row for row, text in enumerate(lines.texts) if len(text) > 1]
    return type(lines)(
        lines.images[chosen],
        tuple(lines.texts[row] for row in chosen),
        tuple(lines.centres[row] for row in chosen),
        lines.widths[chosen],
    )


def test_a_head_that_does_not_suit_the_codec_is_refused() -> None:
    recipe = four_stage("attention")
    recipe["task"]["model"]["head"] = {"name": "ctc"}
    with pytest.raises(SpecError, match="codec attention goes with a head that spells"):
        task_of(recipe).build_network()
    recipe = four_stage("ctc")
    recipe["task"]["model"]["head"] = {"name": "attention"}
    with pytest.raises(SpecError, match="codec ctc goes with a head of one class for each column"):
        task_of(recipe).build_network()
