"""Lines to measure a recogniser on: those it was validated on in training, or others that a Spec names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.core.artifact import Artifact, Manifest
from munja.core.errors import ArtifactError
from munja.core.registry import build
from munja.data.loader import Lines
from munja.read.engines import Engine
from munja.train.accuracy import text_accuracy
from munja.train.recipe import register_all


def lines_for(manifest: Manifest, data: Mapping[str, Any] | None, *, batches: int | None = None) -> list[Lines]:
    """Labelled lines for a recogniser: of `data` if given, else its recipe's first validation set."""
    register_all()
    recipe = manifest.made.get("recipe", {})
    if "task" not in recipe:
        raise ArtifactError(f"{manifest.name}: its manifest holds no recipe to take lines from; name a set of lines")
    name, spec = next(iter(recipe["task"]["validation"].items())) if data is None else ("given", dict(data))
    task = build("task", {**recipe["task"], "validation": {name: spec}, "metric": f"{name}/exact"})
    return list(islice(task.validation_batches(name), batches))


def texts_read(artifact: Artifact, engine: Engine, lines: Sequence[Lines]) -> list[str]:
    """What an engine reads on the lines."""
    codec = build("codec", artifact.manifest.codec, artifact.manifest.charset)
    texts: list[str] = []
    for each in lines:
        index, score = engine.run(each.images[..., None], ["index", "score"])
        texts.extend(codec.decode(*pair).text for pair in zip(index, score, strict=True))
    return texts


def accuracy_on(artifact: Artifact, engine: Engine, lines: Sequence[Lines]) -> dict[str, float]:
    """The accuracy of what an engine reads on the lines."""
    return text_accuracy([text for each in lines for text in each.texts], texts_read(artifact, engine, lines))


def logits_of(engine: Engine, lines: Sequence[Lines]) -> list[NDArray[np.float32]]:
    """The logits of each batch of lines."""
    return [engine.run(each.images[..., None], ["logits"])[0] for each in lines]
