"""Real words: recognisers trained from nothing against the same fine-tuned from a model of synthetic lines.

    python -m benchmarks.words make --data FOLDER --out OUT
    python -m benchmarks.words tune --out OUT --name light --from FILE.safetensors [--minutes 4]
    python -m benchmarks.words fresh --out OUT --name light [--minutes 4]
    python -m benchmarks.words table --out OUT

`make` links the pictures of the set `words_train` and divides them 80 : 10 : 10 so that words of one photograph, as
their names tell, stay together. `tune` is `munja finetune` without replay; `fresh` trains the same network on the same
crops for the same time from random weights, with the help of no character centres, since photographs have none. `table`
reads the test part: letters and digits, case-insensitive. `munja compare OUT/*/reader.onnx --data OUT/labels.csv
--split test` draws accuracy against time.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from benchmarks.industrial import RUN, whole
from munja.core.artifact import open_artifact
from munja.imaging.image import frames
from munja.read.engines import open_engine
from munja.read.lines import LineReader


def make(data: Path, out: Path) -> None:
    """Write labels.csv and links to the pictures."""
    out.mkdir(parents=True)
    os.symlink((data / "words_train" / "images").resolve(), out / "images")
    rows = []
    for row in map(json.loads, (data / "words_train" / "gt.jsonl").read_text(encoding="utf-8").splitlines()):
        name = Path(row["image"]).stem
        # ICDAR numbers its words in the order of its photographs: tens of them stay together.
        source = re.sub(r"_\d+$", "", name) if not name.startswith("ic15") else f"ic15_{int(name.split('_')[-1]) // 20}"
        part = int(hashlib.sha256(source.encode()).hexdigest(), 16) % 10
        text = " ".join(row["text"].split())
        if text.isascii() and text:
            rows.append((row["image"], text, source, {8: "validate", 9: "test"}.get(part, "train")))
    with (out / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("image", "text", "source", "split"), *rows])
    print({part: sum(row[3] == part for row in rows) for part in ("train", "validate", "test")})


def munja(*arguments: str) -> None:
    """Run a command of Munja's."""
    print("munja", " ".join(arguments), flush=True)
    subprocess.run([sys.executable, "-c", RUN, *arguments], check=False)


def tune(out: Path, name: str, start: Path, minutes: float) -> None:
    """Fine-tune."""
    command = ["finetune", "--from", str(start), "--data", str(out / "labels.csv"), "--replay", "none"]
    munja(*command, "--minutes", str(minutes), "--out", str(out / f"{name}-tuned"))


def fresh(out: Path, name: str, minutes: float) -> None:
    """Train the network of a fine-tuning from random weights."""
    folder = out / f"{name}-fresh"
    recipe = out / f"{name}-tuned" / "recipe.toml"
    tree = tomllib.loads(recipe.read_text(encoding="utf-8"))["loop"]
    changes = [f"loop.{key}={value}" for key, value in (("freeze", "[]"), ("freeze_norms", "false"), ("start", '""'))]
    changes += ["loop.optimiser.learning_rate=2e-3", f"loop.seconds={60 * minutes:g}", "loop.patience=0"]
    changes += ["loop.preflight=false", f"loop.validate_every={tree['validate_every']}"]
    munja("train", str(recipe), "--out", str(folder), *changes)
    lines = folder / "lines.toml"  # to prove the export on
    lines.write_text(f'name = "labelled"\npath = "{out / f"{name}-tuned" / "crops"}"\n', encoding="utf-8")
    munja("export", str(folder / "best.safetensors"), "--out", str(folder / "reader.onnx"), "--data", str(lines))


def plain(text: str) -> str:
    """Letters and digits in lower case."""
    return "".join(each for each in text.lower() if each.isalnum())


def table(out: Path) -> None:
    """Accuracy of every reader on the test part."""
    with (out / "labels.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == "test"]
    crops = [(next(iter(frames(out / row["image"]))).image, plain(row["text"])) for row in rows]
    for path in sorted([*out.glob("*/reader.onnx"), *out.glob("*/measured/before.onnx")]):
        artifact = open_artifact(path)
        reader = LineReader(artifact, open_engine(artifact, threads=1), None, None)
        read = [
            plain("".join(line.text for line in reader.read(image, [whole(image, artifact.manifest.input)])))
            for image, _ in crops
        ]
        right = sum(found == text for found, (_, text) in zip(read, crops, strict=True))
        print(json.dumps({"reader": str(path.relative_to(out)), "words": len(crops), "exact": right / len(crops)}))


def main() -> None:
    """Run one of the parts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("make", "tune", "fresh", "table"))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", default="light")
    parser.add_argument("--from", dest="start", type=Path)
    parser.add_argument("--minutes", type=float, default=4.0)
    given = parser.parse_args()
    if given.part == "make":
        make(given.data, given.out)
    elif given.part == "tune":
        tune(given.out, given.name, given.start, given.minutes)
    elif given.part == "fresh":
        fresh(given.out, given.name, given.minutes)
    else:
        table(given.out)


if __name__ == "__main__":
    main()
