"""What the loop asks of a task; each task brings its data, losses and measures, and the loop stays one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from numpy.typing import NDArray
from torch import Tensor, nn

from munja.core.artifact import Manifest

Arrays = dict[str, NDArray[Any]]


class Sample(NamedTuple):
    """One thing that was looked at in validation: what is true, what the network made of it, and where it came from."""

    truth: str
    reading: str
    source: str


class Measured(NamedTuple):
    """What a validation gave: figures by name (`set/figure`), and a few samples."""

    figures: dict[str, float]
    samples: list[Sample]


class Task(Protocol):
    """Everything that differs between tasks."""

    metric: str

    def build_network(self) -> nn.Module:
        """A fresh network."""
        ...

    def open(self, *, validation: bool) -> list[str]:
        """Open the data to train on and, where asked, to validate on; gives back what a person should know of it."""
        ...

    def prepare(self, seed: int, part: int) -> Arrays:
        """Batch `part` (the process's number) of a step; equal seeds give equal batches in any process.

        Under the key `images` stand the pictures, uint8 (N, H, W, C).
        """
        ...

    def forward(self, network: nn.Module, images: Tensor, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """What a network gives in training for images (N, C, H, W); most tasks need nothing else of the batch."""
        ...

    def loss(self, outputs: Mapping[str, Tensor], batch: Mapping[str, Tensor], progress: float) -> dict[str, Tensor]:
        """The parts of the loss, to be added up; progress in 0..1."""
        ...

    def agreement(self, outputs: Mapping[str, Tensor], arrays: Arrays) -> float:
        """How well outputs fit a batch, in 0..1: the preflight asks whether a few samples can be learnt."""
        ...

    def objections(self, arrays: Arrays) -> list[str]:
        """What is wrong with a batch, in words; empty if nothing is."""
        ...

    def measure(self, network: nn.Module) -> Measured:
        """Validate a network in evaluation mode."""
        ...

    def calibrate(self, network: nn.Module) -> dict[str, float]:
        """Fit what is fitted after training, in place; gives back its figures."""
        ...

    def warm_start(self, network: nn.Module, state: Mapping[str, Tensor], manifest: Manifest) -> list[str]:
        """Put the weights of another model of this task into a network; gives back what stays fresh."""
        ...

    def manifest(self, name: str, licence: str) -> Manifest:
        """The manifest of a model of this task, still without metrics and history."""
        ...
