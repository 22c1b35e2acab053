"""The way from raw readings to figures and bars, on readings that can be counted by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.reading.bars import MEMORY, row
from benchmarks.reading.data import DOCUMENTS, RECEIPTS, TruthLine, TruthPage
from benchmarks.reading.intervals import difference_interval, ratio_of_sums
from benchmarks.reading.score import one_ned
from benchmarks.reading.summary import summarise
from benchmarks.reading.table import markdown

MUNJA, PEER = "munja-openvino-bf16", "rapidocr-openvino-default"
QUAD = [[0.0, 0.0], [90.0, 0.0], [90.0, 20.0], [0.0, 20.0]]


def page(name: str, size: tuple[int, int]) -> TruthPage:
    return TruthPage(name, Path(name), size, "SUB TOTAL", (TruthLine("SUB TOTAL", QUAD, False),))


def reading(reader: str, name: str, text: str, cpu_s: float, **changed: Any) -> dict[str, Any]:
    lines = [{"text": text, "quad": QUAD, "score": 1.0}]
    record = {"reader": reader, "precision": "bf16", "process": reader, "threads": 1, "set": RECEIPTS, "pass": 1}
    costs = {"cpu_s": cpu_s, "wall_s": cpu_s, "rss_mb": 90.0, "peak_mb": 100 * cpu_s}
    return {**record, "page": name, "lines": lines, **costs, **changed}


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(each) + "\n" for each in rows), encoding="utf-8")


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    about = {"processor": "p", "cores": 2, "memory_gb": 8, "system": "s", "python": "3", "load_at_start": 0.0}
    head = {"date": "2026-01-02", "machine": about, "versions": {"munja": "0"}, "limited": None}
    (tmp_path / "machine.json").write_text(json.dumps(head), encoding="utf-8")
    rows = [
        reading(PEER, "a", "subtotal", 2.0),
        reading(MUNJA, "a", "sub total", 1.0),
        reading(PEER, "b", "sub total", 6.0),
        reading(MUNJA, "b", "sub total", 2.0),
    ]
    write(tmp_path / "pages.jsonl", rows)
    lists = [
        {"reader": reader, "threads": 2, "first": 0, "count": 2, "wall_s": wall, "cpu_s": 4.0, "peak_mb": 1.0}
        for reader, wall in ((PEER, 4.0), (MUNJA, 1.0))
    ]
    write(tmp_path / "throughput.jsonl", lists)
    starts = [
        {"reader": reader, "threads": 1, "repeat": repeat, "page": "a", "cold_s": seconds, "cpu_s": 1.0}
        for reader, times in ((PEER, (9.0, 2.0, 4.0, 3.0)), (MUNJA, (9.0, 1.5, 1.0, 5.0)))
        for repeat, seconds in enumerate(times)
    ]
    write(tmp_path / "cold.jsonl", starts)
    memory = [300.0] * 200 + [310.0] * 1799 + [325.0]
    soaked = {"reader": MUNJA, "threads": 2, "reads": 2000, "first": 200, "errors": 0, "rss_mb": memory, "cpu_s": 10.0}
    write(tmp_path / "soak.jsonl", [soaked])
    return tmp_path


PAGES = {RECEIPTS: [page("a", (100, 200)), page("b", (100, 300))], DOCUMENTS: []}


def test_a_report_holds_every_figure_as_counted_by_hand(raw: Path) -> None:
    report = summarise(raw, PAGES)
    munja, peer = (report["readers"][name] for name in (MUNJA, PEER))
    assert munja["speed"][f"{RECEIPTS}, 1 thread, new"]["cpu_s"] == 1.5
    assert peer["speed"][f"{RECEIPTS}, 1 thread, new"]["cpu_s"] == 4.0
    assert munja["memory"] == {"sizes": 2, "peak_mb": 200.0, "rss_mb": 90.0}
    assert munja["throughput"]["pages_per_s"] == 2.0
    assert munja["cold"]["1"]["median_s"] == 1.5  # of 1.5, 1.0 and 5.0: the first start only fills the caches
    assert munja["soak"]["growth_mb"] == 25.0
    assert munja["accuracy"][RECEIPTS]["words_f1"]["value"] == 100
    # Page a: one token read of two true ones, none right. Page b: two of two.
    assert peer["accuracy"][RECEIPTS]["words_f1"]["value"] == pytest.approx(100 * 2 * 2 / (4 + 3))
    assert peer["accuracy"][RECEIPTS]["one_ned"]["value"] == pytest.approx(100 * (8 / 9 + 1) / 2)


def test_bars_compare_with_the_peer_of_the_same_engine(raw: Path) -> None:
    found = {(bar["figure"].split(",")[0], bar["reader"]): bar for bar in summarise(raw, PAGES)["bars"]}
    assert found["CPU s per receipt", MUNJA]["measured"] == 3 / 8
    assert found["CPU s per receipt", MUNJA]["reached"]
    assert found["pages/s", MUNJA]["measured"] == 4
    assert found["pages/s", MUNJA]["moonshot_reached"]
    assert found["cold start", MUNJA]["measured"] == 0.5
    assert not found["memory after 2", MUNJA]["reached"]
    assert found["receipts: CLEval end-to-end H", MUNJA]["measured"] == 0


def test_a_bar_is_reached_at_its_own_value_and_missed_above_it() -> None:
    assert row(MEMORY, MUNJA, None, 500.0)["reached"]
    assert not row(MEMORY, MUNJA, None, 500.1)["reached"]
    assert not row(MEMORY, MUNJA, None, 300.1)["moonshot_reached"]


def test_what_was_measured_in_part_reaches_no_bar(raw: Path) -> None:
    report = summarise(raw, PAGES)
    memory = next(bar for bar in report["bars"] if bar["figure"] == MEMORY.figure)
    assert memory["measured"] == 200.0
    assert not memory["reached"]
    assert "| 200 | measured in part |" in markdown(report)


def test_a_failed_reading_counts_as_empty_and_is_shown(raw: Path) -> None:
    rows = [json.loads(each) for each in (raw / "pages.jsonl").read_text(encoding="utf-8").split("\n") if each]
    failed = {key: rows[0][key] for key in ("reader", "precision", "process", "threads", "set", "pass", "page")}
    write(raw / "pages.jsonl", [{**failed, "error": "ValueError: broken"}, *rows[1:]])
    report = summarise(raw, PAGES)
    assert report["readers"][PEER]["errors"] == ["a: ValueError: broken"]
    assert report["readers"][PEER]["accuracy"][RECEIPTS]["one_ned"]["value"] == 50
    assert "ValueError: broken" in markdown(report)


def test_the_second_pass_is_called_warm_and_does_not_change_the_accuracy(raw: Path) -> None:
    rows = [json.loads(each) for each in (raw / "pages.jsonl").read_text(encoding="utf-8").split("\n") if each]
    again = [reading(MUNJA, "a", "nonsense", 0.5, **{"pass": 2})]
    write(raw / "pages.jsonl", rows + again)
    munja = summarise(raw, PAGES)["readers"][MUNJA]
    assert munja["speed"][f"{RECEIPTS}, 1 thread, warm"]["cpu_s"] == 0.5
    assert munja["accuracy"][RECEIPTS]["words_f1"]["value"] == 100


def test_the_table_shows_bars_with_their_verdict(raw: Path) -> None:
    table = markdown(summarise(raw, PAGES), "A remark of a person.")
    memory = next(line for line in table.splitlines() if line.startswith("| memory after 2,000"))
    assert memory.endswith("| munja-openvino-bf16 | <= 20 |  | 25 | no, by 5 |")
    assert "A remark of a person." in table
    assert "2026-01-02" in table


def test_a_ratio_is_of_sums_and_a_constant_ratio_has_no_width() -> None:
    value, (low, high) = ratio_of_sums([1, 2, 3, 4], [2, 4, 6, 8])
    assert value == low == high == 0.5
    value, (low, high) = ratio_of_sums([1, 9], [1, 1])
    assert value == 5
    assert (low, high) == (1, 9)


def test_the_interval_of_a_difference_pairs_the_pages() -> None:
    # Both readers swing from page to page, but their difference is 1/4 of a hit per page everywhere.
    one = [{"text/similarity": hit + 0.25, "text/pages": 1.0} for hit in (0.1, 0.7, 0.3, 0.5)]
    other = [{"text/similarity": hit, "text/pages": 1.0} for hit in (0.1, 0.7, 0.3, 0.5)]
    low, high = difference_interval(one_ned, one, other)
    assert low == pytest.approx(25)
    assert high == pytest.approx(25)
