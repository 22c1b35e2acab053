"""The numbers of all drawn samples together: distributions, characters, scripts, classes, and how splits differ."""

from __future__ import annotations

import heapq
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from munja.data.analyze.measure import Measured, Value
from munja.data.sample import Sample

EXTREMES = 8
EXTREMES_OF = ("text_height", "aspect", "contrast", "edge", "brightness", "length", "pitch")
FEW_VALUES = 30
WHOLE = "all"
_FUNCTION_WORDS = {
    "English": "the of and to in is that for it with as on be at by this are from or an which",
    "German": "der die das und ist nicht mit von den dem ein eine zu auf für im sich auch als",
    "French": "le la les et des est une dans pour que qui sur pas plus par au avec ce du",
    "Spanish": "el los las una por con para del se al como más pero su lo esta entre",
    "Italian": "il di che è per un non sono della con si gli alla più nel dei anche",
    "Portuguese": "o os uma não por com para do da em ao mais dos das pelo são",
    "Dutch": "het een van en niet op te dat voor met zijn aan er ook door bij naar",
}
_WORDS = {word: name for name, words in reversed(_FUNCTION_WORDS.items()) for word in words.split()}


@dataclass
class Statistics:
    """Everything that the report shows; numbers, characters and classes also by split."""

    samples: int = 0
    numbers: dict[str, dict[str, list[float]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    characters: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    labels: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    attributes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    languages: Counter[str] = field(default_factory=Counter)
    words: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    sides: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[str, str]] = field(default_factory=list)
    extremes: dict[tuple[str, bool], list[tuple[float, int, Value, Sample]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    rare: dict[str, Sample] = field(default_factory=dict)

    def add(self, sample: Sample, measured: Measured, side: str) -> None:
        """Take a sample in; `side` is its split, or its collection where there are several."""
        self.samples += 1
        self.kinds[sample.kind] += 1
        self.sides[side] += 1
        for key, values in measured.values.items():
            self.numbers[key][side].extend(value.number for value in values)
            if key in EXTREMES_OF and values:
                self._extreme(key, values, sample)
        for text in measured.texts:
            self.characters[side].update(text)
            for word in text.lower().split():
                self.words += 1
                if word in _WORDS:
                    self.languages[_WORDS[word]] += 1
            for each in set(text):
                self.rare.setdefault(each, sample)
        if sample.label is not None:
            self.labels[side][sample.label] += 1
        for key, value in sample.attributes.items():
            if isinstance(value, str | bool | int) and len(self.attributes[key]) <= FEW_VALUES:
                self.attributes[key][str(value)] += 1

    def _extreme(self, key: str, values: Sequence[Value], sample: Sample) -> None:
        for largest in (False, True):
            value = (max if largest else min)(values, key=lambda each: each.number)
            heap = self.extremes[key, largest]
            entry = (value.number if largest else -value.number, self.samples, value, sample)
            if len(heap) < EXTREMES:
                heapq.heappush(heap, entry)
            elif entry[:2] > heap[0][:2]:
                heapq.heapreplace(heap, entry)

    def most_extreme(self, key: str, *, largest: bool) -> list[tuple[Value, Sample]]:
        """The samples with the largest, or smallest, values of a measure, the most extreme first."""
        found = sorted(self.extremes[key, largest], key=lambda each: each[:2], reverse=True)
        return [(value, sample) for _, _, value, sample in found]

    def values(self, key: str, side: str = WHOLE) -> NDArray[np.float64]:
        """All values of a measure, of one side or of all."""
        parts = self.numbers[key]
        chosen = [value for part in parts.values() for value in part] if side == WHOLE else parts.get(side, [])
        return np.array(chosen, np.float64)

    def all_characters(self) -> Counter[str]:
        """Characters of all sides."""
        return sum(self.characters.values(), Counter())

    def scripts(self, side: str = WHOLE) -> Counter[str]:
        """Characters by writing system, digits and marks apart."""
        counts: Counter[str] = Counter()
        for character, count in (self.all_characters() if side == WHOLE else self.characters[side]).items():
            counts[script(character)] += count
        return counts


def script(character: str) -> str:
    """The writing system of a character: Latin, Hangul, Han, ..., digit, mark or blank."""
    if character.isspace():
        return "blank"
    if character.isdigit():
        return "digit"
    if not character.isalpha():
        return "mark"
    first = unicodedata.name(character, "unknown").partition(" ")[0]
    return {"CJK": "Han", "FULLWIDTH": "Latin"}.get(first, first.title())


@dataclass(frozen=True)
class Difference:
    """A way in which two sides differ: what, between which, how far (0 to 1), and in words."""

    what: str
    sides: tuple[str, str]
    distance: float
    sentence: str


def differences(statistics: Statistics, names: dict[str, str], *, least: int = 30) -> list[Difference]:
    """Where a side differs from the largest one by more than chance, the largest difference first.

    Of numbers by the Kolmogorov-Smirnov distance at a level of 0.1 %, of classes and scripts by the share of samples
    that would have to change.
    """
    sides = [side for side, _ in statistics.sides.most_common()]
    found = []
    for side in sides[1:]:
        for key, name in names.items():
            a, b = statistics.values(key, sides[0]), statistics.values(key, side)
            if min(len(a), len(b)) < least:
                continue
            distance = kolmogorov_smirnov(a, b)
            if distance > max(0.1, 1.95 * np.sqrt((len(a) + len(b)) / (len(a) * len(b)))):
                said = f"median {_short(np.median(a))} in {sides[0]}, {_short(np.median(b))} in {side}"
                found.append(Difference(name, (sides[0], side), distance, said))
        for name, tables in (("Classes", statistics.labels), ("Scripts", _scripts(statistics))):
            distance, said = _shares_differ(tables.get(sides[0], Counter()), tables.get(side, Counter()))
            if distance > 0.05:
                found.append(Difference(name, (sides[0], side), distance, said))
        unseen = sorted(set(statistics.characters[side]) - set(statistics.characters[sides[0]]))
        if unseen and statistics.characters[sides[0]]:
            count = sum(statistics.characters[side][each] for each in unseen)
            share = count / max(1, sum(statistics.characters[side].values()))
            said = (
                f"{len(unseen)} characters of {side} are not in the drawn part of {sides[0]}: {' '.join(unseen[:30])}"
            )
            found.append(Difference("Characters", (sides[0], side), share, said))
    return sorted(found, key=lambda each: -each.distance)


def kolmogorov_smirnov(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """The largest distance between the cumulated distributions of two sets of numbers, 0 to 1."""
    both = np.concatenate([a, b])
    first, second = (np.searchsorted(np.sort(each), both, side="right") / len(each) for each in (a, b))
    return float(np.abs(first - second).max())


def _scripts(statistics: Statistics) -> dict[str, Counter[str]]:
    return {side: statistics.scripts(side) for side in statistics.sides}


def _shares_differ(a: Counter[str], b: Counter[str]) -> tuple[float, str]:
    if not a or not b or min(a.total(), b.total()) < 30:
        return 0.0, ""
    gaps = {key: b[key] / b.total() - a[key] / a.total() for key in a | b}
    key = max(gaps, key=lambda each: abs(gaps[each]))
    return sum(map(abs, gaps.values())) / 2, f"{key}: {a[key] / a.total():.1%} against {b[key] / b.total():.1%}"


def imbalance(counts: Counter[str]) -> float:
    """How many times more often the most frequent value occurs than the least frequent."""
    return max(counts.values()) / min(counts.values()) if counts else 1.0


def quantiles(values: Sequence[float] | NDArray[np.float64], *shares: float) -> list[float]:
    """Values below which the shares of all lie."""
    return [float(each) for each in np.quantile(np.asarray(values), shares)]


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
