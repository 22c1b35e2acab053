"""Export: a trainable artifact (.safetensors) to a runnable one (.onnx), written only if both compute the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from munja.core.artifact import Artifact, Manifest, sha256_of, with_manifest, write_atomically
from munja.core.errors import ArtifactError, InputError
from munja.core.registry import build
from munja.data.loader import Lines
from munja.models.export import recogniser_to_onnx
from munja.models.layers import Normalise
from munja.read.engines import open_engine
from munja.shrink.lines import lines_for, logits_of, texts_read
from munja.train.weights import load_recogniser

TOLERANCE = 1e-3  # of the largest logit; measured: 1e-6 in ONNX Runtime, 1e-5 in OpenVINO
PARITY_BATCHES = 4


def export(
    path: Path, out: Path, *, data: Mapping[str, Any] | None = None, lines: Sequence[Lines] | None = None
) -> Artifact:
    """Write the ONNX artifact of a trained recogniser, proven on lines to read exactly as the weights do.

    The lines are `lines`, those of the Spec `data`, or those it was validated on. ArtifactError if ONNX Runtime or,
    where installed, OpenVINO differs; nothing is written then.
    """
    if out.suffix != ".onnx":
        raise InputError(f"{out}: the exported file should end in .onnx")
    network, manifest = load_recogniser(path)
    rule = manifest.input
    space = manifest.charset.index(" ") + 1 if " " in manifest.charset else None
    content = recogniser_to_onnx(network, height=rule["height"], channels=rule["channels"], space_class=space)
    looked_at = list(lines) if lines is not None else lines_for(manifest, data, batches=PARITY_BATCHES)
    made = {**manifest.made, "exported": {"torch": torch.__version__, "weights": "f32"}}
    runnable = replace(manifest, made=made, parent=sha256_of(path))
    artifact = Artifact(runnable, None, with_manifest(content, runnable))
    differences = prove_parity(network, artifact, looked_at)
    final = replace(runnable, metrics={**runnable.metrics, "parity": differences})
    write_atomically(out, with_manifest(content, final))
    return Artifact(final, out)


def prove_parity(network: nn.Module, artifact: Artifact, lines: Sequence[Lines]) -> dict[str, float]:
    """The largest logit difference by engine between a network and its exported graph; ArtifactError if it matters."""
    if not lines:
        raise InputError("no lines to prove the export on: name a set of lines that holds some")
    wanted, texts = _reference(network, artifact.manifest, lines)
    scale = max(float(np.abs(each).max()) for each in wanted)
    engines = ["onnxruntime"] + (["openvino"] if find_spec("openvino") else [])
    differences = {}
    for name in engines:
        engine = open_engine(artifact, engine=name)
        got = logits_of(engine, lines)
        difference = max(float(np.abs(a - b).max()) for a, b in zip(wanted, got, strict=True))
        if not difference <= TOLERANCE * max(scale, 1.0):
            raise ArtifactError(
                f"the exported graph differs in {name}: by {difference:.2g} of logits up to {scale:.3g}"
            )
        read = texts_read(artifact, engine, lines)
        if (wrong := next(((a, b) for a, b in zip(texts, read, strict=True) if a != b), None)) is not None:
            raise ArtifactError(f"the exported graph reads {wrong[1]!r} in {name} where the weights read {wrong[0]!r}")
        differences[name] = difference
    return differences


@torch.inference_mode()
def _reference(
    network: nn.Module, manifest: Manifest, lines: Sequence[Lines]
) -> tuple[list[np.ndarray[Any, np.dtype[np.float32]]], list[str]]:
    codec = build("codec", manifest.codec, manifest.charset)
    everything: list[np.ndarray[Any, np.dtype[np.float32]]] = []
    texts: list[str] = []
    for each in lines:
        logits = network(Normalise()(torch.from_numpy(each.images[..., None])))["logits"]
        score, index = logits.softmax(2).max(2)
        texts.extend(codec.decode(i.numpy(), s.numpy()).text for i, s in zip(index, score, strict=True))
        everything.append(logits.numpy())
    return everything, texts
