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

from munja.core.artifact import Artifact, sha256_of, with_manifest, write_atomically
from munja.core.errors import ArtifactError, InputError
from munja.data.loader import Lines
from munja.models.load import load_network
from munja.read.engines import open_engine
from munja.shrink.half import rounded_to_half, with_half_weights
from munja.shrink.subjects import LineSubject, Subject, outputs_of, reference_of, subject_for

TOLERANCE = 1e-3  # of the largest output; measured: 1e-6 in ONNX Runtime, 1e-5 in OpenVINO
PARITY_BATCHES = 4
WEIGHTS = ("f32", "f16")


def export(
    path: Path,
    out: Path,
    *,
    data: Mapping[str, Any] | None = None,
    lines: Sequence[Lines] | None = None,
    weights: str = "f32",
) -> Artifact:
    """Write the ONNX artifact of a trained model, proven on pictures to read exactly as the weights do.

    The pictures are `lines`, those of the Spec `data`, or those it was validated on. With `weights` "f16" they are
    rounded to half precision, which halves the file; computed is in f32 all the same. ArtifactError if ONNX Runtime or,
    where installed, OpenVINO differs; nothing is written then.
    """
    if out.suffix != ".onnx":
        raise InputError(f"{out}: the exported file should end in .onnx")
    if weights not in WEIGHTS:
        raise InputError(f"weights {weights!r}: one of {', '.join(WEIGHTS)} was wanted")
    network, manifest = load_network(path)
    if lines is not None:
        subject: Subject = LineSubject(manifest, lines)
    else:
        subject = subject_for(manifest, data, batches=PARITY_BATCHES)
    figures = {}
    if weights == "f16":
        exact, network = network, rounded_to_half(network)
        pairs = list(zip(*(subject.reading(reference_of(each, subject)) for each in (exact, network)), strict=True))
        figures["read_as_in_f32"] = sum(a == b for a, b in pairs) / max(1, len(pairs))
    content = subject.to_onnx(network)
    if weights == "f16":
        content = with_half_weights(content)
    made = {**manifest.made, "exported": {"torch": torch.__version__, "weights": weights}}
    runnable = replace(manifest, made=made, parent=sha256_of(path))
    artifact = Artifact(runnable, None, with_manifest(content, runnable))
    differences = prove_parity(network, artifact, subject)
    final = replace(runnable, metrics={**runnable.metrics, **figures, "parity": differences})
    write_atomically(out, with_manifest(content, final))
    return Artifact(final, out)


def prove_parity(network: nn.Module, artifact: Artifact, subject: Subject) -> dict[str, float]:
    """The largest difference by engine between a network and its exported graph; ArtifactError if it matters."""
    if not subject.batches:
        raise InputError("nothing to prove the export on: name a set with some pictures")
    wanted = reference_of(network, subject)
    readings = subject.reading(wanted)
    differences = {}
    for name in ["onnxruntime"] + (["openvino"] if find_spec("openvino") else []):
        got = outputs_of(open_engine(artifact, engine=name), subject)
        differences[name] = 0.0
        for output in subject.outputs:
            scale = max(float(np.abs(each[output]).max()) for each in wanted)
            pairs_of = zip(wanted, got, strict=True)
            difference = max(float(np.abs(a[output] - b[output]).max()) for a, b in pairs_of)
            differences[name] = max(differences[name], difference)
            if not difference <= TOLERANCE * max(scale, 1.0):
                raise ArtifactError(
                    f"the exported graph differs in {name}: {output} by {difference:.2g} of values up to {scale:.3g}"
                )
        pairs = zip(readings, subject.reading(got), strict=True)
        if (wrong := next(((a, b) for a, b in pairs if a != b), None)) is not None:
            raise ArtifactError(f"the exported graph reads {wrong[1]!r} in {name} where the weights read {wrong[0]!r}")
    return differences
