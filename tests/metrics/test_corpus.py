"""Corpus: sums, intervals that hold the truth as often as they say, and records that cannot be summed."""

from __future__ import annotations

import json

import numpy as np
import pytest

from munja.core.errors import InputError, SpecError
from munja.metrics import PageResult, corpus, figures


def words(right: int, truth: int, predicted: int | None = None, name: str = "x") -> PageResult:
    found = truth if predicted is None else predicted
    counts = {"truth": truth, "predicted": found, "matched": truth, "right": right, "similarity": right, "pairs": truth}
    return PageResult("end_to_end", counts, source=name)


def test_figures_are_of_sums_and_not_means_of_pages() -> None:
    result = corpus([words(1, 1), words(0, 9)])
    assert result.figures["recall"].value == 0.1
    assert result.pages == 2
    assert result.counts["truth"] == 10


def test_the_interval_holds_the_true_figure_about_as_often_as_it_says() -> None:
    generator = np.random.default_rng(3)
    held = 0
    for seed in range(100):
        pages = [words(int(generator.binomial(20, chance)), 20) for chance in generator.beta(8, 2, size=40)]
        figure = corpus(pages, samples=300, seed=seed).figures["recall"]
        assert figure.low is not None
        assert figure.high is not None
        held += figure.low <= 0.8 <= figure.high
    assert 88 <= held <= 100


def test_all_right_is_not_certain() -> None:
    figure = corpus([words(1, 1) for _ in range(20)]).figures["recall"]
    assert (figure.value, figure.high) == (1.0, 1.0)
    assert figure.low == pytest.approx(0.8316, abs=1e-4)


def test_one_page_has_no_interval_and_nothing_of_nothing_no_figure() -> None:
    assert str(corpus([words(3, 4)]).figures["recall"]) == "75.0 %"
    nothing = corpus([words(0, 0), words(0, 0)]).figures["recall"]
    assert (nothing.value, nothing.low) == (None, None)
    assert str(nothing) == "undefined (0/0)"
    assert figures(words(0, 0))["recall"] is None


def test_a_figure_is_written_with_its_interval() -> None:
    assert str(corpus([words(k % 5, 5) for k in range(50)]).figures["recall"]).startswith("40.0 % (")


def test_the_same_seed_gives_the_same_intervals() -> None:
    pages = [words(k % 5, 5) for k in range(30)]
    assert corpus(pages, seed=1) == corpus(pages, seed=1)
    assert corpus(pages, seed=1) != corpus(pages, seed=2)


def test_a_result_is_a_json_document_without_nan() -> None:
    tree = json.loads(corpus([words(0, 0), words(0, 0)]).to_json())
    assert tree["figures"]["recall"] == {"value": None, "low": None, "high": None}


def test_an_empty_collection_is_an_error() -> None:
    with pytest.raises(InputError, match="no page was measured"):
        corpus([])


def test_records_that_were_measured_differently_are_not_summed() -> None:
    other = PageResult("end_to_end", words(1, 1).counts, {"level": "line"}, "y")
    with pytest.raises(SpecError, match=r"x: end_to_end {}, y: end_to_end {'level': 'line'}"):
        corpus([words(1, 1), other])


def test_an_unknown_metric_is_named() -> None:
    with pytest.raises(SpecError, match="metric: 'iuo' is not known; did you mean iou"):
        corpus([PageResult("iuo", {})])
