"""Text of synthetic lines: running text of corpora and generated items, by weight, cut to the wanted length."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from unicodedata import normalize

from munja.core.errors import InputError, SpecError
from munja.data.charset import ACCENTS
from munja.data.synth import patterns
from munja.data.synth.vocabulary import words

# Kinds that fill any length; the others are those of patterns.toml, which give one item at a time.
FLOWING = ("english", "english_words", "korean", "korean_words", "uniform")
_WITHOUT_CASE = frozenset(("codes", "web", "symbols", "uniform"))


def kinds() -> list[str]:
    """The kinds of text that a recipe can weigh."""
    return [*FLOWING, *patterns.kinds()]


@dataclass(frozen=True)
class Corpora:
    """Words of the corpora: `english` and `korean` in running order, `*_words` by falling frequency."""

    english: tuple[str, ...]
    english_words: tuple[str, ...]
    korean: tuple[str, ...]
    korean_words: tuple[str, ...]


@cache
def load_corpora(folder: str) -> Corpora:
    """The corpora in a folder (langdata_eng.*, langdata_kor.*, songys_chatbot.txt); built-in words for no name."""
    if not folder:
        english, korean = words("english"), words("korean_receipt")
        mix = Random(1)  # running text must not be the list in its order
        return Corpora(tuple(mix.choices(english, k=20_000)), english, tuple(mix.choices(korean, k=20_000)), korean)
    place = Path(folder).expanduser()
    if not place.is_dir():
        raise InputError(
            f"{folder}: no such folder of corpora; correct `corpora`, or leave it out for generated text only"
        )
    english = _words(place, "langdata_eng.training_text.txt")
    korean = _words(place, "langdata_kor.training_text.txt") + _words(place, "songys_chatbot.txt")
    return Corpora(
        english, _words(place, "langdata_eng.wordlist.txt"), korean, _words(place, "langdata_kor.wordlist.txt")
    )


def _words(place: Path, name: str) -> tuple[str, ...]:
    for path in (place / name, place / f"{name}.gz"):
        if path.is_file():
            raw = path.read_bytes()
            return tuple((gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8").split())
    raise InputError(f"{place}: {name} (or {name}.gz) is missing in the folder of corpora")


class TextSource:
    """Draws texts of a charset: `draw(random, length, longest)` gives about `length`, at most `longest` characters."""

    def __init__(self, characters: str, weights: dict[str, float], corpora: str, /, *, capitals: float = 0.3) -> None:
        self._characters = frozenset(characters)
        self._common = [each for each in characters if each != " " and not "가" <= each <= "힣"]
        self._kinds = [kind for kind, weight in weights.items() if weight > 0]
        self._totals = list(accumulate(weights[kind] for kind in self._kinds))
        self._corpora = load_corpora(corpora)
        self._capitals = capitals
        spellings = {**{each: _without_accent(each) for each in ACCENTS}, **_SPELLINGS}
        self._plain = str.maketrans({each: plain for each, plain in spellings.items() if each not in self._characters})
        self._flowing: dict[str, Callable[[Random, int], str]] = {
            "english": lambda random, length: self._running(random, self._corpora.english, length),
            "korean": lambda random, length: self._running(random, self._corpora.korean, length),
            "english_words": lambda random, length: self._listed(random, self._corpora.english_words, length),
            "korean_words": lambda random, length: self._listed(random, self._corpora.korean_words, length),
            "uniform": self._uniform,
        }
        if "a" not in self._characters:
            raise SpecError("charset: a charset with the Latin letters was wanted")

    def draw(self, random: Random, length: int, longest: int) -> str:
        """A text without double, leading or trailing blanks; never empty, all of its characters in the charset."""
        text = ""
        least = length * (0.75 if random.random() < 0.85 else 0.3)
        kind = self._kind(random)
        for attempt in range(16):
            part = self._part(random, kind, length - len(text))
            if len(text) + 1 + len(part) > longest:
                if text:
                    break
                if attempt < 3:  # an item that has to be cut is worse than a shorter one
                    kind = self._kind(random)
                    continue
            text = f"{text} {part}".strip()
            if len(text) >= least:
                break
            if random.random() < 0.5:
                kind = self._kind(random)
        return shorten(random, text, longest) or patterns.digits(random, min(longest, 3))

    def _kind(self, random: Random) -> str:
        return random.choices(self._kinds, cum_weights=self._totals)[0]

    def _part(self, random: Random, kind: str, length: int) -> str:
        if kind not in self._flowing:
            text = patterns.draw(random, kind)
            if "\t" in text:  # a field of a form: its label and its value stand in boxes of their own, mostly
                chance = random.randrange(10)
                text = text.partition("\t")[2 * (chance < 4)] if chance < 9 else text
            return self._clean(self._cased(random, kind, text))
        # A syllable is about as wide as 1.8 Latin letters, which lengths are counted in.
        length = max(1, round(0.6 * length)) if kind.startswith("korean") else length
        return self._clean(self._cased(random, kind, self._flowing[kind](random, length)))

    def _cased(self, random: Random, kind: str, text: str) -> str:
        if kind in _WITHOUT_CASE:
            return text
        chance = random.random()
        if chance < self._capitals:
            return text.upper()
        if kind == "receipt" and chance < self._capitals + 0.35:
            return text.title() if random.random() < 0.7 else text.capitalize()
        return text.title() if chance < self._capitals + 0.06 else text

    def _clean(self, text: str) -> str:
        text = text.translate(self._plain)
        if not self._characters.issuperset(text):
            text = "".join(each for each in text if each in self._characters)
        return " ".join(text.split())

    @staticmethod
    def _running(random: Random, words: Sequence[str], length: int) -> str:
        count = max(1, length // 4)
        start = random.randrange(max(1, len(words) - count))
        kept: list[str] = []
        size = -1
        for word in words[start : start + count]:
            if kept and size + 1 + len(word) > length + 2:
                break
            kept.append(word)
            size += 1 + len(word)
        return " ".join(kept)

    @staticmethod
    def _listed(random: Random, words: Sequence[str], length: int) -> str:
        kept: list[str] = []
        size = -1
        while size < length - 3:
            # Half of the words evenly from the list, half from its frequent beginning.
            rank = random.random() ** random.choice((1, 3))
            kept.append(words[int(rank * len(words))])
            size += 1 + len(kept[-1])
        return " ".join(kept)

    def _uniform(self, random: Random, length: int) -> str:
        word = random.choices(self._common, k=max(1, min(length, random.randint(1, 8))))
        return "".join(word)


# How characters outside a charset are spelt with characters that are in it.
_SPELLINGS = {
    "‘": "'", "’": "'", "‚": ",", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "…": "...", "•": "*", "·": ".",
    "×": "x", "￦": "₩", "ﬁ": "fi", "ﬂ": "fl", "°": "", "㈜": "(주)", "　": " ",
}  # fmt: skip


def _without_accent(character: str) -> str:
    return {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "ı": "i"}.get(character) or normalize(
        "NFD", character
    )[0]


def shorten(random: Random, text: str, longest: int) -> str:
    """The text, or a part of it of at most `longest` characters, cut between words where that is possible."""
    if len(text) <= longest:
        return text
    words = text.split()
    start = random.randrange(len(words)) if random.random() < 0.5 else 0
    part = ""
    for word in words[start:]:
        if len(part) + len(word) + (1 if part else 0) > longest:
            break
        part = f"{part} {word}" if part else word
    return part or words[start][:longest].strip()
