"""The parent's side of a reader's process."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from munja.core.errors import MunjaError

ROOT = Path(__file__).resolve().parents[2]
Item = TypeVar("Item")


def environment(threads: int) -> dict[str, str]:
    """The environment of a reader's process: every thread pool that listens to a variable gets `threads`."""
    pools = ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    chosen = {**os.environ, **dict.fromkeys(pools, str(threads))}
    if "TESSDATA_PREFIX" not in chosen and (folder := tesseract_languages()):
        chosen["TESSDATA_PREFIX"] = folder
    return chosen


def tesseract_languages() -> str | None:
    """The folder where the system's tesseract keeps its languages; the Python wheel brings none."""
    try:
        done = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    found = re.search(r'"([^"]+)"', done.stdout + done.stderr)
    return found.group(1) if found else None


class ReaderProcess:
    """One reader in a process of its own, spoken to over pipes; its log is appended to `log`."""

    def __init__(self, name: str, threads: int, log: Path) -> None:
        self.name = name
        self.threads = threads
        self.log = log
        variables = environment(threads)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as errors:
            self.started = time.perf_counter()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.reading.worker", name, str(threads)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=ROOT,
                env=variables,
                text=True,
                encoding="utf-8",
            )

    @property
    def identity(self) -> str:
        """What tells this process from others of the same reader, before and after it."""
        return f"{self._process.pid}-{self.started:.3f}"

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The process's answer to one request; MunjaError if the process ended instead."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            row = self._process.stdout.readline()
        except BrokenPipeError:
            row = ""
        if not row:
            end = self.log.read_text(encoding="utf-8", errors="replace")[-1500:]
            raise MunjaError(f"the process of {self.name} ended without an answer; the end of {self.log}:\n{end}")
        answer: dict[str, Any] = json.loads(row)
        return answer

    def close(self) -> None:
        """End the process and wait for it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if not self._process.stdin.closed:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


@contextmanager
def processes(names: Sequence[str], threads: int, logs: Path) -> Iterator[list[ReaderProcess]]:
    """One process per reader, all ended at the end."""
    with ExitStack() as stack:
        opened = []
        for name in names:
            process = ReaderProcess(name, threads, logs / f"{name}-{threads}.log")
            stack.callback(process.close)
            opened.append(process)
        yield opened


def rotated(items: Sequence[Item], turn: int) -> list[Item]:
    """The same items, another one first at each turn, so that no reader always follows the same neighbour's load."""
    first = turn % len(items)
    return [*items[first:], *items[:first]]
