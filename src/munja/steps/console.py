"""What steps share with whoever runs them: a Console to report to, files written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from munja.core.artifact import write_atomically
from munja.core.errors import InputError


class Console(Protocol):
    """Where a step shows what it does."""

    def show(self, document: str) -> None:
        """Give a result to the person, as it stands."""
        ...

    def say(self, message: str) -> None:
        """Tell the person something about the run."""
        ...

    def track(self, items: Sequence[str], what: str) -> Iterator[str]:
        """Yield the items one by one, showing how many are done."""
        ...


def write_file(path: Path, content: bytes) -> None:
    """Write a result, with its folder; InputError says where and why not."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from error
