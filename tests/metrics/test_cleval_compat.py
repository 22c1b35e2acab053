"""CLEval as published: the counters of the package, page by page, and the sums of its own test set."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from munja.core.page import Line, Page
from munja.metrics import cleval, corpus, figures
from munja.metrics.record import PageResult

REFERENCE = Path(__file__).with_name("cleval_reference.json")  # written by `python -m benchmarks.metrics reference`
VECTORS = Path(__file__).parents[3] / "shared" / "data" / "cleval_vectors"
PUBLISHED = {
    "detection_truth": ("det", "num_char_gt"),
    "detection_predicted": ("det", "num_char_det"),
    "detection_found": ("det", "num_char_tp_recall"),
    "detection_false": ("det", "num_char_fp"),
    "end_to_end_truth": ("e2e", "num_char_gt"),
    "end_to_end_predicted": ("e2e", "num_char_det"),
    "end_to_end_found": ("e2e", "num_char_tp_recall"),
}


def page_of(rows: list[Any]) -> Page:
    return Page(1280, 720, tuple(Line(text, tuple(zip(row[::2], row[1::2], strict=True))) for row, text in rows))


def reference() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return rows


def compare(row: dict[str, Any]) -> PageResult:
    truth, prediction = page_of(row["truth"]), page_of(row["prediction"])
    return cleval.compare(truth, prediction, mode="compat", level="line", case_sensitive=row["case_sensitive"])


def test_every_counter_and_ratio_of_the_package_is_met_on_every_disturbed_page() -> None:
    rows = reference()
    assert len(rows) == 80
    for number, row in enumerate(rows):
        result = compare(row)
        wanted = {name: row[part][counter] for name, (part, counter) in PUBLISHED.items()}
        wanted |= {"splits": row["num_splitted"], "merges": row["num_merged"], "overlapped": row["num_char_overlapped"]}
        wanted |= {
            "split_penalty": row["det"]["gran_score_recall"],
            "merge_penalty": row["det"]["gran_score_precision"],
        }
        wanted |= {"orientation_total": row["num_ori_total"]}
        assert {name: result.counts[name] for name in wanted} == wanted, f"page {number}"
        found = figures(result)
        for ours, theirs in (("detection", "det"), ("end_to_end", "e2e")):
            for figure in ("recall", "precision", "hmean"):
                assert found[f"{ours}_{figure}"] == pytest.approx(row[theirs][figure], abs=1e-12), f"page {number}"


def test_the_disturbed_pages_hold_every_case_that_counts() -> None:
    sums = corpus([compare(row) for row in reference() if row["case_sensitive"]]).counts
    for name in ("splits", "merges", "overlapped", "detection_false", "split_penalty", "merge_penalty"):
        assert sums[name] > 10, name


def test_ranges_of_text_height_agree_with_the_package() -> None:
    rows = [row for row in reference() if "scales" in row]
    assert len(rows) == 8
    for row in rows:
        pages = page_of(row["truth"]), page_of(row["prediction"])
        results = cleval.compare_by_scale(*pages, mode="compat", level="line", case_sensitive=True)
        for (low, high), result in zip(cleval.SCALE_BINS, results, strict=True):
            names = ("detection_truth", "detection_predicted", "detection_found", "end_to_end_found")
            assert [result.counts[name] for name in names] == row["scales"][f"{low}-{high}"]


def test_the_costs_of_the_boxes_add_up_to_what_the_score_lost() -> None:
    for row in reference():
        result = compare(row)
        counts = result.counts
        lost = {
            "truth": counts["end_to_end_truth"] - counts["end_to_end_found"] + counts["split_penalty"],
            "prediction": counts["end_to_end_predicted"] - counts["end_to_end_found"] + counts["merge_penalty"],
        }
        assert sum(box.cost for box in result.truth) == lost["truth"]
        assert sum(box.cost for box in result.prediction) == lost["prediction"]
        detection = counts["detection_truth"] - counts["detection_found"] + counts["split_penalty"]
        assert sum(box.detection_cost for box in result.truth) == detection


def test_polygons_that_the_published_code_cannot_take_are_compared() -> None:
    arc = ((0, 20), (40, 0), (80, 0), (120, 20), (120, 50), (80, 30), (40, 30), (0, 50))
    page = Page(200, 100, (Line("curved", arc),))
    assert figures(cleval.compare(page, page, mode="compat", level="line"))["end_to_end_hmean"] == 1.0


def icdar_pages(archive: Path) -> Iterator[tuple[str, Page]]:
    """Pages of a zip of ICDAR text files: eight coordinates and a text, which may stand in quotes."""
    with zipfile.ZipFile(io.BytesIO(archive.read_bytes())) as files:
        for name in files.namelist():
            lines = []
            for row in files.read(name).decode("utf-8-sig").split("\n"):
                if row := row.strip("\r"):
                    *numbers, text = row.split(",", 8)
                    points = [float(number) for number in numbers]
                    quoted = re.fullmatch(r'\s*"(.*)"\s*', text)
                    text = quoted[1].replace("\\\\", "\\").replace('\\"', '"') if quoted else text
                    lines.append(Line(text, tuple(zip(points[::2], points[1::2], strict=True))))
            yield name.removeprefix("gt_"), Page(0, 0, tuple(lines), source=name)


def test_the_published_test_set_gives_the_published_figures_where_it_is_present() -> None:
    names = ["eval_doc_v1_kr"] if VECTORS.is_dir() else []
    for name in names:
        truth = dict(icdar_pages(VECTORS / f"gt_{name}.zip"))
        prediction = dict(icdar_pages(VECTORS / f"res_{name}.zip"))
        results = [
            cleval.compare(page, prediction.get(key, Page(0, 0)), mode="compat", level="line", case_sensitive=True)
            for key, page in truth.items()
        ]
        found = corpus(results, samples=10).figures
        assert found["detection_hmean"].value == pytest.approx(0.977989360950786, abs=1e-12)
        assert found["end_to_end_hmean"].value == pytest.approx(0.9165773847119407, abs=1e-12)
        itself = corpus([cleval.compare(page, page, level="line") for page in truth.values()], samples=10).figures
        assert {figure.value for figure in itself.values()} == {1.0}
