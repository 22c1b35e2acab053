"""The tasks "detect" and "direction": a detector and a classifier learn and are exported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from munja.core.artifact import open_artifact
from munja.core.errors import ArtifactError, SpecError
from munja.core.registry import build
from munja.data.loader import Lines
from munja.data.synth.recipe import FontRules
from munja.models.load import load_network
from munja.read.codecs.angle import Angle
from munja.read.engines import open_engine
from munja.shrink.export import export
from munja.shrink.quantise import quantise
from munja.train.direction import turned
from munja.train.losses import binary_loss, outline_loss, region_loss
from munja.train.recipe import checked, register_all
from munja.train.run import train

DETECTOR = {
    "name": "db",
    "backbone": {
        "name": "dense_pyramid",
        "stem": 8,
        "widths": [8, 8, 8, 8],
        "hidden": [8, 8, 8, 8],
        "blocks": [0, 0, 0, 0],
    },
    "neck": {"name": "fuse_pyramid", "channels": 16},
}
CLASSIFIER = {
    "name": "line",
    "backbone": {"name": "dense", "widths": [8, 16, 16, 16], "hidden": [8] * 4, "blocks": [0, 0, 0, 1], "channels": 32},
}
FONTS = next(path.parent for place in FontRules().folders for path in Path(place).rglob("DejaVuSans.ttf"))
PAGES = {
    "kind": "pages",
    "charset": "ascii",
    "korean": 0.0,
    "fonts": {"folders": [str(FONTS)]},
    "text": {"english": 1.0},
    "pages": {"letter": 1.0},
}


def detect_task(**changes: Any) -> dict[str, Any]:
    return {
        "name": "detect",
        "model": DETECTOR,
        "pages": [PAGES],
        "sizes": [128],
        "batch": 4,
        "validation_pages": 4,
        **changes,
    }


def loop(**changes: Any) -> dict[str, Any]:
    return {
        "steps": 12,
        "processes": 1,
        "average_every": 4,
        "precision": "fp32",
        "preflight": False,
        "tensorboard": False,
        **changes,
    }


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("detector")
    return train({"name": "tiny", "licence": "MIT", "task": detect_task(), "loop": loop()}, out)


def test_a_trained_detector_knows_how_it_is_read(detector: Path) -> None:
    manifest = open_artifact(detector).manifest
    assert manifest.task == "detect"
    assert manifest.codec["shrink_ratio"] == 0.6
    assert {"pages/hmean", "pages/hmean_fitted"} <= set(manifest.metrics)
    assert manifest.codec["threshold"] in (0.3, 0.4, 0.5)
    assert "backgrounds" not in str(manifest.made)


def test_a_detector_is_exported_for_any_size_and_quantised(detector: Path, tmp_path: Path) -> None:
    export(detector, tmp_path / "d.onnx")
    network, _ = load_network(detector)
    image = np.random.default_rng(0).integers(0, 256, (1, 96, 224, 1), np.uint8)
    (found,) = open_engine(open_artifact(tmp_path / "d.onnx")).run(image, ["probability"])
    with torch.inference_mode():
        picture = torch.from_numpy(image).permute(0, 3, 1, 2).float() / 127.5 - 1.0
        wanted = torch.sigmoid(network(picture)["logits"]).numpy()
    assert found.shape == (1, 1, 48, 112)
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    quantise(tmp_path / "d.onnx", tmp_path / "d8.onnx", most_loss=1.0)
    small = open_artifact(tmp_path / "d8.onnx").manifest
    assert small.input["precision"] == "int8"
    assert set(small.metrics["int8"]) == {"recall", "precision", "hmean"}


def test_a_batch_holds_maps_at_half_the_size_of_its_pages() -> None:
    register_all()
    task = build("task", detect_task(sizes=[128, 64]))
    sides = set()
    for seed in range(8):
        arrays = task.prepare(seed, 0)
        side = arrays["images"].shape[1]
        sides.add(side)
        assert arrays["probability"].shape == (len(arrays["images"]), side // 2, side // 2)
        assert 0.0 <= arrays["probability"].min() <= arrays["probability"].max() <= 1.0
        assert len(arrays["images"]) == (4 if side == 128 else 16)
    assert sides == {64, 128}
    equal = [task.prepare(3, 0)["images"], task.prepare(3, 0)["images"]]
    assert np.array_equal(*equal)


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"sizes": [100]}, "multiples of 32"), ({"shares": [0.5, 0.5]}, "one share"), ({"pages": []}, "one share")],
)
def test_wrong_settings_of_a_detector_are_named(changes: dict[str, Any], message: str) -> None:
    register_all()
    with pytest.raises(SpecError, match=message):
        build("task", detect_task(**changes))


def test_a_misspelt_part_of_the_detector_is_named() -> None:
    wrong = {**DETECTOR, "neck": {"name": "fuse_pyramid", "chanels": 16}}
    with pytest.raises(SpecError, match=r"chanels.*channels"):
        checked({"name": "x", "task": detect_task(model=wrong), "loop": {"steps": 1}})


def test_the_region_loss_counts_text_and_its_hardest_rivals() -> None:
    target = torch.zeros(1, 2, 4)
    target[0, 0, 0] = 1.0
    logits = torch.full((1, 1, 2, 4), -8.0)
    logits[0, 0, 1, 3] = 3.0  # one rival
    mask = torch.ones(1, 2, 4)
    parts = torch.nn.functional.binary_cross_entropy_with_logits(logits[:, 0], target, reduction="none")
    loss = region_loss(logits, target, mask, hard=1.0)
    worst = parts[0, 0, 0] + parts[0, 1, 3]
    assert float(loss) == pytest.approx(float(worst) / 3, rel=0.01)  # the text, and one rival more than asked for
    mask[0, 1, 3] = 0.0
    assert float(region_loss(logits, target, mask)) < float(loss)


def test_a_perfect_binary_map_loses_nothing_and_the_outline_counts_in_its_band_only() -> None:
    target = torch.zeros(1, 2, 4)
    target[0, 0] = 1.0
    sure = torch.where(target > 0.5, 12.0, -12.0)[:, None]
    even = torch.zeros(1, 1, 2, 4)
    assert float(binary_loss(sure, even, target, torch.ones(1, 2, 4))) == pytest.approx(0.0, abs=1e-3)
    assert float(binary_loss(-sure, even, target, torch.ones(1, 2, 4))) == pytest.approx(1.0, abs=1e-3)
    band = torch.zeros(1, 2, 4)
    band[0, 0, 0] = 1.0
    assert float(outline_loss(even, torch.full((1, 2, 4), 0.7), band)) == pytest.approx(0.2)


def test_every_second_line_is_turned_and_its_padding_stays_on_the_right() -> None:
    images = np.full((2, 4, 6), 127, np.uint8)
    images[:, 0, 0] = 9
    arrays = turned(Lines(images, ("a", "a"), (None, None), np.array([4, 4], np.int32)))
    assert arrays["targets"].tolist() == [0, 1]
    assert arrays["images"][0, 0, 0, 0] == 9
    assert arrays["images"][1, 3, 3, 0] == 9
    assert (arrays["images"][1, :, 4:] == 127).all()


def test_a_classifier_learns_which_way_lines_lie(tmp_path: Path) -> None:
    import drawn  # noqa: F401  registers its lines

    lines = {"name": "drawn"}
    task = {"name": "direction", "model": CLASSIFIER, "data": lines, "validation": {"drawn": lines}, "widths": [96]}
    task |= {"validation_lines": 64, "batch": 32}
    optimiser = {"name": "adamw", "learning_rate": 3e-3}
    recipe = {"name": "d", "licence": "MIT", "task": task, "loop": loop(steps=120, optimiser=optimiser)}
    best = train(recipe, tmp_path / "run")
    manifest = open_artifact(best).manifest
    assert manifest.metrics["drawn/accuracy"] > 0.8
    made = export(best, tmp_path / "d.onnx")
    engine = open_engine(open_artifact(tmp_path / "d.onnx"))
    arrays = turned(build("lines", lines, "validate").batch(1, 32, width=96, height=32))
    (probability,) = engine.run(arrays["images"], ["probability"])
    assert ((probability[:, 1] > 0.5) == (arrays["targets"] == 1)).mean() > 0.75
    codec = build("codec", made.manifest.codec)
    assert isinstance(codec, Angle)
    with pytest.raises(ArtifactError, match="a model for 'detect' was wanted"):
        load_network(best, task="detect")
