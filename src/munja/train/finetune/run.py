"""Training of a fine-tuning: short trials choose the learning rate, then one run as long as is left."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from munja.core.artifact import open_artifact, write_atomically
from munja.core.errors import MunjaError
from munja.core.spec import dump_toml, override
from munja.train.finetune.plan import GENERAL, LARGE, OWN, rates, recipe_of, with_length
from munja.train.finetune.prepare import Prepared, Say, startable
from munja.train.finetune.replay import opened, replay_of
from munja.train.finetune.request import Request
from munja.train.finetune.settle import PARTS, PARTS_OF_LARGE, Mixture, settle, task_of
from munja.train.run import train

TRIALS, TRAINING, RECIPE, SETTLED = "trials", "training", "recipe.toml", "settled.safetensors"
TRIAL_SHARE = 0.08  # of the minutes, for each rate that is tried
VALIDATIONS = 24  # in the whole run
PATIENCE = 10  # validations without a better one
NEVER = 1 << 30


@dataclass(frozen=True)
class Trial:
    """What a learning rate came to: validation crops and replayed lines read exactly, 1 - NED, and steps a second."""

    rate: float
    exact: float
    ned: float
    general: float
    speed: float

    def line(self) -> str:
        """For a person."""
        if self.exact < 0.0:
            return f"learning rate {self.rate:g}: too high, the loss is not a number"
        elsewhere = f", {self.general:.1%} of the replayed lines" if self.general else ""
        return (
            f"learning rate {self.rate:g}: {self.exact:.1%} of the validation crops exact, 1-NED {self.ned:.1%}"
            f"{elsewhere}"
        )


@dataclass(frozen=True)
class Trained:
    """The best weights, the Spec of the lines that were replayed, trials of rates, and mixtures with the old model."""

    best: Path
    replay: Mapping[str, Any] | None
    trials: tuple[Trial, ...]
    rate: float
    mixtures: tuple[Mixture, ...] = ()


def fit(request: Request, prepared: Prepared, out: Path, say: Say) -> Trained:
    """Train in the folder `out`, or go on there; the best weights by exact readings of the validation crops.

    `out/recipe.toml` is the recipe of the run, which `munja train` repeats.
    """
    manifest = startable(request.start)
    replay = replay_of(manifest, request.replay, prepared.alphabet)
    if replay is not None:
        opened(replay, "validate")  # a machine without fonts shows itself now, not in mid-training
    base = override(recipe_of(request, manifest, prepared, replay), request.settings)
    given = base["loop"].get("optimiser")
    seconds = 60.0 * request.minutes
    trials: list[Trial] = []
    if given is None:
        trials = [_trial(base, rate, seconds * TRIAL_SHARE, out / TRIALS, say) for rate in rates(prepared)]
        rate = chosen(trials, request.most_loss).rate
        say(f"learning rate {rate:g} it is")
        seconds *= 1.0 - TRIAL_SHARE * len(trials)
    else:
        rate = float(given.get("learning_rate", 0.0))
    recipe = _main_recipe(base, rate, seconds, trials, out / RECIPE, request.settings)
    learnt = train(recipe, out / TRAINING, announce=say)
    best = out / TRAINING / SETTLED
    parts = PARTS_OF_LARGE if prepared.parameters > LARGE else PARTS
    task = task_of(recipe)
    mixtures = settle(request.start, learnt, task, parts=parts, most_loss=request.most_loss, out=best)
    say(mixtures[0].line())
    return Trained(best, replay, tuple(trials), rate, mixtures)


def chosen(trials: Sequence[Trial], most_loss: float) -> Trial:
    """The trial that read most of the validation crops; what it lost elsewhere, beyond what is allowed, counts too.

    Lost is what another trial reads more: at the lowest rate little is forgotten in so short a time.
    """
    best = max(trial.general for trial in trials)
    return max(trials, key=lambda trial: (trial.exact - max(0.0, best - trial.general - most_loss), trial.ned))


def _trial(base: Mapping[str, Any], rate: float, seconds: float, folder: Path, say: Say) -> Trial:
    """A short training at a rate; what it came to is kept beside it, so that it is done once."""
    out, done = folder / f"rate-{rate:g}", folder / f"rate-{rate:g}.json"
    if done.is_file():
        return Trial(**json.loads(done.read_text(encoding="utf-8")))
    recipe = with_length(base, rate=rate, seconds=seconds, validate_every=NEVER, patience=0)
    recipe["loop"] = _lasting(recipe["loop"], base["loop"]) | {"preflight": False}
    try:
        manifest = open_artifact(train(recipe, out, announce=_silent)).manifest
    except MunjaError as error:
        if "not a number" not in str(error):
            raise
        trial = Trial(rate, -1.0, -1.0, 0.0, 0.0)  # it diverges: too high
    else:
        figures, made = manifest.metrics, manifest.made
        speed = made["step"] / max(made["seconds"], 1e-3)
        general = figures.get(f"{GENERAL}/exact", 0.0)
        trial = Trial(rate, figures[f"{OWN}/exact"], figures[f"{OWN}/ned"], general, speed)
    write_atomically(done, json.dumps(vars(trial)).encode())
    shutil.rmtree(out, ignore_errors=True)  # checkpoints of weights that nobody will use
    say(trial.line())
    return trial


def _main_recipe(
    base: Mapping[str, Any], rate: float, seconds: float, trials: list[Trial], path: Path, settings: tuple[str, ...]
) -> dict[str, Any]:
    """The recipe of the run, written for people; the same trials give the same one."""
    speed = max((trial.speed for trial in trials), default=0.0)
    step = int(base["loop"]["average_every"])
    every = max(step, round(speed * seconds / VALIDATIONS / step) * step) if speed else 64 * step
    recipe = with_length(base, rate=rate, seconds=seconds, validate_every=every, patience=PATIENCE)
    recipe["loop"] = _lasting(recipe["loop"], base["loop"]) | {"checkpoint_every": every}
    recipe = override(recipe, settings)
    write_atomically(path, dump_toml(recipe).encode())
    return recipe


def _lasting(loop: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a loop whose length is in seconds, unless the person's own is in steps."""
    return {key: value for key, value in loop.items() if key != "seconds" or base.get("steps") is None}


def _silent(text: str) -> None:
    """Trials are told in one line each."""
