"""The four-stage recognisers: counts of the published ones, shapes, names, where columns stand, how weights begin."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from munja.core.errors import SpecError
from munja.core.registry import build
from munja.models import recognise  # noqa: F401  registers the networks
from munja.models.counts import multiply_adds, parameter_count
from munja.models.four_stage import FourStage

EXTRACTORS = ("vgg", "rcnn", "resnet", "mobilenet_v3", "rexnet", "dense")

# Rectifier, extractor, encoder, head; millions of parameters and milliards of multiply-adds at 1 x 32 x 100, with 37
# classes of CTC and 38 of attention.
TABLE = """
none vgg    none   ctc  5.569 0.617 | none vgg    none   attention  6.584 0.722
none vgg    bilstm ctc  8.452 0.686 | none vgg    bilstm attention  9.149 0.744
none rcnn   none   ctc  1.879 0.768 | none rcnn   none   attention  2.894 0.879
none rcnn   bilstm ctc  4.762 0.842 | none rcnn   bilstm attention  5.459 0.903
none resnet none   ctc 44.283 5.045 | none resnet none   attention 45.298 5.157
none resnet bilstm ctc 47.166 5.120 | none resnet bilstm attention 47.863 5.181
tps  vgg    none   ctc  7.261 0.794 | tps  vgg    none   attention  8.276 0.899
tps  vgg    bilstm ctc 10.144 0.863 | tps  vgg    bilstm attention 10.841 0.920
tps  rcnn   none   ctc  3.571 0.944 | tps  rcnn   none   attention  4.587 1.056
tps  rcnn   bilstm ctc  6.454 1.019 | tps  rcnn   bilstm attention  7.151 1.080
tps  resnet none   ctc 45.975 5.222 | tps  resnet none   attention 46.991 5.334
tps  resnet bilstm ctc 48.858 5.297 | tps  resnet bilstm attention 49.555 5.357
"""
ROWS = [cell.split() for row in TABLE.strip().splitlines() for cell in row.split("|")]


def spec(rectifier: str, extractor: str, encoder: str, head: str, **sizes: Any) -> dict[str, Any]:
    """The Spec of a combination; with `channels` and `hidden`, one that is quick to build."""
    channels = {"channels": sizes["channels"]} if "channels" in sizes else {}
    hidden = {"hidden": sizes["hidden"]} if "hidden" in sizes else {}
    narrow = {"width": 4} if sizes else {}
    return {
        "name": "four_stage",
        "rectifier": None if rectifier == "none" else {"name": rectifier, **narrow},
        "extractor": {"name": extractor, **({} if extractor == "mobilenet_v3" else channels)},
        "encoder": None if encoder == "none" else {"name": encoder, **hidden},
        "head": {"name": head, **(hidden if head == "attention" else {})},
    }


def small(rectifier: str, extractor: str, encoder: str, head: str, **settings: Any) -> FourStage:
    torch.manual_seed(0)
    tree = {**spec(rectifier, extractor, encoder, head, channels=32, hidden=8), **settings}
    network: FourStage = build("recogniser", tree, 1, 12)
    return network.eval()


@pytest.mark.parametrize("row", ROWS, ids=["-".join(row[:4]) for row in ROWS])
def test_each_of_the_24_has_the_published_parameters_and_multiply_adds(row: list[str]) -> None:
    *parts, millions, milliards = row
    with torch.device("meta"):
        network = build("recogniser", spec(*parts), 1, 37 if parts[3] == "ctc" else 38)
    assert f"{parameter_count(network) / 1e6:.3f}" == millions
    assert f"{multiply_adds(network, (1, 32, 100)) / 1e9:.3f}" == milliards


def test_the_case_sensitive_trba_has_exactly_as_many_parameters_as_published() -> None:
    with torch.device("meta"):
        lower, sensitive = (
            parameter_count(build("recogniser", spec("tps", "resnet", "bilstm", "attention"), 1, classes))
            for classes in (38, 96)
        )
    assert sensitive == 49_629_480
    # A class more is a column of the cell's weights (1024) and a row (256) and a bias of the generator.
    assert sensitive - lower == (96 - 38) * (1024 + 256 + 1)


def test_state_dict_keys_are_the_published_ones_under_the_names_of_the_stages() -> None:
    with torch.device("meta"):
        network = build("recogniser", spec("tps", "vgg", "bilstm", "attention"), 1, 96)
    shapes = {key: tuple(value.shape) for key, value in network.state_dict().items()}
    published = {
        "rectifier.LocalizationNetwork.conv.0.weight": (64, 1, 3, 3),
        "rectifier.LocalizationNetwork.conv.13.running_var": (512,),
        "rectifier.LocalizationNetwork.localization_fc1.0.weight": (256, 512),
        "rectifier.LocalizationNetwork.localization_fc2.bias": (40,),
        "extractor.ConvNet.18.bias": (512,),
        "encoder.0.rnn.weight_ih_l0_reverse": (1024, 512),
        "encoder.1.linear.weight": (256, 512),
        "head.attention_cell.i2h.weight": (256, 256),
        "head.attention_cell.h2h.bias": (256,),
        "head.attention_cell.score.weight": (1, 256),
        "head.attention_cell.rnn.weight_ih": (1024, 352),
        "head.generator.weight": (96, 256),
        "temperature": (),
    }
    assert {key: shapes.get(key) for key in published} == published
    assert not [key for key in shapes if "inv_delta_C" in key or "P_hat" in key]
    with torch.device("meta"):
        network = build("recogniser", spec("none", "vgg", "none", "ctc"), 1, 37)
    assert network.state_dict()["head.weight"].shape == (37, 512)


@pytest.mark.parametrize("extractor", EXTRACTORS)
def test_columns_tells_how_many_columns_a_picture_of_any_width_gives(extractor: str) -> None:
    network = small("none", extractor, "none", "ctc")
    with torch.no_grad():
        for height, width in ((32, 32), (48, 41), (32, 50), (40, 63)):
            logits = network(torch.zeros(1, 1, height, width))["logits"]
            assert logits.shape == (1, network.columns(width), 12)


@pytest.mark.parametrize("rectifier", ["tps", "affine"])
@pytest.mark.parametrize("encoder", ["none", "bilstm", "convolution"])
def test_a_rectified_picture_has_the_columns_of_its_size_and_tells_their_places(rectifier: str, encoder: str) -> None:
    network = small(rectifier, "vgg", encoder, "attention", size=[32, 64])
    with torch.no_grad():
        outputs = network(torch.rand(2, 1, 40, 90) * 2 - 1)
    columns = network.columns(90)
    assert columns == network.columns(64) == 15
    features = 32 if encoder == "none" else 8
    shapes = {key: tuple(value.shape) for key, value in outputs.items()}
    assert shapes == {"features": (2, columns, features), "keys": (2, columns, 8), "places": (2, columns)}
    assert bool((outputs["places"].diff(dim=1) > 0).all()), "columns stand from left to right"


def test_places_without_a_rectifier_are_not_given() -> None:
    with torch.no_grad():
        assert set(small("none", "resnet", "none", "attention")(torch.zeros(1, 1, 32, 64))) == {"features", "keys"}


def evened(network: nn.Module) -> nn.Module:
    """The network with all weights alike and nothing that saturates: it sees as much to the left as to the right."""
    for module in list(network.modules()):
        if isinstance(module, nn.Conv2d):
            nn.init.constant_(module.weight, 1.0 / module.weight[0].numel())
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        for name, child in module.named_children():
            if isinstance(child, nn.MaxPool2d):
                setattr(module, name, nn.AvgPool2d(child.kernel_size, child.stride, child.padding))
            elif name == "gate" or isinstance(child, nn.ReLU6):
                setattr(module, name, nn.Identity())
    return network.double().eval()


@pytest.mark.parametrize("name", EXTRACTORS)
def test_each_extractor_knows_which_pixel_stands_in_the_centre_of_a_column(name: str) -> None:
    settings = {"scale": 0.5} if name == "mobilenet_v3" else {"channels": 16}
    settings |= {"width": 0.25} if name == "rexnet" else {}
    extractor: Any = evened(build("extractor", {"name": name, **settings}, 1))
    images = torch.ones(1, 1, 32, 256, dtype=torch.float64, requires_grad=True)
    column = extractor.columns(256) // 2
    extractor(images)[0, :, :, column].sum().backward()
    assert images.grad is not None
    share = images.grad[0, 0].sum(0)
    pixels = torch.arange(256) + 0.5
    seen = float((share * pixels).sum() / share.sum())
    assert seen == pytest.approx(extractor.first_centre + extractor.column_stride * column, abs=1e-6)


def test_weights_begin_as_published_and_the_rectifier_keeps_its_start() -> None:
    network = small("tps", "resnet", "bilstm", "attention")
    state = network.state_dict()
    deep = state["extractor.ConvNet.layer3.1.conv1.weight"]
    assert float(deep.std()) == pytest.approx((2.0 / deep[0].numel()) ** 0.5, rel=0.1)
    assert float(state["encoder.0.rnn.bias_ih_l0"].abs().max()) == 0.0
    assert float(state["extractor.ConvNet.bn3.weight"].min()) == 1.0
    bias = state["rectifier.LocalizationNetwork.localization_fc2.bias"].view(20, 2)
    torch.testing.assert_close(bias[[0, 9, 10, 19]], torch.tensor([[-1.0, 0.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 0.0]]))
    assert float(state["rectifier.LocalizationNetwork.localization_fc2.weight"].abs().max()) == 0.0


@pytest.mark.parametrize(
    "parts", [("tps", "vgg", "bilstm", "attention"), ("affine", "rcnn", "convolution", "ctc")], ids="-".join
)
def test_every_parameter_learns(parts: tuple[str, str, str, str]) -> None:
    network = small(*parts).train()
    outputs = network(torch.rand(2, 1, 32, 64) * 2 - 1)
    if parts[3] == "attention":
        outputs = network.head.spell(outputs["features"], outputs["keys"], torch.tensor([[0, 3], [0, 4]]))
    outputs["logits"].square().sum().backward()
    assert not [name for name, each in network.named_parameters() if each.grad is None]


def test_mixed_precision_changes_little() -> None:
    network = small("tps", "vgg", "bilstm", "attention")
    images = torch.rand(2, 1, 32, 100) * 2 - 1
    previous = torch.tensor([[0, 3, 4], [0, 5, 6]])
    outputs = network(images)
    exact = network.head.spell(outputs["features"], outputs["keys"], previous)["logits"].detach()
    with torch.autocast("cpu", torch.bfloat16):
        mixed = network(images)
        logits = network.head.spell(mixed["features"], mixed["keys"], previous)["logits"]
    assert mixed["places"].dtype == torch.float32
    torch.testing.assert_close(mixed["places"], outputs["places"], atol=2e-3, rtol=0.0)
    assert float((logits.detach() - exact).abs().max()) < 0.1 * float(exact.abs().max())
    logits.float().square().sum().backward()


def test_a_rectified_size_that_is_too_small_for_the_extractor_is_refused() -> None:
    with pytest.raises(SpecError, match=r"vgg needs 32 x 8 pixels or more, got 16 x 100"):
        small("tps", "vgg", "none", "ctc", size=[16, 100])


def test_a_misspelt_stage_is_named() -> None:
    with pytest.raises(SpecError, match=r"extractor.*resnet"):
        small("none", "resnett", "none", "ctc")
