"""What a person sees of a training: a progress bar or lines, samples of what was read, and files."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from munja.train.task import Sample

SAMPLE_WIDTH = 40


class Journal:
    """The log of one training; only the leader keeps one. `announce` takes lines for a person."""

    def __init__(self, out: Path, *, board: bool, announce: Callable[[str], None] | None = None) -> None:
        self._path = out / "metrics.jsonl"
        self._progress: Progress | None = None
        if announce is None and sys.stderr.isatty():
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                TaskProgressColumn(),
                TextColumn("{task.fields[rest]}"),
            )
            self._progress = Progress(*columns)
            self._bar = self._progress.add_task("training", total=1.0, rest="")
            self._progress.start()
        self._announce = announce or self._print
        self._board = _board(out) if board else None

    def begin_at(self, step: int) -> None:
        """Forget what was written for steps after `step`: a resumed training writes it again."""
        if not self._path.is_file():
            return
        kept = []
        for row in self._path.read_text(encoding="utf-8").splitlines():
            try:
                if int(json.loads(row).get("step", 0)) <= step:
                    kept.append(row + "\n")
            except ValueError:  # the line that a kill cut off
                continue
        self._path.write_text("".join(kept), encoding="utf-8")

    def say(self, text: str) -> None:
        """One line for a person."""
        self._announce(text)

    def steps(self, step: int, progress: float, figures: Mapping[str, float], *, left: float) -> None:
        """The means since the last call: loss parts, learning rate, samples per second."""
        self._write("train", step, {"progress": round(progress, 6), **figures})
        shown = "  ".join(f"{key} {value:.4g}" for key, value in figures.items())
        text = f"step {step}  {shown}  {_duration(left)} left"
        if self._progress is not None:
            self._progress.update(self._bar, completed=progress, rest=text)
        else:
            self.say(f"{progress:6.1%}  {text}")

    def validated(self, step: int, figures: Mapping[str, float], samples: Iterable[Sample], *, better: bool) -> None:
        """The figures of a validation, and what was read."""
        self._write("validate", step, figures)
        shown = "  ".join(f"{key} {value:.4f}" for key, value in figures.items())
        self.say(f"validation at step {step}: {shown}{'  (best so far)' if better else ''}")
        for sample in samples:
            mark = " " if sample.truth == sample.reading else "!"
            self.say(f"  {mark} {sample.truth[:SAMPLE_WIDTH]:<{SAMPLE_WIDTH}} | {sample.reading[:SAMPLE_WIDTH]}")

    def warn(self, step: int, text: str) -> None:
        """Something that a person should act on."""
        self.say(text)
        self.event("warning", step, text=text)

    def event(self, name: str, step: int, **facts: Any) -> None:
        """Anything else that should be found in metrics.jsonl later."""
        self._write(name, step, facts)

    def close(self) -> None:
        """End the bar and flush."""
        if self._progress is not None:
            self._progress.stop()
        if self._board is not None:
            self._board.close()

    def _write(self, event: str, step: int, figures: Mapping[str, Any]) -> None:
        entry = {"event": event, "step": step, "time": round(time.time(), 1), **figures}
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        except OSError as error:  # a full disk: the training is worth more than its log
            self.say(f"{self._path}: not written ({error.strerror or error})")
        if self._board is not None:
            for key, value in figures.items():
                if isinstance(value, float):
                    self._board.add_scalar(f"{event}/{key}", value, step)

    def _print(self, text: str) -> None:
        if self._progress is not None:
            self._progress.console.print(text, markup=False, highlight=False)
        else:
            sys.stderr.write(text + "\n")
            sys.stderr.flush()


def _board(out: Path) -> Any:
    """TensorBoard's writer, or None where it is not installed."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(out / "tensorboard"))


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(max(seconds, 0.0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"
