"""Torch to ONNX: one file, any batch and width, pictures in, what reading needs out."""

from __future__ import annotations

import copy
import io
import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from munja.models.attention import WEIGHTS, AttentionPredictor
from munja.models.layers import Normalise, fold_batch_norm

OPSET = 20
_FREE = torch.export.Dim.DYNAMIC
OUTPUTS = ("logits", "index", "score", "space")


class RunnableLSTM(nn.Module):
    """An LSTM as ONNX's own operator: torch's exporter would unroll it over the columns and so fix the width.

    Outside of an export it computes zeros; the parity check compares the exported graph with the LSTM it stands for.
    """

    def __init__(self, lstm: nn.LSTM) -> None:
        super().__init__()
        self.hidden, self.layers, self.batch_first = lstm.hidden_size, lstm.num_layers, lstm.batch_first
        for layer in range(lstm.num_layers):
            ways = [f"l{layer}", f"l{layer}_reverse"]
            self.register_buffer(f"input{layer}", torch.stack([_gates(lstm, f"weight_ih_{way}") for way in ways]))
            self.register_buffer(f"state{layer}", torch.stack([_gates(lstm, f"weight_hh_{way}") for way in ways]))
            kinds = ("bias_ih", "bias_hh")
            biases = [torch.cat([_gates(lstm, f"{kind}_{way}") for kind in kinds]) for way in ways]
            self.register_buffer(f"bias{layer}", torch.stack(biases))

    def forward(self, columns: Tensor) -> tuple[Tensor]:
        """(T, N, C) to (T, N, 2 * hidden), or (N, T, C) where the LSTM takes that; a tuple of one: without states."""
        if self.batch_first:
            columns = columns.transpose(0, 1)
        t, n, _ = columns.shape
        for layer in range(self.layers):
            weights = [getattr(self, f"{kind}{layer}") for kind in ("input", "state", "bias")]
            both = torch.onnx.ops.symbolic(
                "LSTM",
                (columns, *weights),
                {"direction": "bidirectional", "hidden_size": self.hidden},
                dtype=columns.dtype,
                shape=(t, 2, n, self.hidden),
            )
            columns = both.permute(0, 2, 1, 3).flatten(2)
        return (columns.transpose(0, 1) if self.batch_first else columns,)


def _gates(lstm: nn.LSTM, name: str) -> Tensor:
    """A parameter with its gates in ONNX's order: input, output, forget, cell (torch: input, forget, cell, output)."""
    into, forget, cell, out = getattr(lstm, name).detach().chunk(4)
    return torch.cat([into, out, forget, cell])


class RunnableRecogniser(nn.Module):
    """A recogniser from uint8 pictures to the outputs that reading asks for, batch norm folded."""

    def __init__(self, network: nn.Module, *, space_class: int | None) -> None:
        super().__init__()
        self.normalise = Normalise()
        self.network = _runnable(network)
        self.space_class = space_class

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """(N, H, W, C) uint8 to logits (N, T, classes), best class (N, T) int64, its probability, that of the space.

        A rectifier's places (N, T) come last.
        """
        outputs = self.network(self.normalise(image))
        logits = outputs["logits"]
        probability = torch.softmax(logits / self.network.temperature, dim=2)
        score, index = probability.max(dim=2)
        space = torch.zeros_like(score) if self.space_class is None else probability[:, :, self.space_class]
        return logits, index, score, space, *_places(outputs)


class RunnableSpeller(nn.Module):
    """A recogniser with attention up to what is spelt from, and the weights to spell with: reading does the steps."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.normalise = Normalise()
        self.network = _runnable(network)
        self.head: AttentionPredictor = self.network.head  # type: ignore[assignment]

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """(N, H, W, C) uint8 to features (N, T, C), keys (N, T, hidden), a rectifier's places (N, T), the WEIGHTS."""
        outputs = self.network(self.normalise(image))
        weights = (self.head.get_parameter(name) for name in WEIGHTS.values())
        return outputs["features"], outputs["keys"], *_places(outputs), *weights


def _places(outputs: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
    return (outputs["places"],) if "places" in outputs else ()


def _runnable(network: nn.Module) -> nn.Module:
    """A copy in evaluation mode, batch norm folded, LSTMs as ONNX's own."""
    copied = fold_batch_norm(copy.deepcopy(network).eval())
    for module in list(copied.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.LSTM):
                setattr(module, name, RunnableLSTM(child))
    return copied


class RunnableDetector(nn.Module):
    """A detector from uint8 pictures to how probable text is, batch norm folded."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.normalise = Normalise()
        self.network = fold_batch_norm(copy.deepcopy(network).eval())

    def forward(self, image: Tensor) -> Tensor:
        """(N, H, W, C) uint8 to (N, 1, H / 2, W / 2)."""
        return torch.sigmoid(self.network(self.normalise(image))["logits"])


class RunnableClassifier(nn.Module):
    """A classifier from uint8 pictures to the probability of each class, batch norm folded."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.normalise = Normalise()
        self.network = fold_batch_norm(copy.deepcopy(network).eval())

    def forward(self, image: Tensor) -> Tensor:
        """(N, H, W, C) uint8 to (N, classes)."""
        return torch.softmax(self.network(self.normalise(image))["logits"] / self.network.temperature, dim=1)


def recogniser_outputs(network: nn.Module) -> tuple[str, ...]:
    """The names of what the graph of a recogniser gives: OUTPUTS, or those that attention spells from."""
    places = ("places",) if getattr(network, "rectifier", None) is not None else ()
    if isinstance(network.head, AttentionPredictor):
        return ("features", "keys", *places, *WEIGHTS)
    return (*OUTPUTS, *places)


def recogniser_to_onnx(
    network: nn.Module, *, height: int, channels: int, space_class: int | None, width: int | None = None
) -> bytes:
    """A recogniser as a serialised ONNX model with input `image` and its `recogniser_outputs`.

    The batch stays free, and so does the width where none is given.
    """
    outputs = recogniser_outputs(network)
    spells = isinstance(network.head, AttentionPredictor)
    runnable = RunnableSpeller(network) if spells else RunnableRecogniser(network, space_class=space_class)
    return _to_onnx(
        runnable, (2, height, width or 96, channels), free=(0, 2) if width is None else (0,), outputs=outputs
    )


def detector_to_onnx(network: nn.Module, *, channels: int) -> bytes:
    """A detector as a serialised ONNX model, `image` to `probability`; sides are free multiples of 32."""
    return _to_onnx(
        RunnableDetector(network), (2, 96, 160, channels), free=(0, 1, 2), outputs=("probability",), step=32
    )


def classifier_to_onnx(network: nn.Module, *, height: int, channels: int) -> bytes:
    """A line classifier as a serialised ONNX model, `image` to `probability`; batch and width stay free."""
    return _to_onnx(RunnableClassifier(network), (2, height, 96, channels), free=(0, 2), outputs=("probability",))


def _to_onnx(
    runnable: nn.Module, shape: tuple[int, ...], *, free: tuple[int, ...], outputs: tuple[str, ...], step: int = 1
) -> bytes:
    """The ONNX model of a network for pictures like `shape`, of which the dimensions `free` may be others.

    Sizes are multiples of `step`, the batch apart.
    """
    example = torch.zeros(shape, dtype=torch.uint8)
    dims = {axis: step * torch.export.Dim(f"size{axis}") if axis and step > 1 else _FREE for axis in free}
    with _quiet():
        program: Any = torch.onnx.export(
            runnable,
            (example,),
            input_names=["image"],
            output_names=list(outputs),
            opset_version=OPSET,
            dynamic_shapes={"image": dims},
            dynamo=True,
            external_data=False,  # else the weights go to a second file
            verbose=False,
        )
    buffer = io.BytesIO()
    program.save(buffer)
    return _without_traces(buffer.getvalue())


def _without_traces(content: bytes) -> bytes:
    """The model without the exporter's notes on its nodes: they hold the paths of the machine that exported it."""
    import onnx

    model = onnx.load_model_from_string(content)
    graph = model.graph
    for part in (*graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer):
        part.doc_string = ""
        del part.metadata_props[:]
    del graph.metadata_props[:]
    del model.metadata_props[:]
    graph.doc_string = model.doc_string = ""
    stripped: bytes = model.SerializeToString()
    return stripped


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the exporter's remarks on its own internals and on packages that Munja does not use."""
    loggers = [logging.getLogger(name) for name in ("torch.onnx", "onnx_ir")]
    levels = [each.level for each in loggers]
    for each in loggers:
        each.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for each, level in zip(loggers, levels, strict=True):
            each.setLevel(level)
