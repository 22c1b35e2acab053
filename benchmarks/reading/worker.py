"""The process of one reader: requests as JSON lines on stdin, answers as JSON lines on stdout.

    python -m benchmarks.reading.worker READER THREADS

{"image": path} answers {"lines": [{"text", "quad", "score"}], "cpu_s", "wall_s", "rss_mb", "peak_mb"}; {"images":
[paths]} reads a list in the reader's fastest way and answers {"pages": [[text of a line, ...], ...]} with the same
costs; {"about": true} answers {"precision"}: what the reader's networks really computed in. Whatever goes wrong in a
reader answers {"error": sentence}. Only the standard library is imported here, so that a cold start is the reader's.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.reading.readers import READERS, Opened


def cpu_seconds() -> float:
    """CPU seconds of all threads of this process and of its ended children."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def memory_mb() -> dict[str, float]:
    """Resident memory of this process now and at its peak, in MB of 10^6 bytes (Linux)."""
    wanted = {"VmRSS:": "rss_mb", "VmHWM:": "peak_mb"}
    found = {}
    with open("/proc/self/status", encoding="ascii") as status:
        for row in status:
            key, *rest = row.split()
            if key in wanted:
                found[wanted[key]] = int(rest[0]) * 1024 / 1e6
    return found


def costed(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `work` gives back, with its CPU seconds, wall seconds and the memory after it."""
    cpu, wall = cpu_seconds(), time.perf_counter()
    answer = work()
    wall_s = time.perf_counter() - wall
    return {**answer, "cpu_s": cpu_seconds() - cpu, "wall_s": wall_s, **memory_mb()}


def texts_of(opened: Opened, paths: list[str]) -> list[list[str]]:
    """The lines' texts of each page of a list, read as the reader reads lists."""
    pages = opened.stream(paths) if opened.stream else map(opened.read, paths)
    return [[line["text"] for line in lines] for lines in pages]


def answer_to(request: dict[str, Any], opened: Opened) -> dict[str, Any]:
    """The answer to one request."""
    if "image" in request:
        return costed(lambda: {"lines": opened.read(request["image"])})
    if "images" in request:
        return costed(lambda: {"pages": texts_of(opened, request["images"])})
    return {"precision": opened.precision()}


def main() -> None:
    """Open the reader named on the command line and answer requests until stdin ends."""
    # Libraries print to stdout as they like: keep the pipe to ourselves and send their words to the log.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    name, threads = sys.argv[1], int(sys.argv[2])
    opened = READERS[name](threads)
    for row in sys.stdin:
        try:
            answer = answer_to(json.loads(row), opened)
        except Exception as error:  # any failure of a peer is a result to be shown, not the end of the run
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer, ensure_ascii=False) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
