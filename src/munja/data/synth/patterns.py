"""Generated text: names, addresses, dates, money, codes, web addresses, receipts, drawn from patterns.toml."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from random import Random

from munja.core.errors import SpecError, did_you_mean
from munja.data.charset import SYLLABLES, ksx1001_syllables
from munja.data.synth.vocabulary import words

Draw = Callable[[Random], str]

_CONSONANTS = tuple("b c d f g h j k l m n p r s t v w z st ch br tr x qu th".split())
_VOWELS = tuple("a e i o u y ea io ou ai".split())
_ENDINGS = ("", "", "n", "r", "s", "t", "l", "ng", "ck")
_SYMBOLS = string.punctuation
_ACCENTED = {
    "a": "àáâãäåąă", "c": "çćč", "d": "ďð", "e": "èéêëęě", "g": "ğ", "i": "ìíîïı", "l": "ł", "n": "ñńň",
    "o": "òóôõöøőœ", "r": "ř", "s": "śşšß", "t": "ťþ", "u": "ùúûüůű", "y": "ýÿ", "z": "źżž",
}  # fmt: skip
_TOKEN = re.compile(r"\\.|\{(?:\\.|[^{}\\])*\}|[^{}\\]+")
_COUNTED = re.compile(r"(d|n|p|L|X|x|s|syllables|rare)(\d+)(?:-(\d+))?")


@cache
def kinds() -> dict[str, tuple[Draw, ...]]:
    """The kinds of generated text and the patterns of each, ready to be drawn."""
    text = files(__package__ or "munja.data.synth").joinpath("patterns.toml").read_text(encoding="utf-8")
    tree: dict[str, list[str]] = tomllib.loads(text)
    return {kind: tuple(_pattern(each, tree) for each in patterns) for kind, patterns in tree.items()}


def draw(random: Random, kind: str) -> str:
    """One text of a kind."""
    return random.choice(kinds()[kind])(random)


def digits(random: Random, count: int) -> str:
    """`count` digits, the first one not 0 in half of the cases."""
    value = random.randrange(10 ** (count - 1), 10**count) if random.random() < 0.5 else random.randrange(10**count)
    return f"{value:0{count}d}"


def word(random: Random) -> str:
    """A word that can be spoken and means nothing, so that a reader cannot guess it."""
    parts = [random.choice(_CONSONANTS) + random.choice(_VOWELS) for _ in range(random.randint(1, 4))]
    return "".join(parts) + random.choice(_ENDINGS)


def amount(random: Random) -> str:
    """A number as prices show it: two decimals mostly, grouped thousands, seldom another style."""
    value = random.random() * 10 ** random.randint(1, 5)
    form = random.randrange(12)
    if form < 7:
        return f"{value:.2f}" if form < 4 else f"{value:,.2f}"
    if form < 9:
        return f"{int(value):,}" if form == 7 else str(int(value))
    return f"{int(value)}.00" if form == 9 else f"{value:.3f}" if form == 10 else f"{value:.2f}".replace(".", ",")


def won(random: Random) -> str:
    """A price in won: whole, grouped, with zeros at its end."""
    return f"{random.randint(1, 999) * 10 ** random.randint(1, 4):,}"


def accented(random: Random) -> str:
    """A made-up word with some of its letters accented."""
    return "".join(
        random.choice(_ACCENTED.get(each, each)) if random.random() < 0.35 else each for each in word(random)
    )


_NAMED: dict[str, Draw] = {
    "word": word,
    "Word": lambda random: word(random).title(),
    "amount": amount,
    "won": won,
    "accented": accented,
    "Accented": lambda random: accented(random).capitalize(),
    "mon": lambda random: random.choice(words("months"))[:3],
}
_ALPHABETS: dict[str, Callable[[], str]] = {
    "L": lambda: string.ascii_uppercase,
    "X": lambda: string.ascii_uppercase + string.digits,
    "x": lambda: string.ascii_letters + string.digits,
    "s": lambda: _SYMBOLS,
    "syllables": ksx1001_syllables,
    "rare": lambda: SYLLABLES,
}


def _pattern(pattern: str, tree: dict[str, list[str]]) -> Draw:
    """The function that draws a pattern."""
    parts = [_part(token, tree) for token in _TOKEN.findall(pattern)]
    if len(parts) == 1:
        return parts[0]
    return lambda random: "".join([part(random) for part in parts])


def _part(token: str, tree: dict[str, list[str]]) -> Draw:
    if not token.startswith("{"):
        literal = token[1:] if token.startswith("\\") else token
        return lambda random: literal
    name = token[1:-1]
    if "|" in name:
        choices = tuple(name.split("|"))
        return lambda random: random.choice(choices)
    counted = _COUNTED.fullmatch(name)
    if counted:
        return _counted(counted[1], int(counted[2]), int(counted[3] or counted[2]))
    if name in _NAMED:
        return _NAMED[name]
    kind = name.removeprefix(":")
    if name.startswith(":") or name in ("prefix", "number", "given"):
        if kind not in tree:
            raise SpecError(f"patterns.toml: {token}: no such kind; {did_you_mean(kind, tree)}")
        return lambda random: draw(random, kind)
    listed = words(name)
    return lambda random: random.choice(listed)


def _counted(name: str, low: int, high: int) -> Draw:
    if name == "d":
        return lambda random: digits(random, random.randint(low, high))
    if name == "n":
        return lambda random: str(random.randint(low, high))
    if name == "p":
        width = len(str(high))
        return lambda random: f"{random.randint(low, high):0{width}d}"
    alphabet = _ALPHABETS[name]()
    return lambda random: "".join(random.choices(alphabet, k=random.randint(low, high)))
