"""Counting and smoothing character n-grams (Witten and Bell, 1991) into the trie that a language model is read from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError
from munja.read.language import EDGE, STEP, Trie

BITS = 10  # of a token in the key of an n-gram: 64 bits hold six tokens below 1,024
LONGEST = 6

Keys = NDArray[np.int64]
Floats = NDArray[np.float64]


def build_trie(lines: Sequence[Sequence[int]], *, tokens: int, order: int, nodes: int) -> Trie:
    """The model of lines of tokens (1 and up, below `tokens`), of n-grams up to `order` and about `nodes` nodes.

    The rarest n-grams are left out until the rest fits; single tokens are all kept.
    """
    if not 2 <= order <= LONGEST or not 2 <= tokens <= 1 << BITS:
        raise InputError(
            f"an order of 2 to {LONGEST} and at most {1 << BITS} tokens were wanted, got {order}, {tokens}"
        )
    counted = [_count(lines, n) for n in range(1, order + 1)]
    kept = _kept([count for _, count in counted], nodes)
    levels: list[tuple[Keys, Floats]] = [_single(*counted[0], tokens)]
    backoffs: list[Floats] = []
    children: list[NDArray[np.int64]] = []
    for n in range(2, order + 1):
        below, chances = levels[-1]
        keys, counts = counted[n - 1]
        at = np.searchsorted(below, keys >> BITS)  # the context of every n-gram, kept or not
        total, distinct = _totals(below, keys, counts, at)
        chosen = kept[n - 1]
        keys, counts, context = keys[chosen], counts[chosen], at[chosen]
        shorter = chances[np.searchsorted(below, keys & ((1 << BITS * (n - 1)) - 1))]
        chance = (counts + distinct[context] * shorter) / (total[context] + distinct[context])
        # What the kept n-grams leave is shared out as the shorter context would.
        left = 1.0 - np.bincount(context, chance, minlength=len(below))
        rest = 1.0 - np.bincount(context, shorter, minlength=len(below))
        backoffs.append(np.clip(left, 1e-6, 1.0) / np.clip(rest, 1e-6, 1.0))
        children.append(np.bincount(context, minlength=len(below)))
        levels.append((keys, chance))
    last = len(levels[-1][0])
    return Trie(
        token=np.concatenate([[EDGE], *(keys & ((1 << BITS) - 1) for keys, _ in levels)]).astype(np.uint16),
        children=np.concatenate([[tokens], *children, np.zeros(last, np.int64)]).astype(np.uint16),
        score=_steps(np.concatenate([[1.0], *(chance for _, chance in levels)])),
        backoff=_steps(np.concatenate([[1.0], *backoffs, np.ones(last)])),
    )


def _count(lines: Sequence[Sequence[int]], n: int) -> tuple[Keys, NDArray[np.int64]]:
    """The n-grams of all lines with an edge on both sides, as sorted keys, and how often each comes."""
    stream = np.concatenate([np.array([EDGE, *line, EDGE], np.int64) for line in lines])
    ends = np.cumsum([len(line) + 2 for line in lines])
    is_end, is_start = np.zeros(len(stream), bool), np.zeros(len(stream), bool)
    is_end[ends - 1] = True
    is_start[np.concatenate(([0], ends[:-1]))] = True
    size = len(stream) - n + 1
    if size < 1:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    keys = np.zeros(size, np.int64)
    inside = np.ones(size, bool)
    for place in range(n):
        keys = keys << BITS | stream[place : place + size]
        if place < n - 1:
            inside &= ~is_end[place : place + size]
        if place or n == 1:  # the start is a context, never something that follows
            inside &= ~is_start[place : place + size]
    found, counts = np.unique(keys[inside], return_counts=True)
    return found, counts


def _kept(counts: Sequence[NDArray[np.int64]], nodes: int) -> list[NDArray[np.bool_]]:
    """Which n-grams of each order are kept: the lowest bound on the counts under which about `nodes` are left."""
    room = nodes - len(counts[0])
    for bound in range(1 << 20):
        # Never a lower bound for a longer n-gram, or a part of it could be missing; n-grams up to 3 generalise best.
        bounds = [1, *(max(1, bound) if n < 4 else bound + 1 for n in range(2, len(counts) + 1))]
        kept = [each >= least for each, least in zip(counts, bounds, strict=False)]
        if sum(int(each.sum()) for each in kept[1:]) <= room or bound > max(
            int(each.max(initial=0)) for each in counts
        ):
            return kept
    raise InputError("the n-grams come too often to be counted")  # pragma: no cover - a million lines of one text


def _single(keys: Keys, counts: NDArray[np.int64], tokens: int) -> tuple[Keys, Floats]:
    """All tokens, those never seen too, and their probabilities."""
    seen = np.zeros(tokens)
    seen[keys] = counts
    chance = (seen + len(keys) / tokens) / (seen.sum() + len(keys))
    return np.arange(tokens), chance


def _totals(
    below: Keys, keys: Keys, counts: NDArray[np.int64], at: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each context, how often anything follows it, and how many different tokens do."""
    if not len(below):
        return np.zeros(0), np.zeros(0)
    known = (at < len(below)) & (below[np.minimum(at, len(below) - 1)] == keys >> BITS)
    total = np.bincount(at[known], counts[known], minlength=len(below))
    distinct = np.bincount(at[known], minlength=len(below)).astype(np.float64)
    return np.maximum(total, 1.0), np.maximum(distinct, 1e-9)


def _steps(chance: Floats) -> NDArray[np.uint8]:
    steps: NDArray[np.uint8] = np.clip(np.round(-np.log(np.maximum(chance, 1e-30)) / STEP), 0, 255).astype(np.uint8)
    return steps
