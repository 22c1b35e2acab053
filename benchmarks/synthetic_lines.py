"""Recognisers on synthetic lines in faces that no training shows, as the validation of a recipe draws them.

    python -m benchmarks.synthetic_lines --recogniser FILE [--recogniser FILE ...] [--count 2048]
        [--recipe recipes/recognise/dense_s_korean.toml] [--corpora FOLDER] [--set korean]

Runnable recognisers, without a language model: lines read exactly and characters right (1 - NED), with and without
regard to case and white space; 95 % intervals of exact. Every recogniser reads the same lines.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from munja.core.artifact import open_artifact
from munja.core.registry import build
from munja.core.spec import load_spec
from munja.data.synth.recipe import with_folders
from munja.metrics.intervals import clopper_pearson
from munja.read.engines import open_engine
from munja.shrink.subjects import LineSubject, outputs_of
from munja.train.recipe import register_all


def main() -> None:
    """Measure and print one line per recogniser."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recogniser", type=Path, action="append", required=True)
    parser.add_argument("--recipe", type=Path, default=Path("recipes/recognise/dense_s_korean.toml"))
    parser.add_argument("--corpora", default="", help="folder of texts, as `munja train --corpora` takes it")
    parser.add_argument("--set", default="korean")
    parser.add_argument("--count", type=int, default=2048)
    arguments = parser.parse_args()
    register_all()
    spec = with_folders(load_spec(arguments.recipe), corpora=arguments.corpora)["task"]
    task = build("task", {**spec, "validation_lines": arguments.count})
    lines = list(task.validation_batches(arguments.set))
    count = sum(len(each.texts) for each in lines)
    for path in arguments.recogniser:
        artifact = open_artifact(path).expect("recognise")
        subject = LineSubject(artifact.manifest, lines)
        found = subject.accuracy(outputs_of(open_engine(artifact), subject))
        low, high = clopper_pearson(round(found["exact"] * count), count)
        figures = ", ".join(f"{name} {value:.1%}" for name, value in found.items())
        print(f"{path}: {count} lines of {arguments.set}: {figures}; exact {low:.1%} to {high:.1%}", flush=True)


if __name__ == "__main__":
    main()
