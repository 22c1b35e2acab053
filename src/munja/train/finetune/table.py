"""Before and after: exact readings and 1 - NED by set, with intervals, and which characters are read wrongly."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from munja.metrics.corpus import Figure, corpus
from munja.metrics.edits import Levenshtein
from munja.metrics.readers import compare_readers
from munja.metrics.text import normal
from munja.train.finetune.crops import Crop
from munja.train.finetune.measure import Readings, records
from munja.train.finetune.plan import GENERAL

FIGURES = ("exact", "one_minus_ned")
ALL = "all sets"
MOST = 15  # rows of the tables of characters


@dataclass(frozen=True)
class Change:
    """A figure before and after, with their intervals, and the interval of what was gained (paired by photograph)."""

    before: Figure
    after: Figure
    gain: Figure


@dataclass(frozen=True)
class Row:
    """The figures of one set, read freely or as the pattern allows, case-sensitive."""

    collection: str
    guided: bool
    crops: int
    sources: int
    exact: Change
    one_minus_ned: Change


@dataclass(frozen=True)
class CharacterRow:
    """How often a character stands in the test crops, how often it was read wrongly, and what it was taken for."""

    character: str
    count: int
    wrong_before: int
    wrong_after: int
    taken_for: tuple[tuple[str, int], ...]  # after; an empty text where it was left out


def rows(crops: Sequence[Crop], before: Readings, after: Readings) -> list[Row]:
    """A row for each set, free and guided; of several sets of one's own also their total, the general set last."""
    names = list(dict.fromkeys(crop.collection for crop in crops if crop.collection != GENERAL))
    groups = [(name, [i for i, crop in enumerate(crops) if crop.collection == name]) for name in names]
    if len(names) > 1:
        groups.append((ALL, [i for i, crop in enumerate(crops) if crop.collection != GENERAL]))
    groups.append((GENERAL, [i for i, crop in enumerate(crops) if crop.collection == GENERAL]))
    found = []
    for name, numbers in groups:
        if not numbers:
            continue
        chosen = [crops[i] for i in numbers]
        found.append(_row(name, chosen, [before.free[i] for i in numbers], [after.free[i] for i in numbers]))
        if after.guided and name != GENERAL:
            pair = [before.guided[i] for i in numbers], [after.guided[i] for i in numbers]
            found.append(_row(name, chosen, *pair, guided=True))
    return found


def characters(crops: Sequence[Crop], before: Sequence[str], after: Sequence[str]) -> list[CharacterRow]:
    """The characters of a person's own crops that are read wrongly most often, after and then before."""
    counts, wrong = Counter[str](), (Counter[str](), Counter[str]())
    taken: dict[str, Counter[str]] = defaultdict(Counter)
    for crop, *texts in zip(crops, before, after, strict=True):
        if crop.collection == GENERAL:
            continue
        truth = normal(crop.text)
        counts.update(truth)
        for side, text in enumerate(texts):
            for wanted, read in errors(truth, normal(text)):
                wrong[side][wanted] += 1
                if side == 1:
                    taken[wanted][read] += 1
    worst = sorted(counts, key=lambda each: (-wrong[1][each], -wrong[0][each], each))
    return [
        CharacterRow(each, counts[each], wrong[0][each], wrong[1][each], tuple(taken[each].most_common(3)))
        for each in worst
        if wrong[0][each] or wrong[1][each]
    ][:MOST]


def errors(truth: str, read: str) -> list[tuple[str, str]]:
    """(character, what was read in its place) of each true character that was not read; "" where it was left out."""
    return [
        (truth[step.src_pos], read[step.dest_pos] if step.tag == "replace" else "")
        for step in Levenshtein.editops(truth, read)
        if step.tag != "insert"
    ]


def _row(name: str, crops: Sequence[Crop], before: Sequence[str], after: Sequence[str], *, guided: bool = False) -> Row:
    sides = records(crops, before), records(crops, after)
    figures = [corpus(side).figures for side in sides]
    changes = []
    for key in FIGURES:
        both = compare_readers(sides[0], sides[1], key, names=("before", "after"))
        changes.append(Change(figures[0][key], figures[1][key], Figure(both.difference, both.low, both.high)))
    return Row(name, guided, len(crops), len(sides[0]), *changes)
