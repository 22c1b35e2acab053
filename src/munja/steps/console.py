"""What steps share with whoever runs them: a Console to report to, files written whole or not at all."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from munja.core.artifact import write_atomically
from munja.core.errors import InputError


class Progress(Protocol):
    """How far a run is, for a person who watches."""

    def advance(self, *, pages: int = 0, sources: int = 0) -> None:
        """Count pages and sources that are done."""
        ...


class Console(Protocol):
    """Where a step shows what it does."""

    def show(self, document: str | bytes) -> None:
        """Give a result to the person, as it stands."""
        ...

    def say(self, message: str) -> None:
        """Tell the person something about the run."""
        ...

    def progress(self, total: int, what: str) -> AbstractContextManager[Progress]:
        """Show how many of `total` sources are done while the context is open, with pages/s and the time left."""
        ...


def write_file(path: Path, content: bytes) -> None:
    """Write a result, with its folder; InputError says where and why not."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from error
