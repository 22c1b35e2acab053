"""How well texts were read: exact share and normalised edit distance, strict and with case and spaces ignored."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def edit_distance(first: str, second: str) -> int:
    """Least number of inserted, deleted and replaced characters that turn one text into the other."""
    return _table(first, second)[-1][-1]


def matched(truth: str, reading: str) -> list[bool]:
    """For each character of the reading, whether the cheapest alignment pairs it with an equal one of the truth."""
    table = _table(truth, reading)
    right = [False] * len(reading)
    i, j = len(truth), len(reading)
    while i and j:
        same = truth[i - 1] == reading[j - 1]
        if table[i][j] == table[i - 1][j - 1] + (not same):
            right[j - 1] = same
            i, j = i - 1, j - 1
        elif table[i][j] == table[i][j - 1] + 1:
            j -= 1
        else:
            i -= 1
    return right


def similarity(truth: str, reading: str) -> float:
    """1 - edit distance / longer length; 1 for two empty texts."""
    longer = max(len(truth), len(reading))
    return 1.0 - edit_distance(truth, reading) / longer if longer else 1.0


def text_accuracy(truths: Sequence[str], readings: Sequence[str]) -> dict[str, float]:
    """Shares in 0..1: exact, ned (1 - NED), and both with case and spaces ignored (exact_loose, ned_loose)."""
    pairs = list(zip(truths, readings, strict=True))
    loose = [(_loosened(truth), _loosened(reading)) for truth, reading in pairs]
    return {
        "exact": float(np.mean([truth == reading for truth, reading in pairs])),
        "ned": float(np.mean([similarity(*pair) for pair in pairs])),
        "exact_loose": float(np.mean([truth == reading for truth, reading in loose])),
        "ned_loose": float(np.mean([similarity(*pair) for pair in loose])),
    }


def _loosened(text: str) -> str:
    return "".join(text.casefold().split())


def _table(first: str, second: str) -> list[list[int]]:
    rows = [list(range(len(second) + 1))]
    for i, a in enumerate(first, start=1):
        above, row = rows[-1], [i]
        for j, b in enumerate(second, start=1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b)))
        rows.append(row)
    return rows
