"""n-grams against Witten and Bell's formula worked out with dictionaries."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import InputError
from munja.read.language import EDGE, STEP, LanguageModel, Trie
from munja.train.ngrams import build_trie

TOKENS = 4  # the edge, and three characters
lines = st.lists(st.lists(st.integers(1, TOKENS - 1), max_size=8), min_size=1, max_size=12)


def probability(counts: Counter[tuple[int, ...]], context: tuple[int, ...], token: int) -> float:
    """Interpolated Witten-Bell, from the empty context up to `context`."""
    followers = [gram for gram in counts if len(gram) == 1]
    total, distinct = sum(counts[gram] for gram in followers), len(followers)
    chance = (counts[token,] + distinct / TOKENS) / (total + distinct)
    for length in range(1, len(context) + 1):
        inner = context[-length:]
        followers = [gram for gram in counts if len(gram) == length + 1 and gram[:-1] == inner]
        if not followers:
            return chance
        total, distinct = sum(counts[gram] for gram in followers), len(followers)
        chance = (counts[(*inner, token)] + distinct * chance) / (total + distinct)
    return chance


def grams(rows: list[list[int]], order: int) -> Counter[tuple[int, ...]]:
    found: Counter[tuple[int, ...]] = Counter()
    for row in rows:
        edged = [EDGE, *row, EDGE]
        for n in range(1, order + 1):
            found.update(tuple(edged[i : i + n]) for i in range(1 if n == 1 else 0, len(edged) - n + 1))
    return found


@given(lines, st.integers(2, 4))
def test_a_whole_model_gives_the_probabilities_of_the_formula(rows: list[list[int]], order: int) -> None:
    model = model_of(build_trie(rows, tokens=TOKENS, order=order, nodes=10_000))
    counts = grams(rows, order)
    for row in rows[:4]:
        context: tuple[int, ...] = (EDGE,)
        wanted = 0.0
        for token in (*row, EDGE):
            wanted += math.log(probability(counts, context[-(order - 1) :], token))
            context += (token,)
        # Every stored number is rounded to half a step; leaving a context adds one for each that is left.
        assert model.log_probability(row) == pytest.approx(wanted, abs=STEP * order * (len(row) + 1))


@given(lines, st.integers(2, 4), st.integers(1, 40))
def test_what_may_follow_adds_up_to_one_however_much_was_left_out(
    rows: list[list[int]], order: int, nodes: int
) -> None:
    model = model_of(build_trie(rows, tokens=TOKENS, order=order, nodes=nodes))
    state = model.start()
    for token in (*rows[0], None):
        total = sum(math.exp(model.step(state, each)[1]) for each in range(1, TOKENS)) + math.exp(model.end(state))
        assert total == pytest.approx(1.0, abs=0.12)
        if token is not None:
            state = model.step(state, token)[0]


def model_of(trie: Trie) -> LanguageModel:
    characters = "abc"
    return LanguageModel(trie, characters, characters, weight=1.0, bonus=0.0)


def test_fewer_nodes_keep_what_comes_most_often() -> None:
    rows = [[1, 2, 3]] * 20 + [[3, 1], [2, 2], [1, 3], [3, 3, 2]]
    whole = build_trie(rows, tokens=TOKENS, order=4, nodes=1000)
    small = build_trie(rows, tokens=TOKENS, order=4, nodes=12)
    assert len(small.token) < len(whole.token)
    best = [1, 2, 3]
    assert model_of(small).log_probability(best) > model_of(small).log_probability([3, 2, 1]) + 3


def test_a_trie_is_in_breadth_first_order() -> None:
    trie = build_trie([[1, 2], [1, 3]], tokens=TOKENS, order=3, nodes=1000)
    assert trie.token[1 : 1 + TOKENS].tolist() == [0, 1, 2, 3]
    assert int(trie.children.sum()) == len(trie.token) - 1
    assert trie.token.dtype == np.uint16


@pytest.mark.parametrize(("order", "tokens"), [(1, 10), (7, 10), (3, 5000)])
def test_what_a_key_cannot_hold_is_refused(order: int, tokens: int) -> None:
    with pytest.raises(InputError, match="order"):
        build_trie([[1]], tokens=tokens, order=order, nodes=10)
