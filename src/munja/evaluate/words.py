"""Findings where the truth is text alone: words of truth and reading aligned, in the order in which they stand."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from munja.core.page import Page, Polygon, as_polygon, geometric_mean
from munja.evaluate.findings import Finding, PageFindings, Piece, Sums, Unit, places
from munja.evaluate.pairing import parts
from munja.imaging.warp import part
from munja.metrics.alignment import align, fold, spell
from munja.metrics.edits import Levenshtein

MOVED_WORDS = 3  # so many missed words in a row that stand elsewhere were moved, not missed
MOVED_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word of a page: its text in NFC, where it stands (empty where that is not known), and the line it is from."""

    text: str
    polygon: Polygon
    line: int


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a page, and the words as they are compared."""

    texts: list[str]
    lines: list[int]
    keys: list[str]


@dataclass(slots=True)
class _Block:
    """A run of words that differ: their numbers on both sides."""

    truth: range
    prediction: range


def findings_of_text(
    truth: Page, prediction: Page, *, case_sensitive: bool, leave_out: str = "", single: bool = False
) -> PageFindings:
    """The findings of a page of text, or of the picture of one word or line (`single`): then it is one unit."""
    wanted, read = (_words(page, case_sensitive, leave_out) for page in (truth, prediction))
    if single:
        differ = wanted.keys != read.keys
        blocks = [_Block(range(len(wanted.keys)), range(len(read.keys)))] if differ else []
    else:
        blocks = _blocks(wanted.keys, read.keys)
    found = _moved([_finding(block, wanted, read, case_sensitive, single) for block in blocks])
    units = _single_unit(wanted, found) if single else _units(wanted, found)
    sums = Sums(_characters(wanted.texts), _characters(read.texts), {}, {})
    for each in found:
        for table, cost in ((sums.lost, each.recall), (sums.invented, each.precision)):
            if cost:
                table[each.kinds[0]] = table.get(each.kinds[0], 0.0) + cost
    return PageFindings(tuple(found), tuple(units), sums, _judged(prediction, read, blocks, single))


def words_of(page: Page, leave_out: str = "") -> list[PlacedWord]:
    """The words of all lines that count, in order; `leave_out` holds characters that are taken for blanks.

    A word for which the Page has no box of its own stands in its share of the line.
    """
    found = []
    for number, line in enumerate(page.lines):
        if line.ignore:
            continue
        text = unicodedata.normalize("NFC", line.text).translate(dict.fromkeys(map(ord, leave_out), " "))
        own = [unicodedata.normalize("NFC", word.text) for word in line.words]
        boxed = own == text.split() and all(word.polygon for word in line.words)
        for place, match in enumerate(re.finditer(r"\S+", text)):
            polygon = line.words[place].polygon if boxed else _share(line.polygon, text, match.span())
            found.append(PlacedWord(match[0], polygon, number))
    return found


def _share(polygon: Polygon, text: str, span: tuple[int, int]) -> Polygon:
    if len(polygon) != 4:
        return polygon
    return as_polygon(part(np.asarray(polygon, np.float64), span[0] / len(text), span[1] / len(text)))


def _words(page: Page, case_sensitive: bool, leave_out: str) -> _Words:
    words = words_of(page, leave_out)
    texts = [word.text for word in words]
    return _Words(texts, [word.line for word in words], texts if case_sensitive else [fold(text) for text in texts])


def _blocks(wanted: list[str], read: list[str]) -> list[_Block]:
    """Runs of words that differ, between words that are equal, in parts that belong together."""
    blocks: list[_Block] = []
    for operation in Levenshtein.opcodes(wanted, read):
        if operation.tag == "equal":
            continue
        truth = range(operation.src_start, operation.src_end)
        prediction = range(operation.dest_start, operation.dest_end)
        if blocks and blocks[-1].truth.stop == truth.start and blocks[-1].prediction.stop == prediction.start:
            blocks[-1].truth = range(blocks[-1].truth.start, truth.stop)
            blocks[-1].prediction = range(blocks[-1].prediction.start, prediction.stop)
        else:
            blocks.append(_Block(truth, prediction))
    return [
        _Block(_shifted(truth, block.truth), _shifted(reading, block.prediction))
        for block in blocks
        for truth, reading in parts([wanted[k] for k in block.truth], [read[k] for k in block.prediction])
    ]


def _shifted(numbers: range, by: range) -> range:
    return range(numbers.start + by.start, numbers.stop + by.start)


def _finding(block: _Block, wanted: _Words, read: _Words, case_sensitive: bool, single: bool) -> Finding:
    sides = [
        [(number, spell(words.texts[number], case_sensitive=case_sensitive)) for number in numbers]
        for words, numbers in ((wanted, block.truth), (read, block.prediction))
    ]
    right, right_read, errors = align(sides[0], sides[1])
    recall = _characters([wanted.texts[k] for k in block.truth]) - sum(right.values())
    precision = _characters([read.texts[k] for k in block.prediction]) - sum(right_read.values())
    more = len(block.prediction) - len(block.truth)
    if not block.prediction or not block.truth:
        kinds: tuple[str, ...] = ("missed",) if block.truth else ("false",)
    elif recall or precision:
        kinds = ("wrong characters",)
    else:  # the same characters, but other blanks between them
        kinds = ("split",) if more > 0 else ("merged",)
        recall, precision = max(more, 0), max(-more, 0)
    truth = tuple(Piece(0 if single else k, wanted.texts[k], places(errors, "truth", k)) for k in block.truth)
    prediction = tuple(Piece(k, read.texts[k], places(errors, "prediction", k)) for k in block.prediction)
    near = () if prediction else _beside(block.prediction.start, read)
    return Finding(kinds, float(recall), float(precision), truth, prediction, tuple(errors), near)


def _beside(place: int, read: _Words) -> tuple[int, ...]:
    """The words before and after a place between words."""
    return tuple(k for k in (place - 1, place) if 0 <= k < len(read.texts))


def _moved(found: list[Finding]) -> list[Finding]:
    """Missed and false text that the other side has elsewhere becomes "moved": the order is wrong, not the reading."""
    loose = [Counter[str](), Counter[str]()]
    for each in found:
        for side, pieces in enumerate((each.truth, each.prediction)):
            loose[side].update(piece.text for piece in pieces)
    result = []
    for each in found:
        pieces = each.truth or each.prediction
        if each.kinds in (("missed",), ("false",)) and len(pieces) >= MOVED_WORDS:
            other = loose[1 if each.truth else 0]
            if (Counter(piece.text for piece in pieces) & other).total() >= MOVED_SHARE * len(pieces):
                each = replace(each, kinds=("moved",))
        result.append(each)
    return result


def _units(wanted: _Words, found: Sequence[Finding]) -> list[Unit]:
    kinds = {piece.unit: (finding.kinds[0], len(piece.wrong)) for finding in found for piece in finding.truth}
    return [Unit(number, len(text), *kinds.get(number, ("matched", 0))) for number, text in enumerate(wanted.texts)]


def _single_unit(wanted: _Words, found: Sequence[Finding]) -> list[Unit]:
    kind, lost = (found[0].kinds[0], found[0].recall) if found else ("matched", 0.0)
    return [Unit(0, _characters(wanted.texts), kind, lost)]


def _judged(
    prediction: Page, read: _Words, blocks: Sequence[_Block], single: bool
) -> tuple[tuple[float | None, bool], ...]:
    """Scores of lines that hold words, or of the one picture, and whether all of it is right."""
    wrong = {read.lines[k] for block in blocks for k in block.prediction}
    lines = list(dict.fromkeys(read.lines))
    if not single:
        return tuple((prediction.lines[number].score, number not in wrong) for number in lines)
    scores = [prediction.lines[number].score for number in lines]
    known = [score for score in scores if score is not None]
    score = geometric_mean(known) if known and len(known) == len(scores) else None
    return ((score, not blocks),) if lines else ()


def _characters(texts: Sequence[str]) -> int:
    return sum(map(len, texts))
