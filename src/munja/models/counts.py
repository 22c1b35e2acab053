"""How large a recogniser is, and what reading one line costs it."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn

from munja.models.attention import AttentionPredictor

LETTERS = 26  # steps of the decoder: 25 letters and the end


class ShapedLSTM(nn.Module):
    """The shape of an LSTM's output and nothing in it: without numbers, torch takes seconds to step through one."""

    def __init__(self, lstm: nn.LSTM) -> None:
        super().__init__()
        self.lstm = lstm

    def forward(self, columns: Tensor) -> tuple[Tensor]:
        """Columns with channels last, in either order of the other two axes."""
        return (columns.new_empty(*columns.shape[:2], self.lstm.hidden_size * (1 + self.lstm.bidirectional)),)


def parameter_count(network: nn.Module) -> int:
    """Numbers that training changes."""
    return sum(each.numel() for each in network.parameters())


def multiply_adds(network: nn.Module, picture: tuple[int, int, int], *, letters: int = LETTERS) -> int:
    """Multiply-adds of convolutions, linear layers and LSTMs for one picture (C, H, W), and for spelling `letters`.

    Counted as the published form computes it, which projects all columns anew at each letter; norms, activations,
    resampling and the products of attention weights with features are left out, as is usual. Nothing is computed.
    """
    counted = copy.deepcopy(network).to("meta").eval()
    for module in list(counted.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.LSTM):
                setattr(module, name, ShapedLSTM(child))
            elif isinstance(child, nn.BatchNorm2d):
                setattr(module, name, nn.Identity())
    head = getattr(counted, "head", None)
    repeated = set(head.modules()) if isinstance(head, AttentionPredictor) else set()
    total = 0

    def add(module: nn.Module, inputs: tuple[Tensor, ...], output: Any) -> None:
        nonlocal total
        total += _cost(module, inputs[0], output) * (letters if module in repeated else 1)

    for module in counted.modules():
        module.register_forward_hook(add)
    with torch.no_grad():
        outputs = counted(torch.zeros(1, *picture, device="meta"))
        if isinstance(head, AttentionPredictor):
            one = torch.zeros(1, 1, dtype=torch.long, device="meta")
            head.spell(outputs["features"], outputs["keys"], one)
    return total


def _cost(module: nn.Module, given: Tensor, output: Any) -> int:
    """Multiply-adds of one layer; 0 for what is none."""
    if isinstance(module, nn.Conv2d):
        return int(output.numel()) * module.weight[0].numel()
    if isinstance(module, nn.Linear):
        return int(output.numel()) * module.in_features
    if isinstance(module, ShapedLSTM | nn.LSTMCell):
        weights = sum(each.numel() for name, each in module.named_parameters() if "weight" in name)
        return given.numel() // given.shape[-1] * weights
    return 0
