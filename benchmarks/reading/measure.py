"""The four measurements. Each writes what every reading gave and cost as JSON lines into the raw folder.

pages       readers take turns page by page, warm, one process each: costs, memory and the text for the accuracy.
throughput  readers take turns by lists of pages, two threads, each in its fastest way.
cold        a fresh process up to the first result of one receipt, the file caches warm.
soak        one process reads many crops of mixed sizes, watched for memory that is not given back.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.reading.data import DOCUMENTS, RECEIPTS, TruthPage, middle_page, write_crops
from benchmarks.reading.process import ReaderProcess, processes, rotated

# The same pages again show what a reader gains once it has met every size: some engines prepare anew for each.
ROUNDS = ((RECEIPTS, 1), (RECEIPTS, 1), (DOCUMENTS, 1), (RECEIPTS, 2))
WARM_UP_PAGES = 2
COLD_REPEATS = 5
LIST_LENGTH = 20
THROUGHPUT_THREADS = 2
SOAK_READS = 2000
SOAK_FIRST = 200
# A trial run (--limit) goes through every stage with little in each.
TRIAL_LIST_LENGTH = 2
TRIAL_SOAK_READS = 20


@dataclass(frozen=True)
class Plan:
    """What is measured: readers by name, pages by set, thread numbers, and where the raw results go."""

    readers: Sequence[str]
    soak_readers: Sequence[str]
    pages: dict[str, list[TruthPage]]
    threads: Sequence[int]
    passes: int
    raw: Path
    limited: bool
    tell: Callable[[str], None]

    @property
    def logs(self) -> Path:
        """Where the readers' own words go."""
        return self.raw / "logs"


Record = dict[str, Any]


def records(path: Path) -> list[Record]:
    """The records of a raw file, none if it is not there."""
    if not path.is_file():
        return []
    # Not str.splitlines: texts may hold characters at which that splits.
    with path.open(encoding="utf-8") as file:
        return [json.loads(row) for row in file]


def keep(path: Path, record: Record) -> None:
    """Append a record to a raw file."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")


def warm(process: ReaderProcess, pages: Sequence[TruthPage]) -> str:
    """Read the pages unmeasured; gives back what the reader's networks compute in."""
    for page in pages:
        process.ask({"image": str(page.image)})
    return str(process.ask({"about": True}).get("precision", "unknown"))


def rounds(plan: Plan) -> Iterator[tuple[str, int, int]]:
    """The set, the thread number and which pass over that set this is, from 1."""
    counted: dict[tuple[str, int], int] = {}
    for name, threads in ROUNDS:
        if threads in plan.threads and plan.pages[name]:
            counted[name, threads] = counted.get((name, threads), 0) + 1
            if counted[name, threads] <= plan.passes:
                yield name, threads, counted[name, threads]


def measure_pages(plan: Plan) -> None:
    """Readers take turns page by page; what has been read is not read again."""
    path = plan.raw / "pages.jsonl"
    done = {reading_key(row) for row in records(path)}
    for threads in plan.threads[:1] if plan.limited else plan.threads:
        readings = [
            {"set": name, "threads": threads, "pass": number, "page": page.name, "image": str(page.image)}
            for name, count, number in rounds(plan)
            if count == threads
            for page in plan.pages[name]
        ]
        todo = [
            each for each in readings if any(reading_key({**each, "reader": name}) not in done for name in plan.readers)
        ]
        if not todo:
            continue
        # Warm with pages of another set, so that no size of the measured ones is known beforehand.
        other = plan.pages[DOCUMENTS if todo[0]["set"] == RECEIPTS else RECEIPTS]
        with processes(plan.readers, threads, plan.logs) as started:
            precision = {process.name: warm(process, other[:WARM_UP_PAGES]) for process in started}
            for turn, each in enumerate(todo):
                plan.tell(f"pages: {threads} thread(s), {each['set']} pass {each['pass']}, {turn + 1} of {len(todo)}")
                for process in rotated(started, turn):
                    request = {"image": each["image"]}
                    about = {"reader": process.name, "precision": precision[process.name], "process": process.identity}
                    record = {**about, **{key: each[key] for key in each if key != "image"}}
                    if reading_key(record) not in done:
                        keep(path, {**record, **process.ask(request)})


def reading_key(record: Record) -> tuple[Any, ...]:
    """What makes one reading different from the others of a run."""
    return tuple(record[key] for key in ("reader", "set", "threads", "pass", "page"))


def measure_throughput(plan: Plan) -> None:
    """Readers take turns by lists of receipts."""
    path = plan.raw / "throughput.jsonl"
    pages = plan.pages[RECEIPTS][: TRIAL_LIST_LENGTH if plan.limited else None]
    done = {(row["reader"], row["first"]) for row in records(path)}
    lists = [(first, pages[first : first + LIST_LENGTH]) for first in range(0, len(pages), LIST_LENGTH)]
    todo = [part for part in lists if any((reader, part[0]) not in done for reader in plan.readers)]
    if not todo:
        return
    with processes(plan.readers, THROUGHPUT_THREADS, plan.logs) as started:
        for process in started:
            warm(process, plan.pages[DOCUMENTS][:WARM_UP_PAGES] or pages[:WARM_UP_PAGES])
        for turn, (first, part) in enumerate(todo):
            plan.tell(f"throughput: {THROUGHPUT_THREADS} threads, list {turn + 1} of {len(todo)}")
            for process in rotated(started, turn):
                if (process.name, first) not in done:
                    answer = process.ask({"images": [str(page.image) for page in part]})
                    record = {"reader": process.name, "threads": THROUGHPUT_THREADS, "first": first, "count": len(part)}
                    keep(path, {**record, "names": [page.name for page in part], **answer})


def measure_cold(plan: Plan) -> None:
    """Time fresh processes, readers in turn; the first round only fills the caches."""
    path = plan.raw / "cold.jsonl"
    page = middle_page(plan.pages[RECEIPTS])
    repeats = 0 if plan.limited else COLD_REPEATS
    done = {(row["reader"], row["threads"], row["repeat"]) for row in records(path)}
    for threads in plan.threads[:1] if plan.limited else plan.threads:
        for repeat in range(repeats + 1):
            plan.tell(f"cold: {threads} thread(s), start {repeat + 1} of {repeats + 1}")
            for name in rotated(plan.readers, repeat):
                if (name, threads, repeat) in done:
                    continue
                process = ReaderProcess(name, threads, plan.logs / f"{name}-{threads}.log")
                try:
                    answer = process.ask({"image": str(page.image)})
                    cold_s = time.perf_counter() - process.started
                finally:
                    process.close()
                record = {"reader": name, "threads": threads, "repeat": repeat, "page": page.name, "cold_s": cold_s}
                keep(path, {**record, **{key: answer[key] for key in answer if key != "lines"}})


def measure_soak(plan: Plan) -> None:
    """Each reader reads the same crops in one process; an unfinished soak starts again."""
    path = plan.raw / "soak.jsonl"
    count = TRIAL_SOAK_READS if plan.limited else SOAK_READS
    first = count * SOAK_FIRST // SOAK_READS
    done = {row["reader"] for row in records(path)}
    with tempfile.TemporaryDirectory() as folder:
        crops = write_crops(plan.pages[RECEIPTS], Path(folder), count=count, seed=2, longest=640)
        for name in plan.soak_readers:
            if name in done:
                continue
            plan.tell(f"soak: {name}, {count} crops")
            with processes([name], THROUGHPUT_THREADS, plan.logs) as (process,):
                answers = [process.ask({"image": str(crop)}) for crop in crops]
            memory = [round(answer.get("rss_mb", 0.0), 1) for answer in answers]
            errors = sum("error" in answer for answer in answers)
            record = {"reader": name, "threads": THROUGHPUT_THREADS, "reads": count, "first": first, "errors": errors}
            keep(path, {**record, "rss_mb": memory, "cpu_s": sum(answer.get("cpu_s", 0.0) for answer in answers)})


STAGES: dict[str, Callable[[Plan], None]] = {
    "pages": measure_pages,
    "throughput": measure_throughput,
    "cold": measure_cold,
    "soak": measure_soak,
}
