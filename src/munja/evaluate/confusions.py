"""Confusions: which characters a reader takes for which, such as 0 for O, and which letters of Korean syllables."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Any

from munja.evaluate.findings import Finding
from munja.metrics.edits import Levenshtein
from munja.metrics.jamo import letters_of

MOST = 60  # rows of each table
Pair = tuple[str, str]


def confusions(findings: Iterable[Finding]) -> dict[str, list[list[Any]]]:
    """Rows [wanted, read, count], most frequent first: `characters` replaced, `missing`, `invented`, `letters` (jamo).

    Only errors of which half the characters or more are right are counted: what was read as something else altogether
    would pair characters by chance.
    """
    pairs, missing, invented, letters = Counter[Pair](), Counter[Pair](), Counter[Pair](), Counter[Pair]()
    for finding in findings:
        length = sum(len(piece.text) for piece in finding.truth)
        if 2 * len(finding.errors) > length:
            continue
        for error in finding.errors:
            pair = (error.wanted, error.read)
            if error.wanted and error.read:
                pairs[pair] += 1
                letters.update(letter_pairs(*pair))
            else:
                (missing if error.wanted else invented)[pair] += 1
    tables = {"characters": pairs, "missing": missing, "invented": invented, "letters": letters}
    return {name: [[*pair, count] for pair, count in _rows(table)] for name, table in tables.items()}


def _rows(table: Counter[Pair]) -> list[tuple[Pair, int]]:
    return sorted(table.items(), key=lambda row: (-row[1], row[0]))[:MOST]


def letter_pairs(wanted: str, read: str) -> list[Pair]:
    """The letters that differ between two Hangul syllables; none unless both are syllables."""
    if not (_is_syllable(wanted) and _is_syllable(read)):
        return []
    first, second = letters_of(wanted), letters_of(read)
    return [
        (_alone(first[step.src_pos]), _alone(second[step.dest_pos]))
        for step in Levenshtein.editops(first, second)
        if step.tag == "replace"
    ]


def _is_syllable(character: str) -> bool:
    return len(character) == 1 and "가" <= character <= "힣"


def _alone(letter: str) -> str:
    """A conjoining letter as it is shown by itself."""
    name = unicodedata.name(letter, "").rpartition(" ")[2]
    try:
        return unicodedata.lookup(f"HANGUL LETTER {name}")
    except KeyError:
        return letter
