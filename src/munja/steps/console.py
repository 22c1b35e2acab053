"""Console: where a step shows what it does, whoever runs it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol


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
