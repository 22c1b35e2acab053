"""int8: an ONNX artifact to one of a quarter of its size, its accuracy measured before it is written.

Static quantisation in QDQ form by ONNX Runtime, weights per channel. Weights keep to 7 bits: processors without VNNI
add pairs of products in 16 bits, which 8-bit weights overflow; the file must read the same everywhere.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.core.artifact import METADATA_KEY, Artifact, open_artifact, sha256_of, with_manifest, write_atomically
from munja.core.errors import ArtifactError, InputError, MissingExtraError
from munja.data.loader import Lines
from munja.read import quiet
from munja.read.engines import open_engine
from munja.shrink.half import with_half_weights
from munja.shrink.rearrange import rearranged
from munja.shrink.subjects import Batch, LineSubject, Subject, outputs_of, subject_for

QUANTISED = ("Conv", "MatMul", "Gemm", "Add", "Relu", "Concat", "Resize")
LAYERS = ("Conv", "ConvTranspose", "MatMul", "Gemm")
CALIBRATION_PIXELS = 128 * 32 * 160  # as many as 128 lines have


def quantise(
    path: Path,
    out: Path,
    *,
    data: Mapping[str, Any] | None = None,
    lines: Sequence[Lines] | None = None,
    most_loss: float = 0.01,
) -> Artifact:
    """Write the int8 artifact of a runnable model, its measured accuracy in its manifest beside the original's.

    Calibrated on about 128 of the lines or a few pages, evenly taken, and measured on all of them, those included
    (`lines`, those of the Spec `data`, or those it was validated on). ArtifactError if it loses more than `most_loss`
    of the lines read exactly, of the pages' hmean, or of the accuracy; nothing is written then.
    """
    artifact = open_artifact(path)
    if out.suffix != ".onnx":
        raise InputError(f"{out}: the quantised file should end in .onnx")
    if str(artifact.manifest.input.get("precision", "f32")) != "f32":
        raise ArtifactError(f"{path}: holds {artifact.manifest.input['precision']} weights; an f32 file was wanted")
    manifest = artifact.manifest
    subject: Subject = LineSubject(manifest, lines) if lines is not None else subject_for(manifest, data)
    if not subject.batches:
        raise InputError("nothing to calibrate on: name a set with some pictures")
    content = _quantised(artifact, subject.batches)
    rule = {**artifact.manifest.input, "precision": "int8"}
    small = replace(artifact.manifest, input=rule, parent=sha256_of(path))
    small_artifact = Artifact(small, None, with_manifest(content, small))
    before = subject.accuracy(outputs_of(open_engine(artifact), subject))
    after = subject.accuracy(outputs_of(open_engine(small_artifact, precision="int8"), subject))
    now, was = after[subject.figure], before[subject.figure]
    if now < was - most_loss:
        raise ArtifactError(
            f"{path}: its {subject.figure} is {now:.1%} in int8, {was:.1%} in f32; "
            f"more than {most_loss:.1%} is lost, so nothing was written. Allow more with most_loss, or train longer"
        )
    count = sum(len(each) for each in subject.batches)
    metrics = {**small.metrics, "f32": before, "int8": after, "int8_measured_on": count}
    final = replace(small, metrics=metrics)
    write_atomically(out, with_manifest(content, final))
    return Artifact(final, out)


def _quantised(artifact: Artifact, batches: Sequence[Batch]) -> bytes:
    """The graph in QDQ form, without a manifest."""
    try:
        import onnx

        quiet.onnxruntime()
        from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
        from onnxruntime.quantization.shape_inference import quant_pre_process
    except ImportError as error:
        raise MissingExtraError("quantising", "train") from error
    model = onnx.load_from_string(artifact.read_bytes())
    # The manifest is added anew at the end; two would contradict each other.
    for entry in [each for each in model.metadata_props if each.key == METADATA_KEY]:
        model.metadata_props.remove(entry)
    with tempfile.TemporaryDirectory(prefix="munja-quantise-") as folder:
        plain, ready, small = (Path(folder) / name for name in ("plain.onnx", "ready.onnx", "small.onnx"))
        onnx.save(model, plain)
        quant_pre_process(str(plain), str(ready), skip_symbolic_shape=True)
        graph = onnx.load(ready).graph
        quantize_static(
            str(ready),
            str(small),
            _Calibration(batches, name=model.graph.input[0].name),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=list(QUANTISED),
            nodes_to_exclude=_outside_network(graph),
        )
        return rearranged(with_half_weights(small.read_bytes()), artifact.manifest.input)


def _outside_network(graph: Any) -> list[str]:
    """Names of nodes that stay in floats: those before the first convolution, from the last layer on, or of a grid."""
    kinds = [node.op_type for node in graph.node]
    first = kinds.index("Conv")
    last = max(i for i, kind in enumerate(kinds) if kind in LAYERS)
    # The last layer decides near ties: in int8 one with 370 classes lost 17 points of 61, in floats 0.4.
    # The grid says where each pixel comes from: 8 bits of 100 pixels would be jumps of half a pixel.
    grid = {id(node) for node in _before(graph, "GridSample") if node.op_type != "Conv"}
    return [node.name for i, node in enumerate(graph.node) if i < first or i >= last or id(node) in grid]


def _before(graph: Any, kind: str) -> list[Any]:
    """The nodes that lead to those of a kind."""
    maker = {output: node for node in graph.node for output in node.output}
    found: dict[int, Any] = {}
    waiting = [name for node in graph.node if node.op_type == kind for name in node.input]
    while waiting:
        node = maker.get(waiting.pop())
        if node is not None and id(node) not in found:
            found[id(node)] = node
            waiting.extend(node.input)
    return list(found.values())


class _Calibration:
    """Batches of one picture each, as ONNX Runtime asks for them."""

    def __init__(self, batches: Sequence[Batch], *, name: str) -> None:
        self._name = name
        self._rows = self._chosen(batches)

    def _chosen(self, batches: Sequence[Batch]) -> Iterator[NDArray[np.uint8]]:
        every = max(2, sum(each.size for each in batches) // CALIBRATION_PIXELS)
        number = 0
        for each in batches:
            for image in each:
                if number % every == 0:
                    yield image[None]
                number += 1

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        """The next batch, None at the end."""
        row = next(self._rows, None)
        return None if row is None else {self._name: row}
