"""The report as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.reading.bars import REFERENCE
from benchmarks.reading.data import DOCUMENTS, RECEIPTS

Tree = dict[str, Any]

NAMES = {
    "cleval_end_to_end": "CLEval end-to-end H",
    "cleval_detection": "CLEval detection H",
    "words_f1": "bag-of-words F1",
    "one_ned": "1-NED",
    "cer": "CER",
    "cer_without_spaces": "CER without spaces",
}
DEFINITIONS = """\
- All readers take turns page by page, each in its own process, one page at a time; so what disturbs the machine
  disturbs all of them. CPU seconds are those of the whole process, decoding of the picture included.
- *new*: the reader meets the page's size for the first time; *warm*: the same pages once more in the same process.
- Ratios are ratios of sums over the same pages; brackets hold the middle 95 % of 2,000 resamplings of the pages (for
  pages/s, the lowest and highest of the lists).
- *precision* is what the networks really computed in; OpenVINO chooses bf16 by itself on some processors.
- Memory is resident memory in MB of 10^6 bytes. Cold start runs from the start of the process to the first result of
  one receipt with the median number of lines, file caches warm.
- Bag of words: white-space tokens as a multiset per page, NFC, casefolded, punctuation kept, summed over all pages.
  1-NED: per page, of the whole page text in the reader's own order. CER: over all pages, in the reader's own order.
  Receipts are compared without case, documents with it. CLEval ignores case and spaces.
- `benchmarks/reading/score.py` holds the definitions, `benchmarks/README.md` how to run this.
"""


def markdown(report: Tree, notes: str = "") -> str:
    """The report as a page of Markdown; `notes` are sentences of a person, set below the bars."""
    parts = [
        "# Benchmarks",
        "Made by `python -m benchmarks.reading`; do not edit by hand.",
        _machine(report),
        "## Bars",
        _bars(report["bars"]),
        notes.strip(),
        "## Speed and memory",
        _speed(report["readers"]),
        _process(report["readers"]),
        "## Accuracy",
        _accuracy(report, RECEIPTS, "receipts, line boxes and text"),
        _accuracy(report, DOCUMENTS, "documents, page text"),
        _failures(report["readers"]),
        "## How it was measured",
        DEFINITIONS.strip(),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the first column is text, the others are figures."""
    body = [f"| {' | '.join(row)} |" for row in rows]
    if not body:
        return ""
    return "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *body])


def _machine(report: Tree) -> str:
    machine, versions = report["machine"], report["versions"]
    pages = ", ".join(f"{count} pages of {name}" for name, count in report["data"].items())
    packages = ", ".join(f"{name} {number}" for name, number in versions.items())
    limited = " **A trial run on the smallest pages only: not the benchmark.**" if report.get("limited") else ""
    return (
        f"{report['date']}, {machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB, "
        f"{machine['system']}, Python {machine['python']}; load at the start {machine['load_at_start']}. "
        f"{pages}.{limited}\n\n{packages}."
    )


def _number(value: float, unit: str) -> str:
    digits = {"times": 2, "points": 1, "%": 1, "MB": 0, "s": 2}[unit]
    sign = "+" if unit == "points" else ""
    return f"{value:{sign}.{digits}f}"


def _bars(found: Sequence[Tree]) -> str:
    rows = []
    for bar in found:
        unit = bar["unit"]
        measured = _number(bar["measured"], unit)
        if bar["interval"]:
            low, high = bar["interval"]
            measured += f" [{_number(low, unit)}, {_number(high, unit)}]"
        side = "<=" if bar["below"] else ">="
        moonshot = "" if bar["moonshot"] is None else _number(bar["moonshot"], unit)
        missed = _number(abs(bar["measured"] - bar["bar"]), unit).removeprefix("+")
        verdict = "moonshot" if bar["moonshot_reached"] else "yes" if bar["reached"] else f"no, by {missed}"
        if not bar["complete"]:
            verdict = "measured in part"
        figure = f"{bar['figure']} ({bar['case']})" if bar["case"] else bar["figure"]
        rows.append([figure, bar["reader"], f"{side} {_number(bar['bar'], unit)}", moonshot, measured, verdict])
    return grid(["figure", "reader", "bar", "moonshot", "measured", "reached"], rows)


def _speed(readers: Tree) -> str:
    kinds = list(dict.fromkeys(kind for reader in readers.values() for kind in reader.get("speed", {})))
    rows = []
    for kind in kinds:
        reference = readers.get(REFERENCE, {}).get("speed", {}).get(kind)
        for name, reader in readers.items():
            if kind in reader.get("speed", {}):
                cost = reader["speed"][kind]
                ratio = f"{cost['cpu_s'] / reference['cpu_s']:.2f}" if reference else ""
                seconds = [f"{cost[key]:.2f}" for key in ("cpu_s", "wall_s", "wall_median_s")]
                rows.append([kind, name, reader.get("precision", ""), *seconds, ratio])
    head = ["pages", "reader", "precision", "CPU s/page", "wall s/page", "median wall s", f"CPU over {REFERENCE}"]
    return grid(head, rows)


def _process(readers: Tree) -> str:
    rows = []
    for name, reader in readers.items():
        memory, through, soak = (reader.get(part, {}) for part in ("memory", "throughput", "soak"))
        starts = [f"{cold['median_s']:.2f} s at {threads}" for threads, cold in reader.get("cold", {}).items()]
        rows.append(
            [
                name,
                f"{through['pages_per_s']:.2f}" if through else "",
                f"{through['cpu_s_per_page']:.2f}" if through else "",
                ", ".join(starts),
                f"{memory['peak_mb']:.0f} ({memory['sizes']} sizes)" if memory else "",
                f"{soak['first_mb']:.0f}, {soak['last_mb']:.0f} of {soak['reads']}" if soak else "",
            ]
        )
    head = ["reader", "receipts/s, 2 threads", "CPU s/page there", "cold start, by threads", "peak MB, 1 thread"]
    return grid([*head, "MB after the first tenth of the crops and after all"], rows)


def _accuracy(report: Tree, name: str, title: str) -> str:
    found = {
        reader: tree["accuracy"][name] for reader, tree in report["readers"].items() if name in tree.get("accuracy", {})
    }
    if not found:
        return ""
    figures = list(next(iter(found.values())))
    rows = [
        [
            reader,
            *(
                f"{own[key]['value']:.1f} [{own[key]['interval'][0]:.1f}, {own[key]['interval'][1]:.1f}]"
                for key in figures
            ),
        ]
        for reader, own in found.items()
    ]
    return f"`{name}`: {title}; percent.\n\n" + grid(["reader", *(NAMES[key] for key in figures)], rows)


def _failures(readers: Tree) -> str:
    rows = [f"- {name}: {failure}" for name, reader in readers.items() for failure in reader.get("errors", [])]
    return "Readings that failed; they count as read empty:\n\n" + "\n".join(rows) if rows else ""
