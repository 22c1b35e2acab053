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
from munja.models.attention import AttentionPredictor
from munja.models.layers import Normalise
from munja.read.codecs import jamo
from munja.read.codecs.attention import Attention
from munja.read.codecs.ctc import CTC
from munja.train.accuracy import similarity, text_accuracy
from munja.train.calibrate import calibrate
from munja.train.columns import ColumnTargets
from munja.train.fitting import check_fit, fitted
from munja.train.spelling import SpellingTargets
from munja.train.targets import Targets
from munja.train.task import Arrays, Measured, Sample
from munja.train.weights import adopt

VALIDATION_SEED = 900_000_000_000_000
VALIDATION_BATCH = 64
_FAR = (1024, 4096)  # widths in pixels whose numbers of columns tell how many a pixel adds
CODECS = ("ctc", "ctc_jamo", "attention")


@register("task", "recognise")
class Recognise:
    """CTC or attention over the columns of a line, helped at first by known character centres."""

    def __init__(
        self,
        /,
        *,
        model: Annotated[Mapping[str, Any], doc("Spec of the recogniser")],
        data: Annotated[Mapping[str, Any], doc("Spec of the lines to train on")],
        validation: Annotated[Mapping[str, Any], doc("Specs of the sets to validate on, by name")],
        charset: Annotated[str, doc("name of the charset")] = "ascii",
        codec: Annotated[str, doc("ctc; ctc_jamo: Hangul by its letters; attention: letter after letter")] = "ctc",
        longest: Annotated[int, Gt(0), doc("most characters that attention spells; longer lines are left out")] = 25,
        height: Annotated[int, Gt(0), doc("height of a line in pixels")] = 32,
        fit: Annotated[
            str, doc("free: any width; stretch or pad: one width, by stretching lines or padding them")
        ] = "free",
        width: Annotated[int, Gt(0), doc("the one width in pixels of stretch and pad")] = 100,
        widths: Annotated[Sequence[int], doc("widths of lines in pixels, before they are fitted")] = (
            96,
            160,
            256,
            384,
        ),
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
        auxiliary: Annotated[float, Ge(0.0), doc("weight at the start of the loss from known centres")] = 12.0,
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
        known = tuple(characters(charset))
        self.charset = jamo.jamo_classes(known) if codec == "ctc_jamo" else known
        self.codec_spec = {"name": codec, **({"longest": longest} if codec == "attention" else {})}
        built = build("codec", self.codec_spec, self.charset)
        self.targets = targets_of(built, height=height, smoothing=label_smoothing)
        self.fit, self.width = check_fit(fit, rectified=bool(self.model.get("rectifier"))), width
        self.height, self.widths, self.shares, self.batch_size = height, tuple(widths), tuple(width_shares), batch
        self.padding, self.widen = tuple(padding), tuple(widen)
        self.auxiliary, self.auxiliary_until = auxiliary, auxiliary_until
        self.validation_lines = validation_lines
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
    def columns(self) -> dict[int, int]:
        """How many output columns pictures of each width in pixels have."""
        shown = self.widths if self.fit == "free" else (self.width,)
        with torch.random.fork_rng(devices=[]):  # asked for in mid-training, it must not move the random numbers on
            network = self.build_network()
        return {width: network.columns(width) for width in (*shown, *_FAR)}  # type: ignore[operator]

    @property
    def columns_per_pixel(self) -> float:
        """Of the one width, or, where any is taken, of what is added to it."""
        if self.fit != "free":
            return self.columns[self.width] / self.width
        near, far = _FAR
        return (self.columns[far] - self.columns[near]) / (far - near)

    def open(self, *, validation: bool) -> list[str]:
        """Open the lines to train on and, where asked, those to validate on; gives back which were dropped."""
        sources = [self.lines, *(self.sets.values() if validation else ())]
        return [note for source in sources for note in source.notes()]

    def build_network(self) -> nn.Module:
        """A fresh recogniser."""
        network: nn.Module = build("recogniser", self.model, 1, self.targets.codec.classes)
        if isinstance(self.targets, SpellingTargets) != isinstance(network.head, AttentionPredictor):
            wanted = "that spells" if isinstance(self.targets, SpellingTargets) else "of one class for each column"
            raise SpecError(
                f"task.recognise: the codec {self.codec_spec['name']} goes with a head {wanted}; change task.codec or "
                "task.model.head"
            )
        return network

    def prepare(self, seed: int, part: int) -> Arrays:
        """Images (N, H, W, 1) of one batch, and what they should give."""
        # The width comes from the step alone, so that processes which wait for each other have equal work.
        shares = np.asarray(self.shares) / sum(self.shares)
        width = int(np.random.default_rng(seed).choice(self.widths, p=shares))
        count = max(1, round(self.batch_size * 160 / (width if self.fit == "free" else self.width)))
        lines = self._fitted(self.lines.batch(seed + part, count, width=width, height=self.height))
        return self.targets.arrays(lines, self.columns[lines.images.shape[2]], self.columns_per_pixel)

    def _fitted(self, lines: Lines) -> Lines:
        return fitted(lines, self.width, self.fit)

    def forward(self, network: nn.Module, images: Tensor, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """What the network gives; attention is told the letters that came before."""
        return self.targets.forward(network, images, batch)

    def loss(self, outputs: Mapping[str, Tensor], batch: Mapping[str, Tensor], progress: float) -> dict[str, Tensor]:
        """That of the text, and that of known centres while it has weight."""
        weight = self.auxiliary * max(0.0, 1.0 - progress / self.auxiliary_until)
        return self.targets.loss(outputs, batch, weight)

    def agreement(self, outputs: Mapping[str, Tensor], arrays: Arrays) -> float:
        """Mean 1 - NED of the readings."""
        pairs = zip(self.targets.texts(arrays), self.targets.readings(outputs), strict=True)
        return float(np.mean([similarity(*pair) for pair in pairs]))

    def objections(self, arrays: Arrays) -> list[str]:
        """Pictures without contrast, and lines with more characters than columns."""
        found = []
        images = arrays["images"]
        if images.dtype != np.uint8 or images.ndim != 4 or images.shape[1] != self.height:
            found.append(f"pictures uint8 (N, {self.height}, W, 1) were wanted, got {images.dtype} {images.shape}")
        elif (flat := float(np.mean(np.ptp(images, axis=(1, 2, 3)) < 8))) > 0.2:
            found.append(f"{flat:.0%} of the pictures are one even grey")
        if (crowded := self.targets.crowded(arrays)) > 0.02:
            found.append(f"{crowded:.1%} of the lines have more characters than columns")
        return found

    def measure(self, network: nn.Module) -> Measured:
        """exact, ned and their loose forms for each validation set."""
        figures: dict[str, float] = {}
        samples: list[Sample] = []
        for name in self.sets:
            truths: list[str] = []
            readings: list[str] = []
            for lines in self.validation_batches(name):
                truths.extend(lines.texts)
                readings.extend(self.targets.readings(self._outputs(network, lines.images)))
            figures |= {f"{name}/{key}": value for key, value in text_accuracy(truths, readings).items()}
            shown = range(0, len(truths), max(1, len(truths) // 6))
            samples.extend(Sample(truths[i], readings[i], name) for i in list(shown)[:6])
        if self.metric not in figures:
            raise SpecError(f"task.recognise: metric {self.metric!r} is not measured; known are {', '.join(figures)}")
        return Measured(figures, samples)

    @torch.inference_mode()
    def _outputs(self, network: nn.Module, images: NDArray[np.uint8]) -> dict[str, Tensor]:
        device = next(network.parameters()).device
        pictures = Normalise()(torch.from_numpy(images[..., None]).to(device))
        return self.targets.compute(network, pictures.contiguous(memory_format=torch.channels_last))

    def validation_batches(self, name: str) -> Iterator[Lines]:
        """The lines of a validation set, always the same ones."""
        source = self.sets[name]
        if isinstance(source, Collection):
            left = self.validation_lines
            for width, numbers in source.chunks(VALIDATION_BATCH, height=self.height, step=32):
                yield self._fitted(source.numbered(numbers[:left], width=width, height=self.height))
                left -= len(numbers)
                if left <= 0:
                    return
            return
        for number, (width, share) in enumerate(zip(self.widths, self.shares, strict=True)):
            left = round(self.validation_lines * share / sum(self.shares))
            for start in range(0, left, VALIDATION_BATCH):
                seed = VALIDATION_SEED + number * 1000 + start // VALIDATION_BATCH
                count = min(VALIDATION_BATCH, left - start)
                yield self._fitted(source.batch(seed, count, width=width, height=self.height))

    def calibrate(self, network: nn.Module) -> dict[str, float]:
        """Fit the temperature on the set that decides which weights are best."""
        name = self.metric.rpartition("/")[0]
        pairs: list[tuple[str, NDArray[np.float32]]] = []
        for lines in self.validation_batches(name):
            pairs.extend(zip(lines.texts, self.targets.logits(self._outputs(network, lines.images)), strict=True))
        temperature, figures = calibrate(self.targets.codec, pairs)
        network.temperature.fill_(temperature)  # type: ignore[operator]
        return figures

    def warm_start(self, network: nn.Module, state: Mapping[str, Tensor], manifest: Manifest) -> list[str]:
        """Adopt a recogniser's weights; classes of characters that it does not know start fresh."""
        if manifest.task != "recognise":
            raise InputError(f"a recogniser was wanted to start from, got a model for {manifest.task}")
        return adopt(network, state, old=manifest.charset, new=self.charset)

    def manifest(self, name: str, licence: str) -> Manifest:
        """Charset, input rule and codec as reading needs them."""
        rule: dict[str, Any] = {
            "height": self.height,
            "channels": 1,
            "pad": PAD,
            "columns_per_pixel": self.columns_per_pixel,
            "padding": list(self.padding),
        }
        if self.fit == "free":
            rule |= {"width_step": 32, "widen": list(self.widen)}
        else:
            rule |= {"width": self.width, "fit": self.fit, "longest": max(self.widths)}
        return Manifest(
            task="recognise",
            name=name,
            input=rule,
            codec=self.codec_spec,
            charset=self.charset,
            spec=self.model,
            licence=licence,
        )


def targets_of(codec: CTC | Attention, *, height: int, smoothing: float = 0.0) -> Targets:
    """What a network of this codec is taught, on lines `height` pixels high."""
    if isinstance(codec, Attention):
        return SpellingTargets(codec, smoothing=smoothing)
    return ColumnTargets(codec, height=height, smoothing=smoothing)
