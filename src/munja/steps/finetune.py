"""`munja finetune`: a reader made better on a person's own crops, and shown to be."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from munja.core.artifact import open_artifact, sha256_of
from munja.core.errors import MissingExtraError
from munja.core.registry import register
from munja.steps.console import Console, write_file

if TYPE_CHECKING:
    from munja.train.finetune import Prepared, Request
    from munja.train.finetune.crops import Crop
    from munja.train.finetune.measure import Readings
    from munja.train.finetune.run import Trained

READER, WEIGHTS, SMALL = "reader.onnx", "reader.safetensors", "reader-int8.onnx"
LOST = "rejected.safetensors"  # weights that are not saved as a reader
MEASURED = "measured"
PROOF = 24  # crops that an export is proven on
CALIBRATION = 200  # crops that int8 is calibrated and measured on


@dataclass(frozen=True)
class FinetuneReport:
    """The folder of the run, what became of the model, and whether there is a reader."""

    out: Path
    outcome: str
    ok: bool


@register("step", "finetune")
def finetune(
    console: Console,
    /,
    *settings: str,
    from_: Path,
    data: tuple[str, ...],
    out: Path,
    pattern: str = "",
    charset: str = "",
    source: str = "",
    shares: tuple[str, ...] = (),
    floor: float = 0.1,
    replay: str = "auto",
    replay_share: float = 0.4,
    general: str = "",
    general_lines: int = 500,
    minutes: float = 10.0,
    most_loss: float = 0.02,
    keep_worse: bool = False,
    int8: bool = False,
    seed: int = 1,
) -> FinetuneReport:
    """Make a recogniser better on your own labelled crops; the same command goes on where a stopped one was.

    Args:
        settings: Changes to the recipe of the training, such as task.batch=16.
        from_: Trainable recogniser to start from (.safetensors).
        data: Labelled crops: a table image,text[,source][,set] (.csv, .tsv), a dataset, a folder with labels.tsv, an
            LMDB; NAME=PATH names a set, several may be given.
        out: Folder of the run: reader.onnx, reader.safetensors, report.md, report.json, split.csv, recipe.toml.
        pattern: What texts look like, such as '[0-9]{4}|[A-Z]{2}[0-9]{6}': it is measured with it too.
        charset: Charset of the new model: a name, a file or the characters; by default the old one and what labels add.
        source: Regular expression on a picture's name whose first group tells its photograph; by default the column
            source, else the name less its last number.
        shares: Share of a set among your crops in a batch, such as wagons=0.5; by size without any.
        floor: Least share of a set, where they go by size.
        replay: auto, none, or a recipe of synthetic lines or codes that are mixed in against forgetting, or a dataset
            of them that was drawn before; auto: those that the model was trained on.
        replay_share: Their share of each batch.
        general: Labelled set or recipe on which nothing may be lost; by default synthetic lines of the replay.
        general_lines: How many of them.
        minutes: Length of the training.
        most_loss: Largest loss on the general set, in shares of lines read exactly.
        keep_worse: Keep a model that lost more.
        int8: Write reader-int8.onnx too.
        seed: The same seed divides the crops the same way.
    """
    try:
        from munja.train.finetune import Request, fit, prepare
        from munja.train.finetune.request import named_sets, named_shares
    except ImportError as error:
        raise MissingExtraError("fine-tuning", "train") from error
    from munja.read.patterns import compile_pattern, fits

    compiled = compile_pattern(pattern) if pattern else None
    request = Request(
        from_, named_sets(data), pattern, charset, source, named_shares(shares), floor, replay, replay_share, general,
        general_lines, minutes, most_loss, keep_worse, seed, settings,
    )  # fmt: skip
    prepared = prepare(request, out, console.say, fits=None if compiled is None else lambda text: fits(compiled, text))
    trained = fit(request, prepared, out, console.say)
    return _conclude(console, request, prepared, trained, out, int8=int8)


def _conclude(
    console: Console, request: Request, prepared: Prepared, trained: Trained, out: Path, *, int8: bool
) -> FinetuneReport:
    """Export both models, measure them on the same crops, judge, and write what is kept."""
    from munja.train.finetune.crops import general_crops, own_crops
    from munja.train.finetune.report import REJECTED, to_json, to_markdown, verdict
    from munja.train.finetune.table import characters, rows

    rule = open_artifact(request.start).manifest.input
    crops = [*own_crops(prepared), *general_crops(request, trained.replay, prepared.alphabet, rule)]
    console.say(f"reading {len(crops):,} crops with the model as it was and as it is")
    before, _ = _readings(request.start, out / MEASURED / "before.onnx", crops, request.pattern)
    after, runnable = _readings(trained.best, out / MEASURED / "after.onnx", crops, request.pattern)
    table, wrong = rows(crops, before, after), characters(crops, before.free, after.free)
    judged = verdict(table, most_loss=request.most_loss, keep_worse=request.keep_worse)
    everything = (request, prepared, trained, table, wrong, judged)
    report = to_markdown(*everything)
    write_file(out / "report.md", report.encode())
    write_file(out / "report.json", to_json(*everything).encode())
    console.show(report)
    ok = judged.outcome != REJECTED
    for name in (READER, WEIGHTS, SMALL, LOST):  # of an earlier end of the same run
        (out / name).unlink(missing_ok=True)
    if not ok:
        shutil.copyfile(trained.best, out / LOST)
        console.say(f"{out / LOST}: the weights, which are not saved as a reader")
        return FinetuneReport(out, judged.outcome, False)
    shutil.copyfile(trained.best, out / WEIGHTS)
    shutil.copyfile(runnable, out / READER)
    console.say(f"{out / READER}: munja read --recogniser {out / READER} uses it; {out / WEIGHTS} is for training on")
    if int8:
        _quantise(console, out, crops)
    return FinetuneReport(out, judged.outcome, True)


def _readings(weights: Path, runnable: Path, crops: Sequence[Crop], pattern: str) -> tuple[Readings, Path]:
    """What a trainable model reads on crops, as the runnable file that is made of it."""
    from munja.shrink.export import export
    from munja.train.finetune.crops import as_lines
    from munja.train.finetune.measure import read_crops

    if not runnable.is_file() or open_artifact(runnable).manifest.parent != sha256_of(weights):
        runnable.parent.mkdir(exist_ok=True)
        proof = crops[:: max(1, len(crops) // PROOF)]
        export(weights, runnable, lines=as_lines(proof, open_artifact(weights).manifest.input))
    return read_crops(runnable, crops, pattern), runnable


def _quantise(console: Console, out: Path, crops: Sequence[Crop]) -> None:
    from munja.shrink.quantise import quantise
    from munja.train.finetune.crops import as_lines

    chosen = crops[:: max(1, len(crops) // CALIBRATION)]
    made = quantise(out / READER, out / SMALL, lines=as_lines(chosen, open_artifact(out / READER).manifest.input))
    small, full = (made.manifest.metrics[key]["exact"] for key in ("int8", "f32"))
    console.say(f"{out / SMALL}: {small:.1%} of {len(chosen)} crops exact, {full:.1%} in f32")
