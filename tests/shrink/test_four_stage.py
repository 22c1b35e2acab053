"""Four-stage recognisers from weights to a file that reads: attention and CTC, rectified or not, in f32 and in int8."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from munja.core.artifact import Artifact, Manifest, open_artifact
from munja.core.errors import ArtifactError
from munja.core.registry import build
from munja.data.loader import Lines
from munja.models import recognise as _networks  # noqa: F401  registers the networks
from munja.models.layers import Normalise
from munja.read.engines import open_engine
from munja.read.lines import LineReader
from munja.shrink.export import export
from munja.shrink.quantise import quantise
from munja.shrink.subjects import LineSubject, outputs_of, subject_for
from munja.train.weights import save_weights

CHARSET = tuple("abcdefg")


def made_lines(width: int, count: int, seed: int) -> Lines:
    coarse = np.random.default_rng(seed).integers(0, 256, (count, 8, width // 4), np.uint8)
    images = coarse.repeat(4, axis=1).repeat(4, axis=2)
    return Lines(images, ("",) * count, (None,) * count, np.full(count, width, np.int32))


LINES = [made_lines(96, 6, 0), made_lines(160, 5, 1)]  # neither is as wide as the network wants them


def saved(folder: Path, codec: dict[str, Any], *, rectified: bool, fit: str = "stretch") -> Path:
    """A random network whose scales are such that it tells the lines apart."""
    torch.manual_seed(1)
    attention = codec["name"] == "attention"
    spec: dict[str, Any] = {
        "name": "four_stage",
        "size": [32, 64],
        "extractor": {"name": "vgg", "channels": 32},
        "head": {"name": "attention", "hidden": 16} if attention else {"name": "ctc"},
    }
    if rectified:
        spec["rectifier"] = {"name": "tps", "width": 4, "points": 8}
    network = build("recogniser", spec, 1, len(CHARSET) + (2 if attention else 1))
    with torch.no_grad():
        images = Normalise()(torch.from_numpy(made_lines(64, 8, 3).images[..., None]))
        for _ in range(20):  # the norms learn the statistics of the lines
            network.train()(images)
        for parameter in network.head.parameters():
            parameter.mul_(4.0)
    rule = {"height": 32, "channels": 1, "pad": 127, "columns_per_pixel": 15 / 64, "width": 64, "fit": fit}
    manifest = Manifest(task="recognise", name="tiny", input=rule, codec=codec, charset=CHARSET, spec=spec)
    path = folder / "tiny.safetensors"
    save_weights(path, network.eval(), manifest)
    return path


@pytest.fixture(scope="module")
def spelling(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An exported recogniser with a rectifier that spells up to six letters by attention."""
    weights = saved(tmp_path_factory.mktemp("spelling"), {"name": "attention", "longest": 6}, rectified=True)
    return export(weights, weights.with_suffix(".onnx"), lines=LINES).path or Path()


def readings_of(artifact: Artifact, engine: str = "onnxruntime", lines: Sequence[Lines] = LINES) -> list[str]:
    subject = LineSubject(artifact.manifest, lines)
    return subject.reading(outputs_of(open_engine(artifact, engine=engine), subject))


def test_what_is_exported_spells_in_every_engine_as_the_weights_do(spelling: Path) -> None:
    artifact = open_artifact(spelling)
    assert artifact.manifest.metrics["parity"]["onnxruntime"] < 1e-3
    texts = readings_of(artifact)
    assert len(set(texts)) > 3, "the lines are told apart"
    assert texts == readings_of(artifact, "openvino")


def test_a_picture_is_read_by_the_exported_file(spelling: Path) -> None:
    artifact = open_artifact(spelling)
    shown = made_lines(64, 6, 7)  # just as wide as the network wants them
    texts = readings_of(artifact, lines=[shown])
    for engine in ("onnxruntime", "openvino"):
        reader = LineReader(artifact, open_engine(artifact, engine=engine), None, None)
        for line, wanted in zip(shown.images, texts, strict=True):
            image = np.repeat(line[..., None], 3, axis=2)
            height, width = line.shape
            quad = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
            (read,) = reader.read(image, [quad])
            assert read.text == wanted
            spots = [spot for word in read.words for each in word.characters for spot in each.polygon]
            assert all(0 <= x <= width and 0 <= y <= height for x, y in spots)


def test_int8_spells_too_and_keeps_the_decoder(spelling: Path, tmp_path: Path) -> None:
    artifact = open_artifact(spelling)
    texts = readings_of(artifact)
    lines = [
        Lines(each.images, tuple(texts[at : at + len(each.texts)]), each.centres, each.widths)
        for at, each in zip((0, 6), LINES, strict=True)
    ]
    small = quantise(spelling, tmp_path / "int8.onnx", lines=lines, most_loss=1.0)
    assert small.manifest.metrics["f32"]["exact"] == 1.0
    assert small.manifest.metrics["int8"]["ned"] > 0.5
    images = np.zeros((1, 32, 64, 1), np.uint8)
    names = ["decoder.rnn.weight_hh", "places"]
    exact, coarse = (open_engine(each).run(images, names) for each in (artifact, open_artifact(tmp_path / "int8.onnx")))
    np.testing.assert_allclose(coarse[0], exact[0], atol=2e-3)
    # The rectifier's grid is no place for 8 bits: columns stay within a pixel of where they were.
    np.testing.assert_allclose(coarse[1], exact[1], atol=1 / 64)


def test_ctc_in_half_precision_is_read_within_the_line_that_was_padded(tmp_path: Path) -> None:
    weights = saved(tmp_path, {"name": "ctc"}, rectified=True, fit="pad")
    artifact = open_artifact(export(weights, tmp_path / "tiny.onnx", lines=LINES, weights="f16").path or "")
    reader = LineReader(artifact, open_engine(artifact), None, None)
    image = np.repeat(made_lines(48, 1, 5).images[0][..., None], 3, axis=2)  # narrower than the network's 64 pixels
    (line,) = reader.read(image, [np.array([[0, 0], [48, 0], [48, 32], [0, 32]], np.float32)])
    assert line.text
    assert max(x for word in line.words for x, _ in word.polygon) <= 48


def test_a_model_without_a_recipe_asks_for_lines_and_shows_them_as_it_wants() -> None:
    import drawn  # noqa: F401  registers its lines

    rule = {"height": 32, "channels": 1, "width": 64, "fit": "pad"}
    spec = {"name": "four_stage", "extractor": {"name": "vgg", "channels": 32}, "head": {"name": "ctc"}}
    manifest = Manifest("recognise", "a", input=rule, codec={"name": "ctc"}, charset=CHARSET, spec=spec)
    with pytest.raises(ArtifactError, match="name a set with --data"):
        subject_for(manifest, None)
    batches = subject_for(manifest, {"name": "drawn"}, batches=2).batches
    assert {each.shape[1:] for each in batches} == {(32, 64, 1)}
    assert len({line.tobytes() for each in batches for line in each}) > 10
