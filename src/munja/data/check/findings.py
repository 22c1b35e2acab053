"""What a check found: each finding has a kind, how bad that is, the sample, and the detail."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field

SEVERITIES = ("error", "warning", "note")  # cannot be used; is probably wrong; should be known


@dataclass(frozen=True)
class Finding:
    """One thing found: its kind in a few words, the severity, the set, the sample's name, and what exactly."""

    kind: str
    severity: str
    collection: str
    sample: str
    detail: str


@dataclass
class Findings:
    """All findings of a check, how many samples were looked at, and sentences on sets as a whole."""

    samples: int = 0
    found: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not any(each.severity == "error" for each in self.found)

    def add(self, severity: str, kind: str, collection: str, sample: str, detail: str = "") -> None:
        """Note a finding."""
        self.found.append(Finding(kind, severity, collection, sample, detail))

    def of(self, kind: str) -> list[Finding]:
        """The findings of a kind."""
        return [each for each in self.found if each.kind == kind]

    def counts(self) -> dict[str, int]:
        """How many findings there are of each kind, the most frequent first."""
        return dict(Counter(each.kind for each in self.found).most_common())

    def summary(self, examples: int = 3) -> str:
        """Counts by kind, worst first, with a few examples of each."""
        counts = Counter((SEVERITIES.index(each.severity), each.kind) for each in self.found)
        lines = [f"{self.samples:,} samples looked at, {len(self.found):,} findings"]
        for (severity, kind), count in sorted(counts.items(), key=lambda each: (each[0][0], -each[1])):
            lines.append(f"{SEVERITIES[severity]:8} {count:6,}  {kind}")
            some = [each for each in self.found if each.kind == kind and each.severity == SEVERITIES[severity]]
            lines += [f"{'':17} {_place(each)}{': ' if each.detail else ''}{each.detail}" for each in some[:examples]]
            if count > examples:
                lines.append(f"{'':17} ... and {count - examples:,} more")
        return "\n".join(lines) + "\n"

    def table(self) -> str:
        """All findings as tab-separated values with a heading."""
        target = io.StringIO()
        writer = csv.writer(target, delimiter="\t", lineterminator="\n")
        writer.writerow(["severity", "kind", "set", "sample", "detail"])
        for each in sorted(self.found, key=lambda each: (SEVERITIES.index(each.severity), each.kind)):
            writer.writerow([each.severity, each.kind, each.collection, each.sample, each.detail])
        return target.getvalue()


def _place(finding: Finding) -> str:
    return f"{finding.collection}: {finding.sample}" if finding.sample else finding.collection
