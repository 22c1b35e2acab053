"""Batches by step number: made in this process, or ahead of time by several, the same ones either way."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from functools import cache
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor

from munja.core.registry import build
from munja.core.spec import Spec
from munja.train.task import Arrays, Task

AHEAD = 3  # batches that each worker may be ahead


def batch_seed(seed: int, step: int) -> int:
    """The seed of a step's data; process k adds k. Readable: 3 at step 1234 gives 3000001234000."""
    return seed * 10**12 + step * 10**3


class Feed:
    """Batches of a task; with `workers` above 0 they are made ahead by that many processes."""

    def __init__(self, task: Task, spec: Spec, *, seed: int, rank: int, workers: int) -> None:
        self._task, self._seed, self._rank = task, seed, rank
        self._spec = json.dumps(spec)
        self._waiting: dict[int, Future[Arrays]] = {}
        self._ahead = workers * AHEAD
        self._pool = None
        if workers:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(workers, mp_context=context)

    def batch(self, step: int) -> Arrays:
        """The batch of a step."""
        if self._pool is None:
            return self._task.prepare(batch_seed(self._seed, step), self._rank)
        for wanted in range(step, step + self._ahead + 1):
            if wanted not in self._waiting:
                self._waiting[wanted] = self._pool.submit(_make, self._spec, batch_seed(self._seed, wanted), self._rank)
        return self._waiting.pop(step).result()

    def close(self) -> None:
        """End the workers."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


def to_device(arrays: Mapping[str, np.ndarray[Any, Any]], device: torch.device) -> dict[str, Tensor]:
    """The arrays as tensors on a device."""
    tensors = {key: torch.from_numpy(np.ascontiguousarray(value)) for key, value in arrays.items()}
    if device.type == "cpu":
        return tensors
    return {key: value.pin_memory().to(device, non_blocking=True) for key, value in tensors.items()}


@cache
def _task(spec: str) -> Task:
    """The task of a worker process, built once."""
    from munja.train.recipe import register_all

    register_all()
    cv2.setNumThreads(1)
    task: Task = build("task", json.loads(spec))
    return task


def _make(spec: str, seed: int, rank: int) -> Arrays:
    return _task(spec).prepare(seed, rank)
