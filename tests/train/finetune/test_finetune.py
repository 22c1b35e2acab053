"""From a table of crops to a reader, by the command itself; and every way in which it does not go on."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from munja.cli import run
from munja.core.artifact import open_artifact
from munja.models.load import load_weights

QUICK = ["loop.processes=1", "loop.device_name=cpu", "loop.precision=fp32", "loop.preflight=false",
         "loop.validate_every=32", "loop.checkpoint_every=8", "task.batch=16"]  # fmt: skip


def optimiser(rate: float) -> str:
    return f'loop.optimiser={{name = "adamw", learning_rate = {rate}}}'


def test_a_reader_of_inverse_lines_and_of_a_new_sign_comes_of_one_that_knew_neither(
    start: Path, write_crops: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, out = write_crops(tmp_path / "crops", 60, inverse=True, sign="Ä"), tmp_path / "run"
    command = ["finetune", *QUICK, "loop.steps=128", optimiser(5e-3), "--from", str(start), "--data", str(table)]
    command += ["--out", str(out), "--general-lines", "40", "--most-loss", "0.3", "--pattern", "[A-Z0-9]*Ä?"]
    assert run(command) == 0
    said = capsys.readouterr()
    assert "the model does not know 'Ä' (U+00C4, in 20): added to its charset" in said.err
    assert "| exact before |" in said.out
    report = json.loads((out / "report.json").read_text())
    free, guided, general = report["rows"]
    assert (free["guided"], guided["guided"], general["collection"]) == (False, True, "general")
    assert free["exact"]["before"]["value"] < 0.2
    assert free["exact"]["after"]["value"] > free["exact"]["before"]["value"] + 0.3
    assert free["one_minus_ned"]["gain"]["low"] > 0.0
    assert report["outcome"] == "kept"
    assert (out / "report.md").read_text() in said.out
    manifest = open_artifact(out / "reader.onnx").manifest
    assert manifest.charset == (*open_artifact(start).manifest.charset, "Ä")
    assert manifest.metrics["own/exact"] > 0.3
    weights, known = load_weights(out / "reader.safetensors")
    assert len(weights["head.classify.weight"]) == len(known.charset) + 1
    sides = defaultdict(set)
    with (out / "split.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            sides[row["source"]].add(row["split"])
    assert all(len(side) == 1 for side in sides.values()), "a photograph is on one side"
    assert set().union(*sides.values()) == {"train", "validate", "test"}


def test_what_forgets_is_not_saved_unless_asked_for_and_the_same_command_goes_on(
    start: Path, write_crops: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, out = write_crops(tmp_path / "crops", 24, inverse=True), tmp_path / "run"
    command = [
        "finetune",
        *QUICK,
        "loop.ema=0.0",
        optimiser(0.03),
        "--from",
        str(start),
        "--data",
        str(table),
        "--out",
        str(out),
    ]
    command += ["--general-lines", "20", "--replay-share", "0"]
    assert run([*command, "loop.steps=8"]) == 1
    assert "It is not saved as a reader" in capsys.readouterr().out
    assert (out / "rejected.safetensors").is_file()
    assert not list(out.glob("reader*"))
    assert run([*command, "loop.steps=16", "--keep-worse"]) == 0
    said = capsys.readouterr()
    assert "goes on from step 8" in said.err
    assert "kept though worse" in said.out
    assert (out / "reader.onnx").is_file()
    assert not (out / "rejected.safetensors").exists()


def refused(start: Path, table: Path, out: Path, *more: str) -> int:
    return run(["finetune", "--from", str(start), "--data", str(table), "--out", str(out), *more])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--charset", "0123456789"], "--charset lacks 8 characters of the labels"),
        (["--pattern", "[0-9]{30}"], "--pattern [0-9]{30}: fits none of 24 labels"),
        (["--pattern", "(["], "munja: pattern"),
        (["--source", "([0-9])[0-9]+"], "all 24 crops are of 1 source (by --source"),
        (["--shares", "other=1"], "--shares other: no set of that name; known: crops"),
        (["--replay", "nowhere.toml"], "nowhere.toml: no such file"),
        (["--minutes", "0"], "--minutes above 0 was wanted"),
    ],
)
def test_a_wish_that_cannot_be_met_is_named(
    start: Path, write_crops: Callable[..., Path], tmp_path: Path, more: list[str], said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert refused(start, write_crops(tmp_path / "crops", 24), tmp_path / "run", *more) == 1
    assert said in capsys.readouterr().err


def test_fewer_than_ten_labels_are_too_few_and_those_left_out_are_named(
    start: Path, write_crops: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = write_crops(tmp_path / "crops", 12)
    (tmp_path / "crops" / "003.png").write_bytes(b"no picture")
    (tmp_path / "crops" / "004.png").unlink()
    table.write_text(table.read_text() + "005.png,\n")
    table.write_text("".join(row for row in table.read_text().splitlines(keepends=True) if not row.startswith("00.")))
    assert refused(start, write_crops(tmp_path / "few", 9), tmp_path / "run") == 1
    assert "9 labelled crops can be used of 9; 10 or more are needed" in capsys.readouterr().err
    assert refused(start, table, tmp_path / "run", "--source", "(")
    said = capsys.readouterr().err
    assert "labels.csv:5: " in said
    assert "there is no picture 004.png" in said
    assert "labels.csv:14: has an empty text" in said


def test_a_model_that_cannot_be_trained_on_is_refused(
    start: Path, write_crops: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = write_crops(tmp_path / "crops", 12)
    torn = tmp_path / "torn.safetensors"
    torn.write_bytes(start.read_bytes()[:-100])
    runnable = tmp_path / "reader.onnx"
    runnable.write_bytes(b"")
    for path, said in ((torn, "damaged"), (runnable, "cannot be trained on"), (tmp_path / "no.safetensors", "no such")):
        assert refused(path, table, tmp_path / f"run {path.name}") == 1
        assert said in capsys.readouterr().err
