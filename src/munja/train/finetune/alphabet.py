"""The new model's charset: the old one's, and what labels add to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from munja.core.artifact import Manifest
from munja.core.errors import ArtifactError, InputError
from munja.core.registry import build
from munja.data.charset import characters
from munja.read.codecs import attention as _attention  # noqa: F401  (registers itself)
from munja.read.codecs.jamo import JAMO, is_syllable, jamo_classes, letters


@dataclass(frozen=True)
class Alphabet:
    """Characters of the new model's charset in order, as a recipe writes them, and those that the old one lacks.

    Of a model that reads Hangul by its letters the syllables are no part of `charset`: it reads them all.
    """

    charset: str
    added: str = ""
    dropped: str = ""  # characters that only the old model knows
    by_letters: bool = False

    def lacks(self, text: str) -> str:
        """The characters of a text that the charset does not hold, each once."""
        return "".join(dict.fromkeys(each for each in text if not self._holds(each)))

    def codec(self, manifest: Manifest) -> Any:
        """The codec of a model with this charset, otherwise as a manifest says."""
        classes = jamo_classes(self.charset) if self.by_letters else tuple(self.charset)
        return build("codec", manifest.codec, classes)

    def _holds(self, character: str) -> bool:
        return character in self.charset or (self.by_letters and set(letters(character)) <= set(JAMO))


def alphabet_of(manifest: Manifest, wanted: str, texts: Iterable[str]) -> Alphabet:
    """The alphabet for texts: that of a model and what the texts add, or exactly the `wanted` one.

    ArtifactError for a model whose classes are not single characters; InputError, listing them, for characters of the
    texts that the wanted charset lacks.
    """
    by_letters = manifest.codec.get("name") == "ctc_jamo"
    old = "".join(_single(manifest.charset, by_letters))
    if wanted:
        given = "".join(each for each in characters(wanted) if not (by_letters and _is_hangul(each)))
        new = Alphabet(given, "".join(each for each in given if each not in old),
                       "".join(each for each in old if each not in given), by_letters)  # fmt: skip
        missing, example = _missing(new, texts)
        if missing:
            raise InputError(
                f"--charset lacks {len(missing)} characters of the labels: {shown(missing)}, first in {example!r}; add "
                "them, correct the labels, or leave --charset out: what labels need is then added by itself"
            )
        return new
    missing, _ = _missing(Alphabet(old, by_letters=by_letters), texts)
    added = "".join(sorted(missing))
    return Alphabet(old + added, added, "", by_letters)


def shown(counts: Counter[str]) -> str:
    """Characters with their code points and how many labels have them, the most frequent first."""
    parts = [f"{each!r} (U+{ord(each):04X}, in {count})" for each, count in counts.most_common(20)]
    return ", ".join(parts) + (f" and {len(counts) - 20} more" if len(counts) > 20 else "")


def _missing(alphabet: Alphabet, texts: Iterable[str]) -> tuple[Counter[str], str]:
    found, example = Counter[str](), ""
    for text in texts:
        if lacking := alphabet.lacks(text):
            found.update(lacking)
            example = example or text
    return found, example


def _single(charset: Sequence[str], by_letters: bool) -> list[str]:
    if long := [each for each in charset if len(each) != 1]:
        raise ArtifactError(f"its charset has classes of several characters, such as {long[0]!r}; it cannot be adapted")
    return [each for each in charset if not (by_letters and each in JAMO)]


def _is_hangul(character: str) -> bool:
    return is_syllable(character) or set(letters(character)) <= set(JAMO)
