"""Short trials choose the rate, the run follows its recipe, and neither is done twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from munja.core.artifact import open_artifact
from munja.core.spec import load_spec
from munja.train.finetune import Request, fit, prepare
from munja.train.recipe import checked


def test_the_rate_that_reads_most_of_the_validation_crops_is_taken_and_trials_are_made_once(
    start: Path, write_crops: Callable[..., Path], tmp_path: Path
) -> None:
    settings = ("loop.processes=1", "loop.device_name=cpu", "loop.precision=fp32", "loop.preflight=false",
                "task.batch=4", "task.validation_lines=8")  # fmt: skip
    request = Request(start, {"own": write_crops(tmp_path / "crops", 24)}, minutes=0.02, settings=settings)
    out, said = tmp_path / "run", []  # type: tuple[Path, list[str]]
    prepared = prepare(request, out, said.append)
    trained = fit(request, prepared, out, said.append)
    assert len(trained.trials) == 3
    best = max(trained.trials, key=lambda trial: (trial.exact, trial.ned))
    assert trained.rate == best.rate
    manifest = open_artifact(trained.best).manifest
    assert manifest.made["recipe"]["loop"]["optimiser"]["learning_rate"] == best.rate
    assert manifest.metrics["temperature"] > 0.0
    recipe = load_spec(out / "recipe.toml")
    assert checked(recipe)["loop"]["freeze"] == ["backbone."]
    assert recipe["loop"]["seconds"] < 1.2 * 0.76 + 0.1
    assert not list((out / "trials").glob("rate-*/*")), "weights of trials are thrown away"
    again: list[str] = []
    assert prepare(request, out, again.append) == prepared
    assert fit(request, prepared, out, again.append).trials == trained.trials
    assert not any(line.startswith("learning rate 0") and "validation" in line for line in again)


def test_rates_that_a_person_gives_are_not_tried(start: Path, write_crops: Callable[..., Path], tmp_path: Path) -> None:
    settings = ("loop.processes=1", "loop.device_name=cpu", "loop.precision=fp32", "loop.preflight=false",
                "loop.steps=8", "task.batch=4", "task.validation_lines=8",
                'loop.optimiser={name = "sgd", learning_rate = 0.001}')  # fmt: skip
    request = Request(start, {"own": write_crops(tmp_path / "crops", 24)}, replay="none", settings=settings)
    trained = fit(request, prepare(request, tmp_path / "run", str), tmp_path / "run", str)
    assert (trained.trials, trained.rate, trained.replay) == ((), 0.001, None)
    assert open_artifact(trained.best).manifest.made["step"] == 8
