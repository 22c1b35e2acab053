"""Between the old weights and the new ones: what is chosen, and what is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from munja.core.artifact import open_artifact
from munja.models.load import load_weights
from munja.train import train
from munja.train.finetune import Request, prepare
from munja.train.finetune.plan import recipe_of, with_length
from munja.train.finetune.run import Trial, chosen
from munja.train.finetune.settle import Mixture, choose, settle, task_of

OLD = Mixture(0.0, 0.1, 0.5, 0.80)


@pytest.mark.parametrize(
    ("mixtures", "part"),
    [
        ([Mixture(1.0, 0.9, 0.9, 0.80), Mixture(0.5, 0.8, 0.9, 0.80)], 1.0),
        ([Mixture(1.0, 0.9, 0.9, 0.70), Mixture(0.5, 0.8, 0.9, 0.79)], 0.5),
        ([Mixture(1.0, 0.9, 0.9, 0.70), Mixture(0.5, 0.8, 0.9, 0.75)], 0.5),
        ([Mixture(1.0, 0.8, 0.9, 0.80), Mixture(0.5, 0.8, 0.9, 0.85)], 1.0),
        ([Mixture(1.0, 0.8, 0.9, None), Mixture(0.5, 0.9, 0.9, None)], 0.5),
    ],
)
def test_the_best_of_those_that_forget_little_is_chosen_else_the_one_that_forgets_least(
    mixtures: list[Mixture], part: float
) -> None:
    assert choose(mixtures, OLD, most_loss=0.02).part == part


def test_a_rate_that_forgets_is_passed_over_for_one_that_learns_a_little_less() -> None:
    trials = [Trial(1e-4, 0.3, 0.5, 0.8, 1.0), Trial(1e-3, 0.6, 0.8, 0.79, 1.0), Trial(1e-2, 0.65, 0.9, 0.5, 1.0)]
    assert chosen(trials, 0.02).rate == 1e-3
    assert chosen([*trials[:2], Trial(1e-2, -1.0, -1.0, 0.0, 0.0)], 0.02).rate == 1e-3


def test_what_is_written_lies_between_old_and_new_and_new_classes_are_as_they_were_learnt(
    start: Path, write_crops: Callable[..., Path], tmp_path: Path
) -> None:
    settings = {"processes": 1, "device_name": "cpu", "precision": "fp32", "preflight": False, "steps": 8}
    request = Request(start, {"own": write_crops(tmp_path / "crops", 24, sign="Ä")})
    prepared = prepare(request, tmp_path / "run", str)
    base = recipe_of(request, open_artifact(start).manifest, prepared, {"name": "drawn"})
    base["task"] |= {"batch": 4, "validation_lines": 16}
    recipe = with_length(base, rate=1e-2, seconds=1.0, validate_every=8, patience=0)
    recipe["loop"] = {**recipe["loop"], **settings}
    del recipe["loop"]["seconds"]
    best = train(recipe, tmp_path / "run" / "training", announce=lambda text: None)
    out = tmp_path / "settled.safetensors"
    found = settle(start, best, task_of(recipe), parts=(0.25,), most_loss=1.0, out=out)
    assert [each.part for each in found] == [0.25, 0.0]
    (old, _), (learnt, _), (mixed, manifest) = (load_weights(path) for path in (start, best, out))
    rows = len(old["head.classify.weight"])
    between = torch.lerp(old["head.classify.weight"], learnt["head.classify.weight"][:rows], 0.25)
    torch.testing.assert_close(mixed["head.classify.weight"][:rows], between, atol=2e-3, rtol=2e-3)
    torch.testing.assert_close(mixed["head.classify.weight"][rows:], learnt["head.classify.weight"][rows:])
    assert manifest.made["part_of_what_was_learnt"] == 0.25
    assert {"own/exact", "general/exact", "temperature"} <= set(manifest.metrics)
    stamp = out.stat().st_mtime_ns
    again = settle(start, best, task_of(recipe), parts=(0.25,), most_loss=1.0, out=out)
    assert (again, out.stat().st_mtime_ns) == (found, stamp), "the same question is not asked twice"
