"""Optimisers by name; decay applies to weights of two axes or more, not to biases and norms."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Ge, Gt, Lt, doc
from torch import nn

from munja.core.registry import register

Rate = Annotated[float, Gt(0.0), doc("highest learning rate; the schedule scales it")]
Decay = Annotated[float, Ge(0.0), doc("decay of weights of two axes or more")]


def parameter_groups(network: nn.Module, decay: float) -> list[dict[str, Any]]:
    """The parameters in two groups: those with decay and those without."""
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    return [
        {"params": [each for each in trained if each.ndim >= 2], "weight_decay": decay},
        {"params": [each for each in trained if each.ndim < 2], "weight_decay": 0.0},
    ]


@register("optimiser", "adamw")
def adamw(
    network: nn.Module,
    /,
    *,
    learning_rate: Rate = 2e-3,
    weight_decay: Decay = 0.02,
    beta1: Annotated[float, Ge(0.0), Lt(1.0)] = 0.9,
    beta2: Annotated[float, Ge(0.0), Lt(1.0)] = 0.98,
) -> torch.optim.Optimizer:
    """Adam with decoupled decay (arXiv:1711.05101)."""
    groups = parameter_groups(network, weight_decay)
    return torch.optim.AdamW(groups, lr=learning_rate, betas=(beta1, beta2), fused=True)


@register("optimiser", "sgd")
def sgd(
    network: nn.Module,
    /,
    *,
    learning_rate: Rate = 0.1,
    weight_decay: Decay = 1e-5,
    momentum: Annotated[float, Ge(0.0), Lt(1.0)] = 0.9,
    nesterov: Annotated[bool, doc("look ahead; needs momentum")] = True,
) -> torch.optim.Optimizer:
    """Stochastic gradient descent with Nesterov's momentum."""
    groups = parameter_groups(network, weight_decay)
    return torch.optim.SGD(groups, lr=learning_rate, momentum=momentum, nesterov=nesterov and momentum > 0.0)


@register("optimiser", "adadelta")
def adadelta(
    network: nn.Module,
    /,
    *,
    learning_rate: Rate = 1.0,
    weight_decay: Decay = 0.0,
    rho: Annotated[float, Gt(0.0), Lt(1.0)] = 0.95,
    epsilon: Annotated[float, Gt(0.0)] = 1e-8,
) -> torch.optim.Optimizer:
    """Adadelta (arXiv:1212.5701), the optimiser of the four-stage recognisers."""
    groups = parameter_groups(network, weight_decay)
    return torch.optim.Adadelta(groups, lr=learning_rate, rho=rho, eps=epsilon)
