"""The two losses of a line recogniser against values worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch

from munja.train.losses import PADDING, UNKNOWN, attention_loss, ctc_loss, frame_loss, letter_loss


def test_ctc_of_even_logits_counts_the_paths_that_spell_the_text() -> None:
    # Two columns, three classes, text "1": the paths 11, 10, 01 of 9.
    loss = ctc_loss(torch.zeros(1, 2, 3), torch.tensor([1]), torch.tensor([1]))
    assert float(loss) == pytest.approx(-math.log(3 / 9))


def test_a_text_longer_than_its_columns_counts_nothing_and_spoils_nothing() -> None:
    logits = torch.zeros(2, 2, 3, requires_grad=True)
    loss = ctc_loss(logits, torch.tensor([1, 1, 1, 1]), torch.tensor([1, 3]))
    loss.backward()
    assert float(loss.detach()) == pytest.approx(-math.log(3 / 9) / 2)
    assert logits.grad is not None
    assert bool(torch.isfinite(logits.grad).all())
    assert float(logits.grad[1].abs().sum()) == 0.0


def test_smoothing_mixes_in_the_mean_surprise() -> None:
    logits = torch.randn(1, 4, 3, generator=torch.Generator().manual_seed(0))
    plain = ctc_loss(logits, torch.tensor([2]), torch.tensor([1]))
    mixed = ctc_loss(logits, torch.tensor([2]), torch.tensor([1]), smoothing=0.25)
    surprise = -logits.log_softmax(2).mean()
    torch.testing.assert_close(mixed, 0.75 * plain + 0.25 * surprise)


def test_written_and_empty_columns_weigh_the_same_and_unknown_ones_nothing() -> None:
    logits = torch.tensor([[[2.0, 0.0], [0.0, 1.0], [2.0, 0.0], [9.0, -9.0]]])
    frames = torch.tensor([[0, 1, 0, UNKNOWN]])
    blank = math.log(1 + math.exp(-2.0))
    written = math.log(1 + math.exp(-1.0))
    assert float(frame_loss(logits, frames)) == pytest.approx(0.5 * (blank + written))


def test_lines_without_known_centres_cost_nothing() -> None:
    assert float(frame_loss(torch.randn(2, 3, 4), torch.full((2, 3), UNKNOWN))) == 0.0


def test_letters_beyond_the_end_do_not_count() -> None:
    logits = torch.randn(1, 3, 5)
    whole = letter_loss(logits, torch.tensor([[2, 3, PADDING]]))
    torch.testing.assert_close(whole, letter_loss(logits[:, :2], torch.tensor([[2, 3]])))
    assert letter_loss(logits, torch.full((1, 3), PADDING)) == 0.0


def test_attention_on_its_letter_costs_nothing_and_beside_it_much() -> None:
    centres = torch.tensor([[2.3, torch.nan]])
    attention = torch.zeros(1, 2, 8)
    attention[0, 0, 2] = attention[0, 1, 7] = 1.0
    assert attention_loss(attention, centres) == 0.0
    assert attention_loss(attention.roll(3, dims=2), centres) > 10.0
    even = torch.full((1, 2, 8), 1.0 / 8)
    torch.testing.assert_close(attention_loss(even, centres), torch.tensor(4.0).log())  # 2 of 8 columns are in reach


def test_attention_is_measured_where_the_rectifier_put_the_columns() -> None:
    attention = torch.zeros(1, 1, 8)
    attention[0, 0, 0] = 1.0
    places = torch.linspace(0.5, 0.9, 8)[None]  # column 0 shows the middle of the picture
    assert attention_loss(attention, torch.tensor([[3.5]]), places=places) == 0.0
    assert attention_loss(attention, torch.tensor([[0.0]]), places=places) == 0.0  # no column shows that place
    assert attention_loss(attention, torch.tensor([[6.5]]), places=places) > 10.0
