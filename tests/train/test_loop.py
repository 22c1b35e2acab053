"""The loop: it learns, it counts, it stops when it should, and processes add up."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from test_recipe import tiny

from munja.core.artifact import open_artifact
from munja.core.errors import MunjaError
from munja.models.load import load_network, load_weights
from munja.train import train

HERE = Path(__file__).parent


def entries(out: Path, event: str) -> list[dict[str, float]]:
    rows = [json.loads(row) for row in (out / "metrics.jsonl").read_text().splitlines()]
    return [row for row in rows if row["event"] == event]


def test_a_small_network_learns_to_read_drawn_lines(tmp_path: Path) -> None:
    recipe = tiny(
        steps=280, validate_every=140, log_seconds=0.5, ema=0.9, optimiser={"name": "adamw", "learning_rate": 5e-3}
    )
    recipe["task"] |= {"auxiliary_until": 0.5, "batch": 16}
    said: list[str] = []
    path = train(recipe, tmp_path, announce=said.append)
    manifest = open_artifact(path).manifest
    assert manifest.metrics["drawn/ned"] > 0.8
    assert manifest.task == "recognise"
    assert manifest.input["columns_per_pixel"] == 0.25
    assert manifest.charset[0] == " "
    assert manifest.made["recipe"]["seed"] == 3
    assert manifest.licence == "Apache-2.0"
    assert [entry["step"] for entry in entries(tmp_path, "validate")] == [140, 280]
    assert all(entry["samples_per_second"] > 0 for entry in entries(tmp_path, "train"))
    assert any("|" in line for line in said), "samples of truth and reading are shown"
    network, _ = load_network(path)
    assert float(network.temperature) == pytest.approx(manifest.metrics["temperature"])


def test_two_processes_equal_one_on_the_same_batches(tmp_path: Path) -> None:
    shared = {"steps": 6, "average_every": 1, "freeze_norms": True, "optimiser": {"name": "sgd", "learning_rate": 0.05}}
    two = tiny(**{**shared, "processes": 2})
    one = tiny(**shared)
    two["task"] |= {"auxiliary": 0.0, "batch": 4, "widths": [160], "width_shares": [1.0]}
    one["task"] |= {
        "auxiliary": 0.0,
        "batch": 8,
        "widths": [160],
        "width_shares": [1.0],
        "data": {"name": "drawn_pair"},
    }
    (tmp_path / "two.json").write_text(json.dumps(two))
    command = [sys.executable, str(HERE / "worker.py"), str(tmp_path / "two.json"), str(tmp_path / "two")]
    process = subprocess.Popen(command)
    train(one, tmp_path / "one", announce=lambda text: None)
    assert process.wait(timeout=90) == 0
    states = []
    for name in ("one", "two"):
        files = sorted((tmp_path / name / "checkpoint").glob("step-*.pt"))
        assert len(files) == (2 if name == "two" else 1)
        states.append(torch.load(files[0], weights_only=True)["network"])
    moved = 0.0
    for key, value in states[0].items():
        torch.testing.assert_close(states[1][key], value, atol=1e-5, rtol=0.0)
        moved = max(moved, float(value.float().abs().max()))
    assert moved > 0.0


def test_a_loss_that_is_no_number_stops_and_names_the_batch(tmp_path: Path) -> None:
    recipe = tiny(steps=40, optimiser={"name": "sgd", "learning_rate": 1e30}, clip=1e30, checkpoint_every=4)
    with pytest.raises(MunjaError, match=r"not a number after step \d+: batch seed 30000000\d+"):
        train(recipe, tmp_path, announce=lambda text: None)


def test_training_in_seconds_follows_the_schedule_to_its_end(tmp_path: Path) -> None:
    recipe = tiny(seconds=1.5, log_seconds=0.2, schedule={"name": "cosine", "warm_up": 0.0})
    del recipe["loop"]["steps"]
    train(recipe, tmp_path, announce=lambda text: None)
    rates = [entry["learning_rate"] for entry in entries(tmp_path, "train")]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < 0.2 * 2e-3


def test_patience_ends_a_training_that_gets_no_better(tmp_path: Path) -> None:
    optimiser = {"name": "sgd", "learning_rate": 1e-9}
    train(tiny(steps=400, validate_every=4, patience=2, optimiser=optimiser), tmp_path, announce=lambda text: None)
    assert [entry["step"] for entry in entries(tmp_path, "validate")] == [4, 8, 12]


def test_a_warm_start_adopts_weights_and_places_the_schedule(tmp_path: Path) -> None:
    first = train(tiny(steps=8), tmp_path / "first", announce=lambda text: None)
    recipe = tiny(steps=4, start=str(first), start_at=0.5, optimiser={"name": "sgd", "learning_rate": 1e-12})
    recipe["task"]["charset"] = "latin"
    said: list[str] = []
    second = train(recipe, tmp_path / "second", announce=said.append)
    assert any("fresh: class 'À'" in line for line in said)
    (old, _), (new, manifest) = load_weights(first), load_weights(second)
    assert manifest.parent is not None
    torch.testing.assert_close(new["head.classify.weight"][:96], old["head.classify.weight"], atol=1e-3, rtol=1e-3)
    assert manifest.made["progress"] == 1.0


def test_preflight_refuses_labels_that_belong_to_other_pictures(tmp_path: Path) -> None:
    recipe = tiny(preflight=True)
    recipe["task"]["data"] = {"name": "drawn", "shuffled": True}
    with pytest.raises(MunjaError, match="does not learn even"):
        train(recipe, tmp_path, announce=lambda text: None)


def test_preflight_names_the_batch_with_a_character_outside_the_charset(tmp_path: Path) -> None:
    recipe = tiny(preflight=True)
    recipe["task"]["data"] = {"name": "drawn", "foreign": True}
    with pytest.raises(MunjaError, match=r"batch seed 3000000000000.*'é' \(U\+00E9\) is not in the charset"):
        train(recipe, tmp_path, announce=lambda text: None)


def test_an_unknown_metric_is_answered_with_those_there_are(tmp_path: Path) -> None:
    recipe = tiny(steps=4)
    recipe["task"]["metric"] = "receipts/exact"
    with pytest.raises(MunjaError, match="known are drawn/exact, drawn/ned"):
        train(recipe, tmp_path, announce=lambda text: None)
