"""What is looked at when a model is exported or quantised: pictures it should read alike, and how well it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from torch import nn

from munja.core.artifact import Manifest
from munja.core.errors import ArtifactError
from munja.core.registry import build
from munja.data.loader import Lines
from munja.models import export as exports
from munja.read.engines import Engine
from munja.train.accuracy import text_accuracy
from munja.train.recipe import register_all

Batch = NDArray[np.uint8]
Maps = NDArray[np.floating[Any]]


class Subject(Protocol):
    """A model's task as `shrink` sees it."""

    output: str  # what parity is measured on
    figure: str  # the accuracy that must not fall

    @property
    def batches(self) -> Sequence[Batch]:
        """Pictures (N, H, W, C)."""
        ...

    def to_onnx(self, network: nn.Module) -> bytes:
        """The graph, without a manifest."""
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
    if "task" not in recipe:
        raise ArtifactError(f"{manifest.name}: its manifest holds no recipe to take data from; name a set with --data")
    spec = dict(recipe["task"])
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


class LineSubject:
    """Lines for a recogniser."""

    output, figure = "logits", "exact"

    def __init__(self, manifest: Manifest, lines: Sequence[Lines]) -> None:
        self._manifest, self._lines = manifest, lines
        self._codec = build("codec", manifest.codec, manifest.charset)

    @property
    def batches(self) -> Sequence[Batch]:
        """Pictures of lines."""
        return [each.images[..., None] for each in self._lines]

    def to_onnx(self, network: nn.Module) -> bytes:
        """With the outputs that reading asks for."""
        rule, charset = self._manifest.input, self._manifest.charset
        space = charset.index(" ") + 1 if " " in charset else None
        return exports.recogniser_to_onnx(network, height=rule["height"], channels=rule["channels"], space_class=space)

    def reading(self, outputs: Sequence[Maps]) -> list[str]:
        """Texts."""
        return [self._codec.decode(line.argmax(1), line.max(1)).text for each in outputs for line in each]

    def accuracy(self, outputs: Sequence[Maps]) -> dict[str, float]:
        """exact, ned and their loose forms."""
        return text_accuracy([text for each in self._lines for text in each.texts], self.reading(outputs))


class PageSubject:
    """Pages for a detector."""

    output, figure = "probability", "hmean"

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

    def reading(self, outputs: Sequence[Maps]) -> list[int]:
        """How many boxes every page has."""
        return [len(self._codec.decode(page[0]).quads) for each in outputs for page in each]

    def accuracy(self, outputs: Sequence[Maps]) -> dict[str, float]:
        """recall, precision and hmean of boxes."""
        maps = [page[0] for each in outputs for page in each]
        lines = [line for each in self._pages for line in each.lines]
        scored = self._task.scored(list(zip(maps, lines, strict=True)), self._manifest.codec)
        return {key.partition("/")[2]: value for key, value in scored.items()}


class DirectionSubject:
    """Lines for a direction classifier."""

    output, figure = "probability", "accuracy"

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

    def reading(self, outputs: Sequence[Maps]) -> list[float]:
        """Angles."""
        return [self._codec.decode(line) for each in outputs for line in each]

    def accuracy(self, outputs: Sequence[Maps]) -> dict[str, float]:
        """Share of lines whose likelier class is right."""
        found = np.concatenate([each.argmax(1) for each in outputs])
        truth = np.concatenate([each["targets"] for each in self._arrays])
        return {"accuracy": float((found == truth).mean())}


def outputs_of(engine: Engine, subject: Subject) -> list[Maps]:
    """What an engine computes for every batch of a subject."""
    return [engine.run(each, [subject.output])[0] for each in subject.batches]
