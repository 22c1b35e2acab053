"""`munja read`: the text in pictures and documents."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from munja.core.errors import InputError, SpecError
from munja.core.registry import register
from munja.steps.console import Console
from munja.steps.inputs import Input, expand, parse_pages, parse_region
from munja.steps.jobs import Job, Task, read_each, read_side_by_side
from munja.steps.report import Outcome, ReadReport
from munja.steps.results import check_folder, is_finished, targets_of

if TYPE_CHECKING:
    from munja.read.writers import Writer


@register("step", "read")
def read(
    console: Console,
    /,
    *sources: str,
    to: str = "text",
    out: Path | None = None,
    resume: bool = False,
    jobs: int = 1,
    models: str | None = None,
    recogniser: Path | None = None,
    language: str | None = None,
    engine: str = "auto",
    threads: int | None = None,
    precision: str = "f32",
    max_pixels: int | None = None,
    memory: str | None = None,
    dpi: float = 200.0,
    pages: str | None = None,
    region: list[str] | None = None,
    pattern: list[str] | None = None,
    password: str | None = None,
    text_layer: bool = False,
    order: str = "reading",
    min_score: float = 0.65,
) -> ReadReport:
    """Read the text in pictures and documents.

    Args:
        sources: Pictures, PDF files, folders of them, patterns such as 'scans/**/*.tif', or - for standard input.
        to: Formats to write, separated by commas: text, markdown, json, tsv, hocr, alto, page, pdf, html, png.
        out: Folder for the results, or the file to write for one source and one format; else they are printed.
        resume: Leave out sources whose results are in the folder already.
        jobs: Processes that read side by side; they share the threads and the memory.
        models: Model set: munja, ppocr, or a folder of artifacts.
        recogniser: Recogniser artifact that takes the place of the set's own.
        language: Language model (.safetensors) that tells look-alikes apart, or none; the set's own by default.
        engine: onnxruntime, openvino, or auto: what `munja bench` found fastest, else onnxruntime unless bf16 is asked.
        threads: Cores to use in each process; all of them, shared between the processes, by default.
        precision: f32, bf16 or int8; never changed silently.
        max_pixels: Largest picture that is read, in pixels; 100 million by default, or what --memory allows.
        memory: Memory that reading may take, such as 2GB.
        dpi: Resolution at which PDF pages are rendered, in dots per inch.
        pages: Pages of each document to read, counted from 1, such as 1-3,7.
        region: Part of each page to read, as x,y,width,height in pixels; may be given several times.
        pattern: What lines look like: a regular expression, @iso6346, @words:FILE and so on; one for each --region if
            there are several, '' for those to be read freely; without, several must all fit.
        password: Password of locked PDF files.
        text_layer: Take the text that a PDF page holds instead of reading its picture.
        order: reading, or raw: the order of detection.
        min_score: Lines read with a lower score are left out.
    """
    formats = tuple(each.strip() for each in to.split(","))
    if jobs < 1:
        raise SpecError(f"--jobs {jobs}: 1 or more were wanted")
    if not sources:
        raise InputError("no picture was named: munja read FILE or FOLDER ...")
    regions = tuple(parse_region(each) for each in region or ())
    task = Task(
        formats,
        {
            "models": models,
            "recogniser": recogniser,
            "language": language,
            "engine": engine,
            "threads": _threads(threads, jobs),
            "precision": precision,
            "max_pixels": max_pixels,
            "memory": _share(memory, jobs),
            "dpi": dpi,
            "text_layer": text_layer,
            "order": order,
            "min_score": min_score,
        },
        None if pages is None else parse_pages(pages),
        regions,
        password,
        _patterns(pattern or [], len(regions)),
    )
    return _read(console, sources, out, task, jobs=jobs, resume=resume)


def _read(
    console: Console, sources: Sequence[str], out: Path | None, task: Task, *, jobs: int, resume: bool
) -> ReadReport:
    """Read what the sources name and is not there yet, and say how it went."""
    from munja.read.writers import writer

    writers = [writer(each) for each in task.formats]
    files = list(expand(sources))
    _check_output(out, task.formats, files, jobs, resume)
    wanted = _jobs(files, out, writers)
    left = [each for each in wanted if not (resume and _is_finished(each, writers))]
    report = ReadReport(len(files), skipped=len(wanted) - len(left))
    if left:
        _run(console, report, left, task, min(jobs, len(left)))
    if len(files) > 1 or out is not None:
        console.say(report.sentence() + (f"; results in {out}" if out is not None else ""))
    return report


def _patterns(given: Sequence[str], regions: int) -> str | Sequence[str | Sequence[str] | None] | None:
    """The patterns as a Reader takes them for so many regions: one for all, one for each, or several that must all fit.

    The empty text is no pattern.
    """
    if regions > 1 and len(given) not in (0, 1, regions):
        raise SpecError(
            f"{regions} times --region and {len(given)} times --pattern: one pattern for each region was wanted, "
            "'' for those to be read freely, or one for all"
        )
    if len(given) > 1 and regions != len(given):
        return list(given) if not regions else [list(given)]
    return [each or None for each in given] if len(given) > 1 else given[0] or None if given else None


def _threads(threads: int | None, jobs: int) -> int:
    from munja.read.reader import available_cores

    return threads if threads is not None else max(1, available_cores() // jobs)


def _run(console: Console, report: ReadReport, jobs: Sequence[Job], task: Task, processes: int) -> None:
    """Read what is left and count it in the report; say what failed, and what was finished if a person interrupts."""
    from munja.read.reader import Reader

    printed = jobs[0].target is None
    heading = printed and report.sources > 1 and task.formats == ("text",)
    started = time.monotonic()

    def show(name: str, document: bytes) -> None:
        title = f"==> {name} <==\n" if heading else ""
        console.show(title.encode() + document)

    def count(outcomes: Iterator[Outcome], advance: Callable[..., None]) -> None:
        for outcome in outcomes:
            report.add(outcome)
            if printed and outcome.error is not None:
                console.say(f"munja: {outcome.error}")
            advance(pages=0 if processes == 1 else outcome.pages, sources=1)

    try:
        if printed:
            reader = Reader(**task.settings)
            count(read_each(reader, jobs, task, on_page=lambda: None, show=show), lambda **_: None)
        else:
            # The models are loaded before a bar is drawn: what is wrong with them is said without one.
            alone = Reader(**task.settings) if processes == 1 else None
            with console.progress(len(jobs), "reading") as progress:
                outcomes = (
                    read_side_by_side(jobs, task, processes)
                    if alone is None
                    else read_each(alone, jobs, task, on_page=lambda: progress.advance(pages=1), show=show)
                )
                with closing(outcomes):
                    count(outcomes, progress.advance)
    except KeyboardInterrupt:
        done = len(report.written) // len(task.formats)
        console.say(
            f"munja: {done} of {len(jobs)} sources are finished and stay; go on with the same command and --resume"
        )
        raise
    finally:
        report.seconds = time.monotonic() - started
        for each in report.notes:
            console.say(f"note: {each}")
        if not printed:
            for each in report.failures:
                console.say(f"munja: {each}")


def _check_output(out: Path | None, formats: Sequence[str], files: Sequence[Input], jobs: int, resume: bool) -> None:
    """SpecError or InputError, before anything is read, for results that could not be shown or written."""
    if out is None:
        if len(formats) > 1:
            raise SpecError(f"--to {','.join(formats)}: several formats need a folder to be written to: --out FOLDER")
        for name, given in (("--jobs", jobs > 1), ("--resume", resume)):
            if given:
                raise SpecError(f"{name} needs a folder for the results: --out FOLDER")
        return
    check_folder(out.parent if _is_file(out, formats, files) else out)


def _is_file(out: Path, formats: Sequence[str], files: Sequence[Input]) -> bool:
    """Whether `--out` names the one file that is to be written, and not a folder."""
    from munja.read.writers import writer

    return len(files) == 1 and len(formats) == 1 and out.name.endswith(writer(formats[0]).suffix) and not out.is_dir()


def _jobs(files: Sequence[Input], out: Path | None, writers: Sequence[Writer]) -> list[Job]:
    if out is None:
        return [Job(number, each, None) for number, each in enumerate(files)]
    if _is_file(out, [each.name for each in writers], files):
        return [Job(0, files[0], out.with_name(out.name.removesuffix(writers[0].suffix)))]
    targets = targets_of(files, out)
    return [Job(number, each, target) for number, (each, target) in enumerate(zip(files, targets, strict=True))]


def _is_finished(job: Job, writers: Sequence[Writer]) -> bool:
    return job.target is not None and is_finished(job.source, job.target, writers)


def _share(memory: str | None, jobs: int) -> int | None:
    from munja.read.memory import parse_memory

    return None if memory is None else parse_memory(memory) // jobs
