"""End-to-end scores that count words: found by IoU and read without any error.

The rules are those of ICDAR 2013/2015 (end-to-end and word spotting, with or without a lexicon), and the normalised
edit distance of ICDAR 2019 ArT and LSVT over the same pairs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from typing import Literal

from munja.core.errors import SpecError
from munja.core.page import Page
from munja.metrics.alignment import fold
from munja.metrics.boxes import Box, Level, boxes_of, check_sizes, resolve_level
from munja.metrics.detection import match_by_iou, overlaps_of
from munja.metrics.edits import Levenshtein, process
from munja.metrics.formulas import Harmonic, Measure, Ratio
from munja.metrics.meetings import Pair
from munja.metrics.outcomes import ignored, simple
from munja.metrics.record import BoxResult, PageResult
from munja.metrics.text import one_minus_ned

Task = Literal["end to end", "word spotting"]
SPECIAL = "!?.:,*\"()·[]/'"  # marks that may stand around a word without being part of it
SHORTEST = 3  # characters that a word needs to be searched for

_RECALL = Ratio(("right",), ("truth",), trials=True)
_PRECISION = Ratio(("right",), ("predicted",), trials=True)
MEASURES = {
    "end_to_end": {
        "recall": Measure(_RECALL),
        "precision": Measure(_PRECISION),
        "hmean": Measure(Harmonic(_RECALL, _PRECISION)),
        "word_exact_match": Measure(Ratio(("right",), ("matched",), trials=True)),
        "one_minus_ned": Measure(Ratio(("similarity",), ("pairs",))),
        "one_minus_ned_matched": Measure(Ratio(("similarity",), ("matched",))),
    }
}


def compare(
    truth: Page,
    prediction: Page,
    *,
    level: Level | None = None,
    task: Task = "end to end",
    case_sensitive: bool = False,
    lexicon: Collection[str] | None = None,
    threshold: float = 0.5,
) -> PageResult:
    """The record of one page: boxes matched by IoU whose texts are equal.

    Task "end to end" asks for every word; marks at the ends of a true word may be left out. Task "word spotting" asks
    only for words that can be searched for (`searchable`) and ignores marks at the ends of both texts. A `lexicon`
    replaces every predicted text by its nearest word, as the competitions' lexicon tasks allow a reader to do.
    """
    check_sizes(truth, prediction)
    if task not in ("end to end", "word spotting"):
        raise SpecError(f"task: 'end to end' or 'word spotting' was wanted, got {task!r}")
    level = resolve_level(level, [truth])
    wanted, found = boxes_of(truth, level, "truth"), boxes_of(prediction, level, "prediction")
    spotting = task == "word spotting"
    skipped = [spotting and not searchable(box.text) for box in wanted]
    overlaps = overlaps_of(wanted, found, on_ignored=0.5, skipped=skipped)
    pairs = match_by_iou(overlaps, threshold)
    true = [_normal(box.text, case_sensitive=case_sensitive) for box in wanted]
    read = _read(found, lexicon, case_sensitive=case_sensitive)
    right = {(g, d) for g, d in pairs if _equal(true[g], read[d], spotting=spotting)}
    alone = len(overlaps.asked) + len(overlaps.counted) - 2 * len(pairs)
    counts = {
        "truth": len(overlaps.asked),
        "predicted": len(overlaps.counted),
        "matched": len(pairs),
        "right": len(right),
        "similarity": sum(one_minus_ned(true[g], read[d]) for g, d in pairs),
        "pairs": len(pairs) + alone,
    }
    options = {
        "level": level,
        "task": task,
        "case_sensitive": case_sensitive,
        "lexicon": None if lexicon is None else len(lexicon),
        "threshold": threshold,
    }
    source = truth.source if truth.source is not None else prediction.source
    sides = [
        _results(boxes, kept, pairs, right, side)
        for side, (boxes, kept) in enumerate(((wanted, overlaps.asked), (found, overlaps.counted)))
    ]
    return PageResult("end_to_end", counts, options, source, truth.index, sides[0], sides[1])


def searchable(text: str) -> bool:
    """Whether word spotting asks for a word: one of 3 letters or more, marks at its ends and a possessive 's aside.

    Words with digits, blanks or marks inside are not asked for; a hyphen between letters is.
    """
    word = _bare(text.removesuffix("'s").removesuffix("'S")).strip("-")
    letters = word.replace("-", "")
    return len(word) >= SHORTEST and all(unicodedata.category(each)[0] in "LM" for each in letters)


def _read(boxes: Sequence[Box], lexicon: Collection[str] | None, *, case_sensitive: bool) -> list[str]:
    """What was read in each box, as it is compared: with a lexicon its nearest word."""
    texts = [_normal(box.text, case_sensitive=case_sensitive) for box in boxes]
    if lexicon is None:
        return texts
    words = [_normal(word, case_sensitive=case_sensitive) for word in lexicon]
    return [_nearest(text, words) for text in texts]


def _bare(text: str) -> str:
    return text.strip(SPECIAL)


def _normal(text: str, *, case_sensitive: bool) -> str:
    text = unicodedata.normalize("NFC", text).strip()
    return text if case_sensitive else fold(text)


def _nearest(text: str, words: Sequence[str]) -> str:
    found = process.extractOne(text, words, scorer=Levenshtein.distance)
    return found[0] if found else text


def _equal(truth: str, read: str, *, spotting: bool) -> bool:
    if spotting:
        return _bare(truth) == _bare(read)
    allowed = {truth}
    if truth[:1] in SPECIAL:
        allowed.add(truth[1:])
    if truth[-1:] in SPECIAL:
        allowed |= {each[:-1] for each in tuple(allowed) if each}
    return read in allowed


def _results(
    boxes: Sequence[Box], kept: Sequence[int], pairs: Sequence[Pair], right: set[Pair], side: int
) -> tuple[BoxResult, ...]:
    partner = {pair[side]: pair for pair in pairs}
    counted = set(kept)
    results: list[BoxResult] = []
    for number, box in enumerate(boxes):
        if number not in counted:
            results.append(ignored(box))
            continue
        pair = partner.get(number)
        result = simple(box, [] if pair is None else [pair[1 - side]], [], side=side, lost=pair is None)
        if pair is not None and pair not in right:
            result = result._replace(kinds=("wrong characters",), cost=1.0)
        results.append(result)
    return tuple(results)
