"""What a recogniser is taught: a class for each column (CTC), or letter after letter (attention)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from munja.data.loader import Lines
from munja.read.codecs.ctc import Reading
from munja.train.task import Arrays


class LineCodec(Protocol):
    """A codec of lines, whichever way it writes them."""

    @property
    def classes(self) -> int:
        """Number of classes."""
        ...

    def decode(self, index: NDArray[Any], score: NDArray[Any]) -> Reading:
        """The Reading of the best class and its probability in each row."""
        ...


class Targets(Protocol):
    """Everything that differs between the two ways, from lines to losses and from outputs to texts."""

    outputs: tuple[str, ...]  # of a network, or its exported graph, that `readings` and `logits` need

    @property
    def codec(self) -> LineCodec:
        """The codec of what is taught."""
        ...

    def arrays(self, lines: Lines, columns: int, columns_per_pixel: float) -> Arrays:
        """The batch: under `images` the pictures (N, H, W, 1), and what they should give in `columns` columns."""
        ...

    def forward(self, network: nn.Module, images: Tensor, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """What the network gives in training."""
        ...

    def compute(self, network: nn.Module, images: Tensor) -> dict[str, Tensor]:
        """What `readings` and `logits` need of a network."""
        ...

    def loss(self, outputs: Mapping[str, Tensor], batch: Mapping[str, Tensor], weight: float) -> dict[str, Tensor]:
        """The parts of the loss; `weight` is that of the help from known centres."""
        ...

    def texts(self, arrays: Arrays) -> list[str]:
        """The texts that a batch was made of."""
        ...

    def crowded(self, arrays: Arrays) -> float:
        """Share of lines with more characters than columns."""
        ...

    def readings(self, outputs: Mapping[str, Tensor]) -> list[str]:
        """The text of each line."""
        ...

    def logits(self, outputs: Mapping[str, Tensor]) -> list[NDArray[np.float32]]:
        """For each line the logits (rows, classes) that `codec.decode` reads once they are probabilities."""
        ...
