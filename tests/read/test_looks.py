"""Looks: what a recogniser saw of a line, and how sure it was."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.read.codecs.ctc import runs
from munja.read.looks import Look, Shown


def look(index: list[int], score: list[float], pixels: int = 60) -> Look:
    shown = Shown(np.zeros((4, 2), np.float32), pixels, 20.0)
    found = {"index": np.array(index, np.int64), "score": np.array(score, np.float32)}
    return Look(shown, np.zeros((1, 32, 64, 1), np.uint8), found)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=30))
def test_the_best_classes_are_those_of_the_runs(index: list[int]) -> None:
    seen = look(index, [0.5] * len(index))
    assert seen.best_classes().tolist() == runs(seen.found["index"], seen.found["score"])[1].tolist()


def test_blanks_make_no_look_surer() -> None:
    assert look([0, 3, 3, 0], [0.1, 0.4, 0.8, 0.1]).sureness() == pytest.approx(np.log(0.8))
    assert look([0, 0], [1.0, 1.0]).sureness() == -np.inf


def test_the_least_sure_character_is_no_blank() -> None:
    assert look([0, 3, 3, 0, 2], [0.1, 0.4, 0.8, 0.1, 0.9]).least() == pytest.approx(0.8)
    assert look([0, 0], [0.3, 0.3]).least() == 1.0


def test_a_line_wider_than_its_picture_uses_all_of_it() -> None:
    assert look([0], [1.0], 60).used == 60
    assert look([0], [1.0], 90).used == 64
