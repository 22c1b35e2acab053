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
from munja.data.loader import PAD, Collection, Lines, at_height, resized
from munja.imaging.image import frames

KEPT_HEIGHT = 2  # times that of lines; more than a network looks at only costs memory
KEPT_BYTES = 512 << 20  # decoded pictures that are held at most
MOST_MARGIN = 2.0  # times the margin of reading: detectors cut now closer, now wider


@register("lines", "labelled")
class Labelled(Collection):
    """Crops of a Munja dataset with a text each; those of a split, or of the splits named in `parts`.

    A crop whose attribute `centres` gives the x pixel of the middle of each character gives lines with centres.
    """

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
        stretch: Annotated[
            int, Ge(0), doc("width in pixels that every line is stretched to, for models of one width; 0: its own")
        ] = 0,
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
        self._line_height, self._varies, self._stretch = height, split == "train", stretch
        self._augment = chain(augment) if augment else None
        self._pictures: dict[int, NDArray[np.uint8]] = {}
        self._scales: dict[int, float] = {}  # of crops that are held smaller than they came
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
        varied = [self._varied(number, random, height, width) for number in chosen]
        images = np.full((count, height, width), PAD, np.uint8)
        for image, (picture, _) in zip(images, varied, strict=True):
            image[:, : picture.shape[1]] = picture
        texts = tuple(self._labels[number] for number in chosen)
        widths = np.array([picture.shape[1] for picture, _ in varied], np.int32)
        return Lines(images, texts, tuple(centres for _, centres in varied), widths)

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
        """The width in pixels of a sample at the height of lines, its margin included, before it is stretched."""
        height, width = self._grey(number).shape
        across, down = self._padding
        natural: float = (width / height + 2 * across) / (1 + 2 * down) * self._line_height
        return round(natural)

    def _picture(self, number: int, height: int, width: int | None) -> NDArray[np.uint8]:
        return self._shown(_with_margin(self._grey(number), np.array([*self._padding] * 2)), height, width)

    def _shown(self, grey: NDArray[np.uint8], height: int, width: int | None) -> NDArray[np.uint8]:
        """A picture (H, W) as a line; stretched at once, since a line that is first made narrow has lost detail."""
        if not self._stretch:
            return at_height(grey, height, width)
        return resized(grey, self._stretch if width is None else min(self._stretch, width), height)

    def _varied(
        self, number: int, random: np.random.Generator, height: int, width: int
    ) -> tuple[NDArray[np.uint8], NDArray[np.float32] | None]:
        """A crop with another margin, varied, at the height of lines; and its characters' centres, if known."""
        margin = np.array([*self._padding] * 2) * random.uniform(0.0, MOST_MARGIN, 4)
        picture = _with_margin(self._grey(number), margin)
        points = self._centres(number)
        # A margin is added in whole pixels, on the left by the crop's height.
        points[:, 0] += round(float(margin[0]) * self._grey(number).shape[0])
        points[:, 1] = (picture.shape[0] - 1) / 2
        sample = Varied(picture, self._labels[number], points)
        if self._augment is not None:
            sample = self._augment(sample, random)
        shown = self._shown(sample.image, height, width)
        if not len(sample.points):
            return shown, None
        scale = shown.shape[1] / sample.image.shape[1]
        return shown, np.clip(sample.points[:, 0] * scale, 0, shown.shape[1] - 1).astype(np.float32)

    def _centres(self, number: int) -> NDArray[np.float32]:
        """The centres (K, 2) of a crop's characters in pixels of `_grey`, y yet 0; none (0, 2) where unknown."""
        known = self._samples[number].attributes.get("centres")
        if not isinstance(known, list) or len(known) != len(self._labels[number]):
            return np.zeros((0, 2), np.float32)
        points = np.zeros((len(known), 2), np.float32)
        points[:, 0] = known
        return points * np.float32(self._scales.get(number, 1.0))

    def _grey(self, number: int) -> NDArray[np.uint8]:
        """The picture of a number as grey (H, W), turned as its EXIF tag says, no higher than needed."""
        found = self._pictures.get(number)
        if found is None:
            try:
                image = next(iter(frames(self.encoded(number)))).image
            except InputError as error:
                raise InputError(f"{self.where}: picture {self._samples[number].name}: {error}") from error
            found = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
            kept = KEPT_HEIGHT * self._line_height
            if found.shape[0] > kept:
                self._scales[number] = kept / found.shape[0]
                size = (max(1, round(found.shape[1] * kept / found.shape[0])), kept)
                found = np.asarray(cv2.resize(found, size, interpolation=cv2.INTER_AREA), np.uint8)
            if self._held + found.nbytes <= KEPT_BYTES:
                self._held += found.nbytes
                self._pictures[number] = found
        return found


def _with_margin(grey: NDArray[np.uint8], margin: NDArray[np.float64]) -> NDArray[np.uint8]:
    """A picture with its edge repeated on the left, top, right and bottom by shares of its height."""
    left, top, right, bottom = (round(float(each) * grey.shape[0]) for each in margin)
    return np.asarray(cv2.copyMakeBorder(grey, top, bottom, left, right, cv2.BORDER_REPLICATE), np.uint8)
