"""Patterns over Hangul for recognisers that write it letter by letter."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from munja.read.codecs.jamo import FINALS, FIRST_SYLLABLE, INITIALS, LAST_SYLLABLE, MEDIALS, TO_ALONE, compose, letters
from munja.read.patterns.pattern import Pattern

_INITIAL, _MEDIAL, _FINAL = frozenset(INITIALS), frozenset(MEDIALS), frozenset(FINALS)
REMEMBERED = 5000  # states whose possible syllables are kept


class Letters:
    """A pattern over characters as one over conjoining letters (read.codecs.jamo) and all other characters.

    A state is the pattern's and the letters of a syllable that is not whole yet; a beginning that no syllable the
    pattern allows there has is given up at once.
    """

    def __init__(self, pattern: Pattern) -> None:
        self._pattern = pattern
        self.finite = pattern.finite
        self._syllables = [each for each in map(chr, range(FIRST_SYLLABLE, LAST_SYLLABLE + 1)) if pattern.admits(each)]
        self._letters = {part for each in self._syllables for part in letters(each)}
        self._letters |= {letter for letter, alone in TO_ALONE.items() if pattern.admits(alone)}
        self._openings: dict[Any, frozenset[tuple[str, ...]]] = {}

    def start(self) -> Hashable:
        """The pattern's start, no letters."""
        return self._pattern.start(), ()

    def step(self, state: Any, character: str) -> Any:
        """One more letter of a syllable, or the end of it and what comes next."""
        inner, parts = state
        if len(parts) == 1 and character in _MEDIAL:
            return self._open(inner, (*parts, character))
        if len(parts) == 2 and character in _FINAL:
            return self._closed(inner, compose((*parts, character)))
        if parts:
            inner = self._pattern.step(inner, compose(parts))
            if inner is None:
                return None
        if character in _INITIAL:
            return self._open(inner, (character,))
        return self._closed(inner, TO_ALONE.get(character, character))

    def end(self, state: Any) -> bool:
        """Whether the pattern may end after the syllable begun, if any."""
        inner, parts = state
        if parts:
            inner = self._pattern.step(inner, compose(parts))
        return inner is not None and self._pattern.end(inner)

    def admits(self, character: str) -> bool:
        """Whether it is a letter of a syllable in the pattern, or in it itself."""
        return character in self._letters if character in TO_ALONE else self._pattern.admits(character)

    def _closed(self, inner: Any, character: str) -> Any:
        following = self._pattern.step(inner, character)
        return None if following is None else (following, ())

    def _open(self, inner: Any, parts: tuple[str, ...]) -> Any:
        if not self.finite or parts in self._beginnings(inner):
            return inner, parts
        return (inner, parts) if len(parts) == 1 and self._pattern.step(inner, TO_ALONE[parts[0]]) is not None else None

    def _beginnings(self, inner: Any) -> frozenset[tuple[str, ...]]:
        """The first one and first two letters of the syllables that may come next."""
        found = self._openings.get(inner)
        if found is None:
            spelt = [letters(each) for each in self._syllables if self._pattern.step(inner, each) is not None]
            found = frozenset(parts[:length] for parts in spelt for length in (1, 2))
            if len(self._openings) < REMEMBERED:
                self._openings[inner] = found
        return found
