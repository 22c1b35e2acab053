"""Machine-readable zones: the examples of ICAO 9303, and what their check digits catch."""

from __future__ import annotations

import pytest

from munja.core.errors import SpecError
from munja.read.patterns.mrz import LAYOUTS, check_digit, mrz, td1_agrees
from munja.read.patterns.pattern import fits

# Specimens of ICAO 9303, parts 4 to 7.
SPECIMENS = {
    "td3": ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"],
    "td2": ["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"],
    "td1": ["I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"],
    "mrva": ["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<"],
    "mrvb": ["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"],
}


@pytest.mark.parametrize("kind", SPECIMENS)
def test_the_lines_of_a_specimen_fit_its_kind(kind: str) -> None:
    for line in SPECIMENS[kind]:
        assert fits(mrz(kind), line)
        assert fits(mrz(""), line) == (not kind.startswith("mrv"))
        assert not fits(mrz(kind), line[:-1])


@pytest.mark.parametrize("kind", LAYOUTS)
def test_a_wrong_digit_in_a_number_or_date_is_caught(kind: str) -> None:
    number = 0 if kind == "td1" else 1
    line = SPECIMENS[kind][number]
    for layout in LAYOUTS[kind][number:2]:
        for place in sorted({place for covered in layout.checks.values() for place in covered}):
            line = SPECIMENS[kind][LAYOUTS[kind].index(layout)]
            if line[place].isdigit():
                wrong = line[:place] + str((int(line[place]) + 1) % 10) + line[place + 1 :]
                assert not fits(mrz(kind), wrong)


def test_the_check_digit_over_two_lines_of_a_card_is_asked_of_both() -> None:
    first, second, _ = SPECIMENS["td1"]
    assert td1_agrees(first, second)
    assert not td1_agrees(first.replace("D231458907", "D231458908"), second)
    with pytest.raises(SpecError, match="30 characters"):
        td1_agrees(first, second[:-1])


def test_weights_are_seven_three_one() -> None:
    assert check_digit("520727") == "3"  # the example of ICAO 9303, part 3
    assert check_digit("AB2134<<<") == "5"


def test_an_empty_personal_number_needs_no_check_digit_and_a_full_one_does() -> None:
    head = "L898902C36UTO7408122F1204159"
    empty = "<" * 14 + "<"
    line = head + empty
    line += check_digit(line[:10] + line[13:20] + line[21:43])
    assert fits(mrz("td3"), line)
    full = head + "ZE184226B<<<<<" + "<"
    full += check_digit(full[:10] + full[13:20] + full[21:43])
    assert not fits(mrz("td3"), full)


def test_a_kind_must_be_known() -> None:
    with pytest.raises(SpecError, match="td3, td2, td1, mrva, mrvb"):
        mrz("td9")
