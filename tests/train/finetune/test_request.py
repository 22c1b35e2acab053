"""What is asked for is checked before anything is done, and one folder belongs to one request."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from munja.core.errors import InputError, MunjaError, SpecError
from munja.train.finetune.request import FILE, STATE, Request, named_sets, named_shares


@pytest.fixture
def request_(tmp_path: Path) -> Request:
    for name in ("start.safetensors", "labels.csv"):
        (tmp_path / name).write_text(name)
    return Request(tmp_path / "start.safetensors", {"own": tmp_path / "labels.csv"})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"data": {}}, "no labelled crops were named"),
        ({"data": {"own": Path("nowhere.csv")}}, "nowhere.csv: no such file or folder"),
        ({"replay_share": 1.0}, "--replay-share: 0 to 0.95 was wanted, got 1.0"),
        ({"most_loss": 2.0}, "--most-loss: 0 to 1 was wanted"),
        ({"minutes": 0.0}, "--minutes above 0 was wanted"),
        ({"general_lines": 0}, "--general-lines: 1 or more was wanted, got 0"),
    ],
)
def test_what_makes_no_sense_is_named(request_: Request, change: dict[str, object], said: str) -> None:
    with pytest.raises(MunjaError, match=said):
        replace(request_, **change).check()


def test_a_folder_goes_on_with_the_same_request_and_a_longer_time(request_: Request, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert not request_.begin(out)
    assert not request_.begin(out), "nothing was prepared yet"
    (out / STATE).write_text("{}")
    assert request_.begin(out)
    assert replace(request_, minutes=30.0, most_loss=0.5, keep_worse=True).begin(out)


def test_a_folder_refuses_another_request_once_its_data_is_prepared(request_: Request, tmp_path: Path) -> None:
    request_.begin(tmp_path / "run")
    changed = replace(request_, seed=2)
    assert not changed.begin(tmp_path / "run"), "before that it may be corrected"
    (tmp_path / "run" / STATE).write_text("{}")
    with pytest.raises(InputError, match="holds another fine-tuning: seed was 2, is 1"):
        request_.begin(tmp_path / "run")


def test_other_weights_under_the_same_name_are_another_request(request_: Request, tmp_path: Path) -> None:
    request_.begin(tmp_path / "run")
    (tmp_path / "run" / STATE).write_text("{}")
    request_.start.write_text("other weights")
    with pytest.raises(InputError, match="holds another fine-tuning: start"):
        request_.begin(tmp_path / "run")


def test_a_folder_with_something_else_in_it_is_left_alone(request_: Request, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds something else"):
        request_.begin(tmp_path)
    assert not (tmp_path / FILE).exists()


def test_the_request_is_readable(request_: Request, tmp_path: Path) -> None:
    request_.begin(tmp_path / "run")
    assert json.loads((tmp_path / "run" / FILE).read_text())["replay"] == "auto"


def test_sets_are_named_by_a_person_or_by_their_place(tmp_path: Path) -> None:
    for name in ("parts/labels.csv", "wagons.csv", "plates/a=b/labels.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    named = named_sets(
        [f"{tmp_path}/parts/labels.csv", f"{tmp_path}/wagons.csv", f"{tmp_path}/plates/a=b", f"x={tmp_path}/wagons.csv"]
    )
    assert list(named) == ["parts", "wagons", "a=b", "x"]
    assert named["x"] == named["wagons"]


def test_two_sets_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="a name of its own was wanted"):
        named_sets(["a=x.csv", "a=y.csv"])


def test_shares_are_read() -> None:
    assert named_shares(["01=0.482", "02=3"]) == {"01": 0.482, "02": 3.0}


@pytest.mark.parametrize("text", ["0.5", "a=", "a=-1", "a=inf", "=1"])
def test_a_share_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match="a set and its share were wanted"):
        named_shares([text])
