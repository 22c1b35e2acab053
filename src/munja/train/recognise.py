"""The task "recognise": lines of text to characters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any

import numpy as np
import torch
from annotated_types import Ge, Gt, Le, Lt, doc
from numpy.typing import NDArray
from torch import Tensor, nn

from munja.core.artifact import Manifest
from munja.core.errors import InputError, SpecError, did_you_mean
from munja.core.registry import build, register
from munja.data.charset import characters
from munja.data.loader import PAD, Collection, Lines, LineSource, open_lines
from munja.models import recognise as _networks  # noqa: F401  (registers the recognisers)
from munja.models.layers import Normalise
from munja.read.codecs import jamo
from munja.read.codecs.ctc import CTC
from munja.train.accuracy import similarity, text_accuracy
from munja.train.calibrate import calibrate
from munja.train.losses import BLANK, UNKNOWN, ctc_loss, frame_loss
from munja.train.task import Arrays, Measured, Sample
from munja.train.weights import adopt

VALIDATION_SEED = 900_000_000_000_000
VALIDATION_BATCH = 64
CODECS = ("ctc", "ctc_jamo")


@register("task", "recognise")
class Recognise:
    """CTC over the columns of a line, helped at first by a frame-wise loss from known character centres."""

    def __init__(
        self,
        /,
        *,
        model: Annotated[Mapping[str, Any], doc("Spec of the recogniser")],
        data: Annotated[Mapping[str, Any], doc("Spec of the lines to train on")],
        validation: Annotated[Mapping[str, Any], doc("Specs of the sets to validate on, by name")],
        charset: Annotated[str, doc("name of the charset")] = "ascii",
        codec: Annotated[str, doc("ctc: a class for each character; ctc_jamo: Hangul by its letters")] = "ctc",
        height: Annotated[int, Gt(0), doc("height of a line in pixels")] = 32,
        widths: Annotated[Sequence[int], doc("widths of batches in pixels")] = (96, 160, 256, 384),
        width_shares: Annotated[Sequence[float], doc("how often each width is drawn")] = (0.2, 0.4, 0.3, 0.1),
        batch: Annotated[int, Gt(0), doc("lines of 160 px per batch and process; wider ones are fewer")] = 32,
        padding: Annotated[tuple[float, float], doc("margin, in line heights, that reading adds around a box")] = (
            0.1,
            0.06,
        ),
        widen: Annotated[
            tuple[float, float],
            doc("a line whose characters stand closer than this many pixels is shown wider: to this"),
        ] = (14.0, 16.0),
        auxiliary: Annotated[float, Ge(0.0), doc("weight of the frame-wise loss at the start")] = 12.0,
        auxiliary_until: Annotated[float, Gt(0.0), Le(1.0), doc("progress at which it has faded")] = 0.1,
        label_smoothing: Annotated[float, Ge(0.0), Lt(1.0)] = 0.0,
        validation_lines: Annotated[int, Gt(0), doc("most lines of each validation set")] = 512,
        metric: Annotated[
            str, doc("figure that decides which weights are best: set/figure; default: first set, exact")
        ] = "",
    ) -> None:
        if not widths or len(widths) != len(width_shares) or min(width_shares) < 0.0 or sum(width_shares) <= 0.0:
            raise SpecError(f"task.recognise: one share for each width was wanted, got {width_shares} for {widths}")
        if not validation:
            raise SpecError("task.recognise: validation names no set; without one nobody knows which weights are best")
        self.model, self.data, self.validation = dict(model), dict(data), dict(validation)
        if codec not in CODECS:
            raise SpecError(f"task.recognise.codec: {codec!r} is not known; {did_you_mean(codec, CODECS)}")
        self.codec_name, known = codec, tuple(characters(charset))
        self.charset = jamo.jamo_classes(known) if codec == "ctc_jamo" else known
        self.codec: CTC = build("codec", {"name": codec}, self.charset)
        self.height, self.widths, self.shares, self.batch_size = height, tuple(widths), tuple(width_shares), batch
        self.padding, self.widen = tuple(padding), tuple(widen)
        self.auxiliary, self.auxiliary_until = auxiliary, auxiliary_until
        self.label_smoothing, self.validation_lines = label_smoothing, validation_lines
        self.metric = metric or f"{next(iter(validation))}/exact"

    @cached_property
    def lines(self) -> LineSource:
        """The lines to train on, opened on first use and in each process anew."""
        return open_lines(self.data, "train")

    @cached_property
    def sets(self) -> dict[str, LineSource]:
        """The validation sets."""
        return {name: open_lines(spec, "validate") for name, spec in self.validation.items()}

    @cached_property
    def column_stride(self) -> int:
        """Pixels per output column."""
        with torch.random.fork_rng(devices=[]):  # asked for in mid-training, it must not move the random numbers on
            return int(self.build_network().column_stride)  # type: ignore[arg-type]

    def open(self, *, validation: bool) -> list[str]:
        """Open the lines to train on and, where asked, those to validate on; gives back which were dropped."""
        sources = [self.lines, *(self.sets.values() if validation else ())]
        return [note for source in sources for note in source.notes()]

    def build_network(self) -> nn.Module:
        """A fresh recogniser."""
        network: nn.Module = build("recogniser", self.model, 1, self.codec.classes)
        return network

    def prepare(self, seed: int, part: int) -> Arrays:
        """Images (N, H, W, 1), targets (sum of lengths,), lengths (N,), frames (N, T) of one batch."""
        # The width comes from the step alone, so that processes which wait for each other have equal work.
        shares = np.asarray(self.shares) / sum(self.shares)
        width = int(np.random.default_rng(seed).choice(self.widths, p=shares))
        count = max(1, round(self.batch_size * 160 / width))
        return self._arrays(self.lines.batch(seed + part, count, width=width, height=self.height))

    def _arrays(self, lines: Lines) -> Arrays:
        classes = [self.codec.encode(text) for text in lines.texts]
        columns = lines.images.shape[2] // self.column_stride
        frames = np.full((len(classes), columns), UNKNOWN, np.int64)
        for row, known, text, centres in zip(frames, classes, lines.texts, lines.centres, strict=True):
            if centres is not None and len(centres) == len(text):
                owners, offsets = self.codec.places(text)
                places = centres[owners] + offsets * (_widths(centres, self.height)[owners] if offsets.any() else 0.0)
                row[:] = BLANK
                row[np.clip(places / self.column_stride, 0, columns - 1).astype(np.int64)] = known
        return {
            "images": lines.images[..., None],
            "targets": np.array([each for line in classes for each in line], np.int64),
            "lengths": np.array([len(line) for line in classes], np.int64),
            "frames": frames,
        }

    def loss(self, outputs: Mapping[str, Tensor], batch: Mapping[str, Tensor], progress: float) -> dict[str, Tensor]:
        """CTC, and the frame-wise loss while it has weight."""
        logits = outputs["logits"]
        parts = {"ctc": ctc_loss(logits, batch["targets"], batch["lengths"], smoothing=self.label_smoothing)}
        weight = self.auxiliary * max(0.0, 1.0 - progress / self.auxiliary_until)
        if weight > 0.0:
            parts["frames"] = weight * frame_loss(logits, batch["frames"])
        return parts

    def agreement(self, outputs: Mapping[str, Tensor], arrays: Arrays) -> float:
        """Mean 1 - NED of the readings."""
        readings = self.readings(outputs["logits"])
        ends = np.cumsum(arrays["lengths"])[:-1]
        truths = [self.codec.text(line.tolist()) for line in np.split(arrays["targets"], ends)]
        return float(np.mean([similarity(*pair) for pair in zip(truths, readings, strict=True)]))

    def objections(self, arrays: Arrays) -> list[str]:
        """Pictures without contrast, and lines with more characters than columns."""
        found = []
        images = arrays["images"]
        if images.dtype != np.uint8 or images.ndim != 4 or images.shape[1] != self.height:
            found.append(f"pictures uint8 (N, {self.height}, W, 1) were wanted, got {images.dtype} {images.shape}")
        elif (flat := float(np.mean(np.ptp(images, axis=(1, 2, 3)) < 8))) > 0.2:
            found.append(f"{flat:.0%} of the pictures are one even grey")
        crowded = float(np.mean(arrays["lengths"] > arrays["frames"].shape[1]))
        if crowded > 0.02:
            found.append(f"{crowded:.1%} of the lines have more characters than columns")
        return found

    def readings(self, logits: Tensor) -> list[str]:
        """The text of each line of logits (N, T, classes)."""
        score, index = logits.detach().float().softmax(2).max(2)
        pairs = zip(index.cpu().numpy(), score.cpu().numpy(), strict=True)
        return [self.codec.decode(*pair).text for pair in pairs]

    def measure(self, network: nn.Module) -> Measured:
        """exact, ned and their loose forms for each validation set."""
        figures: dict[str, float] = {}
        samples: list[Sample] = []
        for name in self.sets:
            truths: list[str] = []
            readings: list[str] = []
            for lines in self.validation_batches(name):
                truths.extend(lines.texts)
                readings.extend(self.readings(self._logits(network, lines.images)))
            figures |= {f"{name}/{key}": value for key, value in text_accuracy(truths, readings).items()}
            shown = range(0, len(truths), max(1, len(truths) // 6))
            samples.extend(Sample(truths[i], readings[i], name) for i in list(shown)[:6])
        if self.metric not in figures:
            raise SpecError(f"task.recognise: metric {self.metric!r} is not measured; known are {', '.join(figures)}")
        return Measured(figures, samples)

    @torch.inference_mode()
    def _logits(self, network: nn.Module, images: NDArray[np.uint8]) -> Tensor:
        device = next(network.parameters()).device
        pictures = Normalise()(torch.from_numpy(images[..., None]).to(device))
        logits: Tensor = network(pictures.contiguous(memory_format=torch.channels_last))["logits"]
        return logits

    def validation_batches(self, name: str) -> Iterator[Lines]:
        """The lines of a validation set, always the same ones."""
        source = self.sets[name]
        if isinstance(source, Collection):
            left = self.validation_lines
            for width, numbers in source.chunks(VALIDATION_BATCH, height=self.height, step=32):
                yield source.numbered(numbers[:left], width=width, height=self.height)
                left -= len(numbers)
                if left <= 0:
                    return
            return
        for number, (width, share) in enumerate(zip(self.widths, self.shares, strict=True)):
            left = round(self.validation_lines * share / sum(self.shares))
            for start in range(0, left, VALIDATION_BATCH):
                seed = VALIDATION_SEED + number * 1000 + start // VALIDATION_BATCH
                yield source.batch(seed, min(VALIDATION_BATCH, left - start), width=width, height=self.height)

    def calibrate(self, network: nn.Module) -> dict[str, float]:
        """Fit the temperature on the set that decides which weights are best."""
        name = self.metric.rpartition("/")[0]
        pairs = [
            (text, logits)
            for lines in self.validation_batches(name)
            for text, logits in zip(lines.texts, self._logits(network, lines.images).float().cpu().numpy(), strict=True)
        ]
        temperature, figures = calibrate(self.codec, pairs)
        network.temperature.fill_(temperature)  # type: ignore[operator]
        return figures

    def warm_start(self, network: nn.Module, state: Mapping[str, Tensor], manifest: Manifest) -> list[str]:
        """Adopt a recogniser's weights; classes of characters that it does not know start fresh."""
        if manifest.task != "recognise":
            raise InputError(f"a recogniser was wanted to start from, got a model for {manifest.task}")
        return adopt(network, state, old=manifest.charset, new=self.charset)

    def manifest(self, name: str, licence: str) -> Manifest:
        """Charset, input rule and codec as reading needs them."""
        rule = {
            "height": self.height,
            "channels": 1,
            "width_step": 32,
            "pad": PAD,
            "columns_per_pixel": 1.0 / self.column_stride,
            "padding": list(self.padding),
            "widen": list(self.widen),
        }
        return Manifest(
            task="recognise",
            name=name,
            input=rule,
            codec={"name": self.codec_name},
            charset=self.charset,
            spec=self.model,
            licence=licence,
        )


def _widths(centres: NDArray[np.float32], height: int) -> NDArray[np.float64]:
    """About how wide each character is: the distance to its nearer neighbour, no more than the line is high."""
    gaps = np.full(len(centres) + 1, float(height))
    gaps[1:-1] = np.minimum(np.diff(centres), height)
    nearest: NDArray[np.float64] = np.minimum(gaps[:-1], gaps[1:])
    return nearest
