"""The temperature undoes a known overconfidence."""

from __future__ import annotations

import numpy as np
import pytest

from munja.read.codecs.ctc import CTC
from munja.train.calibrate import calibrate, calibration_error


def test_logits_twice_too_sharp_get_a_temperature_of_two() -> None:
    random = np.random.default_rng(0)
    codec = CTC(tuple("abcd"))
    pairs = []
    for _ in range(3000):
        honest = random.normal(size=5).astype(np.float32)
        honest[0] = -9.0  # never the blank
        probability = np.exp(honest) / np.exp(honest).sum()
        text = codec.charset[int(random.choice(5, p=probability)) - 1]
        pairs.append((text, 2.0 * honest[None]))
    temperature, figures = calibrate(codec, pairs)
    assert temperature == pytest.approx(2.0, rel=0.1)
    assert figures["calibration_error"] < 0.03 < figures["calibration_error_before"]


def test_without_an_error_there_is_nothing_to_fit() -> None:
    logits = np.array([[0.0, 1.0]], np.float32)
    assert calibrate(CTC(("a",)), [("a", logits)])[0] == 1.0


def test_the_error_of_scores_that_tell_the_truth_is_nothing() -> None:
    scores = np.array([0.75, 0.75, 0.75, 0.75])
    assert calibration_error(scores, np.array([True, True, True, False])) == pytest.approx(0.0)
