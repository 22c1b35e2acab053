"""Patterns on text that was never a picture: a document's own, which is taken as it is or not at all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from munja.core.page import FreeReading, Line, Word
from munja.read.codecs.ctc import Reading
from munja.read.patterns.guide import PatternGuide


def fit_typed(line: Line, guide: PatternGuide) -> list[Line]:
    """The line if all of it fits, else its words that do, else the line without text; each with its free text."""
    free = FreeReading(line.text, line.score)
    whole = _fitted(line.text, guide)
    if whole is not None:
        return [replace(line, text=whole, words=_spelt(line.words, whole), free=free)]
    found = [(word, text) for word in line.words if (text := _fitted(word.text, guide)) is not None]
    return [
        Line(text, word.polygon, word.score, (replace(word, text=text),), line.angle, free=free) for word, text in found
    ] or [Line("", line.polygon, 0.0, (), line.angle, free=free)]


def _fitted(text: str, guide: PatternGuide) -> str | None:
    nothing = np.zeros(len(text), np.float32)
    reading = guide.fitted(Reading(tuple(text), nothing, nothing))
    return None if reading is None else reading.text


def _spelt(words: tuple[Word, ...], text: str) -> tuple[Word, ...]:
    """The words where they still spell the text, one word of them all where its blanks are gone."""
    if " ".join(word.text for word in words) == text:
        return words
    if " " in text or not words or not all(len(word.polygon) == 4 for word in words):
        return ()
    first, last = words[0].polygon, words[-1].polygon
    return (Word(text, (first[0], last[1], last[2], first[3]), words[0].score),)
