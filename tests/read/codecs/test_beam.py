"""Prefix beam search against the sum over all paths; alignment against what was spread."""

from __future__ import annotations

from itertools import product
from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import InputError
from munja.read.codecs.beam import align, prefix_beam
from munja.read.codecs.ctc import CTC

codec = CTC("ab")


def collapsed(path: tuple[int, ...]) -> tuple[int, ...]:
    kept = [each for each, before in zip(path, (None, *path), strict=False) if each != before]
    return tuple(each for each in kept if each)


def sums(probability: np.ndarray) -> dict[tuple[int, ...], float]:
    """The probability of every text, over all paths."""
    total: dict[tuple[int, ...], float] = {}
    for path in product(range(probability.shape[1]), repeat=len(probability)):
        text = collapsed(path)
        total[text] = total.get(text, 0.0) + float(np.prod(probability[np.arange(len(path)), path]))
    return total


@st.composite
def probabilities(draw: st.DrawFn) -> np.ndarray:
    rows = draw(st.lists(st.tuples(*[st.integers(1, 20)] * 3), min_size=1, max_size=5))
    raw = np.array(rows, float)
    return np.asarray(raw / raw.sum(1, keepdims=True))


@given(probabilities())
def test_a_wide_beam_finds_the_likeliest_text_and_its_exact_probability(probability: np.ndarray) -> None:
    wanted = sums(probability)
    found = prefix_beam(np.log(probability), width=1000, floor=1e-9)
    assert {each.classes: exp(each.log_probability) for each in found} == pytest.approx(wanted)
    assert found[0].log_probability == pytest.approx(log(max(wanted.values())))


@given(probabilities(), st.integers(1, 6))
def test_a_narrow_beam_never_claims_more_than_there_is(probability: np.ndarray, width: int) -> None:
    wanted = sums(probability)
    found = prefix_beam(np.log(probability), width=width)
    assert 1 <= len(found) <= width
    for each in found:
        assert exp(each.log_probability) <= wanted[each.classes] + 1e-9


def test_the_beam_reads_what_no_best_path_says() -> None:
    # Both columns are most likely blank, yet "a" in one of them or both is likelier than none.
    probability = np.array([[0.6, 0.4, 0.0], [0.6, 0.4, 0.0]]) + 1e-9
    assert prefix_beam(np.log(probability))[0].classes == (1,)
    assert codec.decode(probability.argmax(1), probability.max(1)).text == ""


class OnlyB:
    """A guide: nothing but b, and at least one of it."""

    def start(self) -> int:
        return 0

    def step(self, state: int, following: int) -> tuple[int, float] | None:
        return (state + 1, -0.5) if following == 2 else None

    def end(self, state: int) -> float | None:
        return 0.0 if state else None


@given(probabilities())
def test_a_guide_decides_what_may_be_read(probability: np.ndarray) -> None:
    found = prefix_beam(np.log(probability), width=50, floor=1e-9, guide=OnlyB())
    wanted = {text: chance for text, chance in sums(probability).items() if text and set(text) == {2}}
    # A class that a guide forbids is still a way to read the columns, only not for this text.
    assert {each.classes for each in found} == set(wanted)
    for each in found:
        assert exp(each.log_probability) == pytest.approx(wanted[each.classes])
        assert each.guided == pytest.approx(each.log_probability - 0.5 * len(each.classes))


class Likes:
    """A guide that adds up to 0.7, by the two classes before."""

    def start(self) -> tuple[int, int]:
        return (0, 0)

    def step(self, state: tuple[int, int], following: int) -> tuple[tuple[int, int], float]:
        before, last = state
        return (last, following), 0.7 - 0.9 * ((before + 2 * last + following) % 4)

    def end(self, state: tuple[int, int]) -> float:
        return -0.1 * state[1]


@given(probabilities(), st.integers(1, 4), st.sampled_from([0.5, 2.0, 20.0]))
def test_knowing_the_most_that_a_guide_adds_changes_no_reading(
    probability: np.ndarray, width: int, within: float
) -> None:
    log_probability = np.log(probability)
    plain = prefix_beam(log_probability, width=width, within=within, guide=Likes())
    assert prefix_beam(log_probability, width=width, within=within, guide=Likes(), most=0.7) == plain


@given(probabilities())
def test_of_texts_that_a_guide_judges_alike_from_now_on_the_likeliest_goes_on(probability: np.ndarray) -> None:
    # A sure blank after each column, so that all texts end in one alike when the next column comes.
    apart = np.full((2 * len(probability), 3), 1e-9)
    apart[::2], apart[1::2, 0] = probability, 1.0
    plain = prefix_beam(np.log(apart), width=1000, within=100.0, floor=1e-12, guide=Likes())
    merged = prefix_beam(np.log(apart), width=1000, within=100.0, floor=1e-12, guide=Likes(), merge=True)
    guide, paths = Likes(), []
    for path in product(range(3), repeat=len(probability)):
        total, state = float(np.log(probability[np.arange(len(path)), path]).sum()), guide.start()
        for each in filter(None, path):
            state, part = guide.step(state, each)
            total += part
        paths.append(total + guide.end(state))
    assert max(paths) - 1e-6 <= merged[0].guided <= plain[0].guided + 1e-6
    ends = [each.classes[-2:] for each in merged]
    assert len(set(ends)) == len(ends) <= len(plain)


def test_texts_can_only_be_merged_under_a_guide() -> None:
    with pytest.raises(InputError, match="without a guide"):
        prefix_beam(np.log(np.full((3, 3), 1 / 3)), merge=True)


def test_where_a_guide_allows_nothing_there_is_no_reading() -> None:
    class Nothing(OnlyB):
        def end(self, state: int) -> float | None:
            return None

    assert prefix_beam(np.log(np.full((3, 3), 1 / 3)), guide=Nothing()) == []


def test_known_classes_are_found_where_they_stand() -> None:
    index = np.array([0, 1, 1, 0, 1, 2, 0])
    probability = np.full((7, 3), 0.05)
    probability[np.arange(7), index] = 0.9
    reading = align(codec, np.log(probability), (1, 1, 2))
    assert reading.text == "aab"
    assert reading.columns.tolist() == [1.5, 4.0, 5.0]
    assert reading.scores.tolist() == pytest.approx([0.9, 0.9, 0.9])


@given(probabilities())
def test_aligning_the_best_path_gives_the_greedy_reading(probability: np.ndarray) -> None:
    greedy = codec.decode(probability.argmax(1), probability.max(1))
    reading = align(codec, np.log(probability), tuple(codec.encode(greedy.text)))
    assert reading.text == greedy.text


def test_an_unlikely_text_is_aligned_too_and_too_long_a_one_refused() -> None:
    probability = np.log(np.array([[0.9, 0.05, 0.05]] * 3))
    assert align(codec, probability, (2, 1)).text == "ba"
    assert align(codec, probability, ()).text == ""
    with pytest.raises(InputError, match="do not fit"):
        align(codec, probability, (1, 1, 1))
    with pytest.raises(InputError, match="do not fit"):
        align(codec, np.zeros((0, 3)), (1,))


def test_a_line_of_many_characters_is_aligned() -> None:
    classes = (1, 2) * 150
    index = np.zeros(2 * len(classes), np.int64)
    index[::2] = classes
    probability = np.full((len(index), 3), 0.05)
    probability[np.arange(len(index)), index] = 0.9
    reading = align(codec, np.log(probability), classes)
    assert reading.text == "ab" * 150
    assert reading.columns.tolist() == list(range(0, len(index), 2))


@pytest.mark.parametrize("seed", range(30))
def test_the_path_of_known_classes_is_the_likeliest_of_all_that_spell_them(seed: int) -> None:
    random = np.random.default_rng(seed)
    columns = np.log(random.dirichlet([0.4] * 3, 6))
    classes = tuple(random.integers(1, 3, int(random.integers(0, 4))).tolist())
    paths = np.array([path for path in product(range(3), repeat=6) if collapsed(path) == classes])
    best = paths[columns[np.arange(6), paths].sum(axis=1).argmax()]
    wanted, found = codec.spelt(best, np.exp(columns[np.arange(6), best])), align(codec, columns, classes)
    assert found.characters == wanted.characters
    assert np.array_equal(found.columns, wanted.columns)
    assert np.array_equal(found.scores, wanted.scores)
