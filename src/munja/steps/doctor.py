"""`munja doctor`: what works on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from munja.core.registry import register
from munja.steps.console import Console

if TYPE_CHECKING:
    from munja.read.doctor import Check


@dataclass(frozen=True)
class Examination:
    """What was checked; fine if nothing is broken."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is broken."""
        return all(check.state != "broken" for check in self.checks)


@register("step", "doctor")
def doctor(console: Console, /, *, models: str | None = None) -> Examination:
    """Check what works on this machine: engines, models, formats; a known picture is read by each engine.

    Args:
        models: Model set: munja, ppocr, or a folder of artifacts.
    """
    from munja.read.doctor import examine

    checks = []
    for check in examine(models):
        checks.append(check)
        cure = f"\n{'':10}do: {check.cure}" if check.cure else ""
        console.show(f"{check.state:8}  {check.name}: {check.seen}{cure}\n")
    broken = [check.name for check in checks if check.state == "broken"]
    console.say("everything that is installed works" if not broken else f"munja: broken: {', '.join(broken)}")
    return Examination(tuple(checks))
