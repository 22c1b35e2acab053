"""Keeps the best weights of a training: measures, compares, writes, and at the end calibrates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from torch import nn

from munja.core.artifact import Manifest
from munja.models.load import load_weights
from munja.train.journal import Journal
from munja.train.task import Task
from munja.train.weights import save_weights

BEST = "best.safetensors"


class Keeper:
    """The best value so far, in the file `path`; `patience` validations without a better one, and it gives up."""

    def __init__(self, path: Path, task: Task, blank: Manifest, journal: Journal, *, patience: int) -> None:
        self._path, self._task, self._blank, self._journal, self._patience = path, task, blank, journal, patience
        self.best, self.stale = -math.inf, 0

    @property
    def gave_up(self) -> bool:
        """Whether patience has run out."""
        return 0 < self._patience <= self.stale

    def validate(self, network: nn.Module, history: Mapping[str, Any]) -> None:
        """Measure a network; write it, with its history, if none was better."""
        measured = self._task.measure(network)
        value, step = measured.figures[self._task.metric], int(history["step"])
        better = value > self.best
        self._journal.validated(step, measured.figures, measured.samples, better=better)
        self.stale = 0 if better else self.stale + 1
        if value < self.best:
            return
        try:  # of equals the later ones: at 0 % exact they are nearer to reading
            save_weights(self._path, network, replace(self._blank, metrics=measured.figures, made=dict(history)))
        except OSError as error:
            why = error.strerror or error
            self._journal.warn(step, f"{self._path}: not saved ({why}); what was there before is untouched")
            return  # weights that could not be written are not the best: the next ones shall have their chance
        self.best = value

    def finish(self, network: nn.Module, step: int) -> None:
        """Put the best weights into a network, calibrate it, and write it with all figures."""
        state, manifest = load_weights(self._path)
        network.load_state_dict(state)
        figures = self._task.calibrate(network)
        codec = self._task.manifest(manifest.name, manifest.licence).codec  # may have been fitted too
        save_weights(self._path, network, replace(manifest, codec=codec, metrics={**manifest.metrics, **figures}))
        self._journal.event("finished", step, best=self.best, **figures)
        shown = "  ".join(f"{key} {value:.4f}" for key, value in {self._task.metric: self.best, **figures}.items())
        self._journal.say(f"{self._path}: {shown}")
