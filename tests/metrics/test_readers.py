"""Two readers on the same pages: a sentence that says which is better, or that nobody can tell."""

from __future__ import annotations

import numpy as np
import pytest

from munja.core.errors import InputError, SpecError
from munja.metrics import PageResult, compare_readers


def texts(edits: list[int], name: str = "page") -> list[PageResult]:
    rates = {"tight_edits": 0, "tight_characters": 0, "word_edits": 0, "words": 0, "letter_edits": 0, "letters": 0}
    rest = {"bag_hits": 0, "words_read": 0, "exact": 0, "pages": 1, "exact_alphanumeric": 0, "similarity": 0}
    rest |= {"distance_2015": 0, "pages_with_text": 1, **rates}
    return [
        PageResult("text", {"edits": float(count), "characters": 100.0, **rest}, source=f"{name} {number}")
        for number, count in enumerate(edits)
    ]


def test_the_better_reader_is_named_with_its_interval() -> None:
    generator = np.random.default_rng(0)
    base = generator.integers(0, 20, 60)
    first, second = texts((base + 3).tolist()), texts((base + generator.integers(0, 3, 60)).tolist())
    found = compare_readers(first, second, "cer", names=("old", "new"))
    assert found.winner == "new"
    assert found.difference == pytest.approx(-0.02, abs=0.004)
    assert found.sentence.startswith("new is better by 1.9 points of cer (less is better), 95 % interval ")
    assert found.chance is not None
    assert found.chance < 0.001
    back = compare_readers(second, first, "cer", names=("new", "old"))
    assert (back.winner, back.difference) == ("new", -found.difference)


def test_readers_that_differ_by_chance_are_not_told_apart() -> None:
    generator = np.random.default_rng(1)
    first, second = (texts(generator.integers(0, 20, 60).tolist()) for _ in range(2))
    found = compare_readers(first, second, "cer")
    assert found.winner is None
    assert found.sentence.startswith("These 60 pages cannot tell A and B apart in cer: B differs by ")


def test_a_wrong_winner_is_named_in_about_one_of_twenty() -> None:
    generator = np.random.default_rng(2)
    named = 0
    for seed in range(100):
        sides = [texts(generator.poisson(generator.gamma(2, 4, 30)).tolist()) for _ in range(2)]
        named += compare_readers(*sides, "cer", samples=200, seed=seed).winner is not None
    assert named <= 12


def test_few_pages_cannot_name_a_winner_however_they_look() -> None:
    found = compare_readers(texts([9, 9, 9, 9]), texts([1, 1, 1, 1]), "cer")
    assert found.low == found.high == pytest.approx(-0.08)
    assert found.winner is None
    assert "This one page cannot tell" in compare_readers(texts([5]), texts([1]), "cer").sentence


def test_the_same_reader_is_not_better_than_itself() -> None:
    found = compare_readers(texts([1, 2, 3]), texts([1, 2, 3]), "cer")
    assert (found.difference, found.chance, found.winner) == (0.0, 1.0, None)


def test_an_undefined_figure_is_said() -> None:
    found = compare_readers(texts([1, 2]), texts([1, 2]), "wer")
    assert found.sentence == "wer is undefined (0/0) for A and B: these 2 pages cannot be compared."


def test_pages_that_do_not_pair_up_are_listed() -> None:
    with pytest.raises(InputError, match=r"A alone has page 1 \(0\); B alone has other 0 \(0\)"):
        compare_readers(texts([1, 2]), [texts([1])[0], texts([1], "other")[0]], "cer")
    with pytest.raises(InputError, match="in another order"):
        compare_readers(texts([1, 2]), texts([1, 2])[::-1], "cer")
    with pytest.raises(InputError, match="no page was measured"):
        compare_readers([], [], "cer")


def test_an_unknown_figure_is_named() -> None:
    with pytest.raises(SpecError, match="figure: 'cerr' is not one of text; did you mean cer"):
        compare_readers(texts([1]), texts([1]), "cerr")
