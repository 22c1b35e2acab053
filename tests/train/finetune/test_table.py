"""Figures before and after, by set and character, and the verdict that follows from them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.metrics.corpus import Figure
from munja.train.finetune.alphabet import Alphabet
from munja.train.finetune.crops import Crop
from munja.train.finetune.measure import Readings
from munja.train.finetune.plan import GENERAL
from munja.train.finetune.prepare import Prepared
from munja.train.finetune.report import KEPT, KEPT_WORSE, REJECTED, points, to_json, to_markdown, verdict
from munja.train.finetune.request import Request
from munja.train.finetune.run import Trained, Trial
from munja.train.finetune.table import Row, characters, errors, rows

PICTURE = np.zeros((8, 8, 3), np.uint8)


def crops() -> list[Crop]:
    own = [
        Crop(PICTURE, text, "ab"[i % 2], f"p{i // 2}") for i, text in enumerate(["B1", "B2", "A3", "B4", "A5", "A6"])
    ]
    return own + [Crop(PICTURE, f"{i}", GENERAL, f"g{i}", whole=True) for i in range(100)]


def table(general_after: int) -> list[Row]:
    """Own crops from nothing to all right; of 100 general ones all before and so many after."""
    known = crops()
    before = Readings(tuple("8" + crop.text[1:] if crop.collection != GENERAL else crop.text for crop in known))
    texts = [crop.text for crop in known]
    texts[6 + general_after :] = ["?"] * (100 - general_after)
    return rows(known, before, Readings(tuple(texts)))


def test_each_set_has_a_row_their_total_and_the_general_set_last() -> None:
    found = table(100)
    assert [row.collection for row in found] == ["a", "b", "all sets", GENERAL]
    assert [(row.crops, row.sources) for row in found] == [(3, 3), (3, 3), (6, 3), (100, 100)]
    total = found[2]
    assert (total.exact.before.value, total.exact.after.value, total.exact.gain.value) == (0.0, 1.0, 1.0)
    assert total.one_minus_ned.before.value == pytest.approx(0.5)
    assert found[3].exact.gain == Figure(0.0, 0.0, 0.0)


def test_case_counts() -> None:
    known = [Crop(PICTURE, "Ab", "own", f"p{i}") for i in range(4)]
    (row,) = rows(known, Readings(("ab",) * 4), Readings(("Ab",) * 4))
    assert (row.exact.before.value, row.exact.after.value) == (0.0, 1.0)


def test_guided_readings_get_rows_of_their_own_but_not_on_the_general_set() -> None:
    known = crops()[:2] + crops()[-2:]
    free, guided = ("x",) * 4, tuple(crop.text for crop in known)
    found = rows(known, Readings(free, free), Readings(free, guided))
    assert [(row.collection, row.guided) for row in found] == [
        ("a", False), ("a", True), ("b", False), ("b", True), ("all sets", False), ("all sets", True), (GENERAL, False)
    ]  # fmt: skip
    assert found[1].exact.gain.value == 1.0


def test_characters_that_are_read_wrongly_come_worst_first() -> None:
    known = crops()
    before = ["8" + crop.text[1:] for crop in known]
    after = ["8" + crop.text[1:] if crop.text[0] == "B" else crop.text for crop in known]
    first, second = characters(known, before, after)
    assert (first.character, first.count, first.wrong_before, first.wrong_after) == ("B", 3, 3, 3)
    assert first.taken_for == (("8", 3),)
    assert (second.character, second.wrong_before, second.wrong_after, second.taken_for) == ("A", 3, 0, ())


@given(st.text("ABC8", max_size=8), st.text("ABC8", max_size=8))
def test_errors_are_of_characters_of_the_truth_and_none_of_equal_texts(truth: str, read: str) -> None:
    found = errors(truth, read)
    assert all(wanted in truth and other != wanted for wanted, other in found)
    assert len(found) <= len(truth)
    assert errors(truth, truth) == []


@pytest.mark.parametrize(
    ("after", "most_loss", "keep_worse", "outcome"),
    [(100, 0.0, False, KEPT), (98, 0.02, False, KEPT), (97, 0.02, False, REJECTED), (97, 0.02, True, KEPT_WORSE)],
)
def test_a_model_that_lost_more_than_allowed_is_rejected(
    after: int, most_loss: float, keep_worse: bool, outcome: str
) -> None:
    judged = verdict(table(after), most_loss=most_loss, keep_worse=keep_worse)
    assert judged.outcome == outcome
    assert judged.sentences[0].startswith("On your test crops it is better: +100.0")


def test_without_a_general_set_it_is_said_that_nobody_knows() -> None:
    judged = verdict(table(100)[:3], most_loss=0.02, keep_worse=False)
    assert judged.outcome == KEPT
    assert "was not measured" in judged.sentences[-1]


def test_a_gain_that_so_few_crops_cannot_show_is_called_so() -> None:
    known = [Crop(PICTURE, "A", "own", f"p{i}") for i in range(6)]
    found = rows(known, Readings(("A",) * 3 + ("B",) * 3), Readings(("A",) * 2 + ("B",) + ("A",) * 2 + ("B",)))
    assert "cannot tell" in verdict(found, most_loss=0.02, keep_worse=False).sentences[0]


def test_reports_hold_every_figure(tmp_path: Path) -> None:
    found, known = table(97), crops()
    wrong = characters(known, ["8|"] * len(known), [crop.text for crop in known])
    judged = verdict(found, most_loss=0.02, keep_worse=False)
    request = Request(Path("start.safetensors"), {"a": tmp_path})
    prepared = Prepared(tmp_path, Alphabet("AB", "B"), {"a": {"test": 6}}, (), 10, ("2 labels were left out",))
    trained = Trained(tmp_path, {"name": "drawn"}, (Trial(1e-3, 0.5, 0.8, 0.7, 3.0),), 1e-3)
    page = to_markdown(request, prepared, trained, found, wrong, judged)
    assert page.startswith("# Fine-tuning of start.safetensors: rejected\n")
    assert "| all sets | 6 of 3 sources | freely | 0.0 % (0.0 to 45.9) |" in page
    assert "- learning rate 0.001: 50.0% of the validation crops exact" in page
    assert "- 2 labels were left out" in page
    tree = json.loads(to_json(request, prepared, trained, found, wrong, judged))
    assert tree["rows"][3]["exact"]["gain"]["value"] == pytest.approx(-0.03)
    assert tree["trials"][0]["rate"] == 1e-3
    assert tree["outcome"] == "rejected"


def test_points_of_a_figure_without_an_interval_are_a_number_alone() -> None:
    assert points(Figure(0.123)) == "+12.3"
    assert points(Figure(None)) == "undefined"
