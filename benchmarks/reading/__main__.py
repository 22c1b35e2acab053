"""python -m benchmarks.reading: measure readers on the same pages, write a JSON report and its Markdown table."""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.reading.data import DOCUMENTS, RECEIPTS, TruthPage, load
from benchmarks.reading.machine import machine
from benchmarks.reading.measure import STAGES, Plan
from benchmarks.reading.readers import READERS
from benchmarks.reading.summary import summarise
from benchmarks.reading.table import markdown
from munja.core.errors import InputError, MunjaError, did_you_mean

SOAKED = ("munja-onnxruntime-f32", "munja-openvino-bf16")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    made.add_argument("--data", type=Path, help=f"folder that holds {RECEIPTS} and {DOCUMENTS}")
    made.add_argument("--raw", type=Path, help="folder of every page's raw output (default: runs/reading)")
    made.add_argument("--out", type=Path, help="write the report here as JSON, as docs/benchmarks.json")
    made.add_argument(
        "--table", type=Path, help="write the report of --out here as Markdown; alone, from the JSON only"
    )
    made.add_argument("--notes", type=Path, help="a Markdown file of remarks to set below the bars of --table")
    made.add_argument(
        "--limit", type=int, help="trial run: the LIMIT smallest receipts, few documents, little of each stage"
    )
    made.add_argument("--readers", nargs="+", default=list(READERS), help="which readers (default: all)")
    made.add_argument("--soak-readers", nargs="*", default=list(SOAKED), help="which readers the soak reads with")
    made.add_argument("--threads", nargs="+", type=int, default=[1, 2], choices=[1, 2], help="thread numbers")
    made.add_argument("--stages", nargs="+", default=list(STAGES), choices=list(STAGES), help="which measurements")
    made.add_argument("--passes", type=int, default=2, choices=[1, 2], help="how often the receipts are read")
    made.add_argument("--resume", action="store_true", help="go on with the run in --raw, or add stages to it")
    made.add_argument("--rescore", action="store_true", help="read nothing: make the report anew from --raw")
    made.add_argument("--date", default=datetime.date.today().isoformat(), help="date in the report (default: today)")
    return made


def load_pages(data: Path | None, limit: int | None) -> dict[str, list[TruthPage]]:
    """The pages of both sets; a trial run reads few documents, which are large."""
    if data is None:
        raise InputError("--data is wanted: the folder that holds the page sets")
    if limit is not None and limit < 1:
        raise InputError(f"--limit from 1 was wanted, got {limit}")
    documents = None if limit is None else max(1, limit // 6)
    return {RECEIPTS: load(data, RECEIPTS, limit), DOCUMENTS: load(data, DOCUMENTS, documents)}


def check_names(names: Sequence[str]) -> None:
    """InputError for a reader that is not known."""
    for name in names:
        if name not in READERS:
            raise InputError(f"there is no reader {name!r}; {did_you_mean(name, READERS)}")


def stored_limit(raw: Path) -> int | None:
    """The --limit of the run that a raw folder holds."""
    about = raw / "machine.json"
    if not about.is_file():
        raise InputError(f"{raw} holds no run: --raw names the folder that a run was kept in")
    limit: int | None = json.loads(about.read_text(encoding="utf-8"))["limited"]
    return limit


def prepare_raw(raw: Path, options: argparse.Namespace) -> None:
    """Make the raw folder; a run already in it is neither mixed with another one nor lost."""
    if (raw / "machine.json").exists():
        if not options.resume:
            raise InputError(f"{raw} holds a run: --resume goes on with it, another --raw starts a new one")
        if stored_limit(raw) != options.limit:
            was, now = (f"--limit {limit}" if limit else "no --limit" for limit in (stored_limit(raw), options.limit))
            raise InputError(f"the run in {raw} has {was}, this one {now}: give another --raw")
        return
    raw.mkdir(parents=True, exist_ok=True)
    about = json.dumps({**machine(options.date), "limited": options.limit})
    (raw / "machine.json").write_text(about, encoding="utf-8")


def tell(sentence: str) -> None:
    """Show what is going on, on one line of a terminal."""
    sys.stderr.write(f"\r\x1b[K{sentence}" if sys.stderr.isatty() else "")
    sys.stderr.flush()


def run(options: argparse.Namespace) -> None:
    """Measure, report and print, as the command line asks."""
    if options.table and not options.data:
        if not options.out:
            raise InputError("--table needs --out: the JSON report to show")
        write_table(options, json.loads(options.out.read_text(encoding="utf-8")))
        return
    check_names([*options.readers, *options.soak_readers])
    raw = options.raw or Path("runs/reading" if options.limit is None else f"runs/reading-{options.limit}")
    if options.rescore:
        options.limit = stored_limit(raw)
    pages = load_pages(options.data, options.limit)
    if not options.rescore:
        prepare_raw(raw, options)
        measure(options, raw, pages)
    tell("scoring")
    report = summarise(raw, pages)
    tell("")
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if options.table:
        write_table(options, report)
    print(markdown(report))


def measure(options: argparse.Namespace, raw: Path, pages: dict[str, list[TruthPage]]) -> None:
    """Go through the stages that were asked for."""
    plan = Plan(
        readers=options.readers,
        soak_readers=[name for name in options.soak_readers if name in options.readers],
        pages=pages,
        threads=sorted(set(options.threads)),
        passes=options.passes if options.limit is None else 1,
        raw=raw,
        limited=options.limit is not None,
        tell=tell,
    )
    for stage in STAGES:
        if stage in options.stages:
            STAGES[stage](plan)


def write_table(options: argparse.Namespace, report: dict[str, object]) -> None:
    """Write the report as Markdown, with the notes if there are some."""
    notes = options.notes.read_text(encoding="utf-8") if options.notes else ""
    options.table.parent.mkdir(parents=True, exist_ok=True)
    options.table.write_text(markdown(report, notes), encoding="utf-8")


def main() -> None:
    """Run the command; a mistake of the caller is one sentence and status 1."""
    try:
        run(parser().parse_args())
    except (MunjaError, OSError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
