"""Formula scores: sentence accuracy and token error rate of LaTeX whose tokens are separated by blanks.

The score of the Korean formula challenge is 0.9 * sentence accuracy + 0.1 * (1 - WER), where WER is the mean over
formulas of the tokens' edit distance over the length of the longer formula.
"""

from __future__ import annotations

from munja.core.page import Page
from munja.metrics.edits import Levenshtein
from munja.metrics.formulas import Measure, Ratio, Weighted
from munja.metrics.record import PageResult

_ACCURACY = Ratio(("exact",), ("formulas",), trials=True)
_WER = Ratio(("token_distance",), ("formulas",))
MEASURES = {
    "formula": {
        "sentence_accuracy": Measure(_ACCURACY),
        "token_wer": Measure(_WER, "lower"),
        "score": Measure(Weighted(((0.9, _ACCURACY), (-0.1, _WER)), constant=0.1)),
        "token_error_rate": Measure(Ratio(("token_edits",), ("tokens",)), "lower"),
    }
}


def compare(truth: Page, prediction: Page) -> PageResult:
    """The record of one formula; a Page of several lines is one formula after the other."""
    wanted, read = truth.text.split(), prediction.text.split()
    edits = Levenshtein.distance(wanted, read)
    longer = max(len(wanted), len(read))
    counts = {
        "formulas": 1.0,
        "exact": float(wanted == read),
        "token_distance": edits / longer if longer else 0.0,
        "token_edits": float(edits),
        "tokens": float(len(wanted)),
    }
    source = truth.source if truth.source is not None else prediction.source
    return PageResult("formula", counts, {}, source, truth.index)
