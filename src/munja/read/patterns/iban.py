"""International bank account numbers (ISO 13616): a country's layout, and a remainder of 1 modulo 97."""

from __future__ import annotations

import re
import string
from collections.abc import Hashable
from typing import Any

from munja.core.errors import SpecError
from munja.core.registry import register
from munja.read.patterns.pattern import Pattern, Separated

# What follows country and check digits, by country: counts of digits (n), capital letters (a) and either (c).
LAYOUTS = dict(
    each.split(":")
    for each in """
    AD:8n12c AE:19n AL:8n16c AT:16n AZ:4a20c BA:16n BE:12n BG:4a6n8c BH:4a14c BI:23n BR:23n1a1c BY:4c4n16c CH:5n12c
    CR:18n CY:8n16c CZ:20n DE:18n DJ:23n DK:14n DO:4c20n EE:16n EG:25n ES:20n FI:14n FK:2a12n FO:14n FR:10n11c2n
    GB:4a14n GE:2a16n GI:4a15c GL:14n GR:7n16c GT:24c HN:4a20n HR:17n HU:24n IE:4a14n IL:19n IQ:4a15n IS:22n
    IT:1a10n12c JO:4a4n18c KW:4a22c KZ:3n13c LB:4n20c LC:4a24c LI:5n12c LT:16n LU:3n13c LV:4a13c LY:21n MC:10n11c2n
    MD:20c ME:18n MK:3n10c2n MN:16n MR:23n MT:4a5n18c MU:4a19n3a NI:4a20n NL:4a10n NO:11n OM:3n16c PK:4a16c PL:24n
    PS:4a21c PT:21n QA:4a21c RO:4a16c RS:18n RU:14n15c SA:2n18c SC:4a20n3a SD:14n SE:20n SI:15n SK:20n SM:1a10n12c
    SO:19n ST:21n SV:4a20n TL:19n TN:20n TR:6n16c UA:6n19c VA:18n VG:4a16n XK:16n YE:4a4n18c
    """.split()
)
_SIGNS = {
    "n": string.digits,
    "a": string.ascii_uppercase,
    "c": string.digits + string.ascii_uppercase,
}


def _value(character: str) -> int:
    """0 to 35 of a digit or letter."""
    return int(character, 36)


class Iban:
    """IBANs without blanks, of one country or of all.

    The remainder is taken of what follows the first four characters, and then of these; so a state holds them until
    the fourth, and from there on the remainder that the rest must come to.
    """

    finite = True

    def __init__(self, country: str | None = None) -> None:
        self._places = {
            each: tuple(_SIGNS[kind] for count, kind in re.findall(r"(\d+)([nac])", layout) for _ in range(int(count)))
            for each, layout in LAYOUTS.items()
            if country in (None, each)
        }
        self._beginnings = {each[:length] for each in self._places for length in (1, 2)}

    def start(self) -> Hashable:
        """Nothing written."""
        return ""

    def step(self, state: Any, character: str) -> Any:
        """The country and its check digits, then what the country's layout allows."""
        if isinstance(state, str):
            longer: str = state + character
            if len(state) < 2:
                return longer if longer in self._beginnings else None
            if character not in string.digits:
                return None
            if len(state) < 3:
                return longer
            head = (_value(longer[0]) * 100 + _value(longer[1])) * 100 + int(longer[2:])
            # rest * 10^6 + head = 1 (mod 97)
            return longer[:2], (1 - head) * pow(10**6, -1, 97) % 97, 0, 0
        country, wanted, count, remainder = state
        places = self._places[country]
        if count == len(places) or character not in places[count]:
            return None
        value = _value(character)
        remainder = (remainder * (10 if value < 10 else 100) + value) % 97
        if count + 1 == len(places) and remainder != wanted:
            return None
        return country, wanted, count + 1, remainder

    def end(self, state: Any) -> bool:
        """Whether the country's layout is full; the remainder was looked at with its last character."""
        return not isinstance(state, str) and state[2] == len(self._places[state[0]])

    def admits(self, character: str) -> bool:
        """Whether it is a digit or capital letter."""
        return character in _SIGNS["c"]


@register("pattern", "iban")
def iban(argument: str, /) -> Pattern:
    """IBANs such as DE89 3704 0044 0532 0130 00, in groups or not; @iban:DE those of a country."""
    if argument and argument not in LAYOUTS:
        raise SpecError(f"@iban:{argument}: a country's two capital letters were wanted, such as @iban:DE")
    return Separated(Iban(argument or None))
