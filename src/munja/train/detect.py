"""The task "detect": pages to maps of where text is (DB)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any

import numpy as np
import torch
from annotated_types import Ge, Gt, Interval, MultipleOf, doc
from numpy.typing import NDArray
from torch import Tensor, nn

from munja.core.artifact import Manifest
from munja.core.errors import InputError, SpecError
from munja.core.page import Line, Page
from munja.core.registry import build, register
from munja.core.spec import load_spec
from munja.data.synth.pages import PageBatch, PageLine, PageSynthesiser
from munja.metrics import corpus, detection
from munja.models import detect as _networks  # noqa: F401  (registers the detectors)
from munja.models.layers import Normalise
from munja.read.codecs.db import DB
from munja.train.losses import binary_loss, outline_loss, region_loss
from munja.train.task import Arrays, Measured, Sample
from munja.train.weights import adopt

VALIDATION_SEED = 900_000_000_000_000
VALIDATION_BATCH = 16
LEVELS = (0.3, 0.4, 0.5)  # of binarisation, tried at the end
BOX_LEVELS = (0.3, 0.4, 0.5, 0.6, 0.7)


@register("task", "detect")
class Detect:
    """Differentiable binarization with exact inverse labels: what is decoded is what was encoded."""

    def __init__(
        self,
        /,
        *,
        model: Annotated[Mapping[str, Any], doc("Spec of the detector")],
        pages: Annotated[Sequence[Mapping[str, Any] | str], doc("recipes of synthetic pages, or their paths")],
        shares: Annotated[Sequence[float], doc("how often each recipe is used")] = (1.0,),
        sizes: Annotated[Sequence[int], doc("sides of the square pages in pixels; multiples of 32")] = (448,),
        batch: Annotated[int, Gt(0), doc("pages of the first size per batch and process")] = 8,
        shrink_ratio: Annotated[float, Interval(gt=0, lt=1), doc("how far text is shrunk in the labels")] = 0.6,
        apart: Annotated[
            float, Interval(gt=0, lt=1), doc("probability at which lines that have run together come apart")
        ] = 0.8,
        long_side: Annotated[int, Gt(0), MultipleOf(32), doc("of a page as reading shows it, in pixels")] = 960,
        small_text: Annotated[float, Gt(0), doc("height in shown pixels below which reading looks again")] = 10.0,
        region: Annotated[float, Ge(0.0), doc("weight of the cross-entropy")] = 5.0,
        outline: Annotated[float, Ge(0.0), doc("weight of the threshold map")] = 10.0,
        validation_pages: Annotated[int, Gt(0), doc("pages to validate on")] = 96,
    ) -> None:
        if not pages or len(pages) != len(shares) or min(shares) <= 0.0:
            raise SpecError(f"task.detect: one share above 0 for each recipe was wanted, got {len(pages)}, {shares}")
        if not sizes or any(size % 32 or size < 64 for size in sizes):
            raise SpecError(f"task.detect.sizes: multiples of 32 from 64 were wanted, got {list(sizes)}")
        self.model, self.shares, self.sizes = dict(model), tuple(shares), tuple(sizes)
        self.recipes = [load_spec(each) if isinstance(each, str) else dict(each) for each in pages]
        self.batch_size, self.validation_pages = batch, validation_pages
        self.long_side, self.small_text = long_side, small_text
        self.region, self.outline = region, outline
        self.codec: dict[str, Any] = {"name": "db", "shrink_ratio": shrink_ratio, "threshold": 0.4, "min_side": 1.5}
        self.codec["apart"] = apart
        self.labels: DB = build("codec", self.codec)
        self.metric = "pages/hmean"

    @cached_property
    def sources(self) -> list[PageSynthesiser]:
        """The pages to train on."""
        return [PageSynthesiser(each, split="train") for each in self.recipes]

    @cached_property
    def held_back(self) -> list[PageSynthesiser]:
        """The pages to validate on, in faces that are not trained on."""
        return [PageSynthesiser(each, split="validate") for each in self.recipes]

    @cached_property
    def map_stride(self) -> int:
        """Pixels per pixel of the map."""
        with torch.random.fork_rng(devices=[]):  # asked for in mid-training, it must not move the random numbers on
            return int(self.build_network().map_stride)  # type: ignore[arg-type]

    def open(self, *, validation: bool) -> list[str]:
        """Open the fonts; nothing is dropped."""
        if self.sources and validation:
            self.held_back  # noqa: B018  (opened now, so that what is wrong shows now)
        return []

    def build_network(self) -> nn.Module:
        """A fresh detector for grey pages."""
        network: nn.Module = build("detector", self.model, 1)
        return network

    def prepare(self, seed: int, part: int) -> Arrays:
        """Images (N, S, S, 1), and maps (N, S / stride, S / stride): probability, mask, threshold, band."""
        chance = np.random.default_rng(seed)  # of the step alone: processes that wait for each other have equal work
        size = int(chance.choice(self.sizes))
        shares = np.asarray(self.shares) / sum(self.shares)
        source = self.sources[int(chance.choice(len(shares), p=shares))]
        count = max(1, round(self.batch_size * (self.sizes[0] / size) ** 2))
        return self._arrays(source.batch(seed + part, count, size=size))

    def _arrays(self, pages: PageBatch) -> Arrays:
        maps = [self._maps(lines, pages.images.shape[1] // self.map_stride) for lines in pages.lines]
        names = ("probability", "mask", "threshold", "band")
        stacked = {name: np.stack([getattr(each, name) for each in maps]) for name in names}
        return {"images": pages.images[..., None], **stacked}

    def _maps(self, lines: Sequence[PageLine], side: int) -> Any:
        quads = [line.quad / self.map_stride for line in lines if not line.ignore]
        ignored = [line.quad / self.map_stride for line in lines if line.ignore]
        return self.labels.encode(quads, side, side, ignored=ignored)

    def forward(self, network: nn.Module, images: Tensor, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """What the network makes of the pictures."""
        outputs: dict[str, Tensor] = network(images)
        return outputs

    def loss(self, outputs: Mapping[str, Tensor], batch: Mapping[str, Tensor], progress: float) -> dict[str, Tensor]:
        """Cross-entropy of the regions, Dice of the binary map, distance of the threshold map."""
        logits, threshold = outputs["logits"], outputs["threshold"]
        return {
            "region": self.region * region_loss(logits, batch["probability"], batch["mask"]),
            "binary": binary_loss(logits, threshold, batch["probability"], batch["mask"]),
            "outline": self.outline * outline_loss(threshold, batch["threshold"], batch["band"]),
        }

    def agreement(self, outputs: Mapping[str, Tensor], arrays: Arrays) -> float:
        """Overlap (Dice) of the text found with the text there is."""
        found = (outputs["logits"].detach().float().cpu().numpy()[:, 0] > 0.0) * arrays["mask"]
        there = (arrays["probability"] > 0.5) * arrays["mask"]
        return float(2.0 * (found * there).sum() / max(1.0, found.sum() + there.sum()))

    def objections(self, arrays: Arrays) -> list[str]:
        """Pages without contrast, and batches without text."""
        found = []
        images = arrays["images"]
        if images.dtype != np.uint8 or images.ndim != 4:
            found.append(f"pictures uint8 (N, H, W, 1) were wanted, got {images.dtype} {images.shape}")
        elif (flat := float(np.mean(np.ptp(images, axis=(1, 2, 3)) < 8))) > 0.3:
            found.append(f"{flat:.0%} of the pages are one even grey")
        if not arrays["probability"].any():
            found.append("no page of the batch holds text")
        return found

    def measure(self, network: nn.Module) -> Measured:
        """Recall, precision and their harmonic mean by IoU at 0.5."""
        figures = self.scored(self._probabilities(network), self.codec)
        samples = [Sample(f"{value:.4f}", name, "pages") for name, value in figures.items()]
        return Measured(figures, samples)

    def _probabilities(self, network: nn.Module) -> list[tuple[NDArray[np.float32], Sequence[PageLine]]]:
        """The map of every validation page and what stands on it."""
        device = next(network.parameters()).device
        found: list[tuple[NDArray[np.float32], Sequence[PageLine]]] = []
        for pages in self.validation_batches():
            with torch.inference_mode():
                pictures = Normalise()(torch.from_numpy(pages.images[..., None]).to(device))
                logits = network(pictures.contiguous(memory_format=torch.channels_last))["logits"]
            maps = logits.float().sigmoid().cpu().numpy()[:, 0]
            found += list(zip(maps, pages.lines, strict=True))
        return found

    def validation_batches(self) -> Iterator[PageBatch]:
        """The validation pages, always the same ones, of every recipe by its share."""
        for number, (source, share) in enumerate(zip(self.held_back, self.shares, strict=True)):
            left = max(1, round(self.validation_pages * share / sum(self.shares)))
            for start in range(0, left, VALIDATION_BATCH):
                seed = VALIDATION_SEED + number * 1000 + start
                yield source.batch(seed, min(VALIDATION_BATCH, left - start), size=self.sizes[0])

    def scored(
        self, maps: Sequence[tuple[NDArray[np.float32], Sequence[PageLine]]], codec: Mapping[str, Any]
    ) -> dict[str, float]:
        """The figures of maps (H, W) against what stands on their pages."""
        decoder: DB = build("codec", codec)
        results = []
        for number, (probability, lines) in enumerate(maps):
            side = probability.shape[0] * self.map_stride
            quads = decoder.decode(probability).quads * self.map_stride
            truth = _page(side, [line.quad for line in lines], [line.ignore for line in lines], number)
            read = _page(side, list(quads), [False] * len(quads), number)
            results.append(detection.compare(truth, read, level="line"))
        figures = corpus(results, samples=1).figures
        return {f"pages/{name}": figures[name].value or 0.0 for name in ("recall", "precision", "hmean")}

    def calibrate(self, network: nn.Module) -> dict[str, float]:
        """Choose the level of binarisation and the mean probability that a box needs, on the validation pages."""
        maps = self._probabilities(network)
        best: tuple[float, dict[str, Any]] = (-1.0, self.codec)
        for level in LEVELS:
            for box in BOX_LEVELS:
                codec = {**self.codec, "threshold": level, "box_threshold": box}
                value = self.scored(maps, codec)["pages/hmean"]
                best = max(best, (value, codec), key=lambda each: each[0])
        self.codec = best[1]
        return {"pages/hmean_fitted": best[0], "threshold": best[1]["threshold"], "box": best[1]["box_threshold"]}

    def warm_start(self, network: nn.Module, state: Mapping[str, Tensor], manifest: Manifest) -> list[str]:
        """Adopt a detector's weights as far as they fit."""
        if manifest.task != "detect":
            raise InputError(f"a detector was wanted to start from, got a model for {manifest.task}")
        return adopt(network, state, old=(), new=())

    def manifest(self, name: str, licence: str) -> Manifest:
        """Input rule and codec as reading needs them."""
        rule = {
            "channels": 1,
            "multiple": 32,
            "long_side": self.long_side,
            "short_side": 320,
            "enlarge": 2.0,
            "small_text": self.small_text,
        }
        return Manifest(task="detect", name=name, input=rule, codec=self.codec, spec=self.model, licence=licence)


def _page(side: int, quads: Sequence[NDArray[Any]], ignored: Sequence[bool], number: int) -> Page:
    lines = [
        Line("x", tuple((float(x), float(y)) for x, y in quad), ignore=ignore)
        for quad, ignore in zip(quads, ignored, strict=True)
    ]
    return Page(side, side, tuple(lines), 0.0, f"page {number}")
