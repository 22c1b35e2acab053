"""Check digits: published examples fit, one wrong digit does not; sums against their formulas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import SpecError
from munja.read.patterns.check_digits import iso6346, krbrn, luhn, uic
from munja.read.patterns.pattern import Pattern, fits

EXAMPLES = [
    (iso6346(""), "CSQU3054383"),  # the example of ISO 6346 that is found everywhere
    (iso6346(""), "CSQU 305438 3"),
    (iso6346(""), "CSQU 305438-3"),
    (uic(""), "218124712173"),
    (uic(""), "21 81 2471 217-3"),
    (uic(""), "33 80 7932 123-2"),
    (luhn(""), "4539 1488 0343 6467"),
    (luhn("16"), "4539148803436467"),
    (luhn(""), "79927398713"),
    (krbrn(""), "220-81-62517"),
    (krbrn(""), "1248100998"),
]


@pytest.mark.parametrize(("pattern", "text"), EXAMPLES)
def test_a_true_code_fits_and_no_single_other_digit_does(pattern: Pattern, text: str) -> None:
    assert fits(pattern, text)
    for place in [k for k, each in enumerate(text) if each.isdigit()]:
        others = [text[:place] + digit + text[place + 1 :] for digit in "0123456789" if digit != text[place]]
        right = [other for other in others if fits(pattern, other)]
        # Modulo 11 two remainders, 0 and 10, share the check digit 0: there one other digit may fit.
        assert len(right) <= (text[0] == "C")


@given(st.text("0123456789", max_size=20))
def test_luhn_from_the_left_says_what_the_sum_from_the_right_says(text: str) -> None:
    doubled = [int(each) * (1 + place % 2) for place, each in enumerate(reversed(text))]
    total = sum(each - 9 * (each > 9) for each in doubled)
    assert fits(luhn(""), text) == (len(text) > 1 and total % 10 == 0)
    assert fits(luhn("10"), text) == (len(text) == 10 and total % 10 == 0)


@given(st.text("ABKUVZ", min_size=3, max_size=3), st.text("0123456789", min_size=6, max_size=6))
def test_a_container_has_one_check_digit(owner: str, serial: str) -> None:
    # Letters count 10 to 38 without the multiples of 11; place k weighs 2^k.
    values = {"A": 10, "B": 12, "K": 21, "U": 32, "V": 34, "Z": 38}
    code = f"{owner}U{serial}"
    total = sum((values.get(each) or int(each)) << place for place, each in enumerate(code))
    fitting = [digit for digit in "0123456789" if fits(iso6346(""), code + digit)]
    assert fitting == [str(total % 11 % 10)]


@given(st.text("0123456789", min_size=9, max_size=9))
def test_a_business_number_has_one_check_digit(text: str) -> None:
    total = sum(int(each) * weight for each, weight in zip(text, (1, 3, 7, 1, 3, 7, 1, 3, 5), strict=True))
    total += int(text[8]) * 5 // 10
    fitting = [digit for digit in "0123456789" if fits(krbrn(""), text + digit)]
    assert fitting == [str((10 - total % 10) % 10)]


def test_what_is_no_such_code_does_not_fit() -> None:
    for text in ("CSQX3054383", "csqu3054383", "CSQU305438", "CSQU30543833", "CSQU-3054383-", "C-S-Q-U3054383"):
        assert not fits(iso6346(""), text)
    assert not fits(krbrn(""), "22-081-62517")
    assert not fits(luhn(""), "0")


def test_arguments_that_mean_nothing_are_refused() -> None:
    with pytest.raises(SpecError, match="takes nothing"):
        iso6346("x")
    for argument in ("x", "1", "101", "-4"):
        with pytest.raises(SpecError, match="@luhn:16"):
            luhn(argument)
