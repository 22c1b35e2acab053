"""The accuracy figures, defined. Every page gives a tally of counts; tallies add up; figures are ratios of the sums.

Texts. NFC; every run of white space is one blank, none at the ends. A page's text is its lines joined by a line break:
the truth's in file order, a reader's in the order in which it lists them. Receipts are compared casefolded, as their
truth is upper case whatever is printed. Documents are compared as they are, but `~`, which stands in their truth for a
mark that cannot be typed, is left out on both sides.

bag of words  tokens between white space as a multiset per page, casefolded, punctuation kept; hits (the multisets'
              intersection) and tokens are summed over all pages; F1 = 2 hits / (tokens of truth + tokens read).
1-NED         1 - edit distance / length of the longer text, per page, mean over pages; two empty texts give 1.
CER           edit distance / length of the truth, both summed over pages; once more with all white space removed.
CLEval        clovaai's package with its defaults (arXiv:2006.06244), case-insensitive, white space removed from truth
              and reading; don't-care regions as the truth marks them. H of detection and of end-to-end reading.

Figures are in percent.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from rapidfuzz.distance import Levenshtein

from benchmarks.reading.data import TruthLine, TruthPage
from benchmarks.reading.readers import ReadLine

Tally = dict[str, float]
UNTYPEABLE = "~"


def normal(text: str, *, fold: bool) -> str:
    """`text` as it is compared: NFC, single blanks, casefolded if `fold`."""
    text = unicodedata.normalize("NFC", text)
    if fold:
        text = unicodedata.normalize("NFC", text.casefold())
    return " ".join(text.split())


def bag_of_words(truth: str, read: str) -> Tally:
    """Tokens that both have, that the truth has and that the reading has."""
    wanted, found = (Counter(normal(text, fold=True).split(" ")) for text in (truth, read))
    for bag in (wanted, found):
        del bag[""]
    return {"word_hits": (wanted & found).total(), "words_true": wanted.total(), "words_read": found.total()}


def edits(truth: str, read: str, *, fold: bool) -> Tally:
    """Edit distances of a page's text with and without white space, and its 1-NED."""
    wanted, found = normal(truth, fold=fold), normal(read, fold=fold)
    tight_wanted, tight_found = wanted.replace(" ", ""), found.replace(" ", "")
    distance = Levenshtein.distance(wanted, found)
    longer = max(len(wanted), len(found))
    return {
        "edits": distance,
        "characters": len(wanted),
        "tight_edits": Levenshtein.distance(tight_wanted, tight_found),
        "tight_characters": len(tight_wanted),
        "one_ned": 1 - distance / longer if longer else 1.0,
        "pages": 1,
    }


def eight_numbers(quad: Sequence[Sequence[float]]) -> list[float]:
    """Four corners as x1, y1 .. x4, y4; a polygon of another length gives its upright box."""
    if len(quad) != 4:
        across, down = [point[0] for point in quad], [point[1] for point in quad]
        left, right, top, bottom = min(across), max(across), min(down), max(down)
        quad = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return [float(number) for point in quad for number in point]


def cleval(truth: Sequence[TruthLine], read: Sequence[ReadLine]) -> Tally:
    """CLEval's counters of one page, detection (`det_`) and end-to-end (`e2e_`)."""
    from cleval.box_types import QUAD  # type: ignore[import-untyped]
    from cleval.eval_functions import evaluation  # type: ignore[import-untyped]
    from cleval.torchmetric import Options  # type: ignore[import-untyped]

    wanted = [
        QUAD(eight_numbers(line.quad), transcription="".join(line.text.split()), is_dc=line.ignore) for line in truth
    ]
    found = [
        QUAD(eight_numbers(line["quad"]), transcription="".join(line["text"].split()), is_dc=False)
        for line in read
        if len(line["quad"]) > 2
    ]
    options = Options(
        case_sensitive=False,
        recall_gran_penalty=1.0,
        precision_gran_penalty=1.0,
        vertical_aspect_ratio_thresh=0.5,
        ap_constraint=0.3,
    )
    counts = evaluation(options, wanted, found).stats
    names = {
        "true": "num_char_gt",
        "read": "num_char_det",
        "recall_hits": "num_char_tp_recall",
        "recall_penalty": "gran_score_recall",
        "precision_hits": "num_char_tp_precision",
        "precision_penalty": "gran_score_precision",
    }
    return {
        f"{part}_{name}": float(getattr(getattr(counts, part), attribute))
        for part in ("det", "e2e")
        for name, attribute in names.items()
    }


def tally(page: TruthPage, lines: Sequence[ReadLine]) -> Tally:
    """All counts of one page: with boxes in the truth it is a receipt, without them a document."""
    text = "\n".join(line["text"] for line in lines)
    if page.lines:
        return {**bag_of_words(page.text, text), **edits(page.text, text, fold=True), **cleval(page.lines, lines)}
    truth, text = page.text.replace(UNTYPEABLE, " "), text.replace(UNTYPEABLE, " ")
    return {**bag_of_words(truth, text), **edits(truth, text, fold=False)}


def total(tallies: Iterable[Mapping[str, float]]) -> Tally:
    """The sum of tallies, count by count."""
    summed: Tally = {}
    for each in tallies:
        for name, count in each.items():
            summed[name] = summed.get(name, 0.0) + count
    return summed


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _cleval_h(counts: Mapping[str, float], part: str) -> float:
    recall, precision = (
        _ratio(max(0.0, counts[f"{part}_{side}_hits"] - counts[f"{part}_{side}_penalty"]), counts[f"{part}_{whole}"])
        for side, whole in (("recall", "true"), ("precision", "read"))
    )
    return 100 * _ratio(2 * recall * precision, recall + precision)


def words_f1(counts: Mapping[str, float]) -> float:
    """Bag-of-words F1 in percent."""
    return 100 * _ratio(2 * counts["word_hits"], counts["words_true"] + counts["words_read"])


def one_ned(counts: Mapping[str, float]) -> float:
    """Mean 1-NED in percent."""
    return 100 * _ratio(counts["one_ned"], counts["pages"])


def cer(counts: Mapping[str, float]) -> float:
    """Character error rate in percent, white space counted."""
    return 100 * _ratio(counts["edits"], counts["characters"])


def cer_without_spaces(counts: Mapping[str, float]) -> float:
    """Character error rate in percent, white space removed."""
    return 100 * _ratio(counts["tight_edits"], counts["tight_characters"])


def cleval_end_to_end(counts: Mapping[str, float]) -> float:
    """CLEval's end-to-end H in percent."""
    return _cleval_h(counts, "e2e")


def cleval_detection(counts: Mapping[str, float]) -> float:
    """CLEval's detection H in percent."""
    return _cleval_h(counts, "det")


Figure = Callable[[Mapping[str, float]], float]
RECEIPT_FIGURES: dict[str, Figure] = {
    "cleval_end_to_end": cleval_end_to_end,
    "cleval_detection": cleval_detection,
    "words_f1": words_f1,
    "one_ned": one_ned,
}
DOCUMENT_FIGURES: dict[str, Figure] = {
    "words_f1": words_f1,
    "cer": cer,
    "cer_without_spaces": cer_without_spaces,
    "one_ned": one_ned,
}
