"""Alignment: texts as the characters that count, and which of them differ."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from munja.metrics.edits import LCSseq
from munja.metrics.record import CharacterError


class Spelling(NamedTuple):
    """A text in NFC: `folded` are the characters that are compared, `places` where they stand in `text`."""

    text: str
    folded: str
    places: Sequence[int]

    def likeness(self, other: Spelling) -> float:
        """Share of characters that both have in the same order, 0 to 1; 1 for two empty texts."""
        if self.folded == other.folded:
            return 1.0
        return float(LCSseq.normalized_similarity(self.folded, other.folded))


def fold(text: str) -> str:
    """The text without case, character by character, so that its length stays."""
    if text.isascii():
        return text.lower()
    folded = (character.casefold() for character in text)
    return "".join(each if len(each) == 1 else character for each, character in zip(folded, text, strict=True))


def spell(text: str, *, case_sensitive: bool) -> Spelling:
    """The characters of a text that count: those that are not white space."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    parts = text.split()
    tight = "".join(parts)
    folded = tight if case_sensitive else fold(tight)
    if len(parts) < 2:
        return Spelling(tight, folded, range(len(tight)))
    text = text.strip()
    return Spelling(text, folded, [place for place, character in enumerate(text) if not character.isspace()])


Characters = Sequence[tuple[int, Spelling]]  # boxes by number, in the order in which they are read


def align(truth: Characters, prediction: Characters) -> tuple[dict[int, int], dict[int, int], list[CharacterError]]:
    """Right characters of every true and every predicted box, and the errors between them.

    Right are the characters of a longest common subsequence. Between two right ones, missing and invented characters
    are paired in order as replacements.
    """
    wanted, read = ("".join(spelling.folded for _, spelling in side) for side in (truth, prediction))
    if wanted == read and len(truth) == len(prediction) == 1:
        return {truth[0][0]: len(wanted)}, {prediction[0][0]: len(read)}, []
    from_truth, from_prediction = _owners(truth), _owners(prediction)
    right = {number: 0 for number, _ in truth}
    right_read = {number: 0 for number, _ in prediction}
    errors: list[CharacterError] = []
    missing: list[int] = []
    invented: list[int] = []

    def flush() -> None:
        """Pair what is missing with what was invented in its place, in order; the rest of either stands alone."""
        for rank in range(max(len(missing), len(invented))):
            one = from_truth[missing[rank]] if rank < len(missing) else None
            other = from_prediction[invented[rank]] if rank < len(invented) else None
            errors.append(_error(one, other))
        missing.clear()
        invented.clear()

    for operation in LCSseq.opcodes(wanted, read):
        if operation.tag == "equal":
            flush()
            for place in range(operation.src_start, operation.src_end):
                right[from_truth[place][0]] += 1
            for place in range(operation.dest_start, operation.dest_end):
                right_read[from_prediction[place][0]] += 1
        else:
            missing.extend(range(operation.src_start, operation.src_end))
            invented.extend(range(operation.dest_start, operation.dest_end))
    flush()
    return right, right_read, errors


Owned = tuple[int, int, str]  # number of the box, place in its text, the character


def _owners(side: Characters) -> list[Owned]:
    return [(number, place, spelling.text[place]) for number, spelling in side for place in spelling.places]


def _error(wanted: Owned | None, read: Owned | None) -> CharacterError:
    truth, truth_at, character = wanted or (None, None, "")
    prediction, prediction_at, other = read or (None, None, "")
    return CharacterError(character, other, truth, truth_at, prediction, prediction_at)
