from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from munja.core.errors import InputError, SpecError
from munja.evaluate import Evaluation, write_report
from munja.evaluate.gate import judge, load_report, parse_bounds


@pytest.fixture
def earlier(evaluation: Evaluation, tmp_path: Path) -> dict[str, Any]:
    write_report(evaluation, tmp_path / "earlier")
    return load_report(tmp_path / "earlier")


def test_a_bound_holds_or_fails_in_a_sentence(evaluation: Evaluation) -> None:
    verdicts = judge("boxes", evaluation.readers, parse_bounds("boxes", ["90"], baseline=False), None)
    assert [each.ok for each in verdicts] == [False, True]
    assert verdicts[0].sentence == "wrong: CLEval 77.54 %, at least 90.00 % wanted: FAILS"
    assert verdicts[1].sentence == "right: CLEval 100.00 %, at least 90.00 % wanted: holds"


def test_any_figure_can_be_bounded_by_name(evaluation: Evaluation) -> None:
    bounds = parse_bounds("boxes", ["iou.hmean=50", "bag_f1=99%"], baseline=False)
    assert [each.ok for each in judge("boxes", evaluation.readers[:1], bounds, None)] == [True, False]


def test_error_rates_are_bounded_from_above() -> None:
    (bound,) = parse_bounds("text", ["cer=5"], baseline=False)
    assert bound.column.lower
    assert bound.value == 0.05


def test_a_loss_is_measured_beside_the_baseline(evaluation: Evaluation, earlier: dict[str, Any]) -> None:
    wrong, right = earlier["readers"]
    earlier["readers"] = [{**wrong, "figures": right["figures"]}]  # it once read all of it
    bounds = [parse_bounds("boxes", [text], baseline=True) for text in ("-25", "-20")]
    results = [judge("boxes", evaluation.readers[:1], each, earlier)[0] for each in bounds]
    assert [each.ok for each in results] == [True, False]
    assert "at least 75.00 % wanted" in results[0].sentence


def test_without_a_bound_the_pages_themselves_decide(evaluation: Evaluation, earlier: dict[str, Any]) -> None:
    same = judge("boxes", evaluation.readers, [], earlier)
    assert [each.ok for each in same] == [True, True]
    assert all("cannot tell" in each.sentence and each.sentence.endswith("Holds.") for each in same)


def test_other_pages_than_those_of_the_baseline_are_listed(evaluation: Evaluation, earlier: dict[str, Any]) -> None:
    earlier["readers"][0]["records"]["cleval.strict"].pop()
    with pytest.raises(InputError, match=r"wrong alone has c\.png"):
        judge("boxes", evaluation.readers, [], earlier)


def test_a_reader_that_the_baseline_does_not_have_is_said(evaluation: Evaluation, earlier: dict[str, Any]) -> None:
    earlier["readers"][0]["name"] = "wrongly"
    with pytest.raises(InputError, match="no reader 'wrong'; did you mean wrongly"):
        judge("boxes", evaluation.readers, [], earlier)
    with pytest.raises(InputError, match="measured on boxes, this truth is of text"):
        judge("text", evaluation.readers, [], earlier)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("end_to_end_hmaen=90", "did you mean end_to_end_hmean"),
        ("good", "a number in percent was wanted"),
        ("-1", "needs --baseline"),
        ("5000", "0 to 100 was wanted"),
    ],
)
def test_a_wrong_bound_says_what_was_meant(text: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        parse_bounds("boxes", [text], baseline=False)


def test_what_is_no_report_is_said(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    with pytest.raises(InputError, match="cannot be read"):
        load_report(path)
    for content, message in (
        ("{", "not a JSON document"),
        ("{}", "not a report"),
        ('{"munja_report": 99}', "version 99"),
    ):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(InputError, match=message):
            load_report(path)
    path.write_text(json.dumps({"munja_report": 1}), encoding="utf-8")
    assert load_report(tmp_path) == {"munja_report": 1}
