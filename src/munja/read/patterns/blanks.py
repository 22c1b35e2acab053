"""White space that need not agree between a pattern and what is printed.

Codes are printed in groups, or not, and recognisers write a blank by the width of a gap. So a blank that the pattern
has no place for vanishes, and one that only the pattern has is put in; neither costs anything. Only between two letters
a blank stays what it is: it parts words.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from munja.read.codecs.ctc import Reading
from munja.read.patterns.pattern import Pattern

BLANK = " "


class FreeBlanks:
    """A pattern that takes its own texts with blanks added or left out.

    A state is the pattern's, whether the last character was a letter, and whether a blank that vanished came since.
    """

    def __init__(self, pattern: Pattern) -> None:
        self._pattern = pattern
        self.finite = pattern.finite

    def start(self) -> Hashable:
        """The pattern's start."""
        return self._pattern.start(), False, False

    def step(self, state: Any, character: str) -> Any:
        """The pattern's next state, after a blank if need be; a blank that it has no place for changes nothing."""
        inner, letter, vanished = state
        if letter and vanished and character.isalpha():
            return None
        stepped = self._pattern.step(inner, character)
        if stepped is None:
            if character.isspace():
                return inner, letter, True
            parted = self._pattern.step(inner, BLANK)
            stepped = None if parted is None else self._pattern.step(parted, character)
        return None if stepped is None else (stepped, character.isalpha(), False)

    def put_in(self, state: Any, character: str) -> bool:
        """Whether a blank must be put in before a character that may come next."""
        return self._pattern.step(state[0], character) is None and not character.isspace()

    def end(self, state: Any) -> bool:
        """Whether the pattern may end here."""
        return self._pattern.end(state[0])

    def admits(self, character: str) -> bool:
        """Whether it is white space or in the pattern."""
        return character.isspace() or self._pattern.admits(character)


class ExactBlanks:
    """A pattern whose blanks are meant as they are written."""

    def __init__(self, pattern: Pattern) -> None:
        self._pattern = pattern
        self.finite = pattern.finite

    def start(self) -> Hashable:
        """The pattern's start."""
        return self._pattern.start()

    def step(self, state: Any, character: str) -> Any:
        """The pattern's next state."""
        return self._pattern.step(state, character)

    def end(self, state: Any) -> bool:
        """Whether the pattern may end here."""
        return self._pattern.end(state)

    def admits(self, character: str) -> bool:
        """Whether it is in the pattern."""
        return self._pattern.admits(character)


def fitted(pattern: Pattern, reading: Reading) -> Reading | None:
    """The reading with its blanks as the pattern has them, or None if it does not fit.

    A blank put in is as sure as its less sure neighbour.
    """
    loose = None if isinstance(pattern, ExactBlanks) else FreeBlanks(pattern)
    automaton: Pattern = loose or pattern
    state = automaton.start()
    kept: list[int | None] = []  # numbers of characters, None for a blank that was not read
    for number, characters in enumerate(reading.characters):
        vanished = False
        for character in characters:
            stepped = automaton.step(state, character)
            if stepped is None:
                return None
            if loose is not None:
                vanished = stepped[2]
                kept += [None] * loose.put_in(state, character)
            state = stepped
        kept += [] if vanished else [number]
    return _rewritten(reading, kept) if automaton.end(state) else None


def _rewritten(reading: Reading, kept: list[int | None]) -> Reading:
    """The characters of these numbers, in their order, and blanks."""
    characters, columns, scores = [], [], []
    for place, number in enumerate(kept):
        if number is not None:
            characters.append(reading.characters[number])
            columns.append(float(reading.columns[number]))
            scores.append(float(reading.scores[number]))
            continue
        around = [each for each in (*kept[:place][-1:], *kept[place + 1 :][:1]) if each is not None]
        characters.append(BLANK)
        columns.append(float(np.mean(reading.columns[around])))
        scores.append(float(np.min(reading.scores[around])))
    return Reading(tuple(characters), np.array(columns, np.float32), np.array(scores, np.float32))
