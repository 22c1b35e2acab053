"""Training speed: Munja's loop against plain PyTorch in fp32, the same recogniser, the same lines, on the same cores.

    python -m benchmarks.training recipes/recognise/dense_s.toml [--seconds 40] [--rounds 2]

Plain PyTorch: one process with as many threads as there are cores, fp32, channels first, AdamW, no average of weights;
lines are made in the same process. Munja: what `munja train` does by default. The two take turns; idle cores matter.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

from munja.core.registry import build
from munja.core.spec import load_spec
from munja.models.layers import Normalise
from munja.train.recipe import checked, register_all
from munja.train.run import train


def plain(recipe: dict[str, Any], seconds: float) -> float:
    """Lines per second of a loop as one writes it without thinking of speed."""
    register_all()
    torch.set_num_threads(os.cpu_count() or 1)
    task = build("task", recipe["task"])
    network = task.build_network().train()
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3)
    normalise = Normalise()
    count, step, started = 0, 0, 0.0
    while not started or time.perf_counter() - started < seconds:
        arrays = task.prepare(step, 0)
        batch = {key: torch.from_numpy(value) for key, value in arrays.items()}
        outputs = network(normalise(batch["images"]).contiguous())
        total = torch.stack(list(task.loss(outputs, batch, 1.0).values())).sum()
        optimiser.zero_grad()
        total.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        step += 1
        if step == 5:  # what is compiled and allocated once is no part of it
            started, count = time.perf_counter(), 0
        count += len(arrays["images"]) if started else 0
    return count / (time.perf_counter() - started)


def own(recipe: dict[str, Any], seconds: float) -> float:
    """Lines per second of `munja train`, from its own log."""
    loop = {**recipe["loop"], "seconds": seconds, "steps": None, "preflight": False, "validate_every": 10**9}
    loop |= {"checkpoint_every": 10**9, "log_seconds": 2.0, "tensorboard": False}
    with tempfile.TemporaryDirectory() as folder:
        train({**recipe, "loop": loop}, Path(folder), announce=lambda text: None)
        rows = [json.loads(row) for row in (Path(folder) / "metrics.jsonl").read_text().splitlines()]
    rates = [row["samples_per_second"] for row in rows if "samples_per_second" in row][1:]
    return sum(rates) / len(rates)


def main() -> None:
    """Measure and print one JSON object per round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    recipe = checked(load_spec(given.recipe))
    recipe["task"] = {**recipe["task"], "validation_lines": 64, "auxiliary": 0.0}
    for number in range(given.rounds):
        slow, fast = plain(recipe, given.seconds), own(recipe, given.seconds)
        figures = {"plain_per_second": slow, "munja_per_second": fast, "ratio": fast / slow, "load": os.getloadavg()[0]}
        print(json.dumps({"round": number, **{key: round(value, 2) for key, value in figures.items()}}), flush=True)


if __name__ == "__main__":
    main()
