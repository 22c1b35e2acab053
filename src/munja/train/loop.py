"""The training loop, one for every task: read `Supervised.run` from top to bottom."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
from annotated_types import Ge, Gt, Le, Lt, doc
from torch import Tensor, nn

from munja.core.artifact import sha256_of
from munja.core.errors import MunjaError, SpecError
from munja.core.registry import build, register
from munja.models.layers import Normalise, channels_last, freeze_batch_norm
from munja.models.load import load_weights
from munja.train.feed import Feed, batch_seed, to_device
from munja.train.freezing import Freezing
from munja.train.journal import Journal
from munja.train.keeper import BEST, Keeper
from munja.train.preflight import faster_precision, look_at_data, overfit
from munja.train.processes import Crew
from munja.train.recipe import portable
from munja.train.resume import Checkpoints
from munja.train.task import Task
from munja.train.weights import blend


@register("loop", "supervised")
class Supervised:
    """Settings of the loop, and the loop itself."""

    def __init__(
        self,
        recipe: Mapping[str, Any],
        task: Task,
        out: Path,
        crew: Crew,
        device: torch.device,
        journal: Journal | None,
        /,
        *,
        steps: Annotated[int | None, doc("length of the training in steps")] = None,
        seconds: Annotated[float | None, doc("length in seconds, instead of steps")] = None,
        processes: Annotated[int, Ge(0), doc("processes on this machine; 0: one for each core, one on a GPU")] = 0,
        threads: Annotated[int, Gt(0), doc("threads of each process")] = 1,
        device_name: Annotated[Literal["auto", "cpu", "cuda"], doc("where the network runs")] = "auto",
        precision: Annotated[Literal["auto", "fp32", "bf16"], doc("auto: measured at the start")] = "auto",
        optimiser: Annotated[Mapping[str, Any] | None, doc("Spec of the optimiser")] = None,
        schedule: Annotated[Mapping[str, Any] | None, doc("Spec of the learning-rate schedule")] = None,
        average_every: Annotated[int, Gt(0), doc("steps between averaging weights; 1: gradients at each step")] = 16,
        clip: Annotated[float, Gt(0.0), doc("longest gradient")] = 5.0,
        ema: Annotated[
            float, Ge(0.0), Lt(1.0), doc("decay per step of the averaged weights; 0: the last weights")
        ] = 0.998,
        freeze_norms: Annotated[bool, doc("leave batch norm statistics as they are")] = False,
        freeze: Annotated[Sequence[str], doc("beginnings of the names of parameters that are not trained")] = (),
        freeze_until: Annotated[float, Gt(0.0), Le(1.0), doc("progress from which they are trained too")] = 1.0,
        validate_every: Annotated[int, Gt(0), doc("steps between validations")] = 1024,
        checkpoint_every: Annotated[int, Gt(0), doc("steps between checkpoints")] = 256,
        patience: Annotated[int, Ge(0), doc("stop after this many validations without a better one; 0: never")] = 0,
        start: Annotated[str | None, doc("artifact (.safetensors) to start from")] = None,
        start_at: Annotated[float, Ge(0.0), Lt(1.0), doc("progress at which the schedule begins")] = 0.0,
        preflight: Annotated[bool, doc("look at data and overfit a few samples first")] = True,
        workers: Annotated[int, Ge(0), doc("processes that make batches ahead; 0: made in the training process")] = 0,
        tensorboard: Annotated[bool, doc("also write for TensorBoard, where it is installed")] = True,
        log_seconds: Annotated[float, Gt(0.0), doc("seconds between lines of the log")] = 10.0,
    ) -> None:
        if (steps is None) == (seconds is None) or min(steps or 1, seconds or 1.0) <= 0:
            raise SpecError(f"loop: one of steps and seconds was wanted, above 0; got steps {steps}, seconds {seconds}")
        self.recipe, self.task, self.out, self.seed = recipe, task, out, int(recipe["seed"])
        self.crew, self.device, self.journal = crew, device, journal
        self.steps, self.seconds, self.start_at = steps, seconds, start_at
        self.average_every, self.clip, self.ema_decay, self.freeze_norms = average_every, clip, ema, freeze_norms
        self.validate_every, self.checkpoint_every = validate_every, checkpoint_every
        self.preflight, self.log_seconds = preflight, log_seconds
        torch.manual_seed(self.seed)  # the same first weights in all processes
        self.network = channels_last(task.build_network().to(device))
        self.normalise = Normalise()
        self.parent: str | None = None
        if start:
            self._warm_start(start)
        torch.manual_seed(batch_seed(self.seed, 0) + crew.rank)
        self.averaged = copy.deepcopy(self.network).eval() if crew.leads else None
        self.optimiser: torch.optim.Optimizer = build("optimiser", optimiser or {"name": "adamw"}, self.network)
        self.freezing = Freezing(self.network, freeze, until=freeze_until)  # the optimiser knows all parameters
        self.rates = [group["lr"] for group in self.optimiser.param_groups]
        self.schedule = build("schedule", schedule or {"name": "flat_cosine"})
        self.feed = Feed(task, recipe["task"], seed=self.seed, rank=crew.rank, workers=workers)
        self.checkpoints = Checkpoints(out / "checkpoint", crew)
        self.precision: str = "fp32" if precision == "auto" else precision
        self.measure_precision = precision == "auto"
        self.step, self.samples, self.stop = 0, 0, False
        self.elapsed = 0.0  # seconds of training proper, as the leader counts them
        self.trouble = ""  # why the last checkpoint could not be saved
        self.keeper = None
        if journal is not None:
            blank = replace(task.manifest(recipe["name"], recipe["licence"]), parent=self.parent)
            self.keeper = Keeper(out / BEST, task, blank, journal, patience=patience)

    def run(self) -> Path:
        """Train to the end, from the last checkpoint if there is one; gives back the path of the best weights."""
        if not self._restore():
            self._begin()
        self._train_mode()
        # Opening the data may take a minute, which is no part of the training's seconds; and what is wrong shows now.
        for note in self.task.open(validation=self.crew.leads):
            self._say(note)
        self.crew.wait()
        clock, losses = time.perf_counter() - self.elapsed, []  # type: tuple[float, list[dict[str, Tensor]]]
        logged, logged_samples = time.perf_counter(), self.samples
        while (progress := self._progress()) < 1.0 and not self.stop:
            arrays = self.feed.batch(self.step)
            losses.append(self._step(to_device(arrays, self.device), progress))
            self.step += 1
            self.samples += len(arrays["images"]) * self.crew.size
            if self.step % self.average_every and self.step != self.steps:
                continue
            # Every `average_every` steps the processes meet: weights are averaged, losses checked, figures taken.
            means = self._meet(losses, time.perf_counter() - clock)
            losses = []
            if self.journal and time.perf_counter() - logged > self.log_seconds:
                rate = (self.samples - logged_samples) / (time.perf_counter() - logged)
                self._log(means, rate)
                logged, logged_samples = time.perf_counter(), self.samples
            if self._due(self.validate_every) or self._progress() >= 1.0:
                paused = time.perf_counter()
                self._validate()
                clock += time.perf_counter() - paused  # validation does not use up the budget of seconds
                logged += time.perf_counter() - paused
            if self._due(self.checkpoint_every) or self._progress() >= 1.0 or self.stop:
                self._save()
        self.feed.close()
        return self._finish()

    def _progress(self) -> float:
        """How much of the training is done, 0..1; of a training in seconds, as of the last meeting."""
        done = self.step / self.steps if self.steps else self.elapsed / (self.seconds or 1.0)
        return self.start_at + (1.0 - self.start_at) * done

    def _due(self, every: int) -> bool:
        """Whether a multiple of `every` was passed since the last meeting."""
        return self.step // every != (self.step - self.average_every) // every

    def _train_mode(self) -> None:
        self.network.train()
        if self.freeze_norms:
            freeze_batch_norm(self.network)
        self.freezing.keep_statistics()

    def _forward(
        self, network: nn.Module, batch: Mapping[str, Tensor], progress: float, precision: str
    ) -> dict[str, Tensor]:
        """The parts of the loss."""
        images = self.normalise(batch["images"]).contiguous(memory_format=torch.channels_last)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=precision == "bf16"):
            outputs = self.task.forward(network, images, batch)
        return self.task.loss(outputs, batch, progress)

    def _step(self, batch: Mapping[str, Tensor], progress: float) -> dict[str, Tensor]:
        """One step of the optimiser; gives back the parts of the loss, still on the device."""
        if self.freezing.at(progress):
            self._train_mode()
        multiplier = self.schedule(progress)
        for group, rate in zip(self.optimiser.param_groups, self.rates, strict=True):
            group["lr"] = rate * multiplier
        parts = self._forward(self.network, batch, progress, self.precision)
        self.optimiser.zero_grad(set_to_none=True)
        torch.stack(list(parts.values())).sum().backward()  # type: ignore[no-untyped-call]
        if self.average_every == 1:
            self.crew.average([each.grad for each in self.network.parameters() if each.grad is not None])
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.clip)
        self.optimiser.step()
        return {key: value.detach() for key, value in parts.items()}

    @torch.no_grad()
    def _meet(self, losses: list[dict[str, Tensor]], elapsed: float) -> dict[str, float]:
        """Check the losses, average the weights over processes and time; gives back the mean parts of the loss."""
        totals = torch.stack([torch.stack(list(each.values())).sum() for each in losses]).tolist()
        broken = next((i for i, total in enumerate(totals) if not math.isfinite(total)), None)
        first = self.step - len(losses)
        seed = -1.0 if broken is None else float(batch_seed(self.seed, first + broken) + self.crew.rank)
        rows = self.crew.gather([elapsed, seed])
        self.elapsed = rows[0][0]
        if seeds := [int(row[1]) for row in rows if row[1] >= 0.0]:
            raise MunjaError(
                f"the loss is not a number after step {first}: batch seed {', '.join(map(str, seeds))}. The last good "
                f"state is in {self.checkpoints.folder}; look at that batch, or lower the learning rate"
            )
        self.crew.average(self.network.state_dict().values())
        if self.averaged is not None:
            # Early weights are bad: the average forgets them faster, as (1 + n) / (10 + n) does.
            blend(self.averaged, self.network, min(self.ema_decay, (1 + self.step) / (10 + self.step)) ** len(losses))
        keys = {key for each in losses for key in each}
        return {key: sum(float(each[key]) for each in losses if key in each) / len(losses) for key in sorted(keys)}

    def _log(self, means: dict[str, float], rate: float) -> None:
        progress = self._progress()
        done = (progress - self.start_at) / (1.0 - self.start_at)
        figures = {**means, "learning_rate": self.optimiser.param_groups[0]["lr"], "samples_per_second": rate}
        if self.journal:
            self.journal.steps(self.step, progress, figures, left=self.elapsed * (1.0 - done) / max(done, 1e-9))

    def _validate(self) -> None:
        """Measure the averaged weights, keep them if they are the best so far, decide whether to stop early."""
        if self.averaged is not None and self.keeper is not None:
            self.keeper.validate(self.averaged, self._history())
        self.stop = bool(self.crew.gather([float(self.keeper is not None and self.keeper.gave_up)])[0][0])

    def _history(self) -> dict[str, Any]:
        return {
            "by": "munja.train",
            "recipe": portable(self.recipe),
            "step": self.step,
            "progress": round(self._progress(), 4),
            "samples": self.samples,
            "seconds": round(self.elapsed, 1),
            "processes": self.crew.size,
            "precision": self.precision,
            "torch": torch.__version__,
        }

    def _save(self) -> None:
        state = {
            "step": self.step,
            "elapsed": self.elapsed,
            "samples": self.samples,
            "best": self.keeper.best if self.keeper else 0.0,
            "stale": self.keeper.stale if self.keeper else 0,
            "stop": self.stop,
            "precision": self.precision,
            "network": self.network.state_dict(),
            "averaged": None if self.averaged is None else self.averaged.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "random": torch.get_rng_state(),
        }
        self.trouble = self.checkpoints.save(self.step, state, self.recipe)
        if self.trouble and self.journal:
            self.journal.warn(
                self.step, f"checkpoint not saved: {self.trouble}. The previous one stays; free some space"
            )

    def _say(self, text: str) -> None:
        if self.journal:
            self.journal.say(text)

    def _restore(self) -> bool:
        """Go back to the last checkpoint; False if there is none."""
        state = self.checkpoints.load(self.recipe, device=self.device)
        if state is None:
            return False
        self.network.load_state_dict(state["network"])
        if self.averaged is not None:
            self.averaged.load_state_dict(state["averaged"])
        self.optimiser.load_state_dict(state["optimiser"])
        torch.set_rng_state(state["random"].cpu())
        for key in ("step", "elapsed", "samples", "stop", "precision"):
            setattr(self, key, state[key])
        if self.keeper is not None:
            self.keeper.best, self.keeper.stale = state["best"], state["stale"]
        if self.journal:
            self.journal.begin_at(self.step)
        self._say(f"goes on from step {self.step} ({self._progress():.1%})")
        return True

    def _begin(self) -> None:
        """Preflight and the choice of precision."""
        if self.journal:
            self.journal.begin_at(-1)
        if self.preflight and self.crew.leads:
            look_at_data(self.task, seed=self.seed)
            agreement, steps = overfit(self.task, self.network, seed=self.seed, device=self.device)
            self._say(f"preflight: a few samples learnt to {agreement:.2f} in {steps} steps")
        self.crew.wait()
        if not self.measure_precision:
            return
        if self.device.type == "cuda":
            self.precision = "bf16"
            return
        learner = copy.deepcopy(self.network).train()
        batch = to_device(self.feed.batch(0), self.device)

        def step(precision: str) -> None:
            total = torch.stack(list(self._forward(learner, batch, 0.0, precision).values())).sum()
            total.backward()  # type: ignore[no-untyped-call]

        self.precision, seconds = faster_precision(step, self.crew)
        shown = ", ".join(f"{key} {value * 1000:.0f} ms" for key, value in seconds.items())
        self._say(f"precision {self.precision}: forward and backward take {shown}")

    def _warm_start(self, path: str) -> None:
        state, manifest = load_weights(path)
        fresh = self.task.warm_start(self.network, state, manifest)
        self.parent = sha256_of(Path(path))
        self._say(f"starts from {path}; fresh: {', '.join(fresh) if fresh else 'nothing'}")

    def _finish(self) -> Path:
        """Calibrate the best weights and write them once more with all figures."""
        if self.trouble:
            raise MunjaError(
                f"trained to the end, but could not be saved: {self.trouble}. Free some space, run it again"
            )
        if self.averaged is not None and self.keeper is not None:
            self.keeper.finish(self.averaged, self.step)
        self.crew.wait()
        return self.out / BEST
