from __future__ import annotations

import json

from munja.evaluate import Evaluation
from munja.evaluate.report.tree import page_rows, report_tree, with_records
from munja.metrics import corpus
from munja.metrics.record import PageResult

CONTRASTS: list[dict[int, float]] = [{0: 180.0}, {}, {0: 30.0, 1: 30.0}]


def test_the_tree_has_everything_that_was_measured(evaluation: Evaluation) -> None:
    tree = report_tree(evaluation, CONTRASTS)
    assert tree["truth"] | {"path": ""} == {
        "path": "", "format": "gt-jsonl", "kind": "boxes", "what": "pages with boxes", "level": "line", "pictures": 3,
        "notes": [],
    }  # fmt: skip
    wrong, right = tree["readers"]
    assert wrong["characters"] == {
        "wanted": 40,
        "read": 36,
        "lost": {"missed": 9, "wrong characters": 1, "split": 1},
        "invented": {"false": 5, "wrong characters": 1},
        "places": {"wrong characters": 1, "missed": 1, "false": 1, "split": 1},
    }
    assert wrong["confusions"]["characters"] == [["O", "0", 1]]
    assert right["figures"]["cleval.strict.end_to_end_hmean"]["value"] == 1
    assert tree["problems"] == []


def test_traits_count_each_true_box_whose_trait_is_known(evaluation: Evaluation) -> None:
    traits = report_tree(evaluation, CONTRASTS)["readers"][0]["traits"]
    assert sum(row["count"] for row in traits["height"]) == 6
    assert [(row["label"], row["count"], row["right"]) for row in traits["contrast"]] == [
        ("0 to 40", 2, 2),
        ("160 to 200", 1, 0),
    ]


def test_records_survive_as_json_and_give_the_same_figures(evaluation: Evaluation) -> None:
    tree = json.loads(json.dumps(with_records(report_tree(evaluation, CONTRASTS), evaluation)))
    for before, after in zip(evaluation.readers, tree["readers"], strict=True):
        records = [PageResult.from_tree(row) for row in after["records"]["cleval.strict"]]
        assert corpus(records).figures == before.results["cleval.strict"].figures
        assert all(not record.truth for record in records)


def test_pages_tell_what_was_lost_on_each(evaluation: Evaluation) -> None:
    rows = page_rows(evaluation)
    assert [row["n"] for row in rows] == ["a.png", "b.png", "c.png"]
    assert [row["c"] for row in rows] == [[16, 0], [1, 0], [0, 0]]
    assert [row["e"] for row in rows] == [[3, 0], [1, 0], [0, 0]]
    assert rows[2]["f"] == [1, 1]
