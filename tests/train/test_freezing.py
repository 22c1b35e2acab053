"""What is held stays as it is, statistics included, until its time comes."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from test_recipe import tiny
from torch import nn

from munja.core.errors import SpecError
from munja.models.load import load_weights
from munja.train import train
from munja.train.freezing import Freezing


def network() -> nn.Module:
    return nn.ModuleDict({"trunk": nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2)), "head": nn.Linear(2, 2)})


def test_what_is_held_is_released_at_its_time_and_held_again_if_the_training_goes_back() -> None:
    held = network()
    freezing = Freezing(held, ["trunk."], until=0.5)
    assert [freezing.at(progress) for progress in (0.0, 0.4, 0.5, 0.9, 0.1)] == [True, False, True, False, True]
    assert [each.requires_grad for each in held["head"].parameters()] == [True, True]
    assert not any(each.requires_grad for each in held["trunk"].parameters())


def test_batch_norms_of_what_is_held_keep_their_statistics() -> None:
    held = network()
    freezing = Freezing(held, ["trunk."])
    freezing.at(0.0)
    held.train()
    freezing.keep_statistics()
    before = held["trunk"][1].running_mean.clone()
    held["trunk"](torch.randn(4, 1, 3, 3))
    assert torch.equal(held["trunk"][1].running_mean, before)
    assert held["head"].training


def test_a_beginning_that_no_parameter_has_is_answered_with_those_there_are() -> None:
    with pytest.raises(SpecError, match=r"no parameter begins with 'trunc\.'; did you mean trunk\."):
        Freezing(network(), ["trunc."])


def test_nothing_is_held_without_prefixes() -> None:
    freezing = Freezing(network(), [])
    assert not freezing.at(0.0)


@pytest.mark.parametrize(("until", "moves"), [(1.0, False), (0.5, True)])
def test_a_training_leaves_the_backbone_alone_as_long_as_it_is_told(tmp_path: Path, until: float, moves: bool) -> None:
    first = train(tiny(steps=4), tmp_path / "first", announce=lambda text: None)
    recipe = tiny(steps=8, start=str(first), freeze=["backbone."], freeze_until=until, ema=0.0)
    second = train(recipe, tmp_path / "second", announce=lambda text: None)
    (old, _), (new, _) = load_weights(first), load_weights(second)
    moved = {key.partition(".")[0] for key in old if not torch.equal(old[key], new[key]) and key != "temperature"}
    assert moved == {"neck", "head"} | ({"backbone"} if moves else set())
