"""Targets of CTC: the text of a line, and, where its characters' centres are known, the class of each column."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from munja.data.loader import Lines
from munja.read.codecs.ctc import CTC
from munja.train.losses import BLANK, UNKNOWN, ctc_loss, frame_loss
from munja.train.task import Arrays


class ColumnTargets:
    """CTC over the columns of a line, helped by a frame-wise loss from known character centres."""

    outputs: tuple[str, ...] = ("logits",)

    def __init__(self, codec: CTC, *, height: int, smoothing: float) -> None:
        self.codec, self._height, self._smoothing = codec, height, smoothing

    def arrays(self, lines: Lines, columns: int, columns_per_pixel: float) -> Arrays:
        """Images (N, H, W, 1), targets (sum of lengths,), lengths (N,), frames (N, T)."""
        classes = [self.codec.encode(text) for text in lines.texts]
        frames = np.full((len(classes), columns), UNKNOWN, np.int64)
        for row, known, text, centres in zip(frames, classes, lines.texts, lines.centres, strict=True):
            if centres is not None and len(centres) == len(text):
                owners, offsets = self.codec.places(text)
                places = centres[owners] + offsets * (_widths(centres, self._height)[owners] if offsets.any() else 0.0)
                row[:] = BLANK
                row[np.clip(places * columns_per_pixel, 0, columns - 1).astype(np.int64)] = known
        return {
            "images": lines.images[..., None],
            "targets": np.array([each for line in classes for each in line], np.int64),
            "lengths": np.array([len(line) for line in classes], np.int64),
            "frames": frames,
        }

    def forward(self, network: nn.Module, images: Tensor, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """{"logits": (N, T, classes), ...}."""
        return self.compute(network, images)

    def compute(self, network: nn.Module, images: Tensor) -> dict[str, Tensor]:
        """{"logits": (N, T, classes), ...}."""
        outputs: dict[str, Tensor] = network(images)
        return outputs

    def loss(self, outputs: Mapping[str, Tensor], batch: Mapping[str, Tensor], weight: float) -> dict[str, Tensor]:
        """CTC, and the frame-wise loss while it has weight."""
        logits = outputs["logits"]
        parts = {"ctc": ctc_loss(logits, batch["targets"], batch["lengths"], smoothing=self._smoothing)}
        if weight > 0.0:
            parts["frames"] = weight * frame_loss(logits, batch["frames"])
        return parts

    def texts(self, arrays: Arrays) -> list[str]:
        """The texts that a batch was made of."""
        ends = np.cumsum(arrays["lengths"])[:-1]
        return [self.codec.text(line.tolist()) for line in np.split(arrays["targets"], ends)]

    def crowded(self, arrays: Arrays) -> float:
        """Share of lines with more characters than columns."""
        return float(np.mean(arrays["lengths"] > arrays["frames"].shape[1]))

    def readings(self, outputs: Mapping[str, Tensor]) -> list[str]:
        """The text of each line."""
        score, index = outputs["logits"].detach().float().softmax(2).max(2)
        pairs = zip(index.cpu().numpy(), score.cpu().numpy(), strict=True)
        return [self.codec.decode(*pair).text for pair in pairs]

    def logits(self, outputs: Mapping[str, Tensor]) -> list[NDArray[np.float32]]:
        """Logits (T, classes) of each line."""
        return list(outputs["logits"].detach().float().cpu().numpy())


def _widths(centres: NDArray[np.float32], height: int) -> NDArray[np.float64]:
    """About how wide each character is: the distance to its nearer neighbour, no more than the line is high."""
    gaps = np.full(len(centres) + 1, float(height))
    gaps[1:-1] = np.minimum(np.diff(centres), height)
    nearest: NDArray[np.float64] = np.minimum(gaps[:-1], gaps[1:])
    return nearest
