"""The 24 four-stage recognisers and light ones: parameters, multiply-adds, time on one thread, parity of their export.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.four_stage [--only TPS-VGG-BiLSTM-Attn ...] [--repeats 10]
        [--channels 512] [--out FILE.json]

Weights are random; each network is exported (a rectified one for 32 x 100 pixels, any other for any width), and both
engines are compared with torch on three pictures. Times are CPU milliseconds for one picture of 32 x 100, the least of
the repeats, on one thread: torch computes the network and 26 letters at once, Munja the graph in ONNX Runtime and,
for attention, up to 25 letters one by one in NumPy. A random network seldom stops before the last of them.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from munja.core.artifact import Artifact, Manifest
from munja.core.registry import build
from munja.models import recognise  # noqa: F401  registers the networks
from munja.models.attention import WEIGHTS
from munja.models.counts import LETTERS, multiply_adds, parameter_count
from munja.models.export import recogniser_outputs, recogniser_to_onnx
from munja.models.four_stage import FourStage
from munja.models.layers import Normalise
from munja.read.codecs.attention import greedy
from munja.read.codecs.stepper import DecoderWeights
from munja.read.engines import Engine, open_engine

HEIGHT, WIDTH = 32, 100
STAGES = (("None", "TPS"), ("VGG", "RCNN", "ResNet"), ("None", "BiLSTM"), ("CTC", "Attn"))
COLUMNS = ("model", "parameters, M", "GMAC", "torch, ms", "Munja, ms", "export, s", "ONNX Runtime differs", "OpenVINO")
LIGHT: dict[str, dict[str, Any]] = {
    "None-VGG/2-BiLSTM/2-CTC": {
        "extractor": {"name": "vgg", "channels": 256},
        "encoder": {"name": "bilstm", "hidden": 128},
        "head": {"name": "ctc"},
    },
    "TPS/4-VGG/2-BiLSTM/2-Attn": {
        "rectifier": {"name": "tps", "width": 16},
        "extractor": {"name": "vgg", "channels": 256},
        "encoder": {"name": "bilstm", "hidden": 128},
        "head": {"name": "attention", "hidden": 128},
    },
    "None-MobileNetV3-convolution-CTC": {
        "extractor": {"name": "mobilenet_v3", "scale": 1.0},
        "encoder": {"name": "convolution", "hidden": 128},
        "head": {"name": "ctc"},
    },
    "Affine/4-MobileNetV3-convolution-CTC": {
        "rectifier": {"name": "affine", "width": 16},
        "extractor": {"name": "mobilenet_v3", "scale": 1.0},
        "encoder": {"name": "convolution", "hidden": 128},
        "head": {"name": "ctc"},
    },
    "None-ReXNet-convolution-CTC": {
        "extractor": {"name": "rexnet", "channels": 256},
        "encoder": {"name": "convolution", "hidden": 128},
        "head": {"name": "ctc"},
    },
}
REST = ("index", "score", "space")  # they follow from the logits


def published(parts: tuple[str, ...], channels: int) -> dict[str, Any]:
    """The stages of a published combination."""
    rectifier, extractor, encoder, head = parts
    return {
        "rectifier": {"name": "tps"} if rectifier == "TPS" else None,
        "extractor": {"name": extractor.lower(), "channels": channels},
        "encoder": {"name": "bilstm"} if encoder == "BiLSTM" else None,
        "head": {"name": "ctc" if head == "CTC" else "attention"},
    }


def least(run: Callable[[], Any], repeats: int) -> float:
    """CPU milliseconds of the quickest run: other work on the machine only ever adds to them."""
    run()
    times = []
    for _ in range(repeats):
        started = time.process_time()
        run()
        times.append(time.process_time() - started)
    return 1000.0 * min(times)


def in_torch(network: FourStage, picture: torch.Tensor) -> Callable[[], Any]:
    """A run of the whole network as training would do it."""
    previous = torch.zeros(1, LETTERS, dtype=torch.long)

    @torch.inference_mode()
    def run() -> None:
        outputs = network(picture)
        if "keys" in outputs:
            network.head.spell(outputs["features"], outputs["keys"], previous)

    return run


def in_munja(network: FourStage, engine: Engine, picture: np.ndarray[Any, Any]) -> Callable[[], Any]:
    """A run as reading does it."""
    if "features" not in recogniser_outputs(network):
        return lambda: engine.run(picture, ["index", "score"])
    names = list(WEIGHTS)
    weights = DecoderWeights(dict(zip(names, engine.run(picture, names), strict=True)))
    return lambda: greedy(weights.over(*engine.run(picture, ["features", "keys"])), 1, longest=LETTERS - 1)


def difference(network: FourStage, engine: Engine) -> float:
    """The largest difference between an engine and torch, as a share of the largest value of that output."""
    coarse = torch.rand(3, 1, 4, 8, generator=torch.Generator().manual_seed(0)) * 255
    pictures = torch.nn.functional.interpolate(coarse, (HEIGHT, WIDTH), mode="bilinear").to(torch.uint8)
    images = pictures.permute(0, 2, 3, 1).contiguous()
    with torch.inference_mode():
        wanted = network(Normalise()(images))
    wanted |= {name: network.head.get_parameter(key).detach() for name, key in WEIGHTS.items() if "keys" in wanted}
    names = [name for name in recogniser_outputs(network) if name not in REST]
    found = dict(zip(names, engine.run(images.numpy(), names), strict=True))
    gaps = [
        np.abs(found[name] - wanted[name].numpy()).max() / max(1.0, float(wanted[name].abs().max())) for name in names
    ]
    return float(max(gaps))


def measured(name: str, stages: dict[str, Any], *, repeats: int) -> dict[str, Any]:
    """All figures of one combination."""
    torch.manual_seed(0)
    classes = 37 if stages["head"]["name"] == "ctc" else 38
    network: FourStage = build("recogniser", {"name": "four_stage", "size": [HEIGHT, WIDTH], **stages}, 1, classes)
    network.eval()
    rectified = network.rectifier is not None
    if network.rectifier is not None:  # so that what the rectifier computes depends on the picture
        torch.nn.init.normal_(network.rectifier.get_submodule("LocalizationNetwork.localization_fc2").weight, std=1e-3)
    started = time.process_time()
    content = recogniser_to_onnx(
        network, height=HEIGHT, channels=1, space_class=None, width=WIDTH if rectified else None
    )  # fmt: skip
    exported = time.process_time() - started
    artifact = Artifact(Manifest(task="recognise", name=name), None, content)
    engines = [open_engine(artifact, engine=each, threads=1) for each in ("onnxruntime", "openvino")]
    picture = np.random.default_rng(0).integers(0, 256, (1, HEIGHT, WIDTH, 1), np.uint8)
    floats = Normalise()(torch.from_numpy(picture))
    return {
        "model": name,
        "parameters": parameter_count(network),
        "multiply_adds": multiply_adds(network, (1, HEIGHT, WIDTH)),
        "torch_ms": least(in_torch(network, floats), repeats),
        "munja_ms": least(in_munja(network, engines[0], picture), repeats),
        "export_seconds": exported,
        "onnxruntime": difference(network, engines[0]),
        "openvino": difference(network, engines[1]),
    }


def row(found: dict[str, Any]) -> str:
    """One row of the table."""
    cells = [
        found["model"],
        f"{found['parameters'] / 1e6:.3f}",
        f"{found['multiply_adds'] / 1e9:.3f}",
        *(f"{found[key]:.1f}" for key in ("torch_ms", "munja_ms", "export_seconds")),
        *(f"{found[key]:.0e}" for key in ("onnxruntime", "openvino")),
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure, print the table as it grows, write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", default=None)
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--channels", type=int, default=512)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}", flush=True)
    combinations = {"-".join(parts): published(parts, given.channels) for parts in itertools.product(*STAGES)}
    rows = []
    for name, stages in {**combinations, **LIGHT}.items():
        if given.only is None or name in given.only:
            rows.append(measured(name, stages, repeats=given.repeats))
            print(row(rows[-1]), flush=True)
    if given.out:
        report = {"load": os.getloadavg()[0], "channels": given.channels, "models": rows}
        given.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
