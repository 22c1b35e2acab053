"""Codes that check themselves: containers, wagons, cards, Korean businesses; each as a small automaton.

A state is how much was written and a sum modulo something, so that all texts of equal length and sum are one.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from munja.core.errors import SpecError
from munja.core.registry import register
from munja.read.patterns.pattern import Pattern, Separated

DIGITS = string.digits
LETTERS = string.ascii_uppercase


class Weighed:
    """Codes of fixed length: what may stand in each place, what it adds to a sum, and which last character fits it.

    `adds(place, character)` is summed modulo `modulus`; `check(total)` is the character that must come last.
    """

    finite = True

    def __init__(
        self, places: Sequence[str], adds: Callable[[int, str], int], modulus: int, check: Callable[[int], str]
    ) -> None:
        self._places, self._adds, self._modulus, self._check = tuple(places), adds, modulus, check
        self._characters = frozenset("".join(places)) | {check(total) for total in range(modulus)}

    def start(self) -> Hashable:
        """No characters, sum 0."""
        return 0, 0

    def step(self, state: Any, character: str) -> Any:
        """One more character and what it adds; the last only if it is the check character."""
        count, total = state
        if count < len(self._places):
            if character not in self._places[count]:
                return None
            return count + 1, (total + self._adds(count, character)) % self._modulus
        return (count + 1, 0) if count == len(self._places) and character == self._check(total) else None

    def end(self, state: Any) -> bool:
        """Whether the check character was written."""
        return bool(state[0] > len(self._places))

    def admits(self, character: str) -> bool:
        """Whether it may stand anywhere."""
        return character in self._characters


def _takes_nothing(name: str, argument: str) -> None:
    if argument:
        raise SpecError(f"@{name}:{argument}: @{name} takes nothing after its name")


def _container_values() -> dict[str, int]:
    values = {digit: int(digit) for digit in DIGITS}
    number = 10
    for letter in LETTERS:
        number += number % 11 == 0  # multiples of 11 are left out: they would add nothing to the sum
        values[letter] = number
        number += 1
    return values


@register("pattern", "iso6346")
def iso6346(argument: str, /) -> Pattern:
    """Container codes such as CSQU3054383: owner, U, J or Z, six digits, check digit (ISO 6346)."""
    _takes_nothing("iso6346", argument)
    values = _container_values()
    places = [LETTERS] * 3 + ["UJZ"] + [DIGITS] * 6
    code = Weighed(places, lambda place, sign: values[sign] << place, 11, lambda total: str(total % 10))
    return Separated(code, places=(3, 4, 7, 10))


def _doubled(digit: int) -> int:
    """What a doubled digit adds: the digit sum of its double."""
    return 2 * digit - 9 * (digit > 4)


@register("pattern", "uic")
def uic(argument: str, /) -> Pattern:
    """Wagon numbers of 12 digits such as 31 80 0691 235-2, the last by Luhn's rule (UIC 438)."""
    _takes_nothing("uic", argument)
    code = Weighed(
        [DIGITS] * 11,
        lambda place, sign: int(sign) if place % 2 else _doubled(int(sign)),
        10,
        lambda total: str(-total % 10),
    )
    return Separated(code)


@register("pattern", "krbrn")
def krbrn(argument: str, /) -> Pattern:
    """Korean business registration numbers such as 220-81-62517."""
    _takes_nothing("krbrn", argument)
    weights = (1, 3, 7, 1, 3, 7, 1, 3, 5)

    def adds(place: int, sign: str) -> int:
        product = weights[place] * int(sign)
        return product + product // 10 if place == 8 else product

    return Separated(Weighed([DIGITS] * 9, adds, 10, lambda total: str(-total % 10)), places=(3, 5))


class Luhn:
    """Digits of which every second from the right is doubled, summing up to a multiple of 10 (ISO/IEC 7812-1).

    From the left it is not known which are doubled: the state holds the sum for either case, last digit plain or not.
    """

    finite = True

    def __init__(self, length: int | None = None) -> None:
        self._length = length
        self._most = 2 if length is None else length  # digits counted

    def start(self) -> Hashable:
        """No digits, both sums 0."""
        return 0, 0, 0

    def step(self, state: Any, character: str) -> Any:
        """One more digit."""
        count, plain, doubled = state
        if character not in DIGITS or count == self._length:
            return None
        digit = int(character)
        return min(count + 1, self._most), (doubled + digit) % 10, (plain + _doubled(digit)) % 10

    def end(self, state: Any) -> bool:
        """Whether there are enough digits and the sum is a multiple of 10."""
        return bool(state[0] == self._most and state[1] == 0)

    def admits(self, character: str) -> bool:
        """Whether it is a digit."""
        return character in DIGITS


@register("pattern", "luhn")
def luhn(argument: str, /) -> Pattern:
    """Numbers of two digits or more by Luhn's rule, such as those of cards; @luhn:16 has exactly so many."""
    if argument and not (argument.isascii() and argument.isdigit() and 2 <= int(argument) <= 100):
        raise SpecError(f"@luhn:{argument}: the number of digits was wanted, from 2 to 100, such as @luhn:16")
    return Separated(Luhn(int(argument) if argument else None))
