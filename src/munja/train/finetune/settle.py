"""Between the old model and the new one: how much of what was learnt is kept, so that little is forgotten.

On the straight line between a model's weights and those that fine-tuning made of them there are models that read new
lines almost as well as the one and old lines almost as well as the other (arXiv:2109.01903).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch

from munja.core.artifact import sha256_of, write_atomically
from munja.core.registry import build
from munja.models.load import load_network, load_weights
from munja.train.finetune.plan import GENERAL, OWN
from munja.train.task import Task
from munja.train.weights import save_weights

PARTS = (1.0, 0.8, 0.6, 0.4, 0.2)
PARTS_OF_LARGE = (1.0, 0.7, 0.4)  # each costs a validation
CAUTION = 0.5  # of the loss that is allowed: what is seen on validation lines is not exactly what will be measured


@dataclass(frozen=True)
class Mixture:
    """What weights with a part (0..1) of what was learnt read of the validation crops and of replayed lines."""

    part: float
    exact: float
    ned: float
    general: float | None  # exact; None without replay

    def line(self) -> str:
        """For a person."""
        elsewhere = "" if self.general is None else f", {self.general:.1%} of the replayed lines"
        return f"{self.part:.0%} of what was learnt: {self.exact:.1%} of the validation crops exact{elsewhere}"


def settle(
    start: Path, best: Path, task: Task, *, parts: Sequence[float], most_loss: float, out: Path
) -> tuple[Mixture, ...]:
    """Write the mixture that reads the validation crops best and the replayed lines well enough, calibrated, as `out`.

    All mixtures that were measured come back, the chosen one first and the old model last.
    """
    known, asked = out.with_suffix(".json"), {"most_loss": most_loss, "best": sha256_of(best), "parts": list(parts)}
    if out.is_file() and known.is_file():
        tree = json.loads(known.read_text(encoding="utf-8"))
        if tree["asked"] == asked:
            return tuple(Mixture(**each) for each in tree["mixtures"])
    network, manifest = load_network(best)
    learnt = {key: value.clone() for key, value in network.state_dict().items()}
    # Classes that only the new model has stay as they were learnt.
    task.warm_start(network, *load_weights(start))
    given = {key: value.clone() for key, value in network.state_dict().items()}

    def at(part: float) -> Mixture:
        mixed = {key: torch.lerp(value, learnt[key], part) if value.is_floating_point() else learnt[key]
                 for key, value in given.items()}  # fmt: skip
        network.load_state_dict(mixed)
        figures = task.measure(network).figures
        return Mixture(part, figures[f"{OWN}/exact"], figures[f"{OWN}/ned"], figures.get(f"{GENERAL}/exact"))

    old, mixtures = at(0.0), [at(part) for part in parts]
    chosen = choose(mixtures, old, most_loss=most_loss)
    at(chosen.part)
    network.temperature.fill_(1.0)  # type: ignore[operator]
    figures = task.calibrate(network)
    made = {**manifest.made, "part_of_what_was_learnt": chosen.part}
    metrics = {**task.measure(network).figures, **figures}
    save_weights(out, network, replace(manifest, made=made, metrics=metrics))
    found = (chosen, *(each for each in mixtures if each is not chosen), old)
    tree = {"asked": asked, "mixtures": [asdict(each) for each in found]}
    write_atomically(known, json.dumps(tree).encode())
    return found


def choose(mixtures: list[Mixture], old: Mixture, *, most_loss: float) -> Mixture:
    """The mixture that reads most of the validation crops among those that lost half of what they may, or less.

    If there is none, the one that lost least.
    """
    least = -1.0 if old.general is None else old.general - CAUTION * most_loss
    fitting = [each for each in mixtures if each.general is None or each.general >= least]
    if fitting:
        return max(fitting, key=lambda each: (each.exact, each.ned, each.part))
    return max(mixtures, key=lambda each: (each.general or 0.0, each.exact))


def task_of(recipe: Mapping[str, Any]) -> Task:
    """The task of a recipe, its data not yet opened."""
    from munja.train.recipe import checked

    found: Task = build("task", checked(recipe)["task"])
    return found
