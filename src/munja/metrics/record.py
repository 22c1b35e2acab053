"""Records: what one page contributes to a metric, and what happened to each of its boxes.

A record's counts add up: the figures of a collection are formulas of the sums, and a bootstrap draws records.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, get_args

from munja.core.errors import PageError, did_you_mean

Kind = Literal["matched", "missed", "false", "split", "merged", "overlapping", "wrong characters", "ignored"]
KINDS: tuple[Kind, ...] = get_args(Kind)
RECORD_VERSION = 1


class BoxResult(NamedTuple):
    """What became of one box.

    `line` and `word` say where it stands in its Page (`word` is None where the line itself was compared). `kinds` has
    the gravest first; "matched" stands alone. `partners` are numbers of boxes of the other side: those it was matched
    with, or, for an overlapping box, those whose characters others had taken. `cost` is what the box takes off the
    end-to-end score, in characters, `detection_cost` off the detection score, penalties for splits and merges
    included; over a page, costs of the truth add up to lost recall and costs of the prediction to lost precision.
    `score` is the reader's own.
    """

    line: int
    word: int | None
    kinds: tuple[Kind, ...]
    partners: tuple[int, ...] = ()
    cost: float = 0.0
    detection_cost: float = 0.0
    score: float | None = None

    @property
    def kind(self) -> Kind:
        """The gravest of its kinds."""
        return self.kinds[0]


@dataclass(frozen=True, slots=True)
class CharacterError:
    """One wrong character: replaced, or missing (`read` empty), or invented (`wanted` empty).

    `truth` and `prediction` are numbers of boxes, None where that side has no character here. `truth_at` and
    `prediction_at` count from 0 in the box's text in NFC, white space included except at its ends.
    """

    wanted: str
    read: str
    truth: int | None = None
    truth_at: int | None = None
    prediction: int | None = None
    prediction_at: int | None = None


@dataclass(frozen=True, slots=True)
class PageResult:
    """What one page contributes to a metric.

    `metric` names it, `options` how it was asked for: only records that agree in both can be summed. `source` and
    `index` are those of the true Page, or of the prediction where the truth has none.
    """

    metric: str
    counts: Mapping[str, float]
    options: Mapping[str, Any] = field(default_factory=dict)
    source: str | None = None
    index: int = 0
    truth: tuple[BoxResult, ...] = ()
    prediction: tuple[BoxResult, ...] = ()
    errors: tuple[CharacterError, ...] = ()

    def to_tree(self) -> dict[str, Any]:
        """This record as plain dicts, lists, strings and numbers; boxes and errors as rows."""
        return {
            "munja_record": RECORD_VERSION,
            "metric": self.metric,
            "options": dict(self.options),
            "source": self.source,
            "index": self.index,
            "counts": dict(self.counts),
            "truth": [[list(each) if isinstance(each, tuple) else each for each in box] for box in self.truth],
            "prediction": [
                [list(each) if isinstance(each, tuple) else each for each in box] for box in self.prediction
            ],
            "errors": [
                [each.wanted, each.read, each.truth, each.truth_at, each.prediction, each.prediction_at]
                for each in self.errors
            ],
        }

    def to_json(self) -> str:
        """This record as a JSON document; `PageResult.from_json` gives it back exactly."""
        return json.dumps(self.to_tree(), ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    @staticmethod
    def from_tree(tree: Any) -> PageResult:
        """The record that `to_tree` wrote; PageError says where it breaks the format."""
        if not isinstance(tree, Mapping) or "munja_record" not in tree:
            raise PageError("not a record of a metric: an object with the key munja_record was wanted")
        if tree["munja_record"] != RECORD_VERSION:
            raise PageError(
                f"this record has version {tree['munja_record']!r}, this Munja knows {RECORD_VERSION}: "
                "measure again with this Munja"
            )
        known = PageResult.__dataclass_fields__
        for key in tree:
            if key != "munja_record" and key not in known:
                raise PageError(f"record: {key} is not a field; {did_you_mean(str(key), known)}")
        try:
            return PageResult(
                metric=tree["metric"],
                counts={str(key): float(value) for key, value in tree["counts"].items()},
                options=dict(tree["options"]),
                source=tree["source"],
                index=tree["index"],
                truth=tuple(_box(row) for row in tree["truth"]),
                prediction=tuple(_box(row) for row in tree["prediction"]),
                errors=tuple(CharacterError(*row) for row in tree["errors"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            kind = type(error).__name__
            raise PageError(
                f"this record of {tree.get('source')!r} is damaged ({kind}: {error}); measure again"
            ) from error

    @staticmethod
    def from_json(document: str | bytes) -> PageResult:
        """The record in a JSON document; PageError if it does not hold one."""
        try:
            tree = json.loads(document)
        except ValueError as error:
            raise PageError(f"not a JSON document: {error}") from error
        return PageResult.from_tree(tree)


def _box(row: Any) -> BoxResult:
    line, word, kinds, partners, cost, detection_cost, score = row
    for kind in kinds:
        if kind not in KINDS:
            raise PageError(f"record: {kind!r} is not a kind of box; {did_you_mean(str(kind), KINDS)}")
    return BoxResult(line, word, tuple(kinds), tuple(partners), cost, detection_cost, score)
