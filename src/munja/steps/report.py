"""What a run of `munja read` did, in numbers and for a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from munja.core.errors import MunjaError


@dataclass(frozen=True)
class Outcome:
    """What became of one source: pages and lines read, files written, notes of its Pages; or what ended it."""

    number: int
    name: str
    pages: int = 0
    lines: int = 0
    written: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    error: MunjaError | None = None


@dataclass
class ReadReport:
    """What a `read` did: counts, seconds, files written, and a message for each source that failed."""

    sources: int = 0
    skipped: int = 0
    pages: int = 0
    lines: int = 0
    seconds: float = 0.0
    written: list[Path] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every source was read."""
        return not self.failures

    def add(self, outcome: Outcome) -> None:
        """Count what became of a source."""
        self.notes += outcome.notes
        if outcome.error is not None:
            self.failures.append(str(outcome.error))
            return
        self.pages += outcome.pages
        self.lines += outcome.lines
        self.written += outcome.written

    def sentence(self) -> str:
        """The run in one line, for a person."""
        rate = self.pages / self.seconds if self.seconds else 0.0
        skipped = f", {self.skipped:,} finished before" if self.skipped else ""
        failed = f", {len(self.failures):,} failed" if self.failures else ""
        return (
            f"{count_of(self.sources, 'file')}, {count_of(self.pages, 'page')}, {count_of(self.lines, 'line')} "
            f"in {self.seconds:.1f} s ({rate:.2f} pages/s){skipped}{failed}"
        )


def count_of(number: int, what: str) -> str:
    """A number with its noun: 1 file, 2 files."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
