"""Targets of attention: letter after letter, each told the one before it, and where it stands if that is known."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from munja.core.errors import InputError
from munja.data.loader import Lines
from munja.models.attention import WEIGHTS, AttentionPredictor
from munja.read.codecs.attention import GO, Attention, Spelling, greedy
from munja.read.codecs.stepper import DecoderWeights
from munja.train.losses import PADDING, attention_loss, letter_distance, letter_loss
from munja.train.task import Arrays

# Where attention falls is learnt from few lines. At equal weights its gradient drowns that of the letters: at first,
# on a VGG, 33 against 13. After 8,000 lines letters spelt alone stood at a loss of 4.0, what their frequency alone
# gives; with a tenth of it, at twice the learning rate, at 3.6.
ATTENTION = 0.1
NOWHERE = np.nan  # the centre of a letter that nobody knows, and of the end mark


class SpellingTargets:
    """Cross-entropy of each letter after the true ones before it, helped by telling attention where to look."""

    outputs: tuple[str, ...] = ("features", "keys", *WEIGHTS)

    def __init__(self, codec: Attention, *, smoothing: float) -> None:
        self.codec, self._smoothing = codec, smoothing

    def arrays(self, lines: Lines, columns: int, columns_per_pixel: float) -> Arrays:
        """Images (N, H, W, 1), previous and letters (N, L), centres (N, L) in columns.

        Lines of more characters than the codec spells are left out; InputError if that leaves none.
        """
        rows = [row for row, text in enumerate(lines.texts) if len(text) <= self.codec.longest]
        if not rows:
            raise InputError(
                f"none of {len(lines.texts)} lines has {self.codec.longest} characters or fewer, such as "
                f"{lines.texts[0]!r}; ask for narrower lines (task.widths) or let more be spelt (task.longest)"
            )
        classes = [self.codec.encode(lines.texts[row]) for row in rows]
        shape = (len(rows), max(map(len, classes)))
        previous, letters = np.full(shape, GO, np.int64), np.full(shape, GO, np.int64)
        centres = np.full(shape, NOWHERE, np.float32)
        for at, (row, known) in enumerate(zip(rows, classes, strict=True)):
            letters[at, : len(known)] = known
            previous[at, 1 : len(known)] = known[:-1]
            places = lines.centres[row]
            if places is not None and len(places) == len(known) - 1:
                centres[at, : len(places)] = places * columns_per_pixel - 0.5
        return {"images": lines.images[rows][..., None], "previous": previous, "letters": letters, "centres": centres}

    def forward(self, network: nn.Module, images: Tensor, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """What `compute` gives, "logits" (N, L, classes) and "attention" (N, L, T) after the true letters, and "alone".

        "alone" (N, L, classes) are the logits of each letter spelt from the column at its known centre, as if it stood
        by itself.
        """
        outputs = self.compute(network, images)
        features, keys, previous = outputs["features"], outputs["keys"], batch["previous"]
        head: AttentionPredictor = network.head  # type: ignore[assignment]
        spelt = head.spell(features, keys, previous)
        distance = letter_distance(batch["centres"], features.shape[1], places=outputs.get("places"))
        nearest = distance.nan_to_num().argmin(2, keepdim=True)  # (N, L, 1)
        seen = [each.gather(1, nearest.expand(-1, -1, each.shape[2])).flatten(0, 1) for each in (features, keys)]
        alone = head.spell(seen[0][:, None], seen[1][:, None], previous.new_full((len(seen[0]), 1), GO))
        return {**outputs, **spelt, "alone": alone["logits"].reshape(spelt["logits"].shape)}

    def compute(self, network: nn.Module, images: Tensor) -> dict[str, Tensor]:
        """Features (N, T, C), keys (N, T, hidden), and the decoder's weights under the names of an exported graph."""
        head: AttentionPredictor = network.head  # type: ignore[assignment]
        weights = {name: head.get_parameter(key).detach() for name, key in WEIGHTS.items()}
        return {**network(images), **weights}

    def loss(self, outputs: Mapping[str, Tensor], batch: Mapping[str, Tensor], weight: float) -> dict[str, Tensor]:
        """Cross-entropy of the letters; while there is weight also that of each alone, and the loss of attention."""
        letters, centres = batch["letters"], batch["centres"]
        parts = {"letters": letter_loss(outputs["logits"], letters, smoothing=self._smoothing)}
        if weight > 0.0:
            known = letters.where(centres.isfinite(), PADDING)
            parts["alone"] = weight * letter_loss(outputs["alone"], known)
            parts["attention"] = (
                ATTENTION * weight * attention_loss(outputs["attention"], centres, places=outputs.get("places"))
            )
        return parts

    def texts(self, arrays: Arrays) -> list[str]:
        """The texts that a batch was made of."""
        return [self.codec.text(line) for line in arrays["letters"].tolist()]

    def crowded(self, arrays: Arrays) -> float:
        """0: attention may look at a column twice."""
        return 0.0

    def readings(self, outputs: Mapping[str, Tensor]) -> list[str]:
        """The text of each line, spelt freely: no letter is told the true one before it."""
        return [self.codec.reading(each).text for each in self._spelt(outputs)]

    def logits(self, outputs: Mapping[str, Tensor]) -> list[NDArray[np.float32]]:
        """Logits (steps, classes) of each line, spelt freely."""
        return [each.logits for each in self._spelt(outputs)]

    def _spelt(self, outputs: Mapping[str, Tensor]) -> list[Spelling]:
        found = {name: outputs[name].detach().float().cpu().numpy() for name in self.outputs}
        stepper = DecoderWeights(found).over(found["features"], found["keys"])
        return greedy(stepper, len(found["features"]), longest=self.codec.longest)
