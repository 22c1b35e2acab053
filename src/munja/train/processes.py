"""Several processes that train one network: on one machine by themselves, over machines or GPUs under torchrun."""

from __future__ import annotations

import multiprocessing
import os
import socket
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, distributed

from munja.core.errors import MunjaError


class Crew:
    """This process's place among `size` processes; the leader, number 0, logs and writes."""

    def __init__(self, rank: int = 0, size: int = 1, device: torch.device | None = None) -> None:
        self.rank, self.size = rank, size
        self._device = device or torch.device("cpu")

    @property
    def leads(self) -> bool:
        """Whether this is the process that logs and writes."""
        return self.rank == 0

    def average(self, tensors: Iterable[Tensor]) -> None:
        """Replace float tensors, in place, by their means over all processes."""
        if self.size == 1:
            return
        each = [tensor for tensor in tensors if tensor.is_floating_point()]
        flat = torch.cat([tensor.detach().float().flatten() for tensor in each])
        self._together(lambda: distributed.all_reduce(flat))
        flat /= self.size
        at = 0
        with torch.no_grad():
            for tensor in each:
                tensor.copy_(flat[at : at + tensor.numel()].view_as(tensor))
                at += tensor.numel()

    def gather(self, values: Sequence[float]) -> list[list[float]]:
        """The values of every process, by process number."""
        if self.size == 1:
            return [list(values)]
        mine = torch.tensor(values, dtype=torch.float64, device=self._device)
        everyone = [torch.empty_like(mine) for _ in range(self.size)]
        self._together(lambda: distributed.all_gather(everyone, mine))
        return [[float(value) for value in row] for row in everyone]

    def wait(self) -> None:
        """Return when all processes have come here."""
        self.gather([0.0])

    def _together(self, exchange: Callable[[], Any]) -> None:
        try:
            exchange()
        except RuntimeError as error:  # what torch raises when a peer has gone
            raise CrewError("another process of this training has ended; its message stands above") from error


class CrewError(MunjaError):
    """A process of the crew is gone."""


def join(rank: int, size: int, place: str, device: torch.device) -> Crew:
    """Join `size` processes that meet at a URL such as file:///folder/place or env://."""
    if size > 1:
        loopback = "lo"
        if place.startswith("file:") and loopback in (name for _, name in socket.if_nameindex()):
            os.environ.setdefault("GLOO_SOCKET_IFNAME", loopback)  # one machine: open no port to the network
        backend = "nccl" if device.type == "cuda" else "gloo"
        distributed.init_process_group(backend, init_method=place, rank=rank, world_size=size)
    return Crew(rank, size, device)


def leave() -> None:
    """Leave the crew, if in one."""
    if distributed.is_initialized():
        distributed.destroy_process_group()


def given_by_launcher() -> tuple[int, int, int] | None:
    """(rank, size, number on this machine) where torchrun started this process, else None."""
    if "RANK" not in os.environ or "WORLD_SIZE" not in os.environ:
        return None
    return int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"]), int(os.environ.get("LOCAL_RANK", "0"))


def usable_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def start_followers(work: Callable[..., object], recipe: dict[str, Any], out: Path, size: int, place: str) -> list[Any]:
    """Start processes 1 to size - 1; each runs `work(recipe, out, rank, size, place)` and ends with this process."""
    context = multiprocessing.get_context("spawn")
    followers = []
    for rank in range(1, size):
        arguments = (work, recipe, out, rank, size, place)
        followers.append(context.Process(target=_follow, args=arguments, daemon=True))
        followers[-1].start()
    return followers


def _follow(work: Callable[..., object], recipe: dict[str, Any], out: Path, rank: int, size: int, place: str) -> None:
    try:
        work(recipe, out, rank, size, place)
    except (CrewError, KeyboardInterrupt):
        sys.exit(1)  # the leader, or whoever failed first, has said why
    except MunjaError as error:
        sys.stderr.write(f"process {rank}: {error}\n")
        sys.exit(1)
