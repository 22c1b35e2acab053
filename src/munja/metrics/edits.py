"""Distances between texts, from the package rapidfuzz: who only reads needs none of it, and it is 12 MB."""

from __future__ import annotations

from munja.core.errors import MissingExtraError

try:
    from rapidfuzz import process
    from rapidfuzz.distance import LCSseq, Levenshtein
except ImportError as error:  # pragma: no cover - depends on the installation
    raise MissingExtraError("comparing texts", "evaluate") from error

__all__ = ["LCSseq", "Levenshtein", "process"]
