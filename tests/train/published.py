"""Published four-stage checkpoints for tests: their names and shapes, and what they compute, written out plainly.

Independent of the networks under test: everything is a formula over a state dict with the published names.
"""

from __future__ import annotations

import itertools
import math
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

State = dict[str, Tensor]
Shapes = dict[str, tuple[int, ...]]
COMBINATIONS = list(
    itertools.product(("None", "TPS"), ("VGG", "RCNN", "ResNet"), ("None", "BiLSTM"), ("CTC", "Attn"))
)  # fmt: skip
TRUNK = "FeatureExtraction.ConvNet."
LOOK = "Transformation.LocalizationNetwork."
BLOCKS = (1, 2, 5, 3)


def shapes(
    combination: tuple[str, ...], classes: int, *, channels: int = 512, hidden: int = 256, width: int = 64,
    points: int = 20, size: tuple[int, int] = (32, 100), grey: int = 1,
) -> Shapes:  # fmt: skip
    """Names and shapes of a published checkpoint; smaller numbers give a network of the same form."""
    transformation, extractor, sequence, prediction = combination
    found: Shapes = {}
    if transformation == "TPS":
        for index, (before, after) in enumerate(itertools.pairwise((grey, width, 2 * width, 4 * width, 8 * width))):
            found[f"{LOOK}conv.{4 * index}.weight"] = (after, before, 3, 3)
            found |= _norm(f"{LOOK}conv.{4 * index + 1}", after)
        found |= _linear(f"{LOOK}localization_fc1.0", 4 * width, 8 * width)
        found |= _linear(f"{LOOK}localization_fc2", 2 * points, 4 * width)
        found["Transformation.GridGenerator.inv_delta_C"] = (points + 3, points + 3)
        found["Transformation.GridGenerator.P_hat"] = (size[0] * size[1], points + 3)
    found |= {"VGG": _vgg, "RCNN": _rcnn, "ResNet": _resnet}[extractor](channels, grey)
    into = channels
    if sequence == "BiLSTM":
        for layer in range(2):
            for way in ("", "_reverse"):
                found[f"SequenceModeling.{layer}.rnn.weight_ih_l0{way}"] = (4 * hidden, into)
                found[f"SequenceModeling.{layer}.rnn.weight_hh_l0{way}"] = (4 * hidden, hidden)
                found |= {f"SequenceModeling.{layer}.rnn.bias_{each}_l0{way}": (4 * hidden,) for each in ("ih", "hh")}
            found |= _linear(f"SequenceModeling.{layer}.linear", hidden, 2 * hidden)
            into = hidden
    if prediction == "CTC":
        return found | _linear("Prediction", classes, into)
    cell = "Prediction.attention_cell."
    found |= {f"{cell}i2h.weight": (hidden, into), f"{cell}score.weight": (1, hidden)}
    found |= _linear(f"{cell}h2h", hidden, hidden)
    found |= {f"{cell}rnn.weight_ih": (4 * hidden, into + classes), f"{cell}rnn.weight_hh": (4 * hidden, hidden)}
    found |= {f"{cell}rnn.bias_ih": (4 * hidden,), f"{cell}rnn.bias_hh": (4 * hidden,)}
    return found | _linear("Prediction.generator", classes, hidden)


def random_state(found: Shapes, *, seed: int = 0, size: tuple[int, int] = (32, 100), prefix: str = "module.") -> State:
    """Random tensors of these shapes that keep values of the order of 1, with the right grid of a rectifier."""
    generator = torch.Generator().manual_seed(seed)
    state: State = {}
    for key, shape in found.items():
        value = torch.randn(shape, generator=generator)
        if key.endswith("num_batches_tracked"):
            value = torch.tensor(7)
        elif key.endswith("running_var"):
            value = 0.5 + value.abs()
        elif len(shape) > 1:
            value *= math.sqrt(2.0 / math.prod(shape[1:]))
        elif f"{key.rpartition('.')[0]}.running_mean" in found and key.endswith("weight"):
            value = 0.8 + 0.2 * value
        else:
            value *= 0.1
        state[key] = value
    if f"{LOOK}localization_fc2.bias" in state:
        points = len(state[f"{LOOK}localization_fc2.bias"]) // 2
        state[f"{LOOK}localization_fc2.weight"] *= 0.1
        state[f"{LOOK}localization_fc2.bias"] += control_points(points, top=(0.0, -1.0), bottom=(1.0, 0.0)).flatten()
        inverse, terms = spline(points, size)
        state["Transformation.GridGenerator.inv_delta_C"] = inverse.clone()
        state["Transformation.GridGenerator.P_hat"] = terms.clone()
    return {prefix + key: value for key, value in state.items()}


def control_points(points: int, *, top: tuple[float, float], bottom: tuple[float, float]) -> Tensor:
    x = torch.linspace(-1.0, 1.0, points // 2, dtype=torch.float64)
    sides = [torch.stack([x, torch.linspace(*y, points // 2, dtype=torch.float64)], 1) for y in (top, bottom)]
    return torch.cat(sides)


@cache
def spline(points: int, size: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """inv_delta_C (F + 3, F + 3) and P_hat (H * W, F + 3)."""
    target = control_points(points, top=(-1.0, -1.0), bottom=(1.0, 1.0))
    delta = torch.zeros(points + 3, points + 3, dtype=torch.float64)
    for i, j in itertools.product(range(points), repeat=2):
        r = 1.0 if i == j else float((target[i] - target[j]).norm())
        delta[i, 3 + j] = r * r * math.log(r)
    delta[:points, 0], delta[:points, 1:3] = 1.0, target
    delta[points : points + 2, 3:], delta[points + 2, 3:] = target.T, 1.0
    height, width = size
    rows = []
    for y, x in itertools.product(range(height), range(width)):
        place = torch.tensor([(2 * x + 1 - width) / width, (2 * y + 1 - height) / height], dtype=torch.float64)
        r = (place - target).norm(dim=1)
        rows.append(torch.cat([torch.ones(1), place, r * r * (r + 1e-6).log()]))
    return delta.inverse().float(), torch.stack(rows).float()


def forward(state: State, combination: tuple[str, ...], images: Tensor, *, size: tuple[int, int] = (32, 100)) -> Tensor:
    """Logits (N, T, classes) of CTC, or (N, 26, classes) of attention that goes on with its own best letters."""
    transformation, extractor, sequence, prediction = combination
    if transformation == "TPS":
        images = _rectified(state, images, size)
    features = {"VGG": _run_vgg, "RCNN": _run_rcnn, "ResNet": _run_resnet}[extractor](state, images)
    columns = features.permute(0, 3, 1, 2).mean(3)  # (N, T, C)
    if sequence == "BiLSTM":
        for layer in range(2):
            columns = _run_lstm(state, f"SequenceModeling.{layer}.", columns)
    return _dense(state, "Prediction", columns) if prediction == "CTC" else _run_attention(state, columns)


def best_letters(state: State, combination: tuple[str, ...], images: Tensor, size: tuple[int, int]) -> Tensor:
    """What stands before each step of attention (N, 26): class 0, then its own best letters."""
    best = forward(state, combination, images, size=size).argmax(2)
    return torch.cat([torch.zeros_like(best[:, :1]), best[:, :-1]], 1)


def _norm(name: str, channels: int) -> Shapes:
    named = {f"{name}.{each}": (channels,) for each in ("weight", "bias", "running_mean", "running_var")}
    return {**named, f"{name}.num_batches_tracked": ()}


def _linear(name: str, into: int, of: int) -> Shapes:
    return {f"{name}.weight": (into, of), f"{name}.bias": (into,)}


def _vgg(channels: int, grey: int) -> Shapes:
    a, b, c = channels // 8, channels // 4, channels // 2
    found: Shapes = {}
    for index, after, before in ((0, a, grey), (3, b, a), (6, c, b), (8, c, c)):
        found |= {f"{TRUNK}{index}.weight": (after, before, 3, 3), f"{TRUNK}{index}.bias": (after,)}
    found |= {f"{TRUNK}11.weight": (channels, c, 3, 3), f"{TRUNK}14.weight": (channels, channels, 3, 3)}
    found |= {f"{TRUNK}18.weight": (channels, channels, 2, 2), f"{TRUNK}18.bias": (channels,)}
    return found | _norm(f"{TRUNK}12", channels) | _norm(f"{TRUNK}15", channels)


def _rcnn(channels: int, grey: int) -> Shapes:
    a, b, c = channels // 8, channels // 4, channels // 2
    found: Shapes = {f"{TRUNK}0.weight": (a, grey, 3, 3), f"{TRUNK}0.bias": (a,)}
    for index, before, after in ((3, a, a), (5, a, b), (7, b, c)):
        name = f"{TRUNK}{index}."
        found |= {f"{name}wgf_u.weight": (after, before, 1, 1), f"{name}wgr_x.weight": (after, after, 1, 1)}
        found |= {f"{name}wf_u.weight": (after, before, 3, 3), f"{name}wr_x.weight": (after, after, 3, 3)}
        found |= _norm(f"{name}BN_x_init", after)
        for turn, each in itertools.product(range(5), ("BN_gfu", "BN_grx", "BN_fu", "BN_rx", "BN_Gx")):
            found |= _norm(f"{name}GRCL.{turn}.{each}", after)
    return found | {f"{TRUNK}9.weight": (channels, c, 2, 2)} | _norm(f"{TRUNK}10", channels)


def _resnet(channels: int, grey: int) -> Shapes:
    found: Shapes = {}

    def layer(convolution: str, norm: str, after: int, before: int, kernel: int = 3) -> None:
        found[f"{TRUNK}{convolution}.weight"] = (after, before, kernel, kernel)
        found.update(_norm(f"{TRUNK}{norm}", after))

    layer("conv0_1", "bn0_1", channels // 16, grey)
    layer("conv0_2", "bn0_2", channels // 8, channels // 16)
    before = channels // 8
    for number, after in enumerate((channels // 4, channels // 2, channels, channels), start=1):
        for block in range(BLOCKS[number - 1]):
            name = f"layer{number}.{block}."
            layer(f"{name}conv1", f"{name}bn1", after, before)
            layer(f"{name}conv2", f"{name}bn2", after, after)
            if before != after:
                layer(f"{name}downsample.0", f"{name}downsample.1", after, before, 1)
            before = after
        if number < 4:
            layer(f"conv{number}", f"bn{number}", after, after)
    layer("conv4_1", "bn4_1", channels, channels, 2)
    layer("conv4_2", "bn4_2", channels, channels, 2)
    return found


def _dense(state: State, name: str, values: Tensor) -> Tensor:
    return F.linear(values, state[f"{name}.weight"], state.get(f"{name}.bias"))


def _normed(state: State, name: str, values: Tensor) -> Tensor:
    # A spline magnifies rounding of its points a hundredfold: this must round as the published network does.
    numbers = (state[f"{name}.{each}"] for each in ("running_mean", "running_var", "weight", "bias"))
    return F.batch_norm(values, *numbers)


def _convolved(state: State, name: str, values: Tensor, stride: object = 1, padding: object = 1) -> Tensor:
    return F.conv2d(values, state[f"{name}.weight"], state.get(f"{name}.bias"), stride, padding)  # type: ignore[arg-type]


def _rectified(state: State, images: Tensor, size: tuple[int, int]) -> Tensor:
    values = images
    for index in range(4):
        values = _normed(state, f"{LOOK}conv.{4 * index + 1}", _convolved(state, f"{LOOK}conv.{4 * index}", values))
        values = values.relu()
        values = F.max_pool2d(values, 2) if index < 3 else F.adaptive_avg_pool2d(values, 1).flatten(1)
    values = _dense(state, f"{LOOK}localization_fc1.0", values).relu()
    points = _dense(state, f"{LOOK}localization_fc2", values).view(len(images), -1, 2)
    inverse, terms = (each.to(points.dtype) for each in spline(points.shape[1], size))
    grid = terms @ (inverse @ torch.cat([points, torch.zeros(len(images), 3, 2, dtype=points.dtype)], 1))
    return F.grid_sample(
        images, grid.view(len(images), *size, 2), mode="bilinear", padding_mode="border", align_corners=True
    )


def _run_vgg(state: State, values: Tensor) -> Tensor:
    values = F.max_pool2d(_convolved(state, f"{TRUNK}0", values).relu(), 2)
    values = F.max_pool2d(_convolved(state, f"{TRUNK}3", values).relu(), 2)
    values = _convolved(state, f"{TRUNK}6", values).relu()
    values = F.max_pool2d(_convolved(state, f"{TRUNK}8", values).relu(), (2, 1))
    values = _normed(state, f"{TRUNK}12", _convolved(state, f"{TRUNK}11", values)).relu()
    values = _normed(state, f"{TRUNK}15", _convolved(state, f"{TRUNK}14", values)).relu()
    return _convolved(state, f"{TRUNK}18", F.max_pool2d(values, (2, 1)), padding=0).relu()


def _run_rcnn(state: State, values: Tensor) -> Tensor:
    def recurrent(index: int, u: Tensor) -> Tensor:
        name = f"{TRUNK}{index}."
        x = _normed(state, f"{name}BN_x_init", _convolved(state, f"{name}wf_u", u)).relu()
        for turn in range(5):
            norms = f"{name}GRCL.{turn}.BN_"
            gate = _normed(state, f"{norms}gfu", _convolved(state, f"{name}wgf_u", u, padding=0))
            gate = (gate + _normed(state, f"{norms}grx", _convolved(state, f"{name}wgr_x", x, padding=0))).sigmoid()
            again = _normed(state, f"{norms}rx", _convolved(state, f"{name}wr_x", x)) * gate
            fed = _normed(state, f"{norms}fu", _convolved(state, f"{name}wf_u", u))
            x = (fed + _normed(state, f"{norms}Gx", again)).relu()
        return x

    values = F.max_pool2d(_convolved(state, f"{TRUNK}0", values).relu(), 2)
    values = F.max_pool2d(recurrent(3, values), 2)
    values = F.max_pool2d(recurrent(5, values), 2, (2, 1), (0, 1))
    values = F.max_pool2d(recurrent(7, values), 2, (2, 1), (0, 1))
    return _normed(state, f"{TRUNK}10", _convolved(state, f"{TRUNK}9", values, padding=0)).relu()


def _run_resnet(state: State, values: Tensor) -> Tensor:
    def unit(convolution: str, norm: str, x: Tensor, stride: object = 1, padding: object = 1) -> Tensor:
        return _normed(state, f"{TRUNK}{norm}", _convolved(state, f"{TRUNK}{convolution}", x, stride, padding))

    def blocks(number: int, x: Tensor) -> Tensor:
        for block in range(BLOCKS[number - 1]):
            name = f"layer{number}.{block}."
            inner = unit(f"{name}conv2", f"{name}bn2", unit(f"{name}conv1", f"{name}bn1", x).relu())
            if f"{TRUNK}{name}downsample.0.weight" in state:
                x = unit(f"{name}downsample.0", f"{name}downsample.1", x, padding=0)
            x = (inner + x).relu()
        return x

    values = unit("conv0_2", "bn0_2", unit("conv0_1", "bn0_1", values).relu()).relu()
    for number in (1, 2, 3):
        pool = {"stride": (2, 1), "padding": (0, 1)} if number == 3 else {}
        values = unit(f"conv{number}", f"bn{number}", blocks(number, F.max_pool2d(values, 2, **pool))).relu()
    values = unit("conv4_1", "bn4_1", blocks(4, values), (2, 1), (0, 1)).relu()
    return unit("conv4_2", "bn4_2", values, padding=0).relu()


def _run_lstm(state: State, name: str, columns: Tensor) -> Tensor:
    hidden = state[f"{name}rnn.weight_hh_l0"].shape[1]
    lstm = nn.LSTM(columns.shape[2], hidden, bidirectional=True, batch_first=True).to(columns.dtype)
    lstm.load_state_dict({key: state[f"{name}rnn.{key}"] for key in lstm.state_dict()})
    return _dense(state, f"{name}linear", lstm(columns)[0])


def _run_attention(state: State, columns: Tensor, steps: int = 26) -> Tensor:
    cell = "Prediction.attention_cell."
    h = c = columns.new_zeros(len(columns), state[f"{cell}h2h.weight"].shape[0])
    classes = len(state["Prediction.generator.bias"])
    letter = torch.zeros(len(columns), dtype=torch.int64)
    logits = []
    for _ in range(steps):
        energy = torch.tanh(_dense(state, f"{cell}i2h", columns) + _dense(state, f"{cell}h2h", h)[:, None])
        weight = torch.softmax(_dense(state, f"{cell}score", energy), 1)  # (N, T, 1)
        known = torch.cat([(weight * columns).sum(1), F.one_hot(letter, classes).to(columns.dtype)], 1)
        gates = F.linear(known, state[f"{cell}rnn.weight_ih"], state[f"{cell}rnn.bias_ih"])
        gates = gates + F.linear(h, state[f"{cell}rnn.weight_hh"], state[f"{cell}rnn.bias_hh"])
        into, forget, change, out = gates.chunk(4, 1)
        c = forget.sigmoid() * c + into.sigmoid() * change.tanh()
        h = out.sigmoid() * c.tanh()
        logits.append(_dense(state, "Prediction.generator", h))
        letter = logits[-1].argmax(1)
    return torch.stack(logits, 1)
