"""Fine-tuning on photographed industrial codes: three sets, shares as given and balanced, with and without a pattern.

    python -m benchmarks.industrial make --out FOLDER
    python -m benchmarks.industrial draw --out FOLDER [--count 60000]
    python -m benchmarks.industrial pretrain --out FOLDER --name light --recipe recipes/recognise/codes_light.toml
    python -m benchmarks.industrial tune --out FOLDER --name light [--from FILE.safetensors] [--minutes 4]
    python -m benchmarks.industrial table --out FOLDER
    python -m benchmarks.industrial sheet --out FOLDER [--count 48] [--seed 7]

`make` writes sets of 3,438, 3,694 and 270 crops (painted codes; codes cut, cast and peened into metal; printed dots and
plates) and a test set of 1,000, 1,000 and 300 crops of other photographs for each. `draw` draws further crops, of
photographs that are in none of these, and `pretrain` trains on them. `tune` runs `munja finetune` on the sets twice,
with the shares 0.482, 0.482, 0.036 and with a third each, from what `pretrain` made if nothing else is named; settings
of both trainings may follow. `table` reads all tests, one thread, case-sensitively, and prints accuracy, 1-NED
(norm_ED) and CPU time per picture. `sheet` writes some test crops, enlarged and numbered, to sheet.png, for a person to
read, and what they say to sheet.csv, to be looked at afterwards.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rapidfuzz.distance import Levenshtein

from munja.core.artifact import Artifact, open_artifact
from munja.core.spec import load_spec
from munja.data.dataset import About, Dataset, write_dataset
from munja.data.sample import Sample
from munja.data.synth.codes.write import write_codes
from munja.imaging.image import frames
from munja.read.engines import open_engine
from munja.read.fitting import Wish
from munja.read.lines import LineReader
from munja.read.patterns import compile_pattern
from munja.read.patterns.guide import guide_of
from munja.read.reader import available_cores
from munja.read.weights import model_set

RUN = "from munja.cli import main; main()"
RECIPE = Path("recipes/synth/codes.toml")
PATTERN = (
    "[0-9]{4}|[0-9]{3,4}[A-Z][0-9]{2}[A-Z][0-9]{2}|[0-9]{4}[A-Z][0-9]{2}[A-Z]|[A-Z][0-9]{4}[A-Z]{3}|[A-Z]{2}[0-9]{6}"
)
SETS = {  # crops to learn from, crops to test on, styles
    "01": (3438, 1000, ("stencil", "painted")),
    "02": (3694, 1000, ("embossed", "debossed", "dot_peened")),
    "03": (270, 300, ("dot_matrix", "plate")),
}
SHEET_HEIGHT, SHEET_WIDTH = 150, 790  # pixels of a crop that a person reads
PART = 4000  # crops that are drawn at once
SHARES = {"given": (0.482, 0.482, 0.036), "balanced": (1.0, 1.0, 1.0)}


def make(out: Path) -> None:
    """Write the sets, each with a labels.csv whose column `split` tells the test crops."""
    recipe = load_spec(RECIPE)
    for number, (name, (count, tests, styles)) in enumerate(SETS.items()):
        spec = {**recipe, "styles": {style: recipe["styles"][style] for style in styles}}
        folder = out / name
        folder.mkdir(parents=True)
        rows = []
        for part, some, seed in (("train", count, 100 + number), ("test", tests, 200 + number)):
            write_codes(spec, some, folder / part, seed=seed)
            with (folder / part / "labels.csv").open(encoding="utf-8") as file:
                split = "test" if part == "test" else ""
                rows += [(f"{part}/{row['image']}", row["text"], row["source"], split) for row in csv.DictReader(file)]
        with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([("image", "text", "source", "split"), *rows])
        print(f"{folder}: {len(rows)} crops", flush=True)


def draw(out: Path, count: int) -> None:
    """Draw `pool`, crops to train on before: of other photographs than all sets, one each; drawn parts are kept."""
    parts = [out / "pool-parts" / f"{number:03d}" for number in range(-(-count // PART))]
    missing = [each for each in enumerate(parts) if not each[1].exists()]
    with ProcessPoolExecutor(available_cores()) as pool:
        for part in pool.map(drawn, missing):
            print(f"{part}: {PART} crops", flush=True)

    def samples() -> Iterator[Sample]:
        for part in parts:
            for number, sample in enumerate(Dataset(part)):
                split = "validate" if number % 50 == 0 else "train"
                yield replace(sample, name=f"{part.name}/{sample.name}", split=split)

    write_dataset(out / "pool", samples(), About("pool", "drawn codes to train on"), share=True)


def drawn(wanted: tuple[int, Path]) -> Path:
    """One part of the pool, by its number."""
    number, part = wanted
    write_codes({**load_spec(RECIPE), "crops": [1.0]}, PART, part, seed=1000 + number)
    return part


def munja(*arguments: str) -> None:
    """Run a command of Munja's."""
    print("munja", " ".join(arguments), flush=True)
    subprocess.run([sys.executable, "-c", RUN, *arguments], check=True)


def pretrain(out: Path, name: str, recipe: Path, rest: list[str]) -> None:
    """Train on the drawn crops alone, and export."""
    pool, folder = out / "pool", out / f"{name}-pretrained"
    munja(
        "train",
        str(recipe),
        "--out",
        str(folder),
        f"task.data.path={pool}",
        f"task.validation.drawn.path={pool}",
        *rest,
    )
    lines = folder / "lines.toml"  # to prove the export on
    lines.write_text(f'name = "labelled"\npath = "{pool}"\nstretch = 160\n', encoding="utf-8")
    munja("export", str(folder / "best.safetensors"), "--out", str(folder / "reader.onnx"), "--data", str(lines))


def tune(out: Path, name: str, start: Path | None, minutes: float, hows: list[str], rest: list[str]) -> None:
    """Fine-tune a model with both shares; one that has learnt from the drawn crops goes on seeing them."""
    replay = ["--replay", str(out / "pool")] if start is None else []
    start = start or out / f"{name}-pretrained" / "best.safetensors"
    for how in hows:
        sets = [part for each in SETS for part in ("--data", f"{each}={out / each / 'labels.csv'}")]
        given = [
            part for each, share in zip(SETS, SHARES[how], strict=True) for part in ("--shares", f"{each}={share}")
        ]
        munja("finetune", "--from", str(start), *sets, *given, *replay, "--minutes", str(minutes),
              "--keep-worse", "--out", str(out / f"{name}-{how}"), *rest)  # fmt: skip


def crops_of(folder: Path) -> list[tuple[Any, str]]:
    """Pictures (H, W, 3) and texts of a test set."""
    with (folder / "labels.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [(next(iter(frames(folder / row["image"]))).image, row["text"]) for row in rows]


def readers(out: Path, start: Path | None) -> dict[str, Artifact]:
    """PP-OCRv6, the package's own, and those that came of the trainings, as runnable recognisers."""
    found = {"PP-OCRv6 small": model_set("ppocr").recogniser}
    if start is not None:
        found["the package's own"] = open_artifact(start)
    for path in sorted(out.glob("*-*/reader*.onnx")):
        found[path.parent.name + path.stem.removeprefix("reader").replace("-", " ")] = open_artifact(path)
    return found


def table(out: Path, start: Path | None) -> None:
    """Add rows of accuracy, 1-NED and milliseconds of each reader, freely and as the pattern allows, to table.json."""
    path = out / "table.json"
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    tests = {name: crops_of(out / name / "test") for name in SETS}
    for reader, artifact in readers(out, start).items():
        content = hashlib.sha256(artifact.read_bytes()).hexdigest()
        for pattern in ("", PATTERN):
            known = {"reader": reader, "sha256": content, "pattern": bool(pattern)}
            if any(row.items() >= known.items() for row in rows):
                continue
            rows = [row for row in rows if (row["reader"], row["pattern"]) != (reader, bool(pattern))]
            rows.append(known | measured(artifact, tests, pattern))
            print(json.dumps(rows[-1]), flush=True)
            path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def measured(artifact: Artifact, tests: Mapping[str, list[tuple[Any, str]]], pattern: str) -> dict[str, Any]:
    """Accuracy by set and in all, norm_ED, and CPU milliseconds a crop of a runnable recogniser."""
    lines = LineReader(artifact, open_engine(artifact, threads=1), None, None)
    guide = guide_of(compile_pattern(pattern), artifact.manifest.charset, pattern) if pattern else None
    wishes = [] if guide is None else [Wish(guide, 0.0)]
    row: dict[str, Any] = {}
    exact, ned, spent, count = 0, 0.0, 0.0, 0
    for name, crops in tests.items():
        right = 0
        for image, text in crops:
            started = time.process_time()
            found = lines.read(image, [whole(image, artifact.manifest.input)], wishes=wishes)
            spent += time.process_time() - started
            read = "".join(line.text for line in found).replace(" ", "")
            right += read == text
            ned += Levenshtein.normalized_similarity(read, text)
        row[name] = round(right / len(crops), 4)
        exact, count = exact + right, count + len(crops)
    row |= {"accuracy": round(exact / count, 4), "norm_ed": round(ned / count, 4)}
    return row | {"ms": round(1000.0 * spent / count, 2), "megabytes": round(len(artifact.read_bytes()) / 1e6, 2)}


def sheet(out: Path, count: int, seed: int) -> None:
    """Write enlarged test crops without their texts, two in a row, and their texts to another file."""
    crops = [each for name in SETS for each in crops_of(out / name / "test")]
    chosen = [crops[k] for k in np.random.default_rng(seed).choice(len(crops), count, replace=False)]
    cells = []
    for number, (image, _) in enumerate(chosen):
        width = min(round(image.shape[1] * SHEET_HEIGHT / image.shape[0]), SHEET_WIDTH)
        cell = np.full((SHEET_HEIGHT + 25, SHEET_WIDTH + 20, 3), 255, np.uint8)
        cell[:SHEET_HEIGHT, 10 : 10 + width] = cv2.resize(image, (width, SHEET_HEIGHT), interpolation=cv2.INTER_CUBIC)
        cv2.putText(cell, str(number), (2, SHEET_HEIGHT + 20), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0))
        cells.append(cell)
    cells += [np.full_like(cells[0], 255)] * (len(cells) % 2)
    rows = [np.concatenate(cells[k : k + 2], axis=1) for k in range(0, len(cells), 2)]
    cv2.imwrite(str(out / "sheet.png"), np.concatenate(rows)[..., ::-1])
    with (out / "sheet.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("number", "text"), *enumerate(text for _, text in chosen)])


def whole(image: Any, rule: Mapping[str, Any]) -> Any:
    """The quad (4, 2) that the margin of reading grows to the corners of a crop."""
    height, width = image.shape[:2]
    across, down = rule.get("padding", (0.0, 0.0))
    x, y = (each * height / (1.0 + 2.0 * down) for each in (across, down))
    return np.array([[x, y], [width - x, y], [width - x, height - y], [x, height - y]], np.float32)


def main() -> None:
    """Run one of the parts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("make", "draw", "pretrain", "tune", "table", "sheet"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", default="light")
    parser.add_argument("--from", dest="start", type=Path)
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--recipe", type=Path, default=Path("recipes/recognise/codes_light.toml"))
    parser.add_argument("--how", action="append", choices=list(SHARES), help="shares of the sets; both by default")
    parser.add_argument("--count", type=int, help="crops to draw (60,000), or to show (48)")
    parser.add_argument("--seed", type=int, default=7)
    given, rest = parser.parse_known_args()
    if given.part == "make":
        make(given.out)
    elif given.part == "draw":
        draw(given.out, given.count or 60_000)
    elif given.part == "pretrain":
        pretrain(given.out, given.name, given.recipe, rest)
    elif given.part == "tune":
        tune(given.out, given.name, given.start, given.minutes, given.how or list(SHARES), rest)
    elif given.part == "sheet":
        sheet(given.out, given.count or 48, given.seed)
    else:
        table(given.out, given.start)


if __name__ == "__main__":
    main()
