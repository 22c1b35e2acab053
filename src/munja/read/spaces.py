"""Word spaces that a recogniser did not write, and signs that it wrote too wide.

Recognisers trained on little English leave out blanks: on scanned receipts PP-OCRv6 misses 184 of 2,950 and adds 18.
Two witnesses tell where they belong: the probability of the blank class in the columns between two characters, and
how much wider the gap in the picture is than the line's usual gap. Alone, the first finds 110 of the 184 at 31 false
ones, the second 52 at 23; together 128 at 50 (24,673 pairs of neighbours in 2,647 lines).
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.read.codecs.ctc import Reading
from munja.read.codecs.jamo import is_syllable
from munja.read.ink import columns_of_ink

GAP_WEIGHT = 6.0  # how much of it one line height of extra gap is worth
GAP_RANGE = (-0.1, 0.3)  # line heights; wider gaps say no more than this
# Syllables of a title or label that is set apart: three or more whose distances differ by this ratio at most and are
# this many line heights from middle to middle (0.7 is usual), or two further apart than with a blank between them.
EVEN, APART, PAIR_APART = 1.25, 0.9, 1.35

_WIDE = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x3002: "."}


def repair_spaces(
    reading: Reading,
    centres: NDArray[Any],
    line: NDArray[np.uint8],
    space: NDArray[Any],
    columns_per_pixel: float,
    *,
    level: float,
) -> tuple[Reading, NDArray[Any]]:
    """The reading with missing blanks put in, and the centres (K,) in pixels of the line (H, W, C) that go with it.

    `space` (T,) is the probability of the blank class in each column; `level` the log probability from which a gap of
    the usual width is a word space. It belongs to the recogniser and stands in its manifest as `space_level`; one that
    writes its blanks by itself has none.
    """
    pairs = _neighbours(reading, space)
    evidence = np.array([log for _, log in pairs])
    reach = GAP_WEIGHT * GAP_RANGE[1]
    if not len(pairs) or float(evidence.max()) <= level - reach:
        return reading, centres  # no width of gap could change anything
    marks = columns_of_ink(line)
    gaps = np.array([_widest_gap(marks, centres[at], centres[at + 1]) for at, _ in pairs]) / line.shape[0]
    extra = np.clip(gaps - np.median(gaps), *GAP_RANGE)
    found = [at for (at, log), wide in zip(pairs, extra, strict=True) if log + GAP_WEIGHT * wide > level]
    if not found:
        return reading, centres
    at = np.asarray(found) + 1
    middles = (centres[at - 1] + centres[at]) / 2.0
    characters = list(reading.characters)
    for place in reversed(found):
        characters.insert(place + 1, " ")
    columns = np.insert(reading.columns, at, middles * columns_per_pixel - 0.5)
    # A blank that was put in is as sure as its less sure neighbour: it must not change the line's score by itself.
    scores = np.insert(reading.scores, at, np.minimum(reading.scores[at - 1], reading.scores[at]))
    return Reading(tuple(characters), columns, scores), np.insert(centres, at, middles)


def close_up(reading: Reading, centres: NDArray[Any], heights: float) -> tuple[Reading, NDArray[Any]]:
    """The reading without its blanks where it is a Korean title or label whose syllables are set apart evenly.

    `centres` (K,) are those of its characters, `heights` how many heights of the line one unit of them is. On forms the
    letters of a label fill its cell and those of a title a third of the page: those gaps are no word spaces.
    """
    kept = [k for k, each in enumerate(reading.characters) if not each.isspace()]
    if not 1 < len(kept) < len(reading.characters) or not all(is_syllable(reading.characters[k][0]) for k in kept):
        return reading, centres
    steps = np.diff(centres[kept])
    apart = float(np.median(steps)) * heights
    if apart < (APART if len(steps) > 1 else PAIR_APART) or float(steps.max()) > EVEN * float(steps.min()):
        return reading, centres
    characters = tuple(reading.characters[k] for k in kept)
    return Reading(characters, reading.columns[kept], reading.scores[kept]), centres[kept]


def narrow_signs(reading: Reading) -> Reading:
    """The reading with full-width signs and letters made ordinary, unless the line holds CJK characters."""
    if not any(ord(character[0]) in _WIDE for character in reading.characters if character):
        return reading
    if any(_is_cjk(character) for character in reading.characters):
        return reading
    return Reading(tuple(each.translate(_WIDE) for each in reading.characters), reading.columns, reading.scores)


def _neighbours(reading: Reading, space: NDArray[Any]) -> list[tuple[int, float]]:
    """Positions k where neither k nor k + 1 is a blank, with the highest log blank probability between the two."""
    columns = np.round(reading.columns).astype(int)
    pairs = []
    for k in range(len(columns) - 1):
        if (
            not reading.characters[k].isspace()
            and not reading.characters[k + 1].isspace()
            and not _in_number(reading, k)
        ):
            between = space[columns[k] : columns[k + 1] + 1]
            pairs.append((k, float(np.log(between.max() + 1e-6)) if len(between) else -14.0))
    return pairs


def _in_number(reading: Reading, k: int) -> bool:
    """Whether the gap after character k lies beside the point of a number such as 7.95."""
    around = "".join(reading.characters[max(0, k - 1) : k + 3])
    return bool({".", ","} & {*reading.characters[k : k + 2]}) and re.search(r"\d[.,]\d", around) is not None


def _widest_gap(marks: NDArray[np.bool_], left: float, right: float) -> int:
    """Length in pixels of the longest run without ink between two places of a line."""
    between = marks[int(left) : int(np.ceil(right)) + 1]
    stops = np.flatnonzero(np.concatenate(([True], between, [True])))
    return int(np.diff(stops).max()) - 1


def _is_cjk(character: str) -> bool:
    code = ord(character[0]) if character else 0
    return 0x3040 <= code < 0xA000 or 0xAC00 <= code < 0xD7B0 or 0x1100 <= code < 0x1200 or 0x20000 <= code < 0x32000
