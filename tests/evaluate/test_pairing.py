from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from munja.evaluate.pairing import MOST_PAIRS, parts

WORDS = st.lists(st.text("abc", min_size=1, max_size=4), max_size=8)


def told(wanted: list[str], read: list[str]) -> list[tuple[list[str], list[str]]]:
    return [([wanted[k] for k in truth], [read[k] for k in reading]) for truth, reading in parts(wanted, read)]


def test_alike_words_are_paired_and_the_others_stand_alone() -> None:
    wanted, read = ["nonlinear"], ["nonlinedr", "FAR", "FIELD"]
    assert told(wanted, read) == [(["nonlinear"], ["nonlinedr"]), ([], ["FAR", "FIELD"])]


def test_a_word_read_as_two_stays_whole() -> None:
    assert told(["refill", "x"], ["re", "fil1", "yyy"])[0] == (["refill"], ["re", "fil1"])
    assert told(["mark", "et"], ["markst"]) == [(["mark", "et"], ["markst"])]


def test_only_blanks_that_differ_are_one_part() -> None:
    assert told(["SHAKE", "SHACK"], ["SHAKESHACK"]) == [(["SHAKE", "SHACK"], ["SHAKESHACK"])]


def test_very_long_runs_are_not_aligned() -> None:
    many = ["ab"] * (int(MOST_PAIRS**0.5) + 1)
    assert parts(many, [*many, "c"]) == [(range(len(many)), range(len(many) + 1))]


@given(WORDS, WORDS)
def test_parts_cover_every_word_once_in_order(wanted: list[str], read: list[str]) -> None:
    found = parts(wanted, read)
    assert [k for truth, _ in found for k in truth] == list(range(len(wanted)))
    assert [k for _, reading in found for k in reading] == list(range(len(read)))
