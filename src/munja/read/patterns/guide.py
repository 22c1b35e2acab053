"""A pattern over characters as a guide over the classes of a recogniser."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.core.errors import SpecError
from munja.read.codecs.ctc import Reading
from munja.read.codecs.jamo import INITIALS
from munja.read.patterns.blanks import ExactBlanks, FreeBlanks, fitted
from munja.read.patterns.letters import Letters
from munja.read.patterns.pattern import Pattern

REMEMBERED = 50_000  # states whose following classes are kept
EXPLORED = 20_000  # states after which a pattern is taken to be one that something fits
FEW = 64  # classes that are all tried even where every text is a state of its own
GUESSED = 500  # the same where every text is a state of its own


class PatternGuide:
    """Guides a search over classes, class i + 1 being `charset[i]`, to texts that fit a pattern.

    Blanks need not agree (see read.patterns.blanks). Hangul by its letters is put together on the way. May be shared
    between threads.
    """

    def __init__(self, pattern: Pattern, charset: Sequence[str]) -> None:
        self._pattern = pattern
        automaton: Pattern = pattern if isinstance(pattern, ExactBlanks) else FreeBlanks(pattern)
        if set(INITIALS) <= set(charset):
            automaton = Letters(automaton)
        self._automaton = automaton
        self._charset = tuple(charset)
        self.classes = np.array(
            [number for number, each in enumerate(charset, 1) if each and all(map(automaton.admits, each))], np.int64
        )
        self._admitted = np.zeros(len(self._charset) + 1, bool)
        self._admitted[self.classes] = True
        self._known: dict[Any, NDArray[np.int64]] = {}

    @property
    def narrow(self) -> bool:
        """Whether the pattern says of a beginning that nothing can come of it, as a bare function does not."""
        return self._automaton.finite or len(self.classes) <= FEW

    def start(self) -> Hashable:
        """The state of the empty text."""
        return self._automaton.start()

    def step(self, state: Any, following: int) -> tuple[Any, float] | None:
        """The state after another class; a pattern finds all that it allows equally good."""
        for character in self._charset[following - 1]:
            state = self._automaton.step(state, character)
            if state is None:
                return None
        return state, 0.0

    def end(self, state: Any) -> float | None:
        """0 where a text may end."""
        return 0.0 if self._automaton.end(state) else None

    def following(self, state: Any, likely: NDArray[np.int64]) -> NDArray[np.int64]:
        """All classes that may follow; of many, where states are endless, only those among the likely ones."""
        if not self._automaton.finite:
            return self._possible(state, self.classes if self.narrow else likely[self._admitted[likely]])
        found = self._known.get(state)
        if found is None:
            found = self._possible(state, self.classes)
            if len(self._known) < REMEMBERED:
                self._known[state] = found
        return found

    def _possible(self, state: Any, classes: NDArray[np.int64]) -> NDArray[np.int64]:
        return classes[[self.step(state, each) is not None for each in classes.tolist()]]

    def fitted(self, reading: Reading) -> Reading | None:
        """A reading in characters as the pattern has it, or None if it does not fit."""
        return fitted(self._pattern, reading)


def guide_of(pattern: Pattern, charset: Sequence[str], name: str) -> PatternGuide:
    """The guide of a pattern for a recogniser of this charset; SpecError if nothing it can write fits the pattern."""
    guide = PatternGuide(pattern, charset)
    start = guide.start()
    seen, open_states = {start}, [start]
    most = EXPLORED if pattern.finite else GUESSED
    while open_states and len(seen) < most:
        state = open_states.pop()
        if guide.end(state) is not None:
            return guide
        for each in guide.following(state, guide.classes).tolist():
            stepped = guide.step(state, each)
            if stepped is not None and stepped[0] not in seen:
                seen.add(stepped[0])
                open_states.append(stepped[0])
    if open_states:
        return guide
    raise SpecError(
        f"pattern {name}: nothing that the recogniser can write fits it: either no text does, or it needs characters "
        f"that are not among the recogniser's {len(charset)}; change the pattern, or read with another --recogniser"
    )
