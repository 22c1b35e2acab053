"""Machine-readable zones of travel documents (ICAO 9303): every line a layout with its check digits.

A check digit is the sum of what it covers, 0-9 as they are, A-Z as 10-35 and < as 0, weighed 7, 3, 1, 7, ..., modulo
10. A line is read by itself, so that all checks within a line decide how it is read; the one that spans two lines, the
last digit of a TD1 document's second line, is asked of both afterwards by `td1_agrees`.
"""

from __future__ import annotations

import string
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from munja.core.errors import SpecError
from munja.core.registry import register
from munja.read.patterns.pattern import Either, Pattern

FILLER = "<"
WEIGHTS = (7, 3, 1)
_DIGITS = string.digits
_NAME = string.ascii_uppercase + FILLER
_ANY = string.digits + _NAME
_SIGNS = {
    "A": string.ascii_uppercase,
    "N": _NAME,
    "D": _DIGITS + FILLER,  # dates may be known in part only
    "X": _ANY,
    "S": "MFX" + FILLER,
    "c": _DIGITS,
    "e": _DIGITS + FILLER,  # a check digit that may be left out: where its field is empty
    "l": _DIGITS + FILLER,  # or where a long number goes on elsewhere
    "P": "P",
    "V": "V",
    "I": "ACI",
}


@dataclass(frozen=True)
class Layout:
    """One kind of line: the kind of each place, as letters with counts, and which places each check digit covers."""

    places: str
    checks: dict[int, tuple[int, ...]]


def _spans(*spans: tuple[int, int]) -> tuple[int, ...]:
    """Places from 0 of spans that count from 1, both ends included, as ICAO 9303 writes them."""
    return tuple(place for first, last in spans for place in range(first - 1, last))


_NUMBER, _BIRTH, _EXPIRY = {9: _spans((1, 9))}, {19: _spans((14, 19))}, {27: _spans((22, 27))}
_LONG = "X" * 9 + "c" + "N" * 3 + "D" * 6 + "c" + "S" + "D" * 6 + "c"  # how the second line of long formats begins
_LONG_CHECKS = {**_NUMBER, **_BIRTH, **_EXPIRY}

LAYOUTS = {
    "td3": (
        Layout("PN" + "N" * 3 + "A" + "N" * 38, {}),
        Layout(
            _LONG + "X" * 14 + "ec",
            {**_LONG_CHECKS, 42: _spans((29, 42)), 43: _spans((1, 10), (14, 20), (22, 43))},
        ),
    ),
    "td2": (
        Layout("IN" + "N" * 3 + "A" + "N" * 30, {}),
        Layout(
            _LONG.replace("c", "l", 1) + "X" * 7 + "c",
            {**_LONG_CHECKS, 35: _spans((1, 10), (14, 20), (22, 35))},
        ),
    ),
    "td1": (
        Layout("IN" + "N" * 3 + "X" * 9 + "l" + "X" * 15, {14: _spans((6, 14))}),
        Layout(
            "D" * 6 + "c" + "S" + "D" * 6 + "c" + "N" * 3 + "X" * 11 + "c", {6: _spans((1, 6)), 14: _spans((9, 14))}
        ),
        Layout("A" + "N" * 29, {}),
    ),
    "mrva": (
        Layout("VN" + "N" * 3 + "A" + "N" * 38, {}),
        Layout(_LONG + "X" * 16, _LONG_CHECKS),
    ),
    "mrvb": (
        Layout("VN" + "N" * 3 + "A" + "N" * 30, {}),
        Layout(_LONG + "X" * 8, _LONG_CHECKS),
    ),
}


def value(character: str) -> int:
    """What a character counts in a check sum."""
    return 0 if character == FILLER else int(character, 36)


def check_digit(text: str) -> str:
    """The check digit of a text in the characters of a machine-readable zone."""
    return str(sum(value(each) * WEIGHTS[place % 3] for place, each in enumerate(text)) % 10)


class ZoneLine:
    """Lines of one layout. A state is the number of characters and the sums of the check digits still to come."""

    finite = True

    def __init__(self, layout: Layout) -> None:
        self._places = [_SIGNS[each] for each in layout.places]
        self._kinds = layout.places
        self._checks = {place: number for number, place in enumerate(layout.checks)}
        # For each place: the check digits it counts in, and how much it weighs there.
        self._weights: list[list[tuple[int, int]]] = [[] for _ in layout.places]
        for number, covered in enumerate(layout.checks.values()):
            for order, place in enumerate(covered):
                self._weights[place].append((number, WEIGHTS[order % 3]))

    def start(self) -> Hashable:
        """No characters, all sums 0."""
        return 0, (0,) * len(self._checks)

    def step(self, state: Any, character: str) -> Any:
        """One more character; a check digit only if it is right."""
        place, sums = state
        if place == len(self._places) or character not in self._places[place]:
            return None
        totals = list(sums)
        if (number := self._checks.get(place)) is not None:
            left_out = character == FILLER and (self._kinds[place] == "l" or totals[number] == 0)
            if not left_out and character != str(totals[number]):
                return None
            totals[number] = 0
        for each, weight in self._weights[place]:
            totals[each] = (totals[each] + weight * value(character)) % 10
        return place + 1, tuple(totals)

    def end(self, state: Any) -> bool:
        """Whether the line is full."""
        return bool(state[0] == len(self._places))

    def admits(self, character: str) -> bool:
        """Whether it is a capital letter, digit or <."""
        return character in _ANY


@register("pattern", "mrz")
def mrz(argument: str, /) -> Pattern:
    """Lines of passports (td3) and cards (td1, td2), @mrz:td3 of one of them; @mrz:mrva and @mrz:mrvb are visas."""
    if argument and argument not in LAYOUTS:
        raise SpecError(f"@mrz:{argument}: one of {', '.join(LAYOUTS)} was wanted, such as @mrz:td3")
    # A visa's second line is as long as a passport's and checks less: among the others it would undo their checks.
    chosen = [argument] if argument else ["td3", "td2", "td1"]
    return Either([ZoneLine(layout) for name in chosen for layout in LAYOUTS[name]])


def td1_agrees(first: str, second: str) -> bool:
    """Whether the last digit of a TD1 document's second line agrees with both of its first two lines."""
    if len(first) != 30 or len(second) != 30:
        raise SpecError(f"two lines of 30 characters were wanted, got {len(first)} and {len(second)}")
    return check_digit(first[5:] + second[:7] + second[8:15] + second[18:29]) == second[29]
