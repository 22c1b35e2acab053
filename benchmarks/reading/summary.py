"""From raw readings to the report: every figure of every reader, comparisons with its peer, and the bars."""

from __future__ import annotations

import json
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.reading import score
from benchmarks.reading.bars import MEMORY_SIZES, PEERS, bars
from benchmarks.reading.data import RECEIPTS, TruthPage
from benchmarks.reading.intervals import difference_interval, figure_interval, ratio_of_sums
from benchmarks.reading.measure import STAGES, Record, records

Tree = dict[str, Any]


def summarise(raw: Path, pages: Mapping[str, Sequence[TruthPage]]) -> Tree:
    """The report of the raw folder: machine, data, readers, comparisons, bars."""
    files = {stage: records(raw / f"{stage}.jsonl") for stage in STAGES}
    names = sorted({row["reader"] for file in files.values() for row in file})
    read = files["pages"]
    tallies = accuracy_tallies(read, pages)
    sizes = {(name, page.name): page.size for name in pages for page in pages[name]}
    parts = {
        "precision": {row["reader"]: row["precision"] for row in read},
        "speed": speed(read),
        "memory": memory(read, sizes),
        "throughput": throughput(files["throughput"]),
        "cold": cold(files["cold"]),
        "soak": soak(files["soak"]),
        "accuracy": accuracy(tallies),
        "errors": errors(row for file in files.values() for row in file),
    }
    readers = {name: {part: parts[part][name] for part in parts if name in parts[part]} for name in names}
    compared = {
        name: {**compare_speed(read, name, peer), **compare_accuracy(tallies, name, peer)}
        for name, peer in PEERS.items()
        if name in readers and peer in readers
    }
    machine = json.loads((raw / "machine.json").read_text(encoding="utf-8"))
    data = {name: len(pages[name]) for name in pages}
    return {**machine, "data": data, "readers": readers, "compared": compared, "bars": bars(readers, compared)}


def costs(read: Iterable[Record], name: str, threads: int, number: int) -> dict[str, dict[str, Record]]:
    """The readings of a set in one pass, by reader and page, without those that failed."""
    found: dict[str, dict[str, Record]] = defaultdict(dict)
    for row in read:
        if (row["set"], row["threads"], row["pass"]) == (name, threads, number) and "error" not in row:
            found[row["reader"]][row["page"]] = row
    return found


def kinds(read: Iterable[Record]) -> list[tuple[str, int, int]]:
    """The sets, thread numbers and passes that were read."""
    return sorted({(row["set"], row["threads"], row["pass"]) for row in read})


def kind_name(name: str, threads: int, number: int) -> str:
    """What the report calls a pass: sizes are new to the reader in the first, warm after it."""
    return f"{name}, {threads} thread{'s' if threads > 1 else ''}, {'new' if number == 1 else 'warm'}"


def speed(read: list[Record]) -> dict[str, Tree]:
    """Mean CPU and wall seconds per page, by reader and kind."""
    found: dict[str, Tree] = defaultdict(dict)
    for kind in kinds(read):
        for reader, rows in costs(read, *kind).items():
            cpu, wall = ([row[key] for row in rows.values()] for key in ("cpu_s", "wall_s"))
            found[reader][kind_name(*kind)] = {
                "pages": len(rows),
                "cpu_s": statistics.fmean(cpu),
                "wall_s": statistics.fmean(wall),
                "wall_median_s": statistics.median(wall),
            }
    return found


def memory(read: list[Record], sizes: Mapping[tuple[str, str], tuple[int, int]]) -> dict[str, Tree]:
    """Peak memory of the process that met most page sizes, when it had met MEMORY_SIZES of them."""
    by_process: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for row in read:
        if row["threads"] == 1 and "error" not in row:
            by_process[row["reader"], row["process"]].append(row)
    found: dict[str, Tree] = {}
    for (reader, _), rows in by_process.items():
        seen: set[tuple[int, int]] = set()
        for row in rows:
            seen.add(sizes[row["set"], row["page"]])
            if len(seen) >= MEMORY_SIZES:
                break
        if reader not in found or len(seen) > found[reader]["sizes"]:
            found[reader] = {"sizes": len(seen), "peak_mb": row["peak_mb"], "rss_mb": row["rss_mb"]}
    return found


def throughput(read: list[Record]) -> dict[str, Tree]:
    """Pages per second of wall time over all lists, and of each list."""
    by_reader: dict[str, list[Record]] = defaultdict(list)
    for row in read:
        if "error" not in row:
            by_reader[row["reader"]].append(row)
    return {
        reader: {
            "threads": rows[0]["threads"],
            "pages": sum(row["count"] for row in rows),
            "pages_per_s": sum(row["count"] for row in rows) / sum(row["wall_s"] for row in rows),
            "cpu_s_per_page": sum(row["cpu_s"] for row in rows) / sum(row["count"] for row in rows),
            "lists": {str(row["first"]): row["count"] / row["wall_s"] for row in rows},
            "peak_mb": max(row["peak_mb"] for row in rows),
        }
        for reader, rows in by_reader.items()
    }


def cold(read: list[Record]) -> dict[str, Tree]:
    """Median seconds from the start of a process to its first result, by thread number."""
    found: dict[str, dict[str, list[Record]]] = defaultdict(lambda: defaultdict(list))
    for row in read:
        if "error" not in row:
            found[row["reader"]][str(row["threads"])].append(row)
    report: dict[str, Tree] = {}
    for reader, by_threads in found.items():
        report[reader] = {}
        for threads, rows in by_threads.items():
            # The first start fills the caches; it counts only where it is the only one.
            kept = [row["cold_s"] for row in rows if row["repeat"] > 0] or [row["cold_s"] for row in rows]
            report[reader][threads] = {"starts": len(kept), "median_s": statistics.median(kept), "all_s": kept}
    return report


def soak(read: list[Record]) -> dict[str, Tree]:
    """Memory after the first and after the last reads of a long-lived process."""
    return {
        row["reader"]: {
            "reads": row["reads"],
            "first": row["first"],
            "first_mb": row["rss_mb"][row["first"] - 1],
            "last_mb": row["rss_mb"][-1],
            "largest_mb": max(row["rss_mb"]),
            "growth_mb": row["rss_mb"][-1] - row["rss_mb"][row["first"] - 1],
            "cpu_s_per_read": row["cpu_s"] / row["reads"],
            "errors": row["errors"],
        }
        for row in read
    }


def errors(read: Iterable[Record]) -> dict[str, list[str]]:
    """What went wrong, reading by reading, for the readers that failed."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in read:
        if "error" in row:
            found[row["reader"]].append(f"{row.get('page', 'a list of pages')}: {row['error']}")
    return found


Tallies = dict[str, dict[str, dict[str, score.Tally]]]


def accuracy_tallies(read: list[Record], pages: Mapping[str, Sequence[TruthPage]]) -> Tallies:
    """The tally of each page by set, reader and page; a page whose reading failed counts as read empty."""
    found: Tallies = defaultdict(lambda: defaultdict(dict))
    truth = {(name, page.name): page for name in pages for page in pages[name]}
    for row in read:
        reader = found[row["set"]][row["reader"]]
        # The first reading counts: one thread, first pass.
        if row["page"] not in reader and (row["set"], row["page"]) in truth:
            reader[row["page"]] = score.tally(truth[row["set"], row["page"]], row.get("lines", []))
    return found


def figures_of(name: str) -> dict[str, score.Figure]:
    """The accuracy figures of a set."""
    return score.RECEIPT_FIGURES if name == RECEIPTS else score.DOCUMENT_FIGURES


def accuracy(tallies: Tallies) -> dict[str, Tree]:
    """Every accuracy figure with its interval, by reader and set."""
    found: dict[str, Tree] = defaultdict(dict)
    for name, by_reader in tallies.items():
        for reader, by_page in by_reader.items():
            counts = list(by_page.values())
            found[reader][name] = {
                key: {"value": figure(score.total(counts)), "interval": figure_interval(figure, counts)}
                for key, figure in figures_of(name).items()
            }
    return found


def compare_accuracy(tallies: Tallies, reader: str, peer: str) -> Tree:
    """Differences to the peer on the pages that both read, with intervals."""
    found: Tree = {}
    for name, by_reader in tallies.items():
        shared = [page for page in by_reader[reader] if page in by_reader[peer]]
        if shared:
            one, other = ([by_reader[each][page] for page in shared] for each in (reader, peer))
            found[f"accuracy, {name}"] = {
                key: {
                    "value": figure(score.total(one)) - figure(score.total(other)),
                    "interval": difference_interval(figure, one, other),
                }
                for key, figure in figures_of(name).items()
            }
    return found


def compare_speed(read: list[Record], reader: str, peer: str) -> Tree:
    """Ratios of CPU and wall time to the peer on the pages that both read, with intervals."""
    found: Tree = {}
    for kind in kinds(read):
        rows = costs(read, *kind)
        shared = [page for page in rows[reader] if page in rows[peer]]
        if shared:
            found[f"speed, {kind_name(*kind)}"] = {
                key: dict(
                    zip(
                        ("value", "interval"),
                        ratio_of_sums(*([rows[each][page][key] for page in shared] for each in (reader, peer))),
                        strict=True,
                    )
                )
                for key in ("cpu_s", "wall_s")
            }
    return found
