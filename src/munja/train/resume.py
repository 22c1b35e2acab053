"""Checkpoints: everything that a training needs to go on as if it had never stopped.

Each process writes its own file; only then does the leader point `latest.json` at them. A kill or a full disk at any
moment leaves the previous checkpoint in force.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from munja.core.artifact import write_atomically
from munja.core.errors import InputError, SpecError
from munja.train.processes import Crew

# What may be changed between two parts of one training without making it another one.
FREE = {"steps", "seconds", "validate_every", "checkpoint_every", "patience", "workers", "tensorboard", "log_seconds"}


class Checkpoints:
    """The checkpoints of one training, in `folder`; at most one is kept."""

    def __init__(self, folder: Path, crew: Crew) -> None:
        self.folder, self._crew = folder, crew

    def save(self, step: int, state: Mapping[str, Any], recipe: Mapping[str, Any]) -> str:
        """Write this process's state; all processes call it. Gives back why it failed, or an empty text."""
        trouble = ""
        path = self._path(step, self._crew.rank)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            buffer = io.BytesIO()
            torch.save(dict(state), buffer)
            write_atomically(path, buffer.getvalue())
        except OSError as error:
            trouble = f"{path}: {error.strerror or error}"
        failed = sum(row[0] for row in self._crew.gather([float(bool(trouble))]))
        if not failed and self._crew.leads:
            try:
                pointer = {"step": step, "processes": self._crew.size, "recipe": recipe}
                write_atomically(self.folder / "latest.json", json.dumps(pointer, ensure_ascii=False).encode())
                self._remove_but(step)
            except OSError as error:
                trouble = f"{self.folder / 'latest.json'}: {error.strerror or error}"
        if failed:
            path.unlink(missing_ok=True)
        return trouble or ("another process could not save its part" if failed else "")

    def load(self, recipe: Mapping[str, Any], *, device: torch.device) -> dict[str, Any] | None:
        """This process's state of the newest checkpoint, None if there is none; an error if it is of another recipe."""
        pointer_path = self.folder / "latest.json"
        if not pointer_path.is_file():
            return None
        pointer = json.loads(pointer_path.read_text(encoding="utf-8"))
        if pointer["processes"] != self._crew.size:
            raise SpecError(
                f"{self.folder}: was written by {pointer['processes']} processes, this training has {self._crew.size}; "
                f"go on with loop.processes={pointer['processes']}, or train into a new folder"
            )
        plain = json.loads(json.dumps(recipe))
        if difference := _difference(pointer["recipe"], plain):
            raise SpecError(f"{self.folder}: belongs to another recipe: {difference}; train into a new folder")
        path = self._path(pointer["step"], self._crew.rank)
        if not path.is_file():
            raise InputError(f"{path}: is missing; remove {self.folder} to begin anew")
        state: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
        return state

    def _path(self, step: int, rank: int) -> Path:
        return self.folder / f"step-{step:09d}-{rank}.pt"

    def _remove_but(self, step: int) -> None:
        for path in self.folder.glob("step-*.pt"):
            if not path.name.startswith(f"step-{step:09d}-"):
                path.unlink(missing_ok=True)


def _difference(old: Any, new: Any, place: str = "") -> str:
    """Where two recipes differ in something that matters, in words; empty if nowhere."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            if place == "loop" and key in FREE:
                continue
            inner = _difference(old.get(key), new.get(key), f"{place}.{key}".lstrip("."))
            if inner:
                return inner
        return ""
    return "" if old == new else f"{place} was {old!r}, is {new!r}"
