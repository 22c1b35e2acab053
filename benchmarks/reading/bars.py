"""What Munja wants to reach, and whether a report reaches it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.reading.data import DOCUMENTS, RECEIPTS
from benchmarks.reading.measure import SOAK_READS

# Each Munja reader is held against RapidOCR with the same weights, engine and precision.
PEERS = {
    "munja-onnxruntime-f32": "rapidocr-onnxruntime-f32",
    "munja-openvino-f32": "rapidocr-openvino-f32",
    "munja-openvino-bf16": "rapidocr-openvino-default",
}
REFERENCE = "rapidocr-openvino-default"
OWN, CLASSIC = "munja-own-int8", "tesseract"  # Munja with the models of its package
MEMORY_SIZES = 40
Tree = dict[str, Any]


@dataclass(frozen=True)
class Bar:
    """One wanted figure: at most `bar` if `below`, else at least `bar`; `moonshot` is the dream."""

    figure: str
    unit: str
    bar: float
    moonshot: float | None
    below: bool

    def met_by(self, measured: float, wanted: float) -> bool:
        """Whether `measured` is at least as good as `wanted`."""
        return measured <= wanted if self.below else measured >= wanted


CPU_OPENVINO = Bar("CPU s per receipt, 1 thread, OpenVINO, over RapidOCR", "times", 0.5, 0.3, True)
CPU_ONNXRUNTIME = Bar("CPU s per receipt, 1 thread, ONNX Runtime, over RapidOCR", "times", 0.5, 0.3, True)
PAGES_PER_S = Bar("pages/s, 2 threads, over RapidOCR/OpenVINO", "times", 2.0, 4.0, False)
COLD = Bar("cold start, over RapidOCR/OpenVINO", "times", 0.6, 0.3, True)
MEMORY = Bar("peak memory after 40 pages of different sizes", "MB", 500.0, 300.0, True)
END_TO_END = Bar("receipts: CLEval end-to-end H, over RapidOCR", "points", -0.2, 0.5, False)
WORDS = Bar("receipts: bag-of-words F1, over RapidOCR", "points", 4.0, 8.0, False)
ONE_NED = Bar("receipts: 1-NED of the page text, over RapidOCR", "points", 4.0, 7.0, False)
# What Munja's own models shall reach; RapidOCR is taken as it chooses its precision.
OWN_FIGURES = (
    (RECEIPTS, "cleval_end_to_end", Bar("receipts: CLEval end-to-end H", "%", 95.0, 98.5, False)),
    (RECEIPTS, "words_f1", Bar("receipts: bag-of-words F1", "%", 88.0, 95.0, False)),
    (DOCUMENTS, "words_f1", Bar("documents: bag-of-words F1", "%", 95.0, 98.0, False)),
)
OWN_CPU = (
    (REFERENCE, Bar("CPU s per receipt, 1 thread, over RapidOCR/OpenVINO", "times", 0.25, 0.1, True)),
    (
        "rapidocr-openvino-f32",
        Bar("CPU s per receipt, 1 thread, over RapidOCR/OpenVINO in f32", "times", 0.25, 0.1, True),
    ),
    (CLASSIC, Bar("CPU s per receipt, 1 thread, over tesserocr", "times", 0.6, 0.25, True)),
)
OWN_COLD = Bar("cold start to first text", "s", 0.6, 0.3, True)
OWN_MEMORY = Bar("peak memory after 40 pages of different sizes", "MB", 300.0, 150.0, True)
SOAK = Bar("memory after 2,000 reads of mixed sizes, over that after 200", "MB", 20.0, None, True)


def row(
    bar: Bar,
    reader: str,
    peer: str | None,
    measured: float,
    *,
    case: str = "",
    interval: Any = None,
    complete: bool = True,
) -> Tree:
    """One line of the list of bars; without the whole measurement (`complete`) nothing is called reached."""
    return {
        "figure": bar.figure,
        "case": case,
        "reader": reader,
        "peer": peer,
        "unit": bar.unit,
        "bar": bar.bar,
        "moonshot": bar.moonshot,
        "below": bar.below,
        "measured": measured,
        "interval": interval,
        "complete": complete,
        "reached": complete and bar.met_by(measured, bar.bar),
        "moonshot_reached": complete and bar.moonshot is not None and bar.met_by(measured, bar.moonshot),
    }


def bars(readers: Tree, compared: Tree) -> list[Tree]:
    """Every bar for every Munja reader that was measured, in the order of the wanted figures."""
    return [
        *_own(readers),
        *_cpu(compared),
        *_throughput(readers),
        *_cold(readers),
        *_memory(readers),
        *_accuracy(compared),
        *_soak(readers),
    ]


def _own(readers: Tree) -> Iterator[Tree]:
    """The bars of Munja with the models of its package."""
    own = readers.get(OWN, {})
    for name, key, bar in OWN_FIGURES:
        if found := own.get("accuracy", {}).get(name):
            yield row(bar, OWN, None, found[key]["value"], interval=found[key]["interval"])
    kind = f"{RECEIPTS}, 1 thread, new"
    for peer, bar in OWN_CPU:
        costs = [reader.get("speed", {}).get(kind) for reader in (own, readers.get(peer, {}))]
        if all(costs):
            yield row(bar, OWN, peer, costs[0]["cpu_s"] / costs[1]["cpu_s"])
    for threads, found in own.get("cold", {}).items():
        yield row(OWN_COLD, OWN, None, found["median_s"], case=f"{threads} thread{'s' if threads != '1' else ''}")
    if found := own.get("memory"):
        sizes = found["sizes"]
        yield row(OWN_MEMORY, OWN, None, found["peak_mb"], case=f"{sizes} sizes", complete=sizes >= MEMORY_SIZES)


def _cpu(compared: Tree) -> Iterator[Tree]:
    for bar, engine in ((CPU_OPENVINO, "openvino"), (CPU_ONNXRUNTIME, "onnxruntime")):
        for name, against in compared.items():
            for case, words in (("new", "sizes new to both"), ("warm", "sizes met before")):
                found = against.get(f"speed, {RECEIPTS}, 1 thread, {case}")
                if engine in name and found:
                    ratio = found["cpu_s"]
                    yield row(bar, name, PEERS[name], ratio["value"], case=words, interval=ratio["interval"])


def _throughput(readers: Tree) -> Iterator[Tree]:
    reference = readers.get(REFERENCE, {}).get("throughput")
    for name in PEERS:
        own = readers.get(name, {}).get("throughput")
        if reference and own:
            lists = [own["lists"][key] / reference["lists"][key] for key in own["lists"] if key in reference["lists"]]
            ratio = own["pages_per_s"] / reference["pages_per_s"]
            yield row(PAGES_PER_S, name, REFERENCE, ratio, interval=(min(lists), max(lists)) if lists else None)


def _cold(readers: Tree) -> Iterator[Tree]:
    reference = readers.get(REFERENCE, {}).get("cold", {})
    for name in PEERS:
        for threads, own in readers.get(name, {}).get("cold", {}).items():
            if threads in reference:
                ratio = own["median_s"] / reference[threads]["median_s"]
                yield row(COLD, name, REFERENCE, ratio, case=f"{threads} thread{'s' if threads != '1' else ''}")


def _memory(readers: Tree) -> Iterator[Tree]:
    for name in PEERS:
        if found := readers.get(name, {}).get("memory"):
            sizes = found["sizes"]
            yield row(MEMORY, name, None, found["peak_mb"], case=f"{sizes} sizes", complete=sizes >= MEMORY_SIZES)


def _soak(readers: Tree) -> Iterator[Tree]:
    for name, reader in readers.items():
        if found := reader.get("soak"):
            reads = found["reads"]
            yield row(SOAK, name, None, found["growth_mb"], case=f"{reads} reads", complete=reads >= SOAK_READS)


def _accuracy(compared: Tree) -> Iterator[Tree]:
    for bar, key in ((END_TO_END, "cleval_end_to_end"), (WORDS, "words_f1"), (ONE_NED, "one_ned")):
        for name, against in compared.items():
            found = against.get(f"accuracy, {RECEIPTS}")
            if found:
                yield row(bar, name, PEERS[name], found[key]["value"], interval=found[key]["interval"])
