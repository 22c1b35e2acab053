"""Making a character language model from texts."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Protocol

import numpy as np
from annotated_types import Gt, Le, doc

from munja.core.artifact import METADATA_KEY, Artifact, Manifest, write_atomically
from munja.core.errors import InputError, MissingExtraError, SpecError
from munja.core.registry import build, register
from munja.core.spec import load_spec
from munja.data.charset import characters
from munja.read.codecs import jamo  # registers the codec
from munja.read.codecs.ctc import CTC
from munja.read.language import LanguageModel
from munja.train.ngrams import build_trie

HELD_BACK = 0.02  # share of the lines that the model is measured on
CODECS = ("ctc", "ctc_jamo")


class Texts(Protocol):
    """Anything that gives lines of text."""

    def lines(self, count: int, seed: int) -> Iterator[str]:
        """About `count` lines."""
        ...


@register("texts", "synthetic")
class SyntheticTexts:
    """The texts that a recipe of synthetic lines writes, of 1 to `longest` characters."""

    def __init__(
        self,
        charset: str,
        /,
        *,
        recipe: Annotated[Mapping[str, Any] | str, doc("the synthesiser's Spec, or the path of one")],
        longest: Annotated[int, Gt(0), doc("characters")] = 48,
    ) -> None:
        from munja.data.synth.recipe import read_recipe
        from munja.data.synth.text import TextSource, kinds

        spec = load_spec(recipe) if isinstance(recipe, str) else dict(recipe)
        read = read_recipe(spec, text_kinds=kinds())
        own = characters(read.charset)
        if not set(own) <= set(charset):
            named = recipe if isinstance(recipe, str) else "the recipe"
            raise SpecError(f"texts.synthetic: {named} writes characters that are not in the model's charset")
        self._source = TextSource(own, dict(read.text), read.corpora, capitals=read.capitals)
        self._longest = longest

    def lines(self, count: int, seed: int) -> Iterator[str]:
        """`count` lines."""
        chance = random.Random(f"language/{seed}")
        for _ in range(count):
            length = chance.randint(2, self._longest)
            yield self._source.draw(chance, length, self._longest)


@register("texts", "file")
class FileTexts:
    """The lines of a text file, as often as are wanted; characters outside the charset are left out."""

    def __init__(
        self,
        charset: str,
        /,
        *,
        path: Annotated[str, doc("UTF-8 text, one line of the page per line")],
    ) -> None:
        file = Path(path)
        if not file.is_file():
            raise InputError(f"{path}: no such file of texts")
        known = frozenset(charset)
        rows = file.read_text(encoding="utf-8").splitlines()
        self._lines = [kept for row in rows if (kept := "".join(each for each in row if each in known).strip())]
        if not self._lines:
            raise InputError(f"{path}: holds no line with characters of the charset")

    def lines(self, count: int, seed: int) -> Iterator[str]:
        """All lines in random order, from the beginning again where more are wanted."""
        chance = random.Random(f"language/{seed}")
        left = count
        while left > 0:
            yield from chance.sample(self._lines, min(left, len(self._lines)))
            left -= len(self._lines)


@register("language", "ngram")
def count_language_model(
    out: Path,
    /,
    *,
    sources: Annotated[Sequence[Mapping[str, Any]], doc("Specs of texts")],
    shares: Annotated[Sequence[float], doc("share of each source")],
    charset: Annotated[str, doc("name of the charset")] = "ascii",
    codec: Annotated[str, doc("ctc, or ctc_jamo for Hangul by its letters")] = "ctc",
    order: Annotated[int, Gt(1), Le(6), doc("longest run of characters counted")] = 6,
    nodes: Annotated[int, Gt(0), doc("most n-grams kept; 6 bytes each")] = 200_000,
    lines: Annotated[int, Gt(0), doc("lines counted")] = 300_000,
    weight: Annotated[float, Gt(0.0), doc("how much the model says beside the picture")] = 0.3,
    bonus: Annotated[float, doc("log score added for every character")] = 0.8,
    seed: int = 1,
    title: Annotated[str, doc("name of the model")] = "language",
    licence: str = "",
    recipe: Mapping[str, Any] | None = None,
) -> Artifact:
    """Count an n-gram model of texts and write it as an artifact (.safetensors), measured on lines held back."""
    if out.suffix != ".safetensors":
        raise InputError(f"{out}: the file of a language model should end in .safetensors")
    if not sources or len(sources) != len(shares) or min(shares) <= 0:
        raise SpecError(f"language.ngram: one share above 0 for each source was wanted, got {len(sources)}, {shares}")
    if codec not in CODECS:
        raise SpecError(f"language.ngram.codec: one of {', '.join(CODECS)} was wanted, got {codec!r}")
    known = characters(charset)
    classes = jamo.jamo_classes(known) if codec == "ctc_jamo" else tuple(known)
    speller: CTC = build("codec", {"name": codec}, classes)
    texts = []
    for number, (source, share) in enumerate(zip(sources, shares, strict=True)):
        written: Texts = build("texts", source, known)
        texts += list(written.lines(max(1, round(lines * share / sum(shares))), seed + number))
    random.Random(seed).shuffle(texts)
    spelt = [speller.encode(text) for text in texts]
    held = max(1, round(len(spelt) * HELD_BACK))
    trie = build_trie(spelt[held:] or spelt, tokens=len(classes) + 1, order=order, nodes=nodes)
    model = LanguageModel(trie, classes, classes, weight=weight, bonus=bonus)
    length = sum(len(line) + 1 for line in spelt[:held])
    bits = -sum(model.log_probability(line) for line in spelt[:held]) / np.log(2) / length
    manifest = Manifest(
        task="language",
        name=title,
        codec={"name": "ngram", "weight": weight, "bonus": bonus},
        charset=classes,
        metrics={"bits_per_class": round(float(bits), 3), "nodes": len(trie.token), "lines_held_back": held},
        made={"recipe": dict(recipe or {}), "lines": len(texts)},
        licence=licence,
    )
    write_language_model(out, trie, manifest)
    return Artifact(manifest, out)


def write_language_model(out: Path, trie: Any, manifest: Manifest) -> None:
    """Write a trie and its manifest as one `.safetensors` file."""
    try:
        from safetensors.numpy import save
    except ImportError as error:
        raise MissingExtraError("writing weights", "train") from error
    tensors = {key: np.ascontiguousarray(getattr(trie, key)) for key in ("token", "children", "score", "backoff")}
    out.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(out, save(tensors, metadata={METADATA_KEY: manifest.to_json()}))
