"""Metrics: Pages in, numbers out. A metric's `compare` gives the record of a page, `corpus` the figures of many."""

from __future__ import annotations

from munja.metrics.boxes import level_of
from munja.metrics.corpus import CorpusResult, Figure, corpus, figures
from munja.metrics.readers import Comparison, compare_readers
from munja.metrics.record import BoxResult, CharacterError, PageResult

__all__ = [
    "BoxResult",
    "CharacterError",
    "Comparison",
    "CorpusResult",
    "Figure",
    "PageResult",
    "compare_readers",
    "corpus",
    "figures",
    "level_of",
]
