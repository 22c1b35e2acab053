"""Cases: the findings of all readers at one place of a page, as one row, so that readers are seen side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from munja.core.page import Page, Polygon
from munja.evaluate.findings import Finding, PageFindings, Piece
from munja.evaluate.truth import Truth
from munja.evaluate.words import words_of
from munja.metrics.boxes import boxes_of

Row = dict[str, Any]
Box = tuple[float, float, float, float]  # left, top, right, bottom
Shapes = tuple[list[Row], list[list[Row]]]  # of the truth, and of every reader
LONGEST = 400  # pieces of a finding that are shown; a page of text read as one error has thousands


class Placed(NamedTuple):
    """A finding of a reader, and its bounds on the page where they are known."""

    reader: int
    finding: Finding
    place: Box | None


def page_shapes(truth: Truth, number: int, predictions: Sequence[Page], leave_out: str) -> Shapes:
    """The boxes of a page as rows of polygon, text and score: those of the truth, and those of each prediction.

    Where the truth is text alone, the boxes of a prediction are its words.
    """
    page = truth.items[number].page
    wanted = boxes_of(page, truth.level, "truth") if truth.kind == "boxes" else []
    true_rows = [_shape(box.polygon, box.text, None, box.ignore) for box in wanted]
    read_rows = []
    for read in predictions:
        if truth.kind == "boxes":
            boxes = boxes_of(read, truth.level, "prediction")
            read_rows.append([_shape(box.polygon, box.text, box.score, box.ignore) for box in boxes])
        else:
            words = words_of(read, leave_out)
            scores = [line.score for line in read.lines]
            read_rows.append([_shape(word.polygon, word.text, scores[word.line], False) for word in words])
    return true_rows, read_rows


def page_cases(number: int, shapes: Shapes, found: Sequence[PageFindings]) -> list[Row]:
    """The cases of a page: findings of whatever reader become one case if they share a true unit.

    What was read where there is no text becomes one case with what another reader read in the same place.
    """
    owner: dict[int, int] = {}  # true unit -> case
    groups: list[list[Placed]] = []
    for reader, page in enumerate(found):
        for finding in page.findings:
            placed = Placed(reader, finding, _place(finding, shapes, reader))
            meets = sorted({owner[piece.unit] for piece in finding.truth if piece.unit in owner})
            if not finding.truth:
                meets = [k for k, group in enumerate(groups) if _same_place(placed, group)][:1]
            target = meets[0] if meets else len(groups)
            if not meets:
                groups.append([])
            groups[target].append(placed)
            for other in meets[1:]:
                groups[target] += groups[other]
                groups[other] = []
                owner.update({unit: target for unit, place in owner.items() if place == other})
            owner.update({piece.unit: target for piece in finding.truth})
    return [_case(number, group, len(found)) for group in groups if group]


def _place(finding: Finding, shapes: Shapes, reader: int) -> Box | None:
    """The bounds of a finding's boxes; of what was read beside it where the truth has no boxes and nothing was read."""
    places = [piece.unit for piece in finding.prediction] or ([] if finding.truth and shapes[0] else finding.near)
    areas = _bounds(shapes[1][reader], places) + _bounds(shapes[0], [piece.unit for piece in finding.truth])
    if not areas:
        return None
    lefts, tops, rights, bottoms = zip(*areas, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _same_place(placed: Placed, group: Sequence[Placed]) -> bool:
    """Whether false text lies where another reader's false text lies."""
    first = placed.place
    for each in group:
        second = each.place
        if each.finding.truth or each.reader == placed.reader or first is None or second is None:
            continue
        width = min(first[2], second[2]) - max(first[0], second[0])
        height = min(first[3], second[3]) - max(first[1], second[1])
        both = max(0.0, width) * max(0.0, height)
        if 2 * both > max((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second)):
            return True
    return False


def _case(number: int, group: Sequence[Placed], readers: int) -> Row:
    by_reader: list[list[Row]] = [[] for _ in range(readers)]
    wanted: dict[int, str] = {}
    for placed in sorted(group, key=lambda each: (each.reader, -each.finding.cost)):
        by_reader[placed.reader].append(_finding_row(placed))
        wanted.update({piece.unit: piece.text for piece in placed.finding.truth})
    return {"g": number, "t": [text for _, text in sorted(wanted.items())][:LONGEST], "f": by_reader}


def _finding_row(placed: Placed) -> Row:
    finding = placed.finding
    row: Row = {"k": list(finding.kinds), "r": finding.recall, "p": finding.precision}
    row |= {"w": _pieces(finding.truth), "d": _pieces(finding.prediction)}
    row["x"] = sorted({piece.unit for piece in finding.truth})
    row["y"] = sorted({piece.unit for piece in finding.prediction})
    if placed.place is not None:
        row["b"] = [round(each, 1) for each in placed.place]
    if finding.near:
        row["n"] = list(finding.near)
    pairs = [[each.wanted, each.read] for each in finding.errors]
    # The same bound as that of the tables of confusions, so that a row there finds its examples here.
    if 2 * len(pairs) <= sum(len(piece.text) for piece in finding.truth):
        row["e"] = pairs
    return row


def _pieces(pieces: Sequence[Piece]) -> list[list[Any]]:
    shown: list[list[Any]] = [[piece.text, list(piece.wrong)] for piece in pieces[:LONGEST]]
    return [*shown, ["…", []]] if len(pieces) > LONGEST else shown


def _shape(polygon: Polygon, text: str, score: float | None, ignore: bool) -> Row:
    row: Row = {"p": [round(number, 1) for point in polygon for number in point], "t": text}
    if score is not None:
        row["s"] = round(score, 4)
    if ignore:
        row["i"] = 1
    return row


def _bounds(rows: Sequence[Row], numbers: Iterable[int]) -> list[Box]:
    found = []
    for number in numbers:
        polygon = rows[number]["p"] if number < len(rows) else []
        if polygon:
            found.append((min(polygon[::2]), min(polygon[1::2]), max(polygon[::2]), max(polygon[1::2])))
    return found
