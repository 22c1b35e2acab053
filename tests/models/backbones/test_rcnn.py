"""Gated recurrent convolutions: names as published, the formula of a turn."""

from __future__ import annotations

import torch

from munja.models.backbones import RCNN
from munja.models.backbones.rcnn import RecurrentConvolution


def test_layers_have_the_published_places_and_shapes() -> None:
    with torch.device("meta"):
        state = RCNN(1).state_dict()
    assert state["ConvNet.0.bias"].shape == (64,)
    assert state["ConvNet.5.wgf_u.weight"].shape == (128, 64, 1, 1)
    assert state["ConvNet.7.wr_x.weight"].shape == (256, 256, 3, 3)
    assert state["ConvNet.9.weight"].shape == (512, 256, 2, 2)
    assert "ConvNet.9.bias" not in state
    norms = {key.split(".")[4] for key in state if key.startswith("ConvNet.3.GRCL.4.")}
    assert norms == {"BN_gfu", "BN_grx", "BN_fu", "BN_rx", "BN_Gx"}
    assert "ConvNet.7.BN_x_init.running_mean" in state
    assert not [key for key in state if "GRCL.5." in key]


def test_each_turn_adds_what_the_gate_lets_through_of_the_last_state() -> None:
    torch.manual_seed(0)
    layer = RecurrentConvolution(3, 4).eval()
    for name, buffer in layer.named_buffers():
        if name.endswith(("running_mean", "running_var")):
            buffer.copy_(torch.rand_like(buffer) + 0.5)
    features = torch.randn(2, 3, 5, 6)
    with torch.no_grad():
        fed, gate_input = layer.wf_u(features), layer.wgf_u(features)
        state = layer.BN_x_init(fed).relu()
        for turn in layer.GRCL:
            gate = (turn.BN_gfu(gate_input) + turn.BN_grx(layer.wgr_x(state))).sigmoid()  # type: ignore[operator]
            state = (turn.BN_fu(fed) + turn.BN_Gx(turn.BN_rx(layer.wr_x(state)) * gate)).relu()  # type: ignore[operator]
        torch.testing.assert_close(layer(features), state)
    assert len(layer.GRCL) == 5


def test_lines_give_a_column_more_than_a_quarter_of_their_width() -> None:
    with torch.no_grad():
        assert RCNN(1, channels=8).eval()(torch.zeros(1, 1, 32, 100)).shape == (1, 8, 1, 26)
