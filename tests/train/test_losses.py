"""The two losses of a line recogniser against values worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch

from munja.train.losses import UNKNOWN, ctc_loss, frame_loss


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
