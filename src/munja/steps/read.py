"""`munja read`: the text in pictures and documents."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from munja.core.errors import InputError, MunjaError, SpecError
from munja.core.registry import register
from munja.steps.console import Console, write_file

if TYPE_CHECKING:
    from munja.core.page import Page
    from munja.imaging.image import PageRanges


@dataclass
class ReadReport:
    """What a `read` did: counts, seconds, files written, and a message for each source that failed."""

    sources: int = 0
    pages: int = 0
    lines: int = 0
    seconds: float = 0.0
    written: list[Path] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every source was read."""
        return not self.failures

    def sentence(self) -> str:
        """The run in one line, for a person."""
        rate = self.pages / self.seconds if self.seconds else 0.0
        failed = f", {len(self.failures)} failed" if self.failures else ""
        return (
            f"{_count(self.sources, 'file')}, {_count(self.pages, 'page')}, {_count(self.lines, 'line')} "
            f"in {self.seconds:.1f} s ({rate:.2f} pages/s){failed}"
        )


@register("step", "read")
def read(
    console: Console,
    /,
    *sources: str,
    to: str = "text",
    out: Path | None = None,
    models: str | None = None,
    recogniser: Path | None = None,
    engine: str = "auto",
    threads: int | None = None,
    precision: str = "f32",
    max_pixels: int = 100_000_000,
    dpi: float = 200.0,
    pages: str | None = None,
    order: str = "reading",
    min_score: float = 0.65,
) -> ReadReport:
    """Read the text in pictures and documents.

    Args:
        sources: Pictures, PDF files, or folders of them.
        to: Formats to write, separated by commas: text, json.
        out: Folder for the results; without it they are printed.
        models: Model set: ppocr, or a folder of artifacts.
        recogniser: Recogniser artifact that takes the place of the set's own.
        engine: onnxruntime, openvino, or auto: onnxruntime unless bf16 is asked for.
        threads: Cores to use; all of them by default.
        precision: f32, bf16 or int8; never changed silently.
        max_pixels: Largest picture that is read, in pixels.
        dpi: Resolution at which PDF pages are rendered, in dots per inch.
        pages: Pages of each document to read, counted from 1, such as 1-3,7.
        order: reading, or raw: the order of detection.
        min_score: Lines read with a lower score are left out.
    """
    from munja.read.reader import Reader
    from munja.read.writers import writer

    formats = [each.strip() for each in to.split(",")]
    writers = [writer(each) for each in formats]
    if out is None and len(formats) > 1:
        raise SpecError(f"--to {to}: several formats need a folder to be written to: --out FOLDER")
    if not sources:
        raise InputError("no picture was named: munja read FILE or FOLDER ...")
    files = list(_expand(sources))
    wanted = None if pages is None else parse_pages(pages)
    targets = {} if out is None else _targets(files, out)
    reader = Reader(
        models=models,
        recogniser=recogniser,
        engine=engine,
        threads=threads,
        precision=precision,
        max_pixels=max_pixels,
        dpi=dpi,
        order=order,
        min_score=min_score,
    )
    report = ReadReport(len(files))
    started = time.monotonic()

    def fail(_source: object, error: MunjaError) -> None:
        report.failures.append(str(error))
        console.say(f"munja: {error}")

    several = len(files) > 1
    names = [str(each) for each, _ in files]
    watched = iter(names) if out is None else console.track(names, "reading")  # printed results show how far it is
    for name, found in _by_source(reader.stream(watched, pages=wanted, on_error=fail)):
        report.pages += len(found)
        report.lines += sum(len(page.lines) for page in found)
        for each in writers:
            if out is None:
                console.show(_heading(name, formats[0]) + each.document(found) if several else each.document(found))
                continue
            target = targets[name].with_name(targets[name].name + each.suffix)
            write_file(target, each.document(found).encode())
            report.written.append(target)
    report.seconds = time.monotonic() - started
    if several or out is not None:
        console.say(report.sentence() + (f"; results in {out}" if out is not None else ""))
    return report


def parse_pages(text: str) -> PageRanges:
    """Page numbers from 0 for ranges that count from 1, such as `1-3,7`."""
    from munja.imaging.image import PageRanges

    ranges: list[range] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        counts = [each.isascii() and each.isdigit() for each in (first, last)]
        if not counts[0] or (dash and not counts[1]) or int(first) < 1 or (dash and int(last) < int(first)):
            raise SpecError(f"--pages {text}: pages counted from 1 were wanted, such as 1-3,7")
        ranges.append(range(int(first) - 1, int(last) if dash else int(first)))
    return PageRanges(tuple(ranges))


def _expand(sources: Iterable[str]) -> Iterator[tuple[Path, Path]]:
    """The picture files that the sources name, each with its place below the folder that was named."""
    from munja.imaging.image import PICTURE_SUFFIXES

    for source in sources:
        path = Path(source)
        if not os.path.isdir(path):  # unlike Path.is_dir, it also takes a name that is too long
            if not os.path.exists(path):
                raise InputError(f"{path}: no such file or folder")
            yield path, Path(path.name)
            continue
        found = sorted(each for each in path.rglob("*") if each.suffix.lower() in PICTURE_SUFFIXES and each.is_file())
        if not found:
            kinds = " ".join(sorted(PICTURE_SUFFIXES))
            raise InputError(f"{path}: a folder without pictures (looked for {kinds})")
        yield from ((each, each.relative_to(path)) for each in found)


def _targets(files: Sequence[tuple[Path, Path]], out: Path) -> dict[str, Path]:
    """Where each file's results go, without suffix: its own suffix is kept where two files would meet."""
    from munja.imaging.image import printable

    stems = [out / place.with_suffix("") for _, place in files]
    alike = Counter(stems)
    targets: dict[str, Path] = {}
    taken: set[Path] = set()
    for (path, place), stem in zip(files, stems, strict=True):
        target = stem if alike[stem] == 1 else out / place
        if target in taken:
            raise InputError(f"{path}: two files named {place} would be written to one place; read them separately")
        taken.add(target)
        targets[printable(path)] = target
    return targets


def _by_source(pages: Iterable[Page]) -> Iterator[tuple[str, list[Page]]]:
    group: list[Page] = []
    for page in pages:
        if group and group[0].source != page.source:
            yield str(group[0].source), group
            group = []
        group.append(page)
    if group:
        yield str(group[0].source), group


def _heading(name: str, kind: str) -> str:
    return f"==> {name} <==\n" if kind == "text" else ""


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
