"""From weights to ONNX to int8: what is written reads as the weights do, and what does not is not written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from munja.core.artifact import Artifact, Manifest, open_artifact, sha256_of
from munja.core.errors import ArtifactError, InputError
from munja.core.registry import build
from munja.data.loader import Lines
from munja.models import recognise  # noqa: F401  registers the networks
from munja.models.layers import Normalise
from munja.models.load import load_network
from munja.read.engines import Engine, open_engine
from munja.shrink.export import export, prove_parity
from munja.shrink.quantise import quantise
from munja.shrink.subjects import LineSubject, outputs_of
from munja.train.weights import save_weights

CHARSET = tuple(" abcdefg")
SPEC = {
    "name": "ctc",
    "backbone": {
        "name": "dense",
        "widths": [8, 16, 16, 24],
        "hidden": [8, 8, 8, 8],
        "blocks": [0, 0, 0, 1],
        "channels": 32,
    },
    "neck": {"name": "lstm", "hidden": 16, "layers": 1},
}


def made_lines(width: int, count: int, seed: int) -> Lines:
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (count, 8, width // 4), np.uint8)
    images = coarse.repeat(4, axis=1).repeat(4, axis=2)
    return Lines(images, ("",) * count, (None,) * count, np.full(count, width, np.int32))


LINES = [made_lines(96, 6, 0), made_lines(160, 5, 1), made_lines(96, 1, 2)]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random network, its scales set so that it tells the lines apart, with a temperature of its own."""
    torch.manual_seed(0)
    network = build("recogniser", SPEC, 1, len(CHARSET) + 1)
    images = Normalise()(torch.from_numpy(LINES[1].images[..., None]))
    with torch.no_grad():
        for parameter in network.neck.parameters():
            parameter.mul_(5.0)
        for _ in range(30):  # the norms learn the statistics of the lines
            network.train()(images)
        network.head.classify.weight.mul_(30.0)
        network.head.classify.bias -= network.eval()(images)["logits"].mean((0, 1))
        network.temperature.fill_(2.0)
    rule = {
        "height": 32,
        "channels": 1,
        "width_step": 32,
        "pad": 127,
        "columns_per_pixel": 0.25,
        "padding": [0.1, 0.06],
    }
    codec = {"name": "ctc"}
    manifest = Manifest(
        task="recognise", name="tiny", input=rule, codec=codec, charset=CHARSET, spec=SPEC, licence="MIT"
    )
    path = tmp_path_factory.mktemp("weights") / "tiny.safetensors"
    save_weights(path, network, manifest)
    return path


@pytest.fixture(scope="module")
def exported(weights: Path) -> Path:
    """The one export of this test run."""
    return export(weights, weights.with_suffix(".onnx"), lines=LINES).path or Path()


def test_the_exported_file_knows_what_it_is_and_where_it_came_from(weights: Path, exported: Path) -> None:
    manifest = open_artifact(exported).manifest
    assert manifest.charset == CHARSET
    assert manifest.parent == sha256_of(weights)
    assert manifest.licence == "MIT"
    assert set(manifest.metrics["parity"]) >= {"onnxruntime"}
    assert manifest.metrics["parity"]["onnxruntime"] < 1e-3
    assert not list(exported.parent.glob("*.data"))


def test_outputs_hold_what_reading_asks_for_after_the_temperature(weights: Path, exported: Path) -> None:
    network, _ = load_network(weights)
    engine = open_engine(open_artifact(exported))
    images = LINES[1].images[..., None]
    logits, index, score, space = engine.run(images, ["logits", "index", "score", "space"])
    assert logits.shape == (5, 40, len(CHARSET) + 1)
    assert (index.dtype, score.dtype, space.dtype) == (np.int64, np.float32, np.float32)
    probability = torch.from_numpy(logits / float(network.temperature)).softmax(2).numpy()
    np.testing.assert_array_equal(index, logits.argmax(2))
    np.testing.assert_allclose(score, probability.max(2), atol=1e-5)
    np.testing.assert_allclose(space, probability[:, :, 1], atol=1e-5)
    assert len(set(texts_read(open_artifact(exported), engine, LINES))) > 3, "the lines are told apart"


def texts_read(artifact: Artifact, engine: Engine, lines: list[Lines]) -> list[str]:
    subject = LineSubject(artifact.manifest, lines)
    return subject.reading(outputs_of(engine, subject))


def test_a_graph_that_computes_something_else_is_refused(weights: Path, exported: Path) -> None:
    network, _ = load_network(weights)
    with torch.no_grad():
        network.head.classify.bias[2] += 0.1  # type: ignore[index, operator, union-attr]
    assert isinstance(network, nn.Module)
    artifact = open_artifact(exported)
    with pytest.raises(ArtifactError, match="differs in onnxruntime"):
        prove_parity(network, artifact, LineSubject(artifact.manifest, LINES))


def test_an_export_without_lines_proves_nothing_and_writes_nothing(
    weights: Path, exported: Path, tmp_path: Path
) -> None:
    network, _ = load_network(weights)
    artifact = open_artifact(exported)
    with pytest.raises(InputError, match="nothing to prove"):
        prove_parity(network, artifact, LineSubject(artifact.manifest, []))
    with pytest.raises(InputError, match=r"should end in \.onnx"):
        export(weights, tmp_path / "model.pt", lines=LINES)
    assert not list(tmp_path.iterdir())


def labelled(exported: Path) -> list[Lines]:
    """The lines with the texts that the f32 file reads."""
    artifact = open_artifact(exported)
    engine = open_engine(artifact)
    return [
        Lines(each.images, tuple(texts_read(artifact, engine, [each])), each.centres, each.widths) for each in LINES
    ]


def test_int8_keeps_manifest_and_outputs_and_tells_its_accuracy(exported: Path, tmp_path: Path) -> None:
    out = tmp_path / "int8.onnx"
    quantise(exported, out, lines=labelled(exported), most_loss=1.0)
    artifact = open_artifact(out)
    assert artifact.manifest.input["precision"] == "int8"
    assert artifact.manifest.charset == CHARSET
    assert artifact.manifest.parent == sha256_of(exported)
    assert artifact.manifest.metrics["f32"]["exact"] == 1.0
    assert artifact.manifest.metrics["int8"]["ned"] > 0.5
    for name in ("onnxruntime", "openvino"):
        engine = open_engine(artifact, engine=name, precision="int8")
        shapes = [each.shape for each in engine.run(LINES[0].images[..., None], ["logits", "index", "score", "space"])]
        assert shapes == [(6, 24, 9), (6, 24), (6, 24), (6, 24)]


def test_int8_that_loses_too_much_is_not_written(exported: Path, tmp_path: Path) -> None:
    lines = labelled(exported)
    out = tmp_path / "int8.onnx"
    with pytest.raises(ArtifactError, match="so nothing was written"):
        quantise(exported, out, lines=lines, most_loss=-1.0)
    assert not out.exists()


def test_quantising_twice_is_refused(exported: Path, tmp_path: Path) -> None:
    quantise(exported, tmp_path / "int8.onnx", lines=labelled(exported), most_loss=1.0)
    with pytest.raises(ArtifactError, match="an f32 file was wanted"):
        quantise(tmp_path / "int8.onnx", tmp_path / "again.onnx", lines=LINES)


def test_an_artifact_of_another_task_is_refused(tmp_path: Path) -> None:
    network = nn.Linear(1, 1)
    save_weights(tmp_path / "a.safetensors", network, Manifest(task="language", name="a"))
    with pytest.raises(ArtifactError, match="has no network"):
        export(tmp_path / "a.safetensors", tmp_path / "a.onnx", lines=LINES)
    assert isinstance(open_artifact(tmp_path / "a.safetensors"), Artifact)


def test_the_exported_file_tells_nothing_of_the_machine_that_made_it(exported: Path) -> None:
    import munja

    content = exported.read_bytes()
    for path in (Path(munja.__file__).parent, Path(torch.__file__).parent, Path(__file__).parent, Path.home()):
        assert str(path).encode() not in content


def test_half_precision_weights_halve_the_file_and_read_the_same(weights: Path, exported: Path, tmp_path: Path) -> None:
    out = tmp_path / "half.onnx"
    small = export(weights, out, lines=LINES, weights="f16")
    assert out.stat().st_size < 0.75 * exported.stat().st_size
    assert small.manifest.metrics["read_as_in_f32"] > 0.8  # a random network has near ties that rounding decides
    assert small.manifest.metrics["parity"]["onnxruntime"] < 1e-3
    subject = LineSubject(small.manifest, LINES)
    readings = [
        subject.reading(outputs_of(open_engine(open_artifact(out), engine=name), subject))
        for name in ("onnxruntime", "openvino")
    ]
    assert readings[0] == readings[1]
    with pytest.raises(InputError, match="f32, f16"):
        export(weights, tmp_path / "x.onnx", lines=LINES, weights="f8")
