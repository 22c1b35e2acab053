"""Detector: from a picture of any size to the quads of its lines of text.

A page is shown to the network as a whole, at its usual size. Where text turns out too low for that size, or so much is
lost that text might be invisible, it is shown again, each time twice as large: first as a whole, then in tiles.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.core.artifact import Artifact
from munja.core.registry import build
from munja.imaging.geometry import quad_sizes
from munja.imaging.image import Image
from munja.read.batching import MAX_SHOWN, detector_size, grey, show_to_detector
from munja.read.codecs import db  # noqa: F401  (registers itself)
from munja.read.engines import Engine, open_engine
from munja.read.tiles import Quads, find_in_tiles, large_text

SMALL_SCALE = 0.25  # a picture that was shown at less than this is shown larger
MOST_BOXES = 100_000  # of one picture that is read in tiles


@dataclass(frozen=True)
class Found:
    """The quads (4, 2) of lines in pixels of the picture, from the top, and the scale at which they were looked for.

    `large` are quads that may hold text too high to be seen at that scale: what lies in them is to be replaced by them
    if they turn out to read well.
    """

    quads: Quads
    scale: float
    large: Quads

    def notes(self, rule: Mapping[str, Any]) -> tuple[str, ...]:
        """What a person should know: that text may have been missed, and how high it would have been."""
        if self.scale >= 1.0:
            return ()
        least = rule["small_text"] / 2.0
        heights = quad_sizes(self.quads).min(axis=1) * self.scale
        low = len(heights) >= 5 and float(np.percentile(heights, 10)) < least
        if self.scale >= SMALL_SCALE and not low:
            return ()
        return (
            f"searched for text at {self.scale:.0%} of its size: text lower than {max(1, round(least / self.scale))} "
            "pixels may be missing",
        )


class Detector:
    """Finds lines of text with a detector artifact; one network for all cores on one page, one for many pages."""

    def __init__(self, artifact: Artifact, *, engine: str, threads: int, precision: str) -> None:
        self._artifact = artifact
        self._engine = engine
        self._threads = threads
        self._precision = precision
        self.rule = artifact.manifest.input
        spec = artifact.manifest.codec
        self._codec = build("codec", spec)
        self._tile_codec = build("codec", {**spec, "max_boxes": MOST_BOXES}) if spec["name"] == "db" else self._codec
        self._lock = threading.Lock()
        self._engines: dict[int, Engine] = {}
        self.open(threads)

    def __call__(self, image: Image, threads: int, regions: Sequence[tuple[int, int, int, int]] = ()) -> Found:
        """The lines of an image (H, W, 3), or of its regions (left, top, right, bottom) alone."""
        found = [self._find(image[top:bottom, left:right], threads) for left, top, right, bottom in regions]
        if not regions:
            return self._find(image, threads)
        quads: Quads = []
        large: Quads = []
        for part, region in zip(found, regions, strict=True):
            corner = np.array(region[:2], np.float32)
            for kept, more in ((quads, part.quads), (large, part.large)):
                seen = kept[:]
                kept += [quad + corner for quad in more if not any(_same(quad + corner, other) for other in seen)]
        return Found(_from_the_top(quads), min(part.scale for part in found), large)

    def open(self, threads: int) -> Engine:
        """The network with all cores on one page, or one core on each of several pages."""
        with self._lock:
            if threads not in self._engines:
                self._engines[threads] = open_engine(
                    self._artifact,
                    engine=self._engine,
                    threads=self._threads,
                    streams=self._threads if threads == 1 else 1,
                    precision=self._precision,
                    few_sizes=False,
                )
            return self._engines[threads]

    def _find(self, image: Image, threads: int) -> Found:
        """What is found in the image, shown as large as its text needs."""
        coarse: Quads = []
        quads, scale = self._find_at(image, threads, self.rule["long_side"])
        while scale < 1.0 and self._is_too_small(quads, scale, image.shape[0] * image.shape[1]):
            coarse += quads
            quads, scale = self._find_at(image, threads, 2.0 * scale * max(image.shape[:2]))
        return Found(_from_the_top(quads), scale, large_text(coarse, quads, scale))

    def _is_too_small(self, quads: Quads, scale: float, pixels: int) -> bool:
        """Whether text was found too low for the network, or so much was lost that some may be invisible.

        Of a page that is shown as a whole the usual text decides; one that is read in tiles anyway, such as a drawing,
        has its smallest text read as well.
        """
        if scale < SMALL_SCALE:
            return True
        if not quads:
            return False
        share = 50 if pixels * scale * scale < MAX_SHOWN else 10
        heights = quad_sizes(quads).min(axis=1) * scale
        return bool(np.percentile(heights, share) < self.rule["small_text"])

    def _find_at(self, image: Image, threads: int, long_side: float) -> tuple[Quads, float]:
        height, width = image.shape[:2]
        rule = {**self.rule, "long_side": long_side}
        _, _, scale = detector_size(width, height, rule)
        if width * height * scale * scale > 1.05 * MAX_SHOWN:
            found: Quads | NDArray[np.float32] = find_in_tiles(
                image,
                scale,
                lambda batch: self._map(batch, threads),
                self._tile_codec.decode,
                multiple=rule["multiple"],
            )
        else:
            batch, scale = show_to_detector(image, rule)
            probability = self._map(batch, threads)
            stride = probability.shape[1] / batch.shape[2]
            found = self._codec.decode(probability).quads / (scale * stride)
        if not len(found):
            return [], scale
        quads = np.clip(found, 0.0, (width, height)).astype(np.float32)
        return list(quads[np.ptp(quads, axis=1).min(axis=1) >= 2.0]), scale

    def _map(self, batch: NDArray[np.uint8], threads: int) -> NDArray[np.float32]:
        if self.rule.get("channels", 3) == 1 and batch.shape[-1] != 1:
            batch = grey(batch[0])[None]
        (probability,) = self.open(threads).run(batch, ["probability"])
        return np.asarray(probability[0, 0], np.float32)


def _from_the_top(quads: Quads) -> Quads:
    corners = [quad.min(axis=0).tolist()[::-1] for quad in quads]
    return [quads[k] for k in sorted(range(len(quads)), key=corners.__getitem__)]


def _same(quad: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    """Whether two upright boxes around quads share more than half of the smaller: one line, found in two regions."""
    low = np.maximum(quad.min(axis=0), other.min(axis=0))
    high = np.minimum(quad.max(axis=0), other.max(axis=0))
    shared = float(np.prod(np.maximum(high - low, 0.0)))
    return shared > 0.5 * min(float(np.prod(np.ptp(quad, axis=0))), float(np.prod(np.ptp(other, axis=0))))
