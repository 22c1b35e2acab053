"""Labelled crops as a source of lines: those of a Munja dataset, with the margin of reading, varied in training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import cv2
import numpy as np
from annotated_types import Ge, Gt, doc
from numpy.typing import NDArray

from munja.core.errors import InputError
from munja.core.registry import register
from munja.data.augment.chain import chain
from munja.data.augment.sample import Sample as Varied
from munja.data.dataset import Dataset
from munja.data.loader import PAD, Collection, Lines, at_height
from munja.imaging.image import frames

KEPT_HEIGHT = 96  # pixels; more than a network looks at only costs memory
KEPT_BYTES = 256 << 20  # decoded pictures that are held at most
MOST_MARGIN = 2.0  # times the margin of reading: detectors cut now closer, now wider


@register("lines", "labelled")
class Labelled(Collection):
    """Crops of a Munja dataset with a text each; those of a split, or of the splits named in `parts`."""

    def __init__(
        self,
        split: str,
        /,
        *,
        path: Annotated[str, doc("folder of the dataset")],
        parts: Annotated[Sequence[str], doc("splits to take; the one that is asked for by default")] = (),
        collections: Annotated[Sequence[str], doc("values of the attribute `set` to take; all by default")] = (),
        padding: Annotated[
            tuple[float, float], doc("margin, in heights of the crop, that reading adds around a box")
        ] = (0.0, 0.0),
        widths: Annotated[
            Sequence[int], doc("widths of batches: a crop comes in those of the least one that holds it")
        ] = (),
        augment: Annotated[Sequence[Mapping[str, Any]], doc("Specs of the variations in training")] = (),
        most: Annotated[int, Ge(0), doc("most crops, taken evenly; 0: all")] = 0,
        longest: Annotated[int, Gt(0), doc("longest text")] = 1000,
        height: Annotated[int, Ge(8), doc("height of a line in pixels, by which crops are sorted into widths")] = 32,
    ) -> None:
        wanted, chosen = tuple(parts) or (split,), frozenset(collections)
        self._samples = [
            sample
            for sample in Dataset(path)
            if sample.split in wanted and (not chosen or sample.attributes.get("set") in chosen)
        ]
        if most and len(self._samples) > most:
            self._samples = [self._samples[i * len(self._samples) // most] for i in range(most)]
        texts = [sample.text or "" for sample in self._samples]
        where = f"{path} ({', '.join([*wanted, *sorted(chosen)])})"
        super().__init__(where, texts, charset="".join({each for text in texts for each in text}), longest=longest,
                         usage=1.0)  # fmt: skip
        self._padding, self._steps = (float(padding[0]), float(padding[1])), tuple(sorted(widths))
        self._line_height, self._varies = height, split == "train"
        self._augment = chain(augment) if augment else None
        self._pictures: dict[int, NDArray[np.uint8]] = {}
        self._held = 0
        self._bucket_of: dict[int, list[int]] | None = None

    def encoded(self, number: int) -> bytes:
        """The encoded picture of a number from 0."""
        return self._samples[number].read()

    def batch(self, seed: int, count: int, *, width: int, height: int) -> Lines:
        """`count` lines drawn by the seed among those that suit the width, each once before any twice.

        In training each is varied anew; one wider than `width` is squeezed.
        """
        random = np.random.default_rng((seed, len(self._kept)))
        suiting = self._suiting(width)
        chosen: list[int] = []
        while len(chosen) < count:
            some = min(count - len(chosen), len(suiting))
            chosen.extend(random.permutation(suiting)[:some].tolist())
        if not self._varies:
            return self._lines(chosen, width=width, height=height)
        pictures = [self._varied(number, random, height, width) for number in chosen]
        images = np.full((count, height, width), PAD, np.uint8)
        for image, picture in zip(images, pictures, strict=True):
            image[:, : picture.shape[1]] = picture
        texts = tuple(self._labels[number] for number in chosen)
        widths = np.array([picture.shape[1] for picture in pictures], np.int32)
        return Lines(images, texts, (None,) * count, widths)

    def _suiting(self, width: int) -> list[int]:
        """The samples of a width's bucket, else of the nearest narrower one that has any, else of a wider one."""
        if not self._steps:
            return list(self._labels)
        buckets = self.buckets()
        order = sorted(buckets, key=lambda step: (step > width, abs(step - width)))
        return buckets[order[0]]

    def buckets(self) -> dict[int, list[int]]:
        """For each width of `widths` that holds any sample, their numbers; the widest has those that none holds."""
        if self._bucket_of is None:
            self._bucket_of = {}
            for number in self._labels:
                step = next((each for each in self._steps if each >= self.natural_width(number)), self._steps[-1])
                self._bucket_of.setdefault(step, []).append(number)
        return self._bucket_of

    def natural_width(self, number: int) -> int:
        """The width in pixels of a sample at the height of lines, its margin included."""
        height, width = self._grey(number).shape
        across, down = self._padding
        natural: float = (width / height + 2 * across) / (1 + 2 * down) * self._line_height
        return round(natural)

    def _picture(self, number: int, height: int, width: int | None) -> NDArray[np.uint8]:
        return at_height(_with_margin(self._grey(number), np.array([*self._padding] * 2)), height, width)

    def _varied(self, number: int, random: np.random.Generator, height: int, width: int) -> NDArray[np.uint8]:
        margin = np.array([*self._padding] * 2) * random.uniform(0.0, MOST_MARGIN, 4)
        sample = Varied(_with_margin(self._grey(number), margin), self._labels[number])
        if self._augment is not None:
            sample = self._augment(sample, random)
        return at_height(sample.image, height, width)

    def _grey(self, number: int) -> NDArray[np.uint8]:
        """The picture of a number as grey (H, W), turned as its EXIF tag says, no higher than needed."""
        found = self._pictures.get(number)
        if found is None:
            try:
                image = next(iter(frames(self.encoded(number)))).image
            except InputError as error:
                raise InputError(f"{self.where}: picture {self._samples[number].name}: {error}") from error
            found = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
            if found.shape[0] > KEPT_HEIGHT:
                size = (max(1, round(found.shape[1] * KEPT_HEIGHT / found.shape[0])), KEPT_HEIGHT)
                found = np.asarray(cv2.resize(found, size, interpolation=cv2.INTER_AREA), np.uint8)
            if self._held + found.nbytes <= KEPT_BYTES:
                self._held += found.nbytes
                self._pictures[number] = found
        return found


def _with_margin(grey: NDArray[np.uint8], margin: NDArray[np.float64]) -> NDArray[np.uint8]:
    """A picture with its edge repeated on the left, top, right and bottom by shares of its height."""
    left, top, right, bottom = (round(float(each) * grey.shape[0]) for each in margin)
    return np.asarray(cv2.copyMakeBorder(grey, top, bottom, left, right, cv2.BORDER_REPLICATE), np.uint8)
