"""Codec of Hangul by its letters: every syllable is written as initial, medial and final, 67 classes for 11,172."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError
from munja.core.registry import register
from munja.read.codecs.ctc import CTC, Reading

# Conjoining letters and the arithmetic of syllables: The Unicode Standard, chapter 3.12.
INITIALS = tuple(map(chr, range(0x1100, 0x1113)))
MEDIALS = tuple(map(chr, range(0x1161, 0x1176)))
FINALS = tuple(map(chr, range(0x11A8, 0x11C3)))
JAMO = INITIALS + MEDIALS + FINALS
FIRST_SYLLABLE, LAST_SYLLABLE = 0xAC00, 0xD7A3
# Letters that stand alone, in the order of JAMO.
_ALONE = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ" + "".join(map(chr, range(0x314F, 0x3164)))
_ALONE += "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
TO_ALONE = dict(zip(JAMO, _ALONE, strict=True))
FROM_ALONE = {alone: jamo for jamo, alone in reversed(TO_ALONE.items())}  # an initial where there is one


def is_syllable(character: str) -> bool:
    """Whether a character is one of the 11,172 Hangul syllables."""
    return FIRST_SYLLABLE <= ord(character) <= LAST_SYLLABLE


def letters(character: str) -> tuple[str, ...]:
    """Initial, medial and final (if any) of a syllable as conjoining letters; any other character as it is."""
    if not is_syllable(character):
        return (FROM_ALONE.get(character, character),)
    number = ord(character) - FIRST_SYLLABLE
    initial, rest = divmod(number, 21 * 28)
    medial, final = divmod(rest, 28)
    return (INITIALS[initial], MEDIALS[medial], *((FINALS[final - 1],) if final else ()))


def compose(parts: Sequence[str]) -> str:
    """The syllable of initial, medial and final; a letter that is left alone as its form that stands alone."""
    if len(parts) == 1:
        return TO_ALONE[parts[0]]
    number = (INITIALS.index(parts[0]) * 21 + MEDIALS.index(parts[1])) * 28
    return chr(FIRST_SYLLABLE + number + (FINALS.index(parts[2]) + 1 if len(parts) > 2 else 0))


def least_score(text: str, least: float) -> float:
    """The score that a line of `text` has where every letter of it has the score `least`.

    A syllable's score is the product of its letters' (`join`), so the same sureness of every letter gives a line of
    Hangul a lower score than one of Latin letters.
    """
    parts = [len(letters(each)) for each in text if not each.isspace()]
    return float(least ** (sum(parts) / len(parts))) if parts else least


def jamo_classes(characters: Sequence[str]) -> tuple[str, ...]:
    """The classes that write `characters`: the letters take the place of all syllables, at the end."""
    return (*(each for each in characters if not is_syllable(each) and each not in FROM_ALONE), *JAMO)


@register("codec", "ctc_jamo")
class JamoCTC(CTC):
    """CTC whose charset holds conjoining letters; syllables are taken apart to encode and put together to decode."""

    def encode(self, text: str) -> list[int]:
        """The classes of a text, without blanks; InputError for a character that the classes cannot write."""
        spelt = "".join(part for character in text for part in letters(character))
        try:
            classes = super().encode(spelt)
        except InputError:
            known = set(self.charset)
            wrong = next(each for each in text if not known.issuperset(letters(each)))
            raise InputError(f"{text!r}: the character {wrong!r} (U+{ord(wrong):04X}) is not in the charset") from None
        if any(each in FROM_ALONE for each in text) and (back := "".join(self._joined(spelt)[0])) != text:
            raise InputError(f"{text!r}: letters that stand alone cannot be told from a syllable here: {back!r}")
        return classes

    def places(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """For each class of `encode(text)` the number of its character, and where in its width it is (-0.5..0.5)."""
        owners, offsets = [], []
        for number, character in enumerate(text):
            parts = letters(character)
            owners += [number] * len(parts)
            # Initial, medial and final share a block; CTC needs them side by side, in the order of reading.
            offsets += [0.0] if len(parts) == 1 else [-0.2, 0.2] if len(parts) == 2 else [-0.25, 0.0, 0.25]
        return np.array(owners, np.int64), np.array(offsets)

    def join(self, reading: Reading) -> Reading:
        """A reading in letters as one in syllables: a column is the middle of its letters', a score their product."""
        characters, starts = self._joined(reading.characters)
        if len(characters) == len(reading.characters):
            return Reading(characters, reading.columns, reading.scores)
        ends = np.append(starts[1:], len(reading.characters)) - 1
        columns = (reading.columns[starts] + reading.columns[ends]) / 2
        return Reading(characters, columns, np.multiply.reduceat(reading.scores, starts))

    @staticmethod
    def _joined(parts: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
        """Characters, and the number of the part that each begins with."""
        characters, starts = [], []
        at = 0
        while at < len(parts):
            length = 1
            if parts[at] in _INITIAL and at + 1 < len(parts) and parts[at + 1] in _MEDIAL:
                length = 3 if at + 2 < len(parts) and parts[at + 2] in _FINAL else 2
            part = parts[at : at + length]
            starts.append(at)
            characters.append(compose(part) if part[0] in TO_ALONE else part[0])
            at += length
        return tuple(characters), np.array(starts, np.int64)


_INITIAL, _MEDIAL, _FINAL = frozenset(INITIALS), frozenset(MEDIALS), frozenset(FINALS)
