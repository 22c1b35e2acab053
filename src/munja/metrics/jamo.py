"""Letters of Korean: syllables taken apart, so that one wrong letter is one error and not a whole syllable."""

from __future__ import annotations

import unicodedata

from munja.metrics.edits import Levenshtein

_FIRST, _LAST = "가", "힣"
_ALONE_FIRST, _ALONE_LAST = "ㄱ", "ㆎ"


def letters_of(text: str) -> str:
    """The text with every Hangul syllable as its conjoining letters; a letter that stands alone becomes an initial."""
    if text.isascii():
        return text
    return "".join(
        unicodedata.normalize("NFKD", each) if _FIRST <= each <= _LAST or _ALONE_FIRST <= each <= _ALONE_LAST else each
        for each in unicodedata.normalize("NFC", text)
    )


def letter_distance(truth: str, read: str) -> int:
    """Edit distance of two texts in letters; between 각 and 강 it is 1, between 각 and 물 it is 3."""
    return Levenshtein.distance(letters_of(truth), letters_of(read))
