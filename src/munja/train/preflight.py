"""Before hours are spent: is the data sound, can the network learn at all, and which precision is faster here?"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable

import torch
from torch import nn

from munja.core.errors import InputError, MunjaError
from munja.models.layers import Normalise, channels_last
from munja.train.feed import batch_seed, to_device
from munja.train.processes import Crew
from munja.train.task import Arrays, Task

BATCHES_LOOKED_AT = 4
OVERFIT_SAMPLES = 32
OVERFIT_STEPS = 150
OVERFIT_AGREEMENT = 0.6
LOOK_EVERY = 10


def look_at_data(task: Task, *, seed: int) -> None:
    """InputError if the first batches hold what no training should be given."""
    for step in range(BATCHES_LOOKED_AT):
        number = batch_seed(seed, step)
        try:
            arrays = task.prepare(number, 0)
        except InputError as error:
            raise InputError(f"preflight, batch seed {number}: {error}") from error
        if objections := task.objections(arrays):
            raise InputError(f"preflight, batch seed {number}: {'; '.join(objections)}")


def overfit(task: Task, network: nn.Module, *, seed: int, device: torch.device) -> tuple[float, int]:
    """(agreement, steps) of a copy of the network trained on a few samples; MunjaError if it cannot learn them.

    The optimiser and the rate are fixed: the question is whether data, loss and network fit together, not whether the
    recipe's rate is good.
    """
    arrays = _some(task, seed)
    learner = channels_last(copy.deepcopy(network).to(device)).train()
    optimiser = torch.optim.AdamW(learner.parameters(), lr=1e-3, fused=True)
    batch = to_device(arrays, device)
    images = Normalise()(batch["images"]).contiguous(memory_format=torch.channels_last)
    agreement, first, last = 0.0, 0.0, 0.0
    for step in range(1, OVERFIT_STEPS + 1):
        outputs = task.forward(learner, images, batch)
        total = torch.stack(list(task.loss(outputs, batch, 0.0).values())).sum()
        optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(learner.parameters(), 5.0)
        optimiser.step()
        if step % LOOK_EVERY == 0:
            last = float(total.detach())
            first = first or last
            agreement = task.agreement(outputs, arrays)
            if agreement >= OVERFIT_AGREEMENT:
                return agreement, step
    raise MunjaError(
        f"preflight: the network does not learn even {len(arrays['images'])} samples: agreement {agreement:.2f} "
        f"(wanted {OVERFIT_AGREEMENT}) after {OVERFIT_STEPS} steps, loss {first:.3g} -> {last:.3g}. "
        "Look at the pictures and their labels; loop.preflight=false trains nevertheless"
    )


def _some(task: Task, seed: int) -> Arrays:
    """A batch cut down to a few samples; tasks give one row per sample, or say in `lengths` how many."""
    arrays = task.prepare(batch_seed(seed, 0), 0)
    count = min(OVERFIT_SAMPLES, len(arrays["images"]))
    cut = {key: value[:count] for key, value in arrays.items()}
    if "lengths" in arrays:
        cut["targets"] = arrays["targets"][: int(arrays["lengths"][:count].sum())]
    return cut


def faster_precision(step: Callable[[str], None], crew: Crew, *, repeats: int = 3) -> tuple[str, dict[str, float]]:
    """The faster of fp32 and bf16, and the seconds that a step took in each; all processes agree on one.

    On processors with bf16 instructions it halves the time; on others it is several times slower.
    """
    seconds = {}
    for precision in ("fp32", "bf16"):
        step(precision)
        started = time.perf_counter()
        for _ in range(repeats):
            step(precision)
        mine = (time.perf_counter() - started) / repeats
        rows = crew.gather([mine])
        seconds[precision] = sum(row[0] for row in rows) / len(rows)
    return min(seconds, key=lambda each: seconds[each]), seconds
