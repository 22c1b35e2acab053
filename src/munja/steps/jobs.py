"""How sources are read and written: one after the other in this process, or side by side in several."""

from __future__ import annotations

import io
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from munja.core.errors import EngineError, InputError, MunjaError
from munja.steps.inputs import Input
from munja.steps.report import Outcome, count_of
from munja.steps.results import Results, RunError, is_lasting, result_path

if TYPE_CHECKING:
    from munja.core.page import Page
    from munja.imaging.image import Image, PageRanges
    from munja.read.reader import Reader
    from munja.read.writers import Writer


@dataclass(frozen=True)
class Task:
    """How sources are read: settings of the Reader, formats, pages, regions with their patterns, and password."""

    formats: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    pages: PageRanges | None = None
    regions: tuple[tuple[int, int, int, int], ...] = ()
    password: str | None = None
    patterns: Any = None  # as Reader.__call__ takes them for these regions


@dataclass(frozen=True)
class Job:
    """One source, and where its results go, without suffix; None shows them instead."""

    number: int
    source: Input
    target: Path | None


class _Result:
    """What one source gives while it is read: its documents, counts and notes, or the error that ended it."""

    def __init__(self, job: Job, writers: Sequence[Writer], password: str | None) -> None:
        self.job = job
        self._password = password
        self.error: MunjaError | None = None
        self._writers = writers
        self._results: list[Results] = []
        self._memory = io.BytesIO()
        self._pages = self._lines = 0
        self._notes: list[str] = []

    def add(self, page: Page, image: Image) -> None:
        """Take the next page; an error is kept, and what comes after it is not written."""
        if self.error is not None:
            return
        try:
            for each in self._opened():
                each.add(page, image)
        except MunjaError as error:
            self.error = error
            return
        self._pages += 1
        self._lines += len(page.lines)
        where = self.job.source.name + (f" (page {page.index + 1})" if page.index else "")
        self._notes += [f"{where}: {note}" for note in page.notes]

    def end(self, error: MunjaError | None, show: Callable[[str, bytes], None]) -> Outcome:
        """Give the documents their names, or remove them if there was an error."""
        self.error = self.error or error
        written: list[Path] = []
        if self.error is None:
            try:
                written = [path for each in self._opened() for path in each.finish()]
            except MunjaError as found:
                self.error = found
        self.discard()
        if self.error is None and self.job.target is None:
            show(self.job.source.name, self._memory.getvalue())
        return Outcome(
            self.job.number,
            self.job.source.name,
            self._pages,
            self._lines,
            tuple(written),
            tuple(self._notes),
            self.error if self.error is None or not self._pages else self._with_pages(self.error),
        )

    def discard(self) -> None:
        """Remove what is not finished."""
        for each in self._results:
            each.discard()

    def _with_pages(self, error: MunjaError) -> MunjaError:
        if is_lasting(error):
            return error
        before = count_of(self._pages, "page")
        return InputError(
            f"{error}; nothing was written, though {before} before it could be read: name them in --pages"
        )

    def _opened(self) -> list[Results]:
        if not self._results:
            target, source = self.job.target, self.job.source
            for each in self._writers:
                place = self._memory if target is None else result_path(target, each)
                self._results.append(Results(each, source, place, self._password))
        return self._results


def read_each(
    reader: Reader, jobs: Sequence[Job], task: Task, *, on_page: Callable[[], None], show: Callable[[str, bytes], None]
) -> Generator[Outcome, None, None]:
    """Read jobs in order, write each one's results as its pages come, and say what became of it.

    Whatever ends this early, no unfinished file stays behind. An error that every other source would meet as well, such
    as a full disk, is the last outcome.
    """
    from munja.read.stream import PageRead
    from munja.read.writers import writer

    writers = [writer(each) for each in task.formats]
    events = reader.events(
        (job.source.open() for job in jobs),
        pages=task.pages,
        region=task.regions or None,
        pattern=task.patterns,
        password=task.password,
    )
    result: _Result | None = None
    try:
        for event in events:
            if result is None:
                result = _Result(jobs[event.number], writers, task.password)
            if isinstance(event, PageRead):
                result.add(event.page, event.image)
                on_page()
                if not is_lasting(result.error):
                    continue
            outcome = result.end(None if isinstance(event, PageRead) else event.error, show)
            result = None
            yield outcome
            if is_lasting(outcome.error):
                return
    finally:
        if result is not None:
            result.discard()
        events.close()


class _StoppedError(Exception):
    """The parent process asked to stop."""


class _Worker:
    """What a worker process keeps between sources."""

    reader: Reader | None = None
    task: Task
    stop: Any


_worker = _Worker()


def _begin(task: Task, stop: Any) -> None:
    """Prepare a worker process: Ctrl-C is the parent's to handle."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _worker.task, _worker.stop = task, stop


def _read_one(job: Job) -> Outcome | None:
    """Read one source in a worker process; None if the parent asked to stop before it was finished."""
    from munja.read.reader import Reader

    def on_page() -> None:
        """Stop between pages if the parent asked for it."""
        if _worker.stop.is_set():
            raise _StoppedError

    try:
        on_page()
        if _worker.reader is None:
            _worker.reader = Reader(**_worker.task.settings)
        alone = Job(0, job.source, job.target)
        (outcome,) = read_each(
            _worker.reader, [alone], _worker.task, on_page=on_page, show=lambda _name, _document: None
        )
    except _StoppedError:
        return None
    except MunjaError as error:  # there is no reader: no other source can be read either
        return Outcome(job.number, job.source.name, error=RunError(str(error), lasting=True))
    # Only errors of one text cross from process to process whole.
    told = outcome.error if outcome.error is None or is_lasting(outcome.error) else InputError(str(outcome.error))
    return replace(outcome, number=job.number, error=told)


def read_side_by_side(jobs: Sequence[Job], task: Task, processes: int) -> Generator[Outcome, None, None]:
    """Read jobs in several processes and say what became of each, in the order in which they end.

    When this is closed or interrupted, each process stops after its page and leaves no unfinished file.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from concurrent.futures.process import BrokenProcessPool

    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    pool = ProcessPoolExecutor(processes, context, _begin, (task, stop))
    try:
        waiting = [pool.submit(_read_one, job) for job in jobs]
        for future in as_completed(waiting):
            outcome = future.result()
            if outcome is None:
                continue
            yield outcome
            if is_lasting(outcome.error):
                return
    except BrokenProcessPool as error:
        raise EngineError(
            f"one of {processes} reading processes ended by itself, as when memory runs out; finished results are "
            "kept: go on with --resume and fewer --jobs"
        ) from error
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)
