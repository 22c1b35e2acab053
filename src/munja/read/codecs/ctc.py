"""Codec of connectionist temporal classification: text <-> one class per column, blanks between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError, SpecError
from munja.core.registry import register

BLANK = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What one line says: K characters, the output column of each one's centre, and its score in 0..1."""

    characters: tuple[str, ...]
    columns: NDArray[np.float32]  # (K,)
    scores: NDArray[np.float32]  # (K,)

    @property
    def text(self) -> str:
        """The characters, joined."""
        return "".join(self.characters)


def runs(index: NDArray[Any], score: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """First columns, classes and highest scores (R,) of the runs of equal classes in index and score (T,), T > 0."""
    starts = np.flatnonzero(np.concatenate(([True], index[1:] != index[:-1])))
    return starts, index[starts], np.maximum.reduceat(score, starts)


@register("codec", "ctc")
class CTC:
    """Class 0 is the blank, class i + 1 is `charset[i]` (Graves et al., ICML 2006)."""

    def __init__(self, charset: Sequence[str], /) -> None:
        if not charset:
            raise SpecError("codec.ctc: a charset of one character or more was wanted, got none")
        if len(set(charset)) != len(charset):
            # Published dictionaries do repeat entries; decoding needs none of them to be unique, encoding the first.
            self._class_of: dict[str, int] = {}
            for i, character in enumerate(charset):
                self._class_of.setdefault(character, i + 1)
        else:
            self._class_of = {character: i + 1 for i, character in enumerate(charset)}
        self.charset = tuple(charset)
        self._longest = max(map(len, self.charset))

    @property
    def classes(self) -> int:
        """Number of classes, the blank included."""
        return len(self.charset) + 1

    def encode(self, text: str) -> list[int]:
        """The classes of a text, without blanks; InputError names a character that the charset lacks."""
        classes, at = [], 0
        while at < len(text):
            for length in range(min(self._longest, len(text) - at), 0, -1):
                if (found := self._class_of.get(text[at : at + length])) is not None:
                    classes.append(found)
                    at += length
                    break
            else:
                raise InputError(f"{text!r}: the character {text[at]!r} (U+{ord(text[at]):04X}) is not in the charset")
        return classes

    def places(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """For each class of `encode(text)` the number of its character, and where in its width it stands (-0.5..0.5).

        Classes of several characters count as their first.
        """
        owners, at = [], 0
        for each in self.encode(text):
            owners.append(at)
            at += len(self.charset[each - 1])
        return np.array(owners, np.int64), np.zeros(len(owners))

    def text(self, classes: Sequence[int]) -> str:
        """The text of classes without blanks: the inverse of `encode`."""
        # Blanks between, so that equal neighbours stay two.
        index = np.zeros(2 * len(classes), np.int64)
        index[::2] = classes
        return self.decode(index, np.ones(len(index), np.float32)).text

    def decode(self, index: NDArray[Any], score: NDArray[Any]) -> Reading:
        """Read the best class (T,) and its probability (T,) of each column greedily."""
        return self.join(self.spelt(index, score))

    def join(self, reading: Reading) -> Reading:
        """The Reading of a text from that of its classes: the same, where every class is a character."""
        return reading

    def spelt(self, index: NDArray[Any], score: NDArray[Any]) -> Reading:
        """The Reading of the classes themselves.

        A run of equal classes is one character: its column is the run's middle weighted by score, its score the run's
        highest.
        """
        if not len(index):
            return Reading((), np.zeros(0, np.float32), np.zeros(0, np.float32))
        starts, classes, scores = runs(index, score)
        places = np.arange(len(index), dtype=np.float64)
        weights = score.astype(np.float64) + 1e-6
        columns = np.add.reduceat(places * weights, starts) / np.add.reduceat(weights, starts)
        kept = classes != BLANK
        return Reading(
            tuple(self.charset[each - 1] for each in classes[kept].tolist()),
            columns[kept].astype(np.float32),
            scores[kept].astype(np.float32),
        )
