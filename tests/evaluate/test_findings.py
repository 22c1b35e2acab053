from __future__ import annotations

from munja.evaluate import Evaluation
from munja.evaluate.findings import Finding, PageFindings


def found(evaluation: Evaluation, page: int) -> PageFindings:
    return evaluation.readers[0].findings[page]


def by_kind(page: PageFindings, kind: str) -> Finding:
    (finding,) = [each for each in page.findings if each.kinds[0] == kind]
    return finding


def test_a_wrong_character_is_marked_where_it_stands(evaluation: Evaluation) -> None:
    finding = by_kind(found(evaluation, 0), "wrong characters")
    assert (finding.recall, finding.precision) == (1, 1)
    (truth,), (prediction,) = finding.truth, finding.prediction
    assert (truth.text, truth.wrong) == ("HELLO WORLD", (4,))
    assert (prediction.text, prediction.wrong) == ("HELL0 WORLD", (4,))
    assert [(each.wanted, each.read) for each in finding.errors] == [("O", "0")]


def test_missed_and_false_text_cost_their_characters(evaluation: Evaluation) -> None:
    missed, false = (by_kind(found(evaluation, 0), kind) for kind in ("missed", "false"))
    assert (missed.recall, missed.precision) == (9, 0)  # TOTAL 9.00 without its blank
    assert [piece.text for piece in missed.truth] == ["TOTAL 9.00"]
    assert (false.recall, false.precision) == (0, 5)
    assert [piece.text for piece in false.prediction] == ["GHOST"]


def test_a_split_line_is_one_finding_with_both_parts(evaluation: Evaluation) -> None:
    (finding,) = found(evaluation, 1).findings
    assert finding.kinds == ("split",)
    assert [piece.text for piece in finding.prediction] == ["REC", "EIPT"]
    assert finding.cost == 1


def test_costs_of_findings_are_those_of_the_sums_and_of_the_metric(evaluation: Evaluation) -> None:
    for page, record in zip(
        evaluation.readers[0].findings, evaluation.readers[0].records["cleval.strict"], strict=True
    ):
        assert sum(each.recall for each in page.findings) == sum(page.sums.lost.values())
        assert sum(each.precision for each in page.findings) == sum(page.sums.invented.values())
        assert sum(page.sums.lost.values()) == sum(box.cost for box in record.truth)
        right = record.counts["end_to_end_found"] - record.counts["split_penalty"]
        assert page.sums.wanted - sum(page.sums.lost.values()) == right


def test_a_score_is_right_if_the_text_is_though_the_box_is_split(evaluation: Evaluation) -> None:
    assert found(evaluation, 0).judged == ((0.9, False), (0.4, False))
    assert found(evaluation, 1).judged == ((0.8, True), (0.7, True), (0.9, True))


def test_a_reader_without_errors_has_no_findings(evaluation: Evaluation) -> None:
    assert all(not page.findings for page in evaluation.readers[1].findings)
    assert all(unit.kind == "matched" for page in evaluation.readers[1].findings for unit in page.units)
