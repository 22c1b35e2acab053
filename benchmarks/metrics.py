"""CLEval beside the published package: reference counters for the tests, CPU time, memory.

    python -m benchmarks.metrics reference [--out tests/metrics/cleval_reference.json]
    python -m benchmarks.metrics speed [--pages 500] [--rounds 3]
    python -m benchmarks.metrics memory [--pages 10000]

`reference` and `speed` need an environment with the packages cleval and munja: `pip install torch==2.13.0 cleval` and,
from the repository's root, `pip install -e .`; the package wants torch, and cv2, which Munja brings. `speed` measures
both in one process, in turns, after a warm-up that is timed apart: the package compiles parts of itself. Pages are
drawn from a seed: words in quads as in photographs of ICDAR 2015 (four that count and seven don't-care ones on
average), and predictions that disturb them.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Row = tuple[list[int], str]  # x1, y1 .. x4, y4 and a text; ### is don't-care
Drawn = tuple[list[Row], list[Row]]  # truth, prediction
ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789가나다라마바사아자차"
RARE = (" ", "###", "", "ß", "AA", "a b", "ﬁn")
REFERENCE = Path("tests/metrics/cleval_reference.json")
COUNTERS = (
    "num_char_gt", "num_char_det", "num_char_fp", "num_char_tp_recall", "num_char_tp_precision",
    "gran_score_recall", "gran_score_precision", "recall", "precision", "hmean",
)  # fmt: skip


def quad(draw: random.Random, x: float, y: float, width: float, height: float, angle: float) -> list[int]:
    """A turned rectangle about (x, y), its corners shaken a little."""
    cosine, sine = math.cos(angle), math.sin(angle)
    corners: list[int] = []
    for along, across in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        right, down = along * width / 2, across * height / 2
        corners.append(round(x + right * cosine - down * sine + draw.uniform(-2, 2)))
        corners.append(round(y + right * sine + down * cosine + draw.uniform(-2, 2)))
    return corners


def piece(corners: Sequence[int], start: float, end: float) -> list[int]:
    """The part of a quad between two shares of its length; beyond 0 and 1 it grows."""
    x1, y1, x2, y2, x3, y3, x4, y4 = corners

    def between(a: int, b: int, share: float) -> int:
        return round(a + (b - a) * share)

    top = [between(x1, x2, start), between(y1, y2, start), between(x1, x2, end), between(y1, y2, end)]
    return [*top, between(x4, x3, end), between(y4, y3, end), between(x4, x3, start), between(y4, y3, start)]


def misread(draw: random.Random, text: str) -> str:
    """The text with a few characters replaced, doubled or left out."""
    changed = ""
    for character in text:
        chance = draw.random()
        if chance < 0.05:
            changed += draw.choice(ALPHABET)
        elif chance < 0.08:
            changed += 2 * character
        elif chance > 0.03 + 0.08:
            changed += character.upper() if chance > 0.97 else character
    return changed


def drawn_truth(draw: random.Random, hard: bool) -> list[Row]:
    """Words of a photograph; hard ones are columns, cross themselves, overlap, or have unusual texts."""
    rows: list[Row] = []
    for _ in range(draw.randint(3, 20)):
        text = "".join(draw.choice(ALPHABET) for _ in range(draw.randint(1, 10)))
        height = draw.uniform(10, 45)
        width, angle = height * 0.55 * len(text), draw.gauss(0, 0.15)
        if hard and draw.random() < 0.15:
            width, height = height, width
        corners = quad(draw, draw.uniform(40, 1240), draw.uniform(30, 690), width, height, angle)
        if hard and rows and draw.random() < 0.25:
            near = draw.choice(rows)[0]
            corners = near if draw.random() < 0.2 else [value + draw.randint(-14, 14) for value in near]
        if hard and draw.random() < 0.03:
            corners = corners[:2] + corners[4:6] + corners[2:4] + corners[6:]
        if hard and draw.random() < 0.08:
            text = draw.choice(RARE)
        rows.append((corners, "###" if draw.random() < (0.3 if hard else 0.64) else text))
    return rows


def drawn_page(seed: int, *, hard: bool = False) -> Drawn:
    """Truth and a prediction that misses, splits, merges, doubles, misplaces, misreads and invents words."""
    draw = random.Random(seed)
    truth = drawn_truth(draw, hard)
    prediction: list[Row] = []
    for corners, text in truth:
        chance, seen = draw.random(), misread(draw, text)
        if chance < 0.12:
            continue
        shaken = [value + draw.randint(-3, 3) for value in corners]
        cut = draw.uniform(0.3, 0.7)
        if chance < 0.22:
            place = round(cut * len(seen))
            prediction += [(piece(shaken, 0, cut), seen[:place]), (piece(shaken, cut, 1), seen[place:])]
        elif chance < 0.3:
            prediction += [(piece(shaken, 0, draw.uniform(0.4, 1.6)), seen)]
        elif chance < 0.35:
            prediction += [(shaken, seen), ([value + draw.randint(-6, 6) for value in corners], text)]
        elif chance < 0.5:
            prediction.append((corners, text))
        else:
            prediction.append((shaken, seen))
    for _ in range(draw.randint(0, 3)):
        height = draw.uniform(8, 60)
        corners = quad(draw, draw.uniform(0, 1280), draw.uniform(0, 720), height * draw.uniform(0.2, 6), height, 0)
        prediction.append((corners, misread(draw, "false")))
    for _ in range(draw.randint(0, 2)):
        first, second = draw.choice(truth), draw.choice(truth)
        if math.dist(first[0][:2], second[0][:2]) < (400 if hard else 150):
            prediction.append((first[0][:2] + second[0][2:6] + first[0][6:], f"{first[1]} {second[1]}"))
    draw.shuffle(prediction)
    return truth, prediction


def published(case_sensitive: bool) -> Callable[[Drawn], Any]:
    """The package's function from a drawn page to its statistics."""
    from cleval.box_types import QUAD  # type: ignore[import-untyped]
    from cleval.eval_functions import evaluation  # type: ignore[import-untyped]
    from cleval.torchmetric import Options  # type: ignore[import-untyped]

    options = Options(case_sensitive, 1.0, 1.0, 0.5, 0.3)
    options.ORIENTATION = True

    def measure(page: Drawn) -> Any:
        sides = [[QUAD([float(each) for each in row[0]], transcription=row[1]) for row in side] for side in page]
        return evaluation(options, *sides).stats

    return measure


def pages_of(page: Drawn) -> tuple[Any, Any]:
    """A drawn page as true Page and predicted Page."""
    from munja.core.page import Line, Page

    truth, prediction = (
        Page(1280, 720, tuple(Line(text, tuple(zip(*[iter(map(float, row))] * 2, strict=True))) for row, text in side))
        for side in page
    )
    return truth, prediction


def scales(page: Drawn) -> dict[str, list[int]]:
    """The package's counters by range of text height."""
    import numpy as np
    from cleval import CLEvalMetric

    metric = CLEvalMetric(scale_wise=True)
    corners, texts = ([[row[part] for row in side] for side in page] for part in (0, 1))
    metric.update(
        np.asarray(corners[1], np.float32).reshape(-1, 8), np.asarray(corners[0], np.float32).reshape(-1, 8),
        texts[1], texts[0], [text == "###" for text in texts[0]], 1280,
    )  # fmt: skip
    names = ("det_num_char_gt", "det_num_char_det", "det_num_char_tp_recall", "e2e_num_char_tp_recall")
    return {
        f"{low}-{high}": [int(getattr(each, name)) for name in names]
        for (low, high), each in metric.scalewise_metric.items()
    }


def reference(out: Path, pages: int) -> None:
    """Write drawn pages with the package's counters."""
    rows = []
    for seed in range(pages):
        hard, case_sensitive = seed % 2 == 1, seed % 3 != 0
        page = drawn_page(seed, hard=hard)
        stats = published(case_sensitive)(page)
        row: dict[str, Any] = {
            "case_sensitive": case_sensitive,
            "truth": page[0],
            "prediction": page[1],
            **{part: {name: getattr(getattr(stats, part), name) for name in COUNTERS} for part in ("det", "e2e")},
            **{name: getattr(stats, name) for name in ("num_splitted", "num_merged", "num_char_overlapped")},
            "num_ori_total": stats.num_ori_total,
        }
        if seed % 10 == 2:
            row["scales"] = scales(page)
        rows.append(row)
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    out.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{out}: {pages} pages, {out.stat().st_size / 1e3:.0f} kB")


def speed(pages: int, rounds: int) -> None:
    """CPU milliseconds of a page, in turns; every block of 50 pages is measured in every way before the next one."""
    from munja.metrics import cleval

    drawn = [drawn_page(seed) for seed in range(pages)]
    given = [pages_of(page) for page in drawn]
    package = published(True)
    ways: dict[str, Callable[[slice], Any]] = {"package cleval": lambda block: [package(page) for page in drawn[block]]}
    for mode in ("compat", "strict"):
        settings: dict[str, Any] = {"mode": mode, "level": "line", "case_sensitive": True}
        ways[f"munja {mode}, all"] = lambda block, settings=settings: list(cleval.compare_all(given[block], **settings))
        ways[f"munja {mode}, one by one"] = lambda block, settings=settings: [
            cleval.compare(*pair, **settings) for pair in given[block]
        ]
    started = time.process_time()
    package(drawn[0])
    print(f"the package's first page, which it compiles for: {time.process_time() - started:.2f} s")
    for way in ways.values():
        way(slice(0, 20))
    totals = dict.fromkeys(ways, 0.0)
    for number in range(rounds):
        for start in range(0, pages, 50):
            names = list(ways)
            turn = (start // 50 + number) % len(names)
            for name in names[turn:] + names[:turn]:
                started = time.process_time()
                ways[name](slice(start, start + 50))
                totals[name] += time.process_time() - started
    boxes = sum(len(truth) + len(prediction) for truth, prediction in drawn) / pages
    print(f"{pages} pages of {boxes:.1f} boxes, {rounds} rounds, CPU time of a page")
    for name, total in totals.items():
        print(
            f"{name:25} {1e3 * total / pages / rounds:7.3f} ms  {total / totals['package cleval']:.3f} of the package"
        )


def memory(pages: int) -> None:
    """Peak memory of the process that keeps the records of all pages and draws intervals from them."""
    from munja.metrics import cleval, corpus

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    drawn = (pages_of(drawn_page(seed)) for seed in range(pages))
    records = list(cleval.compare_all(drawn, level="line"))
    measured = time.process_time()
    print(corpus(records).figures["detection_hmean"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{pages} pages: {peak / 1024:.0f} MiB at the peak, {before / 1024:.0f} before; {measured - started:.1f} s to "
        f"draw and measure, {time.process_time() - measured:.1f} s for the intervals"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("reference", "speed", "memory"))
    parser.add_argument("--pages", type=int)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=REFERENCE)
    arguments = parser.parse_args()
    if arguments.what == "reference":
        reference(arguments.out, arguments.pages or 80)
    elif arguments.what == "speed":
        speed(arguments.pages or 500, arguments.rounds)
    else:
        memory(arguments.pages or 10_000)


if __name__ == "__main__":
    main()
