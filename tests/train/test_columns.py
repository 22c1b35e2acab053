"""Targets of CTC: each column is told its character where that is known."""

from __future__ import annotations

import numpy as np
import torch

from munja.data.loader import Lines
from munja.read.codecs.ctc import CTC
from munja.train.columns import ColumnTargets
from munja.train.losses import BLANK, UNKNOWN

TARGETS = ColumnTargets(CTC(tuple("abc")), height=32, smoothing=0.0)


def lines(*texts: str, known: bool = True) -> Lines:
    centres = tuple(np.arange(len(text), dtype=np.float32) * 20 + 10 if known else None for text in texts)
    return Lines(np.zeros((len(texts), 32, 100), np.uint8), texts, centres, np.full(len(texts), 100, np.int32))


def test_columns_of_a_network_that_has_fewer_than_a_quarter_of_the_pixels() -> None:
    arrays = TARGETS.arrays(lines("abc"), 24, 0.24)
    assert np.flatnonzero(arrays["frames"][0] != BLANK).tolist() == [2, 7, 12]
    assert arrays["frames"][0, [2, 7, 12]].tolist() == [1, 2, 3]
    assert TARGETS.texts(arrays) == ["abc"]


def test_a_character_beyond_the_last_column_belongs_to_it() -> None:
    assert TARGETS.arrays(lines("abc"), 10, 0.24)["frames"][0, 9] == 3


def test_unknown_centres_say_nothing_about_columns() -> None:
    arrays = TARGETS.arrays(lines("abc", "a", known=False), 24, 0.24)
    assert (arrays["frames"] == UNKNOWN).all()
    assert TARGETS.crowded(arrays) == 0.0
    assert TARGETS.crowded(TARGETS.arrays(lines("abc", "a"), 2, 0.02)) == 0.5


def test_logits_that_say_the_text_are_read_as_it() -> None:
    logits = torch.full((1, 5, 4), -5.0)
    logits[0, range(5), [1, 1, 0, 1, 3]] = 5.0
    assert TARGETS.readings({"logits": logits}) == ["aac"]
    assert TARGETS.logits({"logits": logits})[0].shape == (5, 4)
