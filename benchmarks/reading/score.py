"""The accuracy figures, by munja.metrics. Every page gives a tally of counts; tallies add up; figures come of the sums.

Texts. NFC; every run of white space is one blank, none at the ends. A page's text is its lines joined by a line break:
the truth's in file order, a reader's in the order in which it lists them. Receipts are compared without case, as their
truth is upper case whatever is printed. Documents are compared as they are, but `~`, which stands in their truth for a
mark that cannot be typed, is left out on both sides.

bag of words  tokens between white space as a multiset per page, without case, punctuation kept: F1 over all pages.
1-NED         1 - edit distance / length of the longer text, per page, mean over pages.
CER           edit distance / length of the truth, both summed over pages; once more with all white space removed.
CLEval        as the published code counts (munja.metrics.cleval, mode compat), case-insensitive, white space removed
              from truth and reading; don't-care regions as the truth marks them. H of detection and of end-to-end.

Figures are in percent; one that is 0/0 is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from benchmarks.reading.data import TruthPage
from benchmarks.reading.readers import ReadLine
from munja.core.page import Line, Page, as_polygon
from munja.metrics import cleval, text
from munja.metrics.corpus import measures_of

Tally = dict[str, float]
UNTYPEABLE = "~"
CLEVAL = "cleval.compat"


def true_page(page: TruthPage) -> Page:
    """The truth as a Page; of a document, whose boxes are not known, its lines of text."""
    lines = tuple(Line(line.text, as_polygon(line.quad), ignore=line.ignore) for line in page.lines)
    return Page(*page.size, lines or tuple(Line(row) for row in page.text.split("\n")), source=page.name)


def read_page(page: TruthPage, lines: Sequence[ReadLine]) -> Page:
    """What a reader read, as a Page."""
    return Page(*page.size, tuple(Line(line["text"], as_polygon(line["quad"])) for line in lines), source=page.name)


def tally(page: TruthPage, lines: Sequence[ReadLine]) -> Tally:
    """All counts of one page: with boxes in the truth it is a receipt, without them a document."""
    truth, read = true_page(page), read_page(page, lines)
    if not page.lines:
        words = text.compare(truth, read, case_sensitive=False, leave_out=UNTYPEABLE).counts
        letters = text.compare(truth, read, leave_out=UNTYPEABLE).counts
        return {**_named("words", words), **_named("text", letters)}
    counts = text.compare(truth, read, case_sensitive=False).counts
    boxes = cleval.compare(tight_page(truth), tight_page(read), mode="compat", level="line").counts
    return {**_named("words", counts), **_named("text", counts), **_named(CLEVAL, boxes)}


def total(tallies: Iterable[Mapping[str, float]]) -> Tally:
    """The sum of tallies, count by count."""
    summed: Tally = {}
    for each in tallies:
        for name, count in each.items():
            summed[name] = summed.get(name, 0.0) + count
    return summed


def _named(part: str, counts: Mapping[str, float]) -> Tally:
    return {f"{part}/{name}": float(count) for name, count in counts.items()}


def tight_page(page: Page) -> Page:
    """The page's lines that have a box, without white space."""
    lines = tuple(
        Line("".join(line.text.split()), line.polygon, ignore=line.ignore)
        for line in page.lines
        if len(line.polygon) > 2
    )
    return Page(page.width, page.height, lines, source=page.source)


def _percent(part: str, metric: str, figure: str, sums: Mapping[str, float]) -> float:
    """A figure of munja.metrics, of those counts of a tally that belong to a part of it."""
    counts = {name.removeprefix(f"{part}/"): count for name, count in sums.items() if name.startswith(f"{part}/")}
    value = float(measures_of(metric)[figure].formula(counts))
    return 0.0 if value != value else 100 * value


def words_f1(counts: Mapping[str, float]) -> float:
    """Bag-of-words F1 in percent."""
    return _percent("words", "text", "bag_f1", counts)


def one_ned(counts: Mapping[str, float]) -> float:
    """Mean 1-NED in percent."""
    return _percent("text", "text", "one_minus_ned", counts)


def cer(counts: Mapping[str, float]) -> float:
    """Character error rate in percent, white space counted."""
    return _percent("text", "text", "cer", counts)


def cer_without_spaces(counts: Mapping[str, float]) -> float:
    """Character error rate in percent, white space removed."""
    return _percent("text", "text", "cer_without_space", counts)


def cleval_end_to_end(counts: Mapping[str, float]) -> float:
    """CLEval's end-to-end H in percent."""
    return _percent(CLEVAL, CLEVAL, "end_to_end_hmean", counts)


def cleval_detection(counts: Mapping[str, float]) -> float:
    """CLEval's detection H in percent."""
    return _percent(CLEVAL, CLEVAL, "detection_hmean", counts)


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
