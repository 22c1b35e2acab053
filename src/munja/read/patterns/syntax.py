"""The syntax of patterns: a regular expression as a tree of characters, sequences, choices and repetitions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from munja.core.errors import SpecError

MOST_REPEATED = 1000
DEEPEST = 100  # groups within groups

_CATEGORIES = frozenset("dDwWsS")
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_DIGITS_AFTER = {"x": 2, "u": 4, "U": 8}
_REFUSED_GROUPS = {
    "(?=": "a look-ahead",
    "(?!": "a look-ahead",
    "(?<=": "a look-behind",
    "(?<!": "a look-behind",
    "(?P=": "a back reference",
    "(?>": "an atomic group",
    "(?(": "a condition",
    "(?#": "a comment",
}


class Atom:
    """A set of characters as an expression writes it: one character, a class such as [A-F\\d], or any."""

    def __init__(self, text: str, ignore_case: bool) -> None:
        # Membership of single characters is asked of re itself, so that categories and letter cases agree with it.
        self._contains = re.compile(text, re.IGNORECASE if ignore_case else 0).fullmatch
        self.key = (text, ignore_case)

    def contains(self, character: str) -> bool:
        """Whether a character is in the set."""
        return self._contains(character) is not None


@lru_cache(1024)
def _atom(text: str, ignore_case: bool) -> Atom:
    return Atom(text, ignore_case)


@dataclass(frozen=True)
class Chain:
    """Parts one after another; none: the empty text."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Choice:
    """One of several."""

    options: tuple[Node, ...]


@dataclass(frozen=True)
class Repeat:
    """A part from `least` to `most` times; None: any number."""

    part: Node
    least: int
    most: int | None


Node = Atom | Chain | Choice | Repeat


def parse(text: str) -> Node:
    """The tree of an expression; SpecError points at the place that is wrong or not supported."""
    return _Parser(text).parse()


class _Parser:
    """Reads an expression from left to right."""

    def __init__(self, text: str) -> None:
        self._text, self._at, self._depth = text, 0, 0
        self._ignore_case = False

    def parse(self) -> Node:
        if self._text.startswith("(?i)"):
            self._ignore_case, self._at = True, 4
        node = self._choice(outermost=True)
        if self._at < len(self._text):
            raise self._wrong(self._at, "a ) that no ( belongs to; for the sign itself write \\)")
        return node

    def _wrong(self, at: int, what: str) -> SpecError:
        return SpecError(f"pattern {self._text}: at character {at + 1}: {what}\n  {self._text}\n  {' ' * at}^")

    def _peek(self, text: str) -> bool:
        return self._text.startswith(text, self._at)

    def _choice(self, *, outermost: bool = False) -> Node:
        options = [self._sequence(outermost)]
        while self._peek("|"):
            self._at += 1
            options.append(self._sequence(outermost))
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self, outermost: bool) -> Node:
        parts: list[Node] = []
        if outermost and self._peek("^"):
            self._at += 1
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            here = self._at
            if self._peek("$"):
                self._at += 1
                if outermost and (self._at == len(self._text) or self._peek("|")):
                    break
            if self._text[here] in "^$":
                raise self._wrong(
                    here, f"{self._text[here]} in the middle: a pattern always fits whole texts; leave it out"
                )
            parts.append(self._repeated(self._single()))
        return parts[0] if len(parts) == 1 else Chain(tuple(parts))

    def _repeated(self, part: Node) -> Node:
        here = self._at
        if self._peek("{"):
            least, most = self._counts()
        elif here < len(self._text) and self._text[here] in "*+?":
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[self._text[here]]
            self._at += 1
        else:
            return part
        if self._peek("?"):
            self._at += 1  # lazy: the same texts fit as a whole
        if self._at < len(self._text) and self._text[self._at] in "*+?{":
            raise self._wrong(self._at, f"{self._text[self._at]} after {self._text[here : self._at]}: repeat a group")
        return Repeat(part, least, most)

    def _counts(self) -> tuple[int, int | None]:
        here = self._at
        found = re.compile(r"\{([0-9]*)(,?)([0-9]*)\}").match(self._text, here)
        if found is None or not (found[1] or found[2]):
            raise self._wrong(here, "{4}, {3,4} or {3,} were wanted after {; for the sign itself write \\{")
        least = int(found[1] or 0)
        most = least if not found[2] else int(found[3]) if found[3] else None
        if max(least, most or 0) > MOST_REPEATED or (most is not None and most < least):
            raise self._wrong(here, f"{found[0]}: counts up to {MOST_REPEATED} in rising order were wanted")
        self._at = found.end()
        return least, most

    def _single(self) -> Node:
        sign = self._text[self._at]
        if sign == "(":
            return self._group()
        if sign == "[":
            return self._class()
        if sign in "*+?{":
            raise self._wrong(self._at, f"{sign} with nothing before it to repeat; for the sign itself write \\{sign}")
        if sign == "\\":
            kind, character = self._escape(in_class=False)
            return _atom(f"\\{character}" if kind else _quoted(character), self._ignore_case)
        self._at += 1
        return _atom("." if sign == "." else _quoted(sign), self._ignore_case)

    def _group(self) -> Node:
        here, before = self._at, self._ignore_case
        for sign, name in _REFUSED_GROUPS.items():
            if self._peek(sign):
                raise self._wrong(here, f"{name} {sign}...) is not supported: patterns compile to finite automata")
        self._at += 1
        if self._peek("?"):
            opening = re.compile(r"\?(?:(i?):|P<[^\W\d]\w*>)").match(self._text, self._at)
            if opening is None:
                raise self._wrong(
                    here, "of groups with (? there are (?:...), (?i:...) and (?P<name>...), and (?i) first"
                )
            self._ignore_case = before or opening[1] == "i"
            self._at = opening.end()
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._wrong(here, f"more than {DEEPEST} groups within each other")
        node = self._choice()
        self._depth -= 1
        if not self._peek(")"):
            raise self._wrong(here, "a ( without its ); for the sign itself write \\(")
        self._at += 1
        self._ignore_case = before
        return node

    def _class(self) -> Node:
        here = self._at
        self._at += 1
        negated = self._peek("^")
        self._at += negated
        items: list[str] = []
        while not (self._peek("]") and items):
            if self._at >= len(self._text):
                raise self._wrong(here, "a [ without its ]; for the sign itself write \\[")
            items.append(self._class_item())
        self._at += 1
        return _atom(f"[{'^' if negated else ''}{''.join(items)}]", self._ignore_case)

    def _class_item(self) -> str:
        here = self._at
        kind, first = self._class_sign()
        if not self._peek("-") or self._text[self._at + 1 : self._at + 2] in ("]", ""):
            return f"\\{first}" if kind else _quoted(first)
        self._at += 1
        to_kind, last = self._class_sign()
        if kind or to_kind or last < first:
            raise self._wrong(
                here, f"{self._text[here : self._at]}: a range from a character to a later one was wanted"
            )
        return f"{_quoted(first)}-{_quoted(last)}"

    def _class_sign(self) -> tuple[bool, str]:
        if self._peek("\\"):
            return self._escape(in_class=True)
        self._at += 1
        return False, self._text[self._at - 1]

    def _escape(self, *, in_class: bool) -> tuple[bool, str]:
        """Whether the escape here stands for a category, and its letter, or the character."""
        here = self._at
        sign = self._text[here + 1 : here + 2]
        self._at += 2
        if not sign:
            raise self._wrong(here, "a \\ at the end; for the sign itself write \\\\")
        if sign in _CATEGORIES:
            return True, sign
        if sign in _CONTROLS:
            return False, _CONTROLS[sign]
        if length := _DIGITS_AFTER.get(sign):
            code = self._text[self._at : self._at + length]
            if re.fullmatch(f"[0-9A-Fa-f]{{{length}}}", code) is None or int(code, 16) > 0x10FFFF:
                raise self._wrong(here, f"{length} hexadecimal digits of a character were wanted after \\{sign}")
            self._at += length
            return False, chr(int(code, 16))
        if sign.isascii() and sign.isalnum():
            if sign == "b" and in_class:
                return False, "\b"
            why = "a back reference is" if sign.isdigit() else "it is"
            raise self._wrong(here, f"\\{sign}: {why} not supported; \\d \\w \\s, \\D \\W \\S and signs are")
        return False, sign


def _quoted(character: str) -> str:
    """A character as re takes it anywhere, in a class too."""
    return f"\\U{ord(character):08x}"
