"""What a fine-tuning came to: whether the model is kept, and a report for people and one for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from munja.metrics.corpus import Figure
from munja.train.finetune.plan import GENERAL
from munja.train.finetune.prepare import Prepared
from munja.train.finetune.request import Request
from munja.train.finetune.run import Trained
from munja.train.finetune.table import ALL, CharacterRow, Row

ROUNDING = 1e-9  # a loss of exactly what is allowed is allowed
KEPT, KEPT_WORSE, REJECTED = "kept", "kept though worse", "rejected"


@dataclass(frozen=True)
class Verdict:
    """Whether the model is kept (`kept`, `kept though worse`, `rejected`), and why, in sentences."""

    outcome: str
    sentences: tuple[str, ...]


def verdict(rows: Sequence[Row], *, most_loss: float, keep_worse: bool) -> Verdict:
    """What follows from the figures: a model that lost more than `most_loss` exact on the general set is rejected."""
    said = []
    own = [row for row in rows if row.collection != GENERAL and not row.guided]
    total = next((row for row in own if row.collection == ALL), own[0])
    gain = total.exact.gain
    if gain.value is not None:
        certain = gain.low is not None and gain.high is not None and not gain.low <= 0.0 <= gain.high
        better = "better" if gain.value > 0 else "worse" if gain.value < 0 else "neither better nor worse"
        said.append(
            f"On your test crops it is {better}: {points(gain)} exact."
            + ("" if certain else " So few crops cannot tell: the interval holds 0.")
        )
    general = next((row for row in rows if row.collection == GENERAL), None)
    if general is None:
        said.append("What it lost elsewhere was not measured: there is neither replay nor a general set (--general).")
        return Verdict(KEPT, tuple(said))
    change = general.exact.gain.value or 0.0
    if change >= -most_loss - ROUNDING:
        said.append(f"On the general set it changed by {points(general.exact.gain)} exact, which is allowed.")
        return Verdict(KEPT, tuple(said))
    said.append(
        f"On the general set it lost {-100 * change:.1f} points exact; --most-loss allows {100 * most_loss:.1f}. "
        + ("It is kept nevertheless (--keep-worse)." if keep_worse else
           "It is not saved as a reader: train with more replay (--replay-share), for fewer --minutes, or allow the "
           "loss (--most-loss, --keep-worse).")
    )  # fmt: skip
    return Verdict(KEPT_WORSE if keep_worse else REJECTED, tuple(said))


def to_markdown(
    request: Request,
    prepared: Prepared,
    trained: Trained,
    rows: Sequence[Row],
    characters: Sequence[CharacterRow],
    judged: Verdict,
) -> str:
    """The report for people."""
    parts = [f"# Fine-tuning of {request.start.name}: {judged.outcome}", *judged.sentences]
    parts.append("## Before and after")
    parts.append("Case-sensitive, in %, with 95 % intervals; crops of one photograph are drawn together.")
    parts.append(_table(
        ["set", "crops", "read", "exact before", "exact after", "gain", "1-NED before", "1-NED after"],
        [[row.collection, f"{row.crops} of {row.sources} sources", "with pattern" if row.guided else "freely",
          str(row.exact.before), str(row.exact.after), points(row.exact.gain),
          str(row.one_minus_ned.before), str(row.one_minus_ned.after)] for row in rows],
    ))  # fmt: skip
    if any(row.collection == GENERAL for row in rows):
        parts.append(
            f"`{GENERAL}` is {request.general or 'synthetic lines of the kind that the model was trained on'}."
        )
    parts.append("## Characters read wrongly")
    if characters:
        parts.append(_table(
            ["character", "in the test crops", "wrong before", "wrong after", "taken for"],
            [[f"`{row.character}`", str(row.count), str(row.wrong_before), str(row.wrong_after),
              ", ".join(f"{f'`{each}`' if each else 'left out'} {count}" for each, count in row.taken_for)]
             for row in characters],
        ))  # fmt: skip
    else:
        parts.append("None, before or after.")
    parts.append("## How it was made")
    facts = [
        *prepared.findings,
        *(trial.line() for trial in trained.trials),
        *(mixture.line() + (" (taken)" if i == 0 else "") for i, mixture in enumerate(trained.mixtures)),
        f"learning rate {trained.rate:g}, {request.minutes:g} minutes asked for; the recipe is recipe.toml, the "
        "division of the crops split.csv",
    ]
    parts.append("\n".join(f"- {fact}" for fact in facts))
    return "\n\n".join(parts) + "\n"


def to_json(
    request: Request,
    prepared: Prepared,
    trained: Trained,
    rows: Sequence[Row],
    characters: Sequence[CharacterRow],
    judged: Verdict,
) -> str:
    """The same for programs."""
    tree: dict[str, Any] = {
        "outcome": judged.outcome,
        "sentences": judged.sentences,
        "start": request.start.name,
        "pattern": request.pattern,
        "general": request.general or ("replay" if trained.replay is not None else ""),
        "most_loss": request.most_loss,
        "minutes": request.minutes,
        "learning_rate": trained.rate,
        "trials": [asdict(trial) for trial in trained.trials],
        "mixtures": [asdict(mixture) for mixture in trained.mixtures],
        "added": prepared.alphabet.added,
        "counts": prepared.counts,
        "findings": prepared.findings,
        "rows": [asdict(row) for row in rows],
        "characters": [asdict(row) for row in characters],
    }
    return json.dumps(tree, ensure_ascii=False, indent=1, allow_nan=False)


def points(figure: Figure) -> str:
    """A difference in points with its interval, such as "+12.4 (+3.1 to +21.0)"."""
    if figure.value is None:
        return "undefined"
    shown = f"{100 * figure.value:+.1f}"
    if figure.low is None or figure.high is None:
        return shown
    return f"{shown} ({100 * figure.low:+.1f} to {100 * figure.high:+.1f})"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines)
