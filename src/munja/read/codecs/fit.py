"""The likeliest path through CTC outputs that a closed guide, such as a pattern, allows.

Unlike prefix_beam, which sums over paths and keeps texts apart, it follows the likeliest path into each state of the
guide: texts that lead to one state and end in one class have the same future. Classes that the guide allows are tried
however unlikely they are, so that a reading is found where the picture suggests another.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.read.codecs.beam import ClosedGuide
from munja.read.codecs.ctc import BLANK

WIDTH = 32  # 256 win back one code in a hundred more and take ten times as long
EMPTY = 1e-2  # a column whose classes other than the blank come to less than this holds no character
TRIED = 6  # classes tried per state and column, the likeliest that may follow
NAMED = 8  # likeliest classes of a column that a guide is asked about where it cannot name its own

_Text = tuple[Any, int]  # a text as its beginning, itself a text or None, and its last class
# State of the guide and class of the last column, blank or not: log probability of the best path there, and its text.
_Beam = dict[tuple[Any, int], tuple[float, _Text | None]]


def likeliest_fit(
    log_probability: NDArray[Any], guide: ClosedGuide, *, width: int = WIDTH, limit: float = math.inf
) -> tuple[tuple[int, ...], float] | None:
    """Classes without blanks of the likeliest allowed text of (T, classes), and the log probability of its best path.

    None where no text is allowed, or each is more than `limit` nats less likely than the best path of all.
    """
    best = np.cumsum(log_probability.max(1)).tolist()
    empty = (log_probability[:, BLANK] > math.log1p(-EMPTY)).tolist()
    beam: _Beam = {(guide.start(), BLANK): (0.0, None)}
    for column, reached, skipped in zip(log_probability, best, empty, strict=True):
        following = _stay(beam, column)
        if not skipped:
            _go_on(beam, column, guide, following)
        beam = {key: each for key, each in following.items() if each[0] >= reached - limit}
        if len(beam) > width:
            beam = dict(sorted(beam.items(), key=lambda item: -item[1][0])[:width])
    ends = [each for (state, _), each in beam.items() if guide.end(state) is not None]
    if not ends:
        return None
    total, text = max(ends, key=lambda each: each[0])
    return _classes(text), total


def _stay(beam: _Beam, column: NDArray[Any]) -> _Beam:
    """The paths that go on with a blank or with their last class once more."""
    blank = float(column[BLANK])
    following: _Beam = {}
    for (state, last), (score, text) in beam.items():
        _keep(following, (state, BLANK), score + blank, text)
        if last != BLANK:
            _keep(following, (state, last), score + float(column[last]), text)
    return following


def _go_on(beam: _Beam, column: NDArray[Any], guide: ClosedGuide, following: _Beam) -> None:
    """Add the paths that go on with another class to `following`."""
    named = min(NAMED, len(column))
    likely = np.argpartition(column, -named)[-named:]
    known: dict[Any, list[tuple[int, float, Any]]] = {}
    for (state, last), (score, text) in beam.items():
        steps = known.get(state)
        if steps is None:
            steps = known[state] = _steps(state, column, guide, likely)
        for each, added, stepped in steps:
            if each != last:  # the same class again is the same character unless a blank stands between
                _keep(following, (stepped, each), score + added, (text, each))


def _keep(beam: _Beam, key: tuple[Any, int], score: float, text: _Text | None) -> None:
    known = beam.get(key)
    if known is None or score > known[0]:
        beam[key] = (score, text)


def _steps(
    state: Any, column: NDArray[Any], guide: ClosedGuide, likely: NDArray[np.int64]
) -> list[tuple[int, float, Any]]:
    """The likeliest classes that may follow a state, their log probabilities and the states after them."""
    allowed = guide.following(state, likely)
    scores = column[allowed]
    if len(allowed) > TRIED:
        chosen = np.argpartition(scores, -TRIED)[-TRIED:]
        allowed, scores = allowed[chosen], scores[chosen]
    found = []
    for each, score in zip(allowed.tolist(), scores.tolist(), strict=True):
        stepped = guide.step(state, each)
        if stepped is not None:
            found.append((each, score, stepped[0]))
    return found


def _classes(text: _Text | None) -> tuple[int, ...]:
    classes = []
    while text is not None:
        text, each = text
        classes.append(each)
    return tuple(reversed(classes))
