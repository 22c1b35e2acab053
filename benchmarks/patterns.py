"""What patterns win back: noisy synthetic codes read freely and with the pattern they were made by.

    python -m benchmarks.patterns [--count 1000] [--models munja] [--pictures printed photographed] [--seed 1]

Half of the codes are positional (digits and letters in fixed places), a quarter each container codes (ISO 6346) and
wagon numbers (UIC), whose check digits decide. `printed` are lines of recipes/synth/english.toml in faces that Munja's
recogniser was not trained on, `photographed` crops of recipes/synth/codes.toml, such as it never saw. A free reading is
decidable if it is wrong and does not fit the pattern; blanks do not count. Times are CPU milliseconds per code, with
the pattern and freely.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np

from munja.core.page import Line
from munja.core.spec import load_spec
from munja.data.synth.codes.pattern import parse_pattern
from munja.data.synth.codes.synthesiser import CodeSynthesiser
from munja.data.synth.lines import LineSynthesiser
from munja.data.synth.looks import draw_look
from munja.read.engines import open_engine
from munja.read.fitting import Wish
from munja.read.lines import LineReader
from munja.read.patterns import compile_pattern, fits
from munja.read.patterns.guide import guide_of
from munja.read.reader import MIN_SCORE
from munja.read.weights import model_set

RECIPES = Path(__file__).parents[1] / "recipes" / "synth"
POSITIONAL = "|".join(
    [
        "[0-9]{4}",
        "[0-9]{3}[A-Z][0-9]{2}[A-Z][0-9]{2}",
        "[0-9]{4}[A-Z][0-9]{2}[A-Z][0-9]{2}",
        "[0-9]{4}[A-Z][0-9]{2}[A-Z]",
        "[A-Z][0-9]{4}[A-Z]{3}",
        "[A-Z]{2}[0-9]{6}",
    ]
)
# Name, the pattern, what its codes look like apart from their check digit, and its share.
KINDS = [
    ("positional", POSITIONAL, POSITIONAL.split("|"), 2),
    ("ISO 6346", "@iso6346", ["[A-Z]{3}[UJZ][0-9]{7}"], 1),
    ("UIC", "@uic", ["[0-9]{12}"], 1),
]
Picture = tuple[Any, str]  # (H, W, 3) and its text


@dataclass
class Counts:
    """How many codes were read how."""

    codes: int = 0
    wrong: int = 0
    decidable: int = 0
    won: int = 0
    refused: int = 0  # decidable ones of which nothing was said to fit
    harmed: int = 0  # right freely, wrong or refused with the pattern

    def add(self, truth: str, free: str, fitting: str, allowed: bool) -> None:
        """Count one code."""
        self.codes += 1
        self.harmed += free == truth != fitting
        self.wrong += free != truth
        if free != truth and not allowed:
            self.decidable += 1
            self.won += fitting == truth
            self.refused += not fitting


def codes(random: Random, shapes: list[str], pattern: str) -> Iterator[str]:
    """Texts of the shapes that fit the pattern, endlessly, each shape as often."""
    automaton = compile_pattern(pattern)
    drawn = [parse_pattern(each) for each in shapes]
    while True:
        text = random.choice(drawn).draw(random)
        if fits(automaton, text):
            yield text


def printed(texts: Iterator[str], count: int, seed: int) -> Iterator[Picture]:
    """Grey lines of English print that say the texts, as pictures (32, W, 3)."""
    synthesiser = LineSynthesiser(load_spec(RECIPES / "english.toml"), split="validate")
    random = Random(seed)
    recipe, faces, renderer = synthesiser.recipe, synthesiser._faces, synthesiser._renderer
    while count:
        text = next(texts)
        look = draw_look(random, recipe.shape, recipe.looks)
        face = faces.covering(random, faces.draw(random), text)
        line = renderer.render(text, face, look, random, width=640, height=32)
        if line is not None and line.text == text:
            count -= 1
            yield np.repeat(line.picture[..., None], 3, 2), text


def photographed(texts: Iterator[str], count: int, seed: int) -> Iterator[Picture]:
    """Crops of photographed plates that say the texts."""
    recipe = dict(load_spec(RECIPES / "codes.toml"))
    recipe["patterns"] = {"|".join(next(texts) for _ in range(count)): 1.0}
    for crop in CodeSynthesiser(recipe, split="train").crops(seed, count):
        yield crop.image, crop.text


MAKERS: dict[str, Callable[[Iterator[str], int, int], Iterator[Picture]]] = {
    "printed": printed,
    "photographed": photographed,
}


def plain(text: str) -> str:
    """The text without blanks."""
    return "".join(text.split())


class Readers:
    """One recogniser, with its language model, on pictures of one line."""

    def __init__(self, models: str) -> None:
        chosen = model_set(models)
        self.charset = chosen.recogniser.manifest.charset
        engine = open_engine(chosen.recogniser, engine="onnxruntime", threads=1)
        self._lines = LineReader(chosen.recogniser, engine, None, None, language=chosen.language)
        self.seconds = {"free": 0.0, "pattern": 0.0}

    def read(self, image: Any, wish: Wish | None) -> Line:
        """The line, freely or as wished."""
        height, width = image.shape[:2]
        quad = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        started = time.process_time()
        lines = self._lines.read(image, [quad], map, [wish])
        self.seconds["pattern" if wish else "free"] += time.process_time() - started
        return max(lines, key=lambda each: each.score or 0.0)


def measure(readers: Readers, pictures: list[Picture], pattern: str) -> dict[str, Counts]:
    """The counts with the least score of a Reader, and with none."""
    automaton = compile_pattern(pattern)
    guide = guide_of(automaton, readers.charset, pattern)
    counts = {"default": Counts(), "any": Counts()}
    for image, text in pictures:
        free = plain(readers.read(image, None).text)
        line = readers.read(image, Wish(guide, 0.0))
        allowed = fits(automaton, free)
        counts["any"].add(text, free, plain(line.text), allowed)
        kept = plain(line.text) if (line.score or 0.0) >= MIN_SCORE else ""
        counts["default"].add(text, free, kept, allowed)
    return counts


def main() -> None:
    """Make the codes, read them, print a row for each kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--models", default="munja")
    parser.add_argument("--pictures", nargs="+", choices=MAKERS, default=list(MAKERS))
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    readers = Readers(given.models)
    cv2.setNumThreads(1)
    heads = "pictures,codes,n,wrong freely,decidable,won back,refused,wrong still,harmed,CPU ms,freely".split(",")
    print("|", " | ".join(heads), "|")
    print("|---" * len(heads) + "|")
    for kind in given.pictures:
        for name, pattern, shapes, share in KINDS:
            count = given.count * share // 4
            texts = codes(Random(f"{given.seed}/{name}"), shapes, pattern)
            pictures = list(MAKERS[kind](texts, count, given.seed))
            readers.seconds = dict.fromkeys(readers.seconds, 0.0)
            for least, found in measure(readers, pictures, pattern).items():
                share_won = f"{found.won} ({100 * found.won / max(1, found.decidable):.0f} %)"
                still = found.decidable - found.won - found.refused
                times = [f"{1000 * readers.seconds[each] / count:.1f}" for each in ("pattern", "free")]
                cells = [f"{kind}, min_score {MIN_SCORE if least == 'default' else 0}", name, found.codes, found.wrong]
                cells += [found.decidable, share_won, found.refused, still, found.harmed, *times]
                print("|", " | ".join(map(str, cells)), "|", flush=True)


if __name__ == "__main__":
    main()
