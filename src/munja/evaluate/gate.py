"""Gate: whether a reader is good enough, by fixed bounds or beside an earlier report, for continuous integration.

A bound is `FIGURE=PERCENT`, or PERCENT alone for the main figure: 90 means that the figure must not be worse than 90 %.
Beside a baseline a bound below 0 says how many points may be lost: -0.5 means not more than half a point worse.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from munja.core.errors import InputError, SpecError, did_you_mean
from munja.evaluate.measure import COLUMNS, Column, Measured
from munja.evaluate.truth import Kind
from munja.metrics import compare_readers
from munja.metrics.record import PageResult

REPORT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """One check of one reader: whether it holds, in a sentence."""

    ok: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Bound:
    """What a figure must reach, as a share; below 0 it is the loss allowed beside the baseline."""

    column: Column
    value: float


def parse_bounds(kind: Kind, texts: Sequence[str], *, baseline: bool) -> list[Bound]:
    """The bounds as they are written on the command line; SpecError for a figure that there is not."""
    columns = {column.figure: column for column in COLUMNS[kind]} | {column.key: column for column in COLUMNS[kind]}
    bounds = []
    for given in texts:
        name, equals, number = given.rpartition("=")
        if equals and name not in columns:
            raise SpecError(f"--fail-below {given}: {name!r} is not a figure here; {did_you_mean(name, columns)}")
        try:
            value = float(number.removesuffix("%"))
        except ValueError as error:
            raise SpecError(f"--fail-below {given}: a number in percent was wanted, such as 90 or cer=5") from error
        if not -100 <= value <= 1000 or (value < 0 and not baseline):
            cause = "a loss beside a baseline needs --baseline" if -100 <= value < 0 else "0 to 100 was wanted"
            raise SpecError(f"--fail-below {given}: {cause}")
        bounds.append(Bound(columns[name] if equals else COLUMNS[kind][0], value / 100))
    return bounds


def load_report(path: Path) -> dict[str, Any]:
    """A report.json that was written before; InputError says what is wrong with it."""
    file = path / "report.json" if path.is_dir() else path
    try:
        tree = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"{file}: cannot be read ({error.strerror}); the report.json of an evaluation was wanted"
        ) from error
    except ValueError as error:
        raise InputError(f"{file}: not a JSON document ({error})") from error
    if not isinstance(tree, dict) or "munja_report" not in tree:
        raise InputError(f"{file}: not a report of munja evaluate (it has no munja_report)")
    if tree["munja_report"] != REPORT_VERSION:
        raise InputError(f"{file}: report of version {tree['munja_report']!r}, this Munja knows {REPORT_VERSION}")
    return tree


def judge(
    kind: Kind, readers: Sequence[Measured], bounds: Sequence[Bound], baseline: Mapping[str, Any] | None
) -> list[Verdict]:
    """Every bound for every reader; without a bound, whether the pages say that a reader is worse than the baseline."""
    if baseline is not None and baseline["truth"]["kind"] != kind:
        raise InputError(f"the baseline was measured on {baseline['truth']['kind']}, this truth is of {kind}")
    verdicts = []
    for reader in readers:
        before = None if baseline is None else _before(reader.name, len(readers), baseline)
        if before is not None and not bounds:
            verdicts.append(_not_worse(reader, COLUMNS[kind][0], before))
        verdicts += [_held(reader, bound, before) for bound in bounds]
    return verdicts


def _before(name: str, count: int, baseline: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same reader in the baseline, or its only one where there is only one here too."""
    known: Mapping[str, Mapping[str, Any]] = {each["name"]: each for each in baseline["readers"]}
    if name in known:
        return known[name]
    if len(known) == count == 1:
        return next(iter(known.values()))
    raise InputError(f"the baseline has no reader {name!r}; {did_you_mean(name, known)}")


def _held(reader: Measured, bound: Bound, before: Mapping[str, Any] | None) -> Verdict:
    column, value = bound.column, reader.figure(bound.column).value
    if value is None:
        return Verdict(False, f"{reader.name}: {column.title} is undefined (0/0), so it cannot reach a bound")
    limit, relation = bound.value, "at most" if column.lower else "at least"
    if bound.value < 0:
        assert before is not None  # parse_bounds: a loss needs a baseline
        earlier = before["figures"][column.key]["value"]
        if earlier is None:
            return Verdict(False, f"{reader.name}: {column.title} is undefined (0/0) in the baseline")
        limit = earlier - bound.value if column.lower else earlier + bound.value
    ok = value <= limit + 1e-12 if column.lower else value >= limit - 1e-12
    state = "holds" if ok else "FAILS"
    return Verdict(
        ok, f"{reader.name}: {column.title} {100 * value:.2f} %, {relation} {100 * limit:.2f} % wanted: {state}"
    )


def _not_worse(reader: Measured, column: Column, before: Mapping[str, Any]) -> Verdict:
    earlier = [PageResult.from_tree(tree) for tree in before["records"][column.metric]]
    names = ("the baseline", reader.name)
    compared = compare_readers(earlier, reader.records[column.metric], column.figure, names=names)
    ok = compared.winner != "the baseline"
    return Verdict(ok, f"{compared.sentence} {'Holds.' if ok else 'FAILS.'}")
