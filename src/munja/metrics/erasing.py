"""End-to-end score of the published CLEval: characters of the truth are erased from what the predictions read.

The common subsequence says which characters are right, but each is erased where it first occurs; so it matters which
of several subsequences of the same length is taken, and this one takes the same as the published code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def read_characters(
    texts: Mapping[int, str], read: Sequence[str], partners: Mapping[int, Sequence[tuple[int, Sequence[bool]]]]
) -> tuple[dict[int, int], dict[int, int]]:
    """Right characters of every true box that has partners, and erased ones of every prediction.

    `texts` maps true boxes, in the order in which they take characters; `partners` says for each which predictions it
    is matched with and which of its centres each of them includes.
    """
    left = list(read)
    right: dict[int, int] = {}
    erased: dict[int, int] = {}
    for g, text in texts.items():
        if not partners[g]:
            continue
        order = _in_order(partners[g], len(text))
        common = longest_common(text, "".join(left[d] for d in order))
        right[g] = len(common)
        for character in common:
            for d in order:
                if character in left[d]:
                    left[d] = left[d].replace(character, "", 1)
                    erased[d] = erased.get(d, 0) + 1
                    break
    return right, erased


def _in_order(partners: Sequence[tuple[int, Sequence[bool]]], length: int) -> list[int]:
    """Predictions in the order in which they include centres; what is left after the last centre gets one place."""
    waiting = list(partners)
    order: list[int] = []
    for place in range(length):
        if len(waiting) == 1:
            break
        for each in waiting:
            if each[1][place]:
                order.append(each[0])
                waiting.remove(each)
                break
    return [*order, waiting[0][0]]


def longest_common(first: str, second: str) -> str:
    """A longest common subsequence; of several, the one that prefers to go on in `first`, from the end."""
    start = 0
    while start < min(len(first), len(second)) and first[start] == second[start]:
        start += 1
    end = 0
    while end < min(len(first), len(second)) - start and first[-1 - end] == second[-1 - end]:
        end += 1
    a, b = first[start : len(first) - end], second[start : len(second) - end]
    return first[:start] + _middle(a, b) + first[len(first) - end :]


def _middle(a: str, b: str) -> str:
    if not a or not b or not set(a) & set(b):
        return ""
    rows = [[0] * (len(b) + 1)]
    for character in a:
        above, row = rows[-1], [0]
        for j, other in enumerate(b):
            row.append(above[j] + 1 if character == other else max(above[j + 1], row[j]))
        rows.append(row)
    found: list[str] = []
    i, j = len(a), len(b)
    while i and j:
        if a[i - 1] == b[j - 1]:
            found.append(a[i - 1])
            i, j = i - 1, j - 1
        elif rows[i - 1][j] > rows[i][j - 1]:
            i -= 1
        else:
            j -= 1
    return "".join(reversed(found))
