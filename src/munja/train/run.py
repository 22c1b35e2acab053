"""`train`: from a recipe to trained weights, in as many processes as the machine has cores."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import torch

from munja.core.errors import InputError, SpecError
from munja.core.registry import build
from munja.core.spec import Spec
from munja.train import recipe as recipes
from munja.train.journal import Journal
from munja.train.processes import given_by_launcher, join, leave, start_followers, usable_cores


def train(recipe: Spec, out: Path, *, announce: Callable[[str], None] | None = None) -> Path:
    """Train what a recipe describes into the folder `out`, or go on where it stopped; gives the best weights' path.

    `announce` takes the lines that a person should see; without it they go to standard error.
    """
    full = recipes.checked(recipe)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{out}: cannot be made a folder ({error.strerror})") from error
    launched = given_by_launcher()
    if launched:
        rank, size, _ = launched
        return _work(full, out, rank, size, "env://", announce)
    size = full["loop"].get("processes", 0) or (1 if _device(full).type == "cuda" else usable_cores())
    if size == 1:
        return _work(full, out, 0, 1, "", announce)
    with tempfile.TemporaryDirectory(prefix="munja-train-") as meeting:
        place = f"file://{meeting}/place"
        followers = start_followers(_work, full, out, size, place)
        try:
            return _work(full, out, 0, size, place, announce)
        finally:
            for follower in followers:
                follower.join(timeout=5.0)
                if follower.is_alive():
                    follower.terminate()


def _work(
    recipe: dict[str, Any],
    out: Path,
    rank: int,
    size: int,
    place: str,
    announce: Callable[[str], None] | None = None,
) -> Path:
    """One process of a training."""
    recipes.register_all()
    settings = dict(recipe["loop"])
    torch.set_num_threads(settings.get("threads", 1))
    torch.set_flush_denormal(True)
    cv2.setNumThreads(1)
    device = _device(recipe)
    crew = join(rank, size, place, device)
    journal = Journal(out, board=settings.get("tensorboard", True), announce=announce) if crew.leads else None
    try:
        task = build("task", recipe["task"])
        path: Path = build("loop", settings, recipe, task, out, crew, device, journal).run()
        return path
    finally:
        if journal is not None:
            journal.close()
        leave()


def _device(recipe: dict[str, Any]) -> torch.device:
    wanted = recipe["loop"].get("device_name", "auto")
    if wanted == "cuda" and not torch.cuda.is_available():
        raise SpecError('loop.device_name is cuda, but torch finds no GPU; use device_name = "auto"')
    if wanted == "cpu" or not torch.cuda.is_available():
        return torch.device("cpu")
    launched = given_by_launcher()
    number = launched[2] if launched else 0
    torch.cuda.set_device(number)
    return torch.device("cuda", number)
