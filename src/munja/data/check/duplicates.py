"""Pictures that are there twice, exactly or nearly: found by hashes, proved by comparing the pictures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from munja.core.errors import MunjaError
from munja.data.check.pictures import Print, thumbnail

NEAR_BITS = 10  # of 64 that may differ
# Of 1,500 word crops, 2 pairs of different words came within 10 bits, correlating at 0.89 and 0.76; of 60 receipts the
# worst pair of two receipts reached 0.88. Copies saved as JPEG 40, noisy or darker reach 0.96 and more.
ALIKE = 0.95  # correlation of thumbnails from which two pictures are copies of one
EXHAUSTIVE = 40_000  # pictures up to which every pair is compared
_RATIO = 1.08  # that the aspect ratios of copies may differ by
_COUNTS = np.array([bin(each).count("1") for each in range(1 << 16)], np.uint8)
_BLOCK = 512
_MARGIN = 2  # pixels of a thumbnail


def groups(
    prints: Sequence[Print | None], read: Callable[[int], bytes], *, near: bool = True
) -> tuple[list[list[int]], list[list[int]]]:
    """Numbers of pictures that have the same pixels, and of those that look the same, each at least two of a kind.

    `read` gives the encoded picture of a number, to prove that two hashes that are near mean pictures that are.
    """
    same = _exact(prints)
    if not near:
        return same, []
    first_of = {number: group[0] for group in same for number in group}
    kept = [i for i, each in enumerate(prints) if each is not None and first_of.get(i, i) == i]
    looks = np.array([prints[i].look for i in kept], np.uint64)  # type: ignore[union-attr]
    pairs = _all_pairs(looks) if len(kept) <= EXHAUSTIVE else _banded_pairs(looks)
    joined: dict[int, int] = {}
    seen: dict[int, NDArray[np.float32] | None] = {}
    for a, b in pairs:
        i, j = kept[a], kept[b]
        if _same_shape(prints[i], prints[j]) and _alike(i, j, read, seen):
            _join(joined, i, j)
    alike: dict[int, list[int]] = defaultdict(list)
    for i in kept:
        alike[_root(joined, i)].append(i)
    return same, [group for group in alike.values() if len(group) > 1]


def _exact(prints: Sequence[Print | None]) -> list[list[int]]:
    by_pixels: dict[tuple[bytes, int], list[int]] = defaultdict(list)
    for i, each in enumerate(prints):
        if each is not None:
            by_pixels[each.pixels, each.width].append(i)
    return [group for group in by_pixels.values() if len(group) > 1]


def _all_pairs(looks: NDArray[np.uint64]) -> Iterator[tuple[int, int]]:
    for start in range(0, len(looks), _BLOCK):
        block = looks[start : start + _BLOCK]
        rest = looks[start:]
        distance = _bits(block[:, None] ^ rest[None, :])
        for a, b in np.argwhere(distance <= NEAR_BITS).tolist():
            if b > a:
                yield start + a, start + b


def _banded_pairs(looks: NDArray[np.uint64]) -> Iterator[tuple[int, int]]:
    """Near pairs that agree in one of four quarters of their hashes: all up to 3 bits apart, many up to 10."""
    seen: set[tuple[int, int]] = set()
    for shift in range(0, 64, 16):
        band = (looks >> np.uint64(shift)) & np.uint64(0xFFFF)
        order = np.argsort(band, kind="stable")
        ends = np.flatnonzero(np.diff(band[order])) + 1
        for part in np.split(order, ends):
            for start in range(0, len(part), _BLOCK):
                distance = _bits(looks[part[start : start + _BLOCK], None] ^ looks[None, part])
                for a, b in np.argwhere(distance <= NEAR_BITS).tolist():
                    pair = (int(part[start + a]), int(part[b]))
                    if pair[0] < pair[1] and pair not in seen:
                        seen.add(pair)
                        yield pair


def _bits(values: NDArray[np.uint64]) -> NDArray[np.uint8]:
    parts = np.ascontiguousarray(values).view(np.uint16).reshape(*values.shape, 4)
    return np.asarray(_COUNTS[parts].sum(axis=-1, dtype=np.uint8))


def _same_shape(a: Print | None, b: Print | None) -> bool:
    if a is None or b is None:
        return False
    ratio = (a.width / a.height) / (b.width / b.height)
    return 1 / _RATIO < ratio < _RATIO


def _alike(i: int, j: int, read: Callable[[int], bytes], seen: dict[int, NDArray[np.float32] | None]) -> bool:
    pictures = []
    for number in (i, j):
        if number not in seen:
            if len(seen) > 2000:
                seen.clear()
            try:
                seen[number] = thumbnail(read(number))
            except MunjaError:
                seen[number] = None
        pictures.append(seen[number])
    first, second = pictures
    if first is None or second is None:
        return False
    return max(_correlation(first, second), _correlation(second, first)) >= ALIKE


def _correlation(whole: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """The best correlation of a thumbnail with the inside of another: a copy may be cut a little differently."""
    inside = other[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN]
    return float(cv2.matchTemplate(whole, inside, cv2.TM_CCOEFF_NORMED).max())


def _root(joined: dict[int, int], i: int) -> int:
    while i in joined:
        i = joined[i]
    return i


def _join(joined: dict[int, int], i: int, j: int) -> None:
    a, b = sorted((_root(joined, i), _root(joined, j)))
    if a != b:
        joined[b] = a
