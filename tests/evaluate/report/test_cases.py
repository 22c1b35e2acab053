from __future__ import annotations

from munja.evaluate import Evaluation
from munja.evaluate.findings import Finding, PageFindings, Piece, Sums
from munja.evaluate.report.cases import Row, page_cases, page_shapes


def cases(evaluation: Evaluation, number: int) -> list[Row]:
    shapes = page_shapes(evaluation.truth, number, [each.pages[number] for each in evaluation.readers], "")
    return page_cases(number, shapes, [each.findings[number] for each in evaluation.readers])


def page(*findings: Finding) -> PageFindings:
    return PageFindings(findings, (), Sums(0, 0, {}, {}), ())


def square(left: float) -> Row:
    return {"p": [left, 0, left + 10, 0, left + 10, 10, left, 10], "t": "x"}


def test_a_case_says_what_every_reader_did_and_where(evaluation: Evaluation) -> None:
    (split,) = cases(evaluation, 1)
    assert split["g"] == 1
    assert split["t"] == ["RECEIPT"]
    (finding,) = split["f"][0]
    assert split["f"][1] == []
    assert finding["k"] == ["split"]
    assert finding["b"] == [20, 20, 160, 50]
    assert finding["y"] == [0, 1]


def test_wrong_characters_come_with_their_places_and_pairs(evaluation: Evaluation) -> None:
    (wrong,) = [each["f"][0][0] for each in cases(evaluation, 0) if each["f"][0][0]["k"] == ["wrong characters"]]
    assert wrong["w"] == [["HELLO WORLD", [4]]]
    assert wrong["d"] == [["HELL0 WORLD", [4]]]
    assert wrong["e"] == [["O", "0"]]


def test_findings_of_one_true_box_are_one_case_whoever_made_them() -> None:
    def missed(*units: int) -> Finding:
        return Finding(("missed",), 1, 0, tuple(Piece(unit, "x") for unit in units))

    shapes = ([square(0), square(20), square(40)], [[], []])
    found = page_cases(0, shapes, [page(missed(0), missed(1)), page(missed(1), missed(2))])
    assert [[len(side) for side in each["f"]] for each in found] == [[1, 0], [1, 1], [0, 1]]
    joined = page_cases(0, shapes, [page(missed(0), missed(1)), page(missed(0, 1))])
    assert [[len(side) for side in each["f"]] for each in joined] == [[2, 1]]


def test_false_text_of_two_readers_at_one_place_is_one_case() -> None:
    def false(unit: int) -> Finding:
        return Finding(("false",), 0, 1, (), (Piece(unit, "x"),))

    shapes = ([], [[square(0)], [square(2), square(30)]])
    found = page_cases(0, shapes, [page(false(0)), page(false(0), false(1))])
    assert [[len(side) for side in each["f"]] for each in found] == [[1, 1], [0, 1]]
