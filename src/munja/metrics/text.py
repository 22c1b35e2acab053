"""Text scores: edit distances, words and bags of words, for pages without boxes and for single words.

A page's text is its lines in reading order, don't-care lines left out. Texts are compared in NFC; every run of white
space, line ends included, is one blank, none at the ends.
"""

from __future__ import annotations

import unicodedata
from collections import Counter

from munja.core.errors import SpecError
from munja.core.page import Page
from munja.metrics.alignment import fold
from munja.metrics.edits import Levenshtein
from munja.metrics.formulas import Harmonic, Measure, Ratio
from munja.metrics.jamo import letters_of
from munja.metrics.record import PageResult

_BAG_RECALL = Ratio(("bag_hits",), ("words",))
_BAG_PRECISION = Ratio(("bag_hits",), ("words_read",))
MEASURES = {
    "text": {
        "cer": Measure(Ratio(("edits",), ("characters",)), "lower"),
        "cer_without_space": Measure(Ratio(("tight_edits",), ("tight_characters",)), "lower"),
        "wer": Measure(Ratio(("word_edits",), ("words",)), "lower"),
        "letter_error_rate": Measure(Ratio(("letter_edits",), ("letters",)), "lower"),
        "bag_recall": Measure(_BAG_RECALL),
        "bag_precision": Measure(_BAG_PRECISION),
        "bag_f1": Measure(Harmonic(_BAG_RECALL, _BAG_PRECISION)),
        "exact": Measure(Ratio(("exact",), ("pages",), trials=True)),
        "exact_alphanumeric": Measure(Ratio(("exact_alphanumeric",), ("pages",), trials=True)),
        "one_minus_ned": Measure(Ratio(("similarity",), ("pages",))),
        "ned_2015": Measure(Ratio(("distance_2015",), ("pages_with_text",)), "lower"),
    }
}


def normal(text: str, *, case_sensitive: bool = True, leave_out: str = "") -> str:
    """`text` as it is compared: NFC, single blanks, characters of `leave_out` replaced by blanks."""
    text = unicodedata.normalize("NFC", text)
    if leave_out:
        text = text.translate(dict.fromkeys(map(ord, leave_out), " "))
    text = " ".join(text.split())
    return text if case_sensitive else fold(text)


def one_minus_ned(truth: str, read: str) -> float:
    """1 - edit distance / length of the longer text (ICDAR 2019); 0 if either is empty, two empty ones included.

    Two empty texts give 0 because the published recogniser code that tables are made with gives 0.
    """
    if not truth or not read:
        return 0.0
    return 1.0 - Levenshtein.distance(truth, read) / max(len(truth), len(read))


def ned_2015(truth: str, read: str) -> float:
    """Edit distance / length of the truth: the older form (ICDAR 2015, DOST), of which less is better.

    SpecError for an empty truth, of which there is no such distance.
    """
    if not truth:
        raise SpecError("the edit distance of ICDAR 2015 is a share of the truth's length, and the truth is empty")
    return Levenshtein.distance(truth, read) / len(truth)


def compare(truth: Page, prediction: Page, *, case_sensitive: bool = True, leave_out: str = "") -> PageResult:
    """The record of the text of one page, or of the picture of one word.

    `leave_out` holds characters that count on neither side, such as `~` where a truth writes it for what cannot be
    typed. `exact` compares the texts as they are, `exact_alphanumeric` their ASCII letters and digits in lower case, as
    tables of scene text recognition do.
    """
    wanted, read = (
        normal(page.text, case_sensitive=case_sensitive, leave_out=leave_out) for page in (truth, prediction)
    )
    tight, tight_read = wanted.replace(" ", ""), read.replace(" ", "")
    words, words_read = wanted.split(), read.split()
    letters = letters_of(wanted)
    counts: dict[str, float] = {
        "pages": 1,
        "edits": Levenshtein.distance(wanted, read),
        "characters": len(wanted),
        "tight_edits": Levenshtein.distance(tight, tight_read),
        "tight_characters": len(tight),
        "word_edits": Levenshtein.distance(words, words_read),
        "words": len(words),
        "words_read": len(words_read),
        "bag_hits": (Counter(words) & Counter(words_read)).total(),
        "letter_edits": Levenshtein.distance(letters, letters_of(read)),
        "letters": len(letters),
        "exact": wanted == read,
        "exact_alphanumeric": _alphanumeric(wanted) == _alphanumeric(read),
        "similarity": one_minus_ned(wanted, read),
        "distance_2015": ned_2015(wanted, read) if wanted else 0.0,
        "pages_with_text": bool(wanted),
    }
    source = truth.source if truth.source is not None else prediction.source
    options = {"case_sensitive": case_sensitive, "leave_out": leave_out}
    return PageResult("text", {name: float(value) for name, value in counts.items()}, options, source, truth.index)


def _alphanumeric(text: str) -> str:
    return "".join(each for each in text.lower() if each.isascii() and each.isalnum())
