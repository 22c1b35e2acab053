"""Pairing: which words of a run that differs belong together, so that one wrong word is not mixed with a missed one."""

from __future__ import annotations

from collections.abc import Sequence

from munja.metrics.edits import LCSseq

ALIKE = 0.5  # share of characters, in order, from which on two words are the same word read wrongly
MOST_PAIRS = 40_000  # beyond, a run is one error: an alignment of whole columns says nothing to a person

Part = tuple[range, range]  # numbers of words of truth and of reading


def parts(wanted: Sequence[str], read: Sequence[str]) -> list[Part]:
    """A run of words that differ, in parts that belong together, in order; either side of a part may be empty."""
    if not wanted or not read or "".join(wanted) == "".join(read) or len(wanted) * len(read) > MOST_PAIRS:
        return [(range(len(wanted)), range(len(read)))]
    pairs = [_widened(pair, wanted, read) for pair in _alike(wanted, read)]
    found: list[Part] = []
    last = (0, 0)
    for truth, reading in pairs:
        if truth.start < last[0] or reading.start < last[1]:  # the pair before has taken one of these words
            continue
        _gap(found, range(last[0], truth.start), range(last[1], reading.start))
        found.append((truth, reading))
        last = (truth.stop, reading.stop)
    _gap(found, range(last[0], len(wanted)), range(last[1], len(read)))
    return found


def _gap(found: list[Part], truth: range, reading: range) -> None:
    if truth or reading:
        found.append((truth, reading))


def _alike(wanted: Sequence[str], read: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of words that are alike, in order, of the largest likeness together."""
    rows, columns = len(wanted), len(read)
    likeness = [[_likeness(a, b) for b in read] for a in wanted]
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            together = likeness[i][j] + best[i + 1][j + 1] if likeness[i][j] >= ALIKE else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], together)
    pairs = []
    i = j = 0
    while i < rows and j < columns:
        if likeness[i][j] >= ALIKE and best[i][j] == likeness[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _widened(pair: tuple[int, int], wanted: Sequence[str], read: Sequence[str]) -> Part:
    """The pair with the words beside it that make it more alike: one word that was read as two, or two as one."""
    truth, reading = range(pair[0], pair[0] + 1), range(pair[1], pair[1] + 1)
    best = _likeness(_joined(wanted, truth), _joined(read, reading))
    while True:
        tried = [
            (_likeness(_joined(wanted, a), _joined(read, b)), a, b)
            for a, b in (
                (range(truth.start - 1, truth.stop), reading),
                (range(truth.start, truth.stop + 1), reading),
                (truth, range(reading.start - 1, reading.stop)),
                (truth, range(reading.start, reading.stop + 1)),
            )
            if min(a.start, b.start) >= 0 and a.stop <= len(wanted) and b.stop <= len(read)
        ]
        better = max(tried, key=lambda each: each[0], default=None)
        if better is None or better[0] <= best:
            return truth, reading
        best, truth, reading = better


def _joined(words: Sequence[str], numbers: range) -> str:
    return "".join(words[k] for k in numbers)


def _likeness(first: str, second: str) -> float:
    return float(LCSseq.normalized_similarity(first, second))
