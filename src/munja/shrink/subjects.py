"""What is looked at when a model is exported or quantised: pictures it should read alike, and how well it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from munja.core.artifact import Manifest
from munja.core.errors import ArtifactError
from munja.core.registry import build
from munja.data.loader import Lines
from munja.models import export as exports
from munja.models.layers import Normalise
from munja.read.engines import Engine
from munja.train.accuracy import text_accuracy
from munja.train.fitting import fitted
from munja.train.recipe import register_all
from munja.train.recognise import targets_of

Batch = NDArray[np.uint8]
Maps = dict[str, NDArray[Any]]  # what a network computes for a batch, by the names of an exported graph


class Subject(Protocol):
    """A model's task as `shrink` sees it."""

    figure: str  # the accuracy that must not fall

    @property
    def outputs(self) -> Sequence[str]:
        """The graph's outputs that parity is measured on and that readings are made of."""
        ...

    @property
    def batches(self) -> Sequence[Batch]:
        """Pictures (N, H, W, C)."""
        ...

    def to_onnx(self, network: nn.Module) -> bytes:
        """The graph, without a manifest."""
        ...

    def computed(self, network: nn.Module, images: Tensor) -> Mapping[str, Tensor]:
        """The `outputs` as the network itself computes them for floats (N, C, H, W)."""
        ...

    def reading(self, outputs: Sequence[Maps]) -> list[Any]:
        """What the outputs of all batches say: equal readings compare equal."""
        ...

    def accuracy(self, outputs: Sequence[Maps]) -> dict[str, float]:
        """How good they are."""
        ...


def subject_for(manifest: Manifest, data: Mapping[str, Any] | None, *, batches: int | None = None) -> Subject:
    """The subject of a model: the data of `data` if given, else what it was validated on in training."""
    register_all()
    recipe = manifest.made.get("recipe", {})
    if "task" in recipe:
        spec = dict(recipe["task"])
    elif data is not None and manifest.task == "recognise":
        spec = _shown_as(manifest) | {"data": dict(data)}
    else:
        raise ArtifactError(f"{manifest.name}: its manifest holds no recipe to take data from; name a set with --data")
    if data is not None:
        if manifest.task == "detect":
            spec |= {"pages": [dict(data)], "shares": [1.0]}
        else:
            spec |= {"validation": {"given": dict(data)}}
            spec |= {"metric": "given/exact"} if manifest.task == "recognise" else {}
    task = build("task", spec)
    if manifest.task == "detect":
        return PageSubject(manifest, task, list(islice(task.validation_batches(), batches)))
    name = next(iter(task.validation))
    made = list(islice(task.validation_batches(name), batches))
    return DirectionSubject(manifest, made) if manifest.task == "direction" else LineSubject(manifest, made)


def _shown_as(manifest: Manifest) -> dict[str, Any]:
    """Spec of a task that shows lines as a recogniser of unknown making wants them."""
    rule = manifest.input
    spec = {"name": "recognise", "model": manifest.spec, "height": rule["height"]}
    if "fit" not in rule:
        return spec
    widths = [rule["width"] * share // 4 for share in (2, 4, 8)]
    return {**spec, "fit": rule["fit"], "width": rule["width"], "widths": widths, "width_shares": [1.0] * 3}


class LineSubject:
    """Lines for a recogniser, brought to its width if it takes just one."""

    figure = "exact"

    def __init__(self, manifest: Manifest, lines: Sequence[Lines]) -> None:
        rule = manifest.input
        self._manifest, self._width = manifest, rule.get("width") if "fit" in rule else None
        self._lines = [each if self._width is None else fitted(each, self._width, rule["fit"]) for each in lines]
        self._targets = targets_of(build("codec", manifest.codec, manifest.charset), height=rule["height"])
        places = ("places",) if manifest.spec.get("rectifier") else ()
        self.outputs = (*self._targets.outputs, *places)

    @property
    def batches(self) -> Sequence[Batch]:
        """Pictures of lines."""
        channels = self._manifest.input["channels"]
        return [np.repeat(each.images[..., None], channels, axis=3) for each in self._lines]

    def to_onnx(self, network: nn.Module) -> bytes:
        """With the outputs that reading asks for."""
        rule, charset = self._manifest.input, self._manifest.charset
        space = charset.index(" ") + 1 if " " in charset else None
        return exports.recogniser_to_onnx(
            network, height=rule["height"], channels=rule["channels"], space_class=space, width=self._width
        )

    def computed(self, network: nn.Module, images: Tensor) -> Mapping[str, Tensor]:
        """Logits, or features, keys and the decoder's weights; with a rectifier the places of columns."""
        return self._targets.compute(network, images)

    def reading(self, outputs: Sequence[Maps]) -> list[str]:
        """Texts."""
        tensors = [{name: torch.from_numpy(value) for name, value in each.items()} for each in outputs]
        return [text for each in tensors for text in self._targets.readings(each)]

    def accuracy(self, outputs: Sequence[Maps]) -> dict[str, float]:
        """exact, ned and their loose forms."""
        return text_accuracy([text for each in self._lines for text in each.texts], self.reading(outputs))


class PageSubject:
    """Pages for a detector."""

    outputs, figure = ("probability",), "hmean"

    def __init__(self, manifest: Manifest, task: Any, pages: Sequence[Any]) -> None:
        self._manifest, self._task, self._pages = manifest, task, pages
        self._codec = build("codec", manifest.codec)

    @property
    def batches(self) -> Sequence[Batch]:
        """Pictures of pages."""
        return [each.images[..., None] for each in self._pages]

    def to_onnx(self, network: nn.Module) -> bytes:
        """With the map of text."""
        return exports.detector_to_onnx(network, channels=self._manifest.input["channels"])

    def computed(self, network: nn.Module, images: Tensor) -> Mapping[str, Tensor]:
        """How probable text is."""
        return {"probability": torch.sigmoid(network(images)["logits"])}

    def reading(self, outputs: Sequence[Maps]) -> list[int]:
        """How many boxes every page has."""
        return [len(self._codec.decode(page[0]).quads) for each in outputs for page in each["probability"]]

    def accuracy(self, outputs: Sequence[Maps]) -> dict[str, float]:
        """recall, precision and hmean of boxes."""
        maps = [page[0] for each in outputs for page in each["probability"]]
        lines = [line for each in self._pages for line in each.lines]
        scored = self._task.scored(list(zip(maps, lines, strict=True)), self._manifest.codec)
        return {key.partition("/")[2]: value for key, value in scored.items()}


class DirectionSubject:
    """Lines for a direction classifier."""

    outputs, figure = ("probability",), "accuracy"

    def __init__(self, manifest: Manifest, arrays: Sequence[Mapping[str, NDArray[Any]]]) -> None:
        self._manifest, self._arrays = manifest, arrays
        self._codec = build("codec", manifest.codec)

    @property
    def batches(self) -> Sequence[Batch]:
        """Pictures of lines, every second one turned."""
        return [each["images"] for each in self._arrays]

    def to_onnx(self, network: nn.Module) -> bytes:
        """With the probability of each class."""
        rule = self._manifest.input
        return exports.classifier_to_onnx(network, height=rule["height"], channels=rule["channels"])

    def computed(self, network: nn.Module, images: Tensor) -> Mapping[str, Tensor]:
        """The probability of each class."""
        return {"probability": torch.softmax(network(images)["logits"] / network.temperature, 1)}

    def reading(self, outputs: Sequence[Maps]) -> list[float]:
        """Angles."""
        return [self._codec.decode(line) for each in outputs for line in each["probability"]]

    def accuracy(self, outputs: Sequence[Maps]) -> dict[str, float]:
        """Share of lines whose likelier class is right."""
        found = np.concatenate([each["probability"].argmax(1) for each in outputs])
        truth = np.concatenate([each["targets"] for each in self._arrays])
        return {"accuracy": float((found == truth).mean())}


def outputs_of(engine: Engine, subject: Subject) -> list[Maps]:
    """What an engine computes for every batch of a subject."""
    runs = [engine.run(each, subject.outputs) for each in subject.batches]
    return [dict(zip(subject.outputs, found, strict=True)) for found in runs]


@torch.inference_mode()
def reference_of(network: nn.Module, subject: Subject) -> list[Maps]:
    """What a network itself computes for every batch of a subject."""
    found = []
    for images in subject.batches:
        computed = subject.computed(network, Normalise()(torch.from_numpy(images)))
        found.append({name: computed[name].numpy() for name in subject.outputs})
    return found
