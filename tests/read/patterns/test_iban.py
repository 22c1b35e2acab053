"""IBANs against the remainder of their whole number."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import SpecError
from munja.read.patterns.iban import LAYOUTS, iban
from munja.read.patterns.pattern import fits

PATTERN = iban("")
# Examples of the registry of IBANs.
EXAMPLES = [
    "DE89370400440532013000",
    "GB29NWBK60161331926819",
    "FR1420041010050500013M02606",
    "NL91ABNA0417164300",
    "CH9300762011623852957",
    "NO9386011117947",
    "MT84MALT011000012345MTLCAST001S",
    "BR1800360305000010009795493C1",
    "MU17BOMM0101101030300200000MUR",
]


@pytest.mark.parametrize("text", EXAMPLES)
def test_examples_fit_in_groups_or_not_and_no_neighbours_swapped(text: str) -> None:
    grouped = " ".join(text[k : k + 4] for k in range(0, len(text), 4))
    assert fits(PATTERN, text)
    assert fits(PATTERN, grouped)
    assert fits(iban(text[:2]), text)
    assert not fits(iban("SE"), text)
    for k in range(4, len(text) - 1):
        if text[k] != text[k + 1]:
            assert not fits(PATTERN, text[:k] + text[k + 1] + text[k] + text[k + 2 :])


@given(st.sampled_from(sorted(LAYOUTS)), st.randoms(use_true_random=False))
def test_just_the_right_check_digits_fit(country: str, random: object) -> None:
    signs = {"n": "0123456789", "a": "ABCXYZ", "c": "0123456789ABCXYZ"}
    rest = "".join(
        random.choice(signs[kind])  # type: ignore[attr-defined]
        for count, kind in re.findall(r"(\d+)([nac])", LAYOUTS[country])
        for _ in range(int(count))
    )

    def number(text: str) -> int:
        return int("".join(str(int(each, 36)) for each in text))

    wanted = [f"{check:02}" for check in range(100) if number(f"{rest}{country}{check:02}") % 97 == 1]
    assert [f"{check:02}" for check in range(100) if fits(PATTERN, f"{country}{check:02}{rest}")] == wanted


def test_a_country_must_be_known() -> None:
    assert not fits(PATTERN, "ZZ89370400440532013000")
    with pytest.raises(SpecError, match="@iban:DE"):
        iban("ZZ")
