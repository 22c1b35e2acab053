"""What a conversion has to say: every label that was dropped, and everything that a format cannot hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Problem:
    """A label or picture that was left out: the file and line (or entry), and why."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


@dataclass
class Report:
    """Counts of what was read and written, everything dropped, and what was lost how often, with a first place."""

    read: int = 0
    written: int = 0
    dropped: list[Problem] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    first_lost: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing was dropped."""
        return not self.dropped

    def drop(self, where: str, reason: object) -> None:
        """Note that something was left out."""
        text = str(reason)
        self.dropped.append(Problem(where, text.removeprefix(f"{where}: ")))

    def lose(self, what: str, where: str) -> None:
        """Note that a value could not be held by the format."""
        self.lost[what] += 1
        self.first_lost.setdefault(what, where)

    def note(self, sentence: str) -> None:
        """Note something for a person, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def summary(self) -> list[str]:
        """The report in sentences, without the list of what was dropped."""
        lines = [f"{self.read:,} read, {self.written:,} written, {len(self.dropped):,} dropped"]
        lines += [f"not held by the format: {what}, {count:,} times, first in {self.first_lost[what]}"
                  for what, count in self.lost.most_common()]  # fmt: skip
        return lines + self.notes
