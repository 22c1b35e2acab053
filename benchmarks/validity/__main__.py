"""Where metrics of detection and reading disagree: counts, rankings and the strongest single disagreements.

    python -m benchmarks.validity --data FOLDER [--work FOLDER] [--out runs/validity] [--look]

`FOLDER` holds receipts_dev, scene_toy and isri_dev. Three readers read them (munja, rapidocr, tesseract; environment of
benchmarks/reading), unless their readings are in `--work` already. Written are validity.json, and validity.svg: the
boxes of the strongest disagreements without their pictures. `--look` adds cut-outs of the pictures to look at, which
may not be passed on. docs/validity.md tells what came of it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.validity.drawing import cut_out, schematic
from benchmarks.validity.places import FIGURES, Place, amounts, disagreements, records_of, strongest
from munja.evaluate import Options, Reading, opened_truth, read_set
from munja.evaluate.measure import measure
from munja.metrics import corpus, figures
from munja.metrics.corpus import Figure
from munja.metrics.record import PageResult

READERS = {"munja": "munja,models=ppocr,threads=1", "rapidocr": "rapidocr,threads=1", "tesseract": "tesseract"}
BOXED = ("receipts_dev", "scene_toy")
TEXTS = {"isri_dev": "~"}  # sets of text alone, and what is left out


def overall(records: Sequence[Mapping[str, PageResult]]) -> dict[str, Figure]:
    """Every figure of a collection, with its interval."""
    results = {name: corpus([each[name] for each in records]) for name in records[0]}
    return {name: results[metric].figures[figure] for name, (metric, figure) in FIGURES.items()}


def counts(records: Sequence[Mapping[str, PageResult]]) -> dict[str, float]:
    """How often boxes are split and merged, and what the boxes that IoU end-to-end rejects have in fact right."""
    found = dict.fromkeys(("boxes", "split", "merged", "rejected", "rejected but all right"), 0.0)
    for each in records:
        for box, judged in zip(each["cleval.strict"].truth, each["end_to_end"].truth, strict=True):
            if box.kind == "ignored" or judged.kind == "ignored":
                continue
            found["boxes"] += 1
            found["split"] += "split" in box.kinds
            found["merged"] += "merged" in box.kinds
            if judged.kind != "matched":
                found["rejected"] += 1
                found["rejected but all right"] += not {"missed", "wrong characters"} & set(box.kinds)
    return found


def rank_agreement(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Kendall's tau-b: 1 where two figures put all pages in the same order, 0 where they have nothing in common.

    None where one of them is the same on all pages.
    """
    pairs = [
        (np.sign(first[a] - first[b]), np.sign(second[a] - second[b])) for a, b in combinations(range(len(first)), 2)
    ]
    agree = sum(x * y for x, y in pairs)
    ties = [sum(pair[side] != 0 for pair in pairs) for side in (0, 1)]
    return round(float(agree / np.sqrt(ties[0] * ties[1])), 3) if ties[0] and ties[1] else None


def study(data: Path, work: Path, out: Path, look: bool) -> None:
    """Read, measure, compare and write."""
    report: dict[str, Any] = {"figures": {}, "counts": {}, "agreement": {}, "texts": {}}
    found: list[Place] = []
    for name in BOXED:
        with opened_truth(data / name) as truth:
            report["figures"][name], report["counts"][name], report["agreement"][name] = {}, {}, {}
            for reader, spec in READERS.items():
                reading = read_set(spec, truth, work / name, on_page=lambda: None)
                records = [
                    records_of(item.page, reading.pages.get(item.name, replace(item.page, lines=())), truth.level)
                    for item in truth.items
                ]
                report["figures"][name][reader] = {key: str(value) for key, value in overall(records).items()}
                report["counts"][name][reader] = counts(records)
                report["agreement"][name][reader] = agreement(records)
                found += disagreements(name, reader, truth, reading.pages)
    for name, leave_out in TEXTS.items():
        report["texts"][name] = blanks(data / name, work / name, leave_out)
    report["amounts"] = amounts(found)
    chosen = strongest(found)
    report["strongest"] = [
        {
            "number": number + 1, "set": each.set, "reader": each.reader, "page": each.page,
            "truth": len(each.truth), "prediction": len(each.prediction), "characters": each.characters,
            "about": about, "disagreement": round(each.disagreement(about), 1), "values": dict(each.values),
        }
        for number, (about, each) in enumerate(chosen)
    ]  # fmt: skip
    out.mkdir(parents=True, exist_ok=True)
    (out / "validity.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    (out / "validity.svg").write_text(schematic(chosen), encoding="utf-8")
    if look:
        for number, (about, each) in enumerate(chosen):
            with opened_truth(data / each.set) as truth:
                cv2.imwrite(str(out / f"{number + 1:02}.png"), cut_out(each, truth))
            texts = [[box.text for box in side] for side in (each.truth, each.prediction)]
            print(
                number + 1, about, each.set, each.page, each.reader, each.shape, dict(each.values), *texts, sep="\n   "
            )
    print(json.dumps({key: value for key, value in report.items() if key != "strongest"}, indent=1))


def agreement(records: Sequence[Mapping[str, PageResult]]) -> dict[str, float | None]:
    """How much the order of the pages by each figure is that by CLEval end-to-end."""
    values = {
        name: [figures(each[metric])[figure] or 0.0 for each in records] for name, (metric, figure) in FIGURES.items()
    }
    main = values.pop("CLEval end-to-end")
    return {name: rank_agreement(main, row) for name, row in values.items()}


def blanks(data: Path, work: Path, leave_out: str) -> dict[str, dict[str, int]]:
    """On pages of text: how often a blank was read where there is none, or not read."""
    found = {}
    with opened_truth(data) as truth:
        for reader, spec in READERS.items():
            reading: Reading = read_set(spec, truth, work, on_page=lambda: None)
            pages = measure(truth, reading, Options(leave_out=leave_out)).findings
            kinds = [each.kinds[0] for page in pages for each in page.findings]
            words = sum(len(page.units) for page in pages)
            found[reader] = {"words": words, **{kind: kinds.count(kind) for kind in ("split", "merged", "moved")}}
    return found


def main() -> None:
    """Run the study as the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("runs/validity/work"))
    parser.add_argument("--out", type=Path, default=Path("runs/validity"))
    parser.add_argument("--look", action="store_true")
    given = parser.parse_args()
    study(given.data, given.work, given.out, given.look)


if __name__ == "__main__":
    main()
