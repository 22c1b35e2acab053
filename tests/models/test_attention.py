"""Attention: the published step, teacher forcing, what a letter may know."""

from __future__ import annotations

import torch
from torch import Tensor

from munja.models.attention import WEIGHTS, AttentionPredictor


def made() -> tuple[AttentionPredictor, Tensor]:
    torch.manual_seed(0)
    return AttentionPredictor(10, 7, hidden=6).eval(), torch.randn(3, 5, 10)


def test_spelling_takes_the_published_step_at_each_letter() -> None:
    predictor, columns = made()
    cell = predictor.attention_cell
    previous = torch.tensor([[0, 2, 3, 4], [0, 5, 6, 1], [0, 2, 2, 2]])
    with torch.no_grad():
        outputs = predictor.predict(columns)
        spelt = predictor.spell(outputs["features"], outputs["keys"], previous)
        hidden = memory = torch.zeros(3, 6)
        for step in range(4):
            energy = torch.tanh(cell.i2h(columns) + cell.h2h(hidden)[:, None]) @ cell.score.weight[0]
            weight = energy.softmax(1)
            context = torch.einsum("nt,ntc->nc", weight, columns)
            given = torch.cat([context, torch.eye(7)[previous[:, step]]], 1)
            gates = given @ cell.rnn.weight_ih.T + cell.rnn.bias_ih + hidden @ cell.rnn.weight_hh.T + cell.rnn.bias_hh
            into, forget, fresh, out = gates.chunk(4, 1)
            memory = forget.sigmoid() * memory + into.sigmoid() * fresh.tanh()
            hidden = out.sigmoid() * memory.tanh()
            torch.testing.assert_close(spelt["attention"][:, step], weight, atol=1e-5, rtol=1e-4)
            torch.testing.assert_close(spelt["logits"][:, step], predictor.generator(hidden), atol=1e-5, rtol=1e-4)
    assert {key: tuple(value.shape) for key, value in spelt.items()} == {"logits": (3, 4, 7), "attention": (3, 4, 5)}


def test_a_letter_knows_only_those_before_it() -> None:
    predictor, columns = made()
    outputs = predictor.predict(columns)
    one, other = torch.tensor([[0, 2, 3, 4]] * 3), torch.tensor([[0, 2, 6, 6]] * 3)
    first, second = (
        predictor.spell(outputs["features"], outputs["keys"], each)["logits"].detach() for each in (one, other)
    )
    torch.testing.assert_close(first[:, :2], second[:, :2])
    assert float((first[:, 2] - second[:, 2]).abs().max()) > 1e-4


def test_attention_is_shared_out_among_the_columns() -> None:
    predictor, columns = made()
    outputs = predictor.predict(columns)
    attention = predictor.spell(outputs["features"], outputs["keys"], torch.zeros(3, 2, dtype=torch.long))["attention"]
    torch.testing.assert_close(attention.sum(2), torch.ones(3, 2))


def test_the_exported_weights_are_those_of_the_decoder_without_what_is_computed_once() -> None:
    predictor, _ = made()
    own = {name for name, _ in predictor.named_parameters()}
    assert own - set(WEIGHTS.values()) == {"attention_cell.i2h.weight"}
    assert set(WEIGHTS.values()) < own
