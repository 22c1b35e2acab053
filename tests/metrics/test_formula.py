"""Formulas of mathematics: whole sentences and tokens."""

from __future__ import annotations

import pytest

from munja.core.page import Line, Page
from munja.metrics import corpus, figures, formula


def page(latex: str) -> Page:
    return Page(0, 0, (Line(latex),))


def test_a_formula_is_right_if_all_its_tokens_are() -> None:
    found = figures(formula.compare(page(r"\frac { a } { b }"), page(r"\frac  { a } { b }")))
    assert found == {"sentence_accuracy": 1.0, "token_wer": 0.0, "score": 1.0, "token_error_rate": 0.0}


def test_tokens_count_and_not_characters() -> None:
    found = figures(formula.compare(page(r"\alpha + b"), page(r"\beta + b + c")))
    assert found["token_wer"] == pytest.approx(3 / 5)
    assert found["token_error_rate"] == 1.0
    assert found["score"] == pytest.approx(0.1 * 0.4)


def test_the_score_of_the_challenge_is_of_means_over_formulas() -> None:
    pairs = [("a", "a"), ("a b", "a c"), ("", "")]
    found = corpus([formula.compare(page(truth), page(read)) for truth, read in pairs]).figures
    assert found["sentence_accuracy"].value == pytest.approx(2 / 3)
    assert found["score"].value == pytest.approx(0.9 * 2 / 3 + 0.1 * (1 - 0.5 / 3))
