"""Records: exact through JSON, and errors for what is not one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import PageError
from munja.metrics.record import KINDS, BoxResult, CharacterError, PageResult

finite = st.floats(allow_nan=False, allow_infinity=False)
numbers = st.none() | st.integers(0, 99)
box_results = st.builds(
    BoxResult,
    st.integers(0, 9),
    numbers,
    st.lists(st.sampled_from(KINDS), min_size=1, max_size=3).map(tuple),
    st.lists(st.integers(0, 9)).map(tuple),
    finite,
    finite,
    st.none() | finite,
)
records = st.builds(
    PageResult,
    st.text(max_size=9),
    st.dictionaries(st.text(max_size=5), finite),
    st.dictionaries(st.text(max_size=5), st.none() | st.booleans() | st.text(max_size=4) | finite),
    st.none() | st.text(max_size=5),
    st.integers(0, 9),
    st.lists(box_results, max_size=3).map(tuple),
    st.lists(box_results, max_size=3).map(tuple),
    st.lists(st.builds(CharacterError, st.text(max_size=2), st.text(max_size=2), numbers, numbers), max_size=3).map(
        tuple
    ),
)


@given(records)
def test_a_record_comes_back_from_json_exactly(record: PageResult) -> None:
    assert PageResult.from_json(record.to_json()) == record


RECORD = PageResult("iou", {"truth": 1.0}, truth=(BoxResult(0, None, ("missed",)),), source="x.png")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"munja_record": 9}, "has version 9, this Munja knows 1: measure again"),
        ({"trueth": []}, "trueth is not a field; did you mean truth"),
        ({"truth": [[0, None, ["mised"], [], 0, 0, None]]}, "'mised' is not a kind of box; did you mean missed"),
        ({"counts": None}, "record of 'x.png' is damaged"),
        ({"truth": [[0, None]]}, "record of 'x.png' is damaged"),
    ],
)
def test_what_is_wrong_with_a_record_is_said(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(PageError, match=said):
        PageResult.from_tree(RECORD.to_tree() | changes)


@pytest.mark.parametrize("document", ["[]", '{"munja_page": 1}', "{"])
def test_other_documents_are_no_records(document: str) -> None:
    with pytest.raises(PageError, match=r"not a"):
        PageResult.from_json(document)


def test_a_damaged_field_is_named() -> None:
    tree = json.loads(RECORD.to_json())
    del tree["metric"]
    with pytest.raises(PageError, match="KeyError: 'metric'"):
        PageResult.from_tree(tree)


def test_the_kind_of_a_box_is_its_gravest() -> None:
    assert BoxResult(0, None, ("split", "wrong characters")).kind == "split"
