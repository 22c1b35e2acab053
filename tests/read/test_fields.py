from __future__ import annotations

import pytest

from munja.read.fields import among_digits


def read(text: str, *, seen: bool = True) -> str:
    return "".join(among_digits(list(text), lambda number, digit: seen))


@pytest.mark.parametrize(
    ("read_as", "is_"),
    [
        ("T3 ROO0034325", "T3 R000034325"),
        ("O00394528768", "000394528768"),
        ("CSPO406159 DATE", "CSP0406159 DATE"),
        ("5505POSO11", "5505POS011"),
        ("24.OO", "24.00"),
        ("1l5", "115"),
        ("RM 1O5.5O", "RM 105.50"),
    ],
)
def test_an_o_or_l_among_digits_is_a_digit(read_as: str, is_: str) -> None:
    assert read(read_as) == is_


@pytest.mark.parametrize(
    "text", ["12OZ", "CO2", "H2O", "O.C. JUMBO", "PO BOX 12", "DSO", "SR0O", "OK 100", "ILO2", "10:30O'CLOCK", ""]
)
def test_letters_of_words_and_units_stay(text: str) -> None:
    assert read(text) == text


def test_what_the_picture_does_not_allow_stays() -> None:
    assert read("ROO0034325", seen=False) == "ROO0034325"
