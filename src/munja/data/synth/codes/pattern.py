"""Patterns: regular expressions of codes, of which every matching text is drawn equally often.

What codes need of the language: characters, classes such as [A-HJ-NPR-Z0-9], groups, |, ?, {n} and {m,n}.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from munja.core.errors import SpecError

_SPECIAL = frozenset("()[]{}|?*+.^$\\")
_MOST = 64  # a longer repetition is a slip of the pen, not a code


@dataclass(frozen=True)
class Pattern:
    """What a regular expression matches: how many texts, each counted once per way to write it, and one of them."""

    count: int
    draw: Callable[[Random], str]
    shortest: int  # characters
    characters: frozenset[str]


def parse_pattern(expression: str) -> Pattern:
    """The Pattern of a regular expression; SpecError names the place that is no part of the known language."""
    reader = _Reader(expression)
    found = reader.alternatives()
    if reader.at < len(expression):
        raise reader.error("a group was closed that was never opened")
    return found


def _sequence(parts: Sequence[Pattern]) -> Pattern:
    count = 1
    for each in parts:
        count *= each.count
    known = frozenset().union(*(each.characters for each in parts))
    shortest = sum(each.shortest for each in parts)
    return Pattern(count, lambda random: "".join(each.draw(random) for each in parts), shortest, known)


def _choice(parts: Sequence[Pattern]) -> Pattern:
    if len(parts) == 1:
        return parts[0]
    counts = [each.count for each in parts]
    total = sum(counts)

    def draw(random: Random) -> str:
        at = random.randrange(total)  # whole numbers: counts of codes outgrow the precision of floats
        for each, count in zip(parts, counts, strict=True):
            if at < count:
                return each.draw(random)
            at -= count
        raise AssertionError("counts add up to their total")  # pragma: no cover

    known = frozenset().union(*(each.characters for each in parts))
    return Pattern(total, draw, min(each.shortest for each in parts), known)


class _Reader:
    """Reads an expression from left to right."""

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.at = 0

    def error(self, what: str) -> SpecError:
        return SpecError(
            f"pattern {self.expression!r}: {what} at character {self.at + 1}; known are characters, [classes], "
            "(groups), |, ?, {n} and {m,n}"
        )

    def peek(self) -> str:
        return self.expression[self.at : self.at + 1]

    def take(self) -> str:
        if not (taken := self.peek()):
            raise self.error("it ends too early")
        self.at += 1
        return taken

    def alternatives(self) -> Pattern:
        parts = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            parts.append(self.sequence())
        return _choice(parts)

    def sequence(self) -> Pattern:
        parts = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.repeated(self.atom()))
        return _sequence(parts)

    def atom(self) -> Pattern:
        first = self.take()
        if first == "(":
            if self.expression.startswith("?:", self.at):
                self.at += 2
            found = self.alternatives()
            if self.take() != ")":
                raise self.error("a group is not closed")  # pragma: no cover - sequence() ends at nothing else
            return found
        if first == "[":
            members = self.members()
            return Pattern(len(members), lambda random: random.choice(members), 1, frozenset(members))
        literal = self.escaped() if first == "\\" else first
        if first != "\\" and literal in _SPECIAL:
            self.at -= 1
            raise self.error(f"{literal!r} is not known here")
        return Pattern(1, lambda random: literal, 1, frozenset(literal))

    def escaped(self) -> str:
        literal = self.take()
        if literal.isalnum():
            raise self.error(f"\\{literal} is not known; write a class such as [0-9]")
        return literal

    def members(self) -> str:
        """The characters of a class, each once."""
        found: dict[str, None] = {}
        if self.peek() == "^":
            raise self.error("a class of everything else is not known")
        while (first := self.take()) != "]":
            low = self.escaped() if first == "\\" else first
            high = low
            if self.peek() == "-" and self.expression[self.at + 1 : self.at + 2] != "]":
                self.at += 1
                high = self.take()
            if ord(high) < ord(low):
                raise self.error(f"{low}-{high} runs backwards")
            found.update(dict.fromkeys(map(chr, range(ord(low), ord(high) + 1))))
        if not found:
            raise self.error("a class is empty")
        return "".join(found)

    def repeated(self, part: Pattern) -> Pattern:
        if self.peek() == "?":
            self.at += 1
            return _choice([_sequence([]), part])
        if self.peek() != "{":
            return part
        end = self.expression.find("}", self.at)
        bounds = self.expression[self.at + 1 : end].split(",") if end > 0 else []
        if not 1 <= len(bounds) <= 2 or not all(each.isascii() and each.isdigit() for each in bounds):
            raise self.error("{n} or {m,n} was wanted")
        low, high = int(bounds[0]), int(bounds[-1])
        if not low <= high <= _MOST:
            raise self.error(f"a repetition of 0 to {_MOST}, the lower bound first, was wanted")
        self.at = end + 1
        return _choice([_sequence([part] * count) for count in range(low, high + 1)])
