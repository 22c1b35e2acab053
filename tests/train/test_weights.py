"""Weights are taken over by another network: by name and shape, and in the head class by class."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

import munja.models.recognise  # noqa: F401  (registers the predictors)
from munja.core.artifact import Manifest
from munja.core.errors import ArtifactError, SpecError
from munja.core.registry import build
from munja.train.weights import adopt, save_weights

FEATURES, COLUMNS = 5, 4
charsets = st.lists(st.sampled_from("abcdefgh가나다"), min_size=1, max_size=9, unique=True)


class Reader(nn.Module):
    """A network that is nearly all head."""

    temperature: Tensor

    def __init__(self, head: dict[str, Any], charset: list[str], *, seed: int) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.trunk = nn.Linear(3, FEATURES)
        self.head = build("predictor", head, FEATURES, len(charset) + (2 if head["name"] == "attention" else 1))
        self.register_buffer("temperature", torch.full((), float(seed)))


def state_of(network: nn.Module) -> dict[str, Tensor]:
    return {key: value.clone() for key, value in network.state_dict().items()}


@torch.no_grad()
def spelt(reader: Reader, charset: list[str], text: list[str]) -> Tensor:
    """Logits (1, L, classes) of attention after each letter of a text."""
    features = torch.rand(1, COLUMNS, FEATURES, generator=torch.Generator().manual_seed(5))
    keys = reader.head.predict(features)["keys"]
    previous = torch.tensor([[0, *(charset.index(each) + 2 for each in text)]])
    logits: Tensor = reader.head.spell(features, keys, previous)["logits"]
    return logits


@given(charsets, charsets)
def test_ctc_keeps_the_blank_and_the_characters_that_both_know(old: list[str], new: list[str]) -> None:
    before, reader = Reader({"name": "ctc"}, old, seed=1), Reader({"name": "ctc"}, new, seed=2)
    untouched = state_of(reader)
    fresh = adopt(reader, state_of(before), old=old, new=new)
    assert fresh == [f"class {each!r}" for each in new if each not in old]
    pairs = [(0, 0)] + [(new.index(each) + 1, old.index(each) + 1) for each in new if each in old]
    for name in ("head.weight", "head.bias"):
        now, given_rows, own = reader.state_dict()[name], before.state_dict()[name], untouched[name]
        for to, of in pairs:
            assert torch.equal(now[to], given_rows[of])
        for to in set(range(len(new) + 1)) - {to for to, _ in pairs}:
            assert torch.equal(now[to], own[to])
    assert torch.equal(reader.trunk.weight, before.trunk.weight)
    assert float(reader.temperature) == 2.0, "it belongs to the old scores"


@given(charsets, charsets, st.data())
def test_attention_spells_what_both_know_exactly_as_before(old: list[str], new: list[str], data: st.DataObject) -> None:
    head = {"name": "attention", "hidden": 6}
    before, reader = Reader(head, old, seed=1), Reader(head, new, seed=2)
    untouched = state_of(reader)
    fresh = adopt(reader, state_of(before), old=old, new=new)
    assert fresh == [f"class {each!r}" for each in new if each not in old]
    shared = [each for each in new if each in old]
    text = data.draw(st.lists(st.sampled_from(shared), max_size=4)) if shared else []
    kept = [0, 1] + [new.index(each) + 2 for each in shared]
    known = [0, 1] + [old.index(each) + 2 for each in shared]
    torch.testing.assert_close(spelt(reader, new, text)[..., kept], spelt(before, old, text)[..., known])
    unknown = [new.index(each) + 2 for each in new if each not in old]
    for name, axis, offset in (
        ("head.generator.weight", 0, 0),
        ("head.generator.bias", 0, 0),
        ("head.attention_cell.rnn.weight_ih", 1, FEATURES),
    ):
        index = torch.tensor(unknown, dtype=torch.int64) + offset
        assert torch.equal(
            reader.state_dict()[name].index_select(axis, index), untouched[name].index_select(axis, index)
        )


def test_as_many_hidden_units_as_classes_are_not_taken_for_classes() -> None:
    old, new = list("abcd"), list("dcba")
    head = {"name": "attention", "hidden": len(old) + 2}
    before, reader = Reader(head, old, seed=1), Reader(head, new, seed=2)
    adopt(reader, state_of(before), old=old, new=new)
    for name in ("i2h.weight", "h2h.weight", "h2h.bias", "rnn.weight_hh"):
        key = f"head.attention_cell.{name}"
        assert torch.equal(reader.state_dict()[key], before.state_dict()[key])


def test_another_head_or_width_stays_fresh_and_is_listed() -> None:
    old = list("abc")
    ctc, attention = Reader({"name": "ctc"}, old, seed=1), Reader({"name": "attention", "hidden": 6}, old, seed=2)
    fresh = adopt(attention, state_of(ctc), old=old, new=old)
    assert set(fresh) == {key for key in attention.state_dict() if key.startswith("head.")}
    wide = Reader({"name": "attention", "hidden": 7}, old, seed=3)
    untouched = state_of(wide)
    fresh = adopt(wide, state_of(attention), old=old, new=old)
    assert "head.attention_cell.rnn.weight_ih" in fresh
    assert all(torch.equal(untouched[key], value) for key, value in wide.state_dict().items() if key in fresh)


def test_weights_of_which_nothing_fits_are_refused() -> None:
    with pytest.raises(ArtifactError, match="none of the weights"):
        adopt(Reader({"name": "ctc"}, ["a"], seed=1), {"other": torch.zeros(1)}, old=["a"], new=["a"])


def test_a_precision_that_is_not_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="f16, f32"):
        save_weights(tmp_path / "a.safetensors", nn.Linear(1, 1), Manifest("recognise", "a"), stored="bf16")


def test_a_four_stage_network_takes_the_trunk_of_a_recogniser_of_columns_and_gives_it_back() -> None:
    dense, head = {"name": "dense", "channels": 32}, {"name": "ctc"}
    columns = build(
        "recogniser", {"name": "ctc", "backbone": dense, "neck": {"name": "convolution", "blocks": 1}}, 1, 3
    )
    stages = build("recogniser", {"name": "four_stage", "extractor": dense, "head": head}, 1, 3)
    fresh = adopt(stages, state_of(columns), old="ab", new="ab")
    assert all(name.startswith("head.") for name in fresh)
    trunk = state_of(columns)["backbone.fold.convolution.weight"]
    assert torch.equal(stages.state_dict()["extractor.fold.convolution.weight"], trunk)
    with torch.no_grad():
        stages.extractor.fold.convolution.weight.add_(1.0)
    assert not any(name.startswith("backbone.") for name in adopt(columns, state_of(stages), old="ab", new="ab"))
    torch.testing.assert_close(state_of(columns)["backbone.fold.convolution.weight"], trunk + 1.0)
