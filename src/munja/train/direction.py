"""The task "direction": does a line of text lie upright or upside down?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any

import numpy as np
import torch
from annotated_types import Gt, Interval, doc
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from munja.core.artifact import Manifest
from munja.core.errors import InputError, SpecError
from munja.core.registry import build, register
from munja.data.loader import PAD, Lines, LineSource, open_lines
from munja.models import classify as _networks  # noqa: F401  (registers the classifiers)
from munja.models.layers import Normalise
from munja.read.codecs.angle import ANGLES
from munja.train.task import Arrays, Measured, Sample
from munja.train.weights import adopt

VALIDATION_SEED = 900_000_000_000_000
VALIDATION_BATCH = 64


@register("task", "direction")
class Direction:
    """Two classes, 0 and 180 degrees: every second line is turned."""

    def __init__(
        self,
        /,
        *,
        model: Annotated[Mapping[str, Any], doc("Spec of the classifier")],
        data: Annotated[Mapping[str, Any], doc("Spec of the lines to train on")],
        validation: Annotated[Mapping[str, Any], doc("Specs of the sets to validate on, by name")],
        height: Annotated[int, Gt(0), doc("height of a line in pixels")] = 32,
        widths: Annotated[Sequence[int], doc("widths of batches in pixels")] = (96, 160, 256),
        batch: Annotated[int, Gt(0), doc("lines of 160 px per batch and process; wider ones are fewer")] = 32,
        padding: Annotated[tuple[float, float], doc("margin, in line heights, that reading adds around a box")] = (
            0.1,
            0.06,
        ),
        margin: Annotated[float, Interval(ge=0.5, lt=1.0), doc("a line is turned above this probability")] = 0.9,
        validation_lines: Annotated[int, Gt(0), doc("most lines of each validation set")] = 2048,
    ) -> None:
        if not validation:
            raise SpecError("task.direction: validation names no set; without one nobody knows which weights are best")
        self.model, self.data, self.validation = dict(model), dict(data), dict(validation)
        self.height, self.widths, self.batch_size = height, tuple(widths), batch
        self.padding, self.margin, self.validation_lines = tuple(padding), margin, validation_lines
        self.metric = f"{next(iter(validation))}/accuracy"

    @cached_property
    def lines(self) -> LineSource:
        """The lines to train on."""
        return open_lines(self.data, "train")

    @cached_property
    def sets(self) -> dict[str, LineSource]:
        """The validation sets."""
        return {name: open_lines(spec, "validate") for name, spec in self.validation.items()}

    def open(self, *, validation: bool) -> list[str]:
        """Open the lines to train on and, where asked, those to validate on; gives back which were dropped."""
        sources = [self.lines, *(self.sets.values() if validation else ())]
        return [note for source in sources for note in source.notes()]

    def build_network(self) -> nn.Module:
        """A fresh classifier."""
        network: nn.Module = build("classifier", self.model, 1, len(ANGLES))
        return network

    def prepare(self, seed: int, part: int) -> Arrays:
        """Images (N, H, W, 1) and the class of each, targets (N,)."""
        width = int(np.random.default_rng(seed).choice(self.widths))  # of the step alone, see the task recognise
        count = max(2, round(self.batch_size * 160 / width))
        return turned(self.lines.batch(seed + part, count, width=width, height=self.height))

    def forward(self, network: nn.Module, images: Tensor, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """What the network makes of the pictures."""
        outputs: dict[str, Tensor] = network(images)
        return outputs

    def loss(self, outputs: Mapping[str, Tensor], batch: Mapping[str, Tensor], progress: float) -> dict[str, Tensor]:
        """Cross-entropy."""
        return {"cross_entropy": functional.cross_entropy(outputs["logits"].float(), batch["targets"])}

    def agreement(self, outputs: Mapping[str, Tensor], arrays: Arrays) -> float:
        """Share of right answers, 0 for those of a coin."""
        right = outputs["logits"].detach().float().cpu().numpy().argmax(1) == arrays["targets"]
        return max(0.0, 2.0 * float(right.mean()) - 1.0)

    def objections(self, arrays: Arrays) -> list[str]:
        """Pictures without contrast."""
        images = arrays["images"]
        if images.dtype != np.uint8 or images.ndim != 4:
            return [f"pictures uint8 (N, {self.height}, W, 1) were wanted, got {images.dtype} {images.shape}"]
        flat = float(np.mean(np.ptp(images, axis=(1, 2, 3)) < 8))
        return [f"{flat:.0%} of the pictures are one even grey"] if flat > 0.2 else []

    def measure(self, network: nn.Module) -> Measured:
        """Accuracy, the share turned wrongly at the margin, and the share of upside-down lines found at it."""
        figures: dict[str, float] = {}
        for name in self.sets:
            logits, targets = self._answers(network, name)
            sure = logits.softmax(1)[:, 1].numpy() > self.margin
            figures[f"{name}/accuracy"] = float((logits.argmax(1).numpy() == targets).mean())
            figures[f"{name}/wrongly_turned"] = float(sure[targets == 0].mean())
            figures[f"{name}/found"] = float(sure[targets == 1].mean())
        return Measured(figures, [Sample(f"{value:.4f}", key, "") for key, value in figures.items()])

    @torch.inference_mode()
    def _answers(self, network: nn.Module, name: str) -> tuple[Tensor, NDArray[np.int64]]:
        device = next(network.parameters()).device
        logits, targets = [], []
        for arrays in self.validation_batches(name):
            pictures = Normalise()(torch.from_numpy(arrays["images"]).to(device))
            logits.append(network(pictures.contiguous(memory_format=torch.channels_last))["logits"].float().cpu())
            targets.append(arrays["targets"])
        return torch.cat(logits), np.concatenate(targets)

    def validation_batches(self, name: str) -> Iterator[Arrays]:
        """The lines of a validation set, every second one turned."""
        for number, width in enumerate(self.widths):
            left = self.validation_lines // len(self.widths)
            for start in range(0, left, VALIDATION_BATCH):
                seed = VALIDATION_SEED + number * 1000 + start // VALIDATION_BATCH
                yield turned(self.sets[name].batch(seed, VALIDATION_BATCH, width=width, height=self.height))

    def calibrate(self, network: nn.Module) -> dict[str, float]:
        """Fit the temperature on the first validation set."""
        logits, targets = self._answers(network, next(iter(self.sets)))
        wanted = torch.from_numpy(targets)
        tried = [0.5 + 0.05 * step for step in range(51)]
        best = min(tried, key=lambda each: float(functional.cross_entropy(logits / each, wanted)))
        network.temperature.fill_(best)  # type: ignore[operator]
        return {"temperature": best}

    def warm_start(self, network: nn.Module, state: Mapping[str, Tensor], manifest: Manifest) -> list[str]:
        """Adopt a classifier's weights as far as they fit."""
        if manifest.task != "direction":
            raise InputError(f"a direction classifier was wanted to start from, got a model for {manifest.task}")
        return adopt(network, state, old=(), new=())

    def manifest(self, name: str, licence: str) -> Manifest:
        """Input rule and codec as reading needs them."""
        rule = {
            "height": self.height,
            "channels": 1,
            "width_step": 32,
            "pad": PAD,
            "padding": list(self.padding),
            "longest": max(self.widths),
        }
        codec = {"name": "angle", "angles": list(ANGLES), "margin": self.margin}
        return Manifest(task="direction", name=name, input=rule, codec=codec, spec=self.model, licence=licence)


def turned(lines: Lines) -> Arrays:
    """Lines of which every second one is turned by 180 degrees; the padding stays on the right."""
    images = lines.images.copy()
    for image, width in zip(images[1::2], lines.widths[1::2].tolist(), strict=True):
        image[:, :width] = image[::-1, :width][:, ::-1].copy()
    return {"images": images[..., None], "targets": (np.arange(len(images)) % 2).astype(np.int64)}
