from __future__ import annotations

import pytest

from munja.core.errors import InputError
from munja.core.page import Page
from munja.data.convert import Problem
from munja.evaluate import Evaluation, Reading, evaluate, table
from munja.evaluate.truth import Truth


def test_every_two_readers_are_compared_in_a_sentence(evaluation: Evaluation) -> None:
    (compared,) = evaluation.comparisons
    assert compared.names == ("wrong", "right")
    assert "of CLEval" in compared.sentence or "apart in CLEval" in compared.sentence
    assert compared.difference == pytest.approx(1 - 2 * (29 / 40) * (30 / 36) / (29 / 40 + 30 / 36))


def test_the_table_has_every_reader_with_intervals_and_says_what_they_mean(evaluation: Evaluation) -> None:
    rows = table(evaluation).splitlines()
    assert rows[0].split() == ["reader", *(column.title for column in evaluation.columns)]
    assert rows[1].startswith("wrong")
    assert rows[2].startswith("right")
    assert " to " in rows[1]
    assert "95 % intervals, from drawing 3 pictures with replacement" in "\n".join(rows)


def test_a_reader_that_read_nothing_has_no_precision(truth: Truth) -> None:
    found = evaluate(truth, [Reading("silent", {})])
    assert "undefined (0/0)" in table(found)


def test_the_same_reader_twice_or_none_is_an_error(truth: Truth, right_pages: dict[str, Page]) -> None:
    with pytest.raises(InputError, match="munja: named twice"):
        evaluate(truth, [Reading("munja", right_pages), Reading("munja", right_pages)])
    with pytest.raises(InputError, match="no reader was named"):
        evaluate(truth, [])


def test_problems_of_truth_and_readers_make_it_not_ok(truth: Truth, right_pages: dict[str, Page]) -> None:
    assert evaluate(truth, [Reading("munja", right_pages)]).ok
    found = evaluate(truth, [Reading("munja", right_pages, [Problem("b.png", "failed")])])
    assert found.problems == ["b.png: failed"]
    assert not found.ok
