"""Spec: a tree from TOML or JSON, changed from the command line, written back as TOML."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import SpecError
from munja.core.spec import dump_toml, load_spec, override

keys = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=5)
leaves = (
    st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
)
trees = st.recursive(
    st.dictionaries(keys, leaves | st.lists(leaves, max_size=3), max_size=4),
    lambda inner: st.dictionaries(keys, inner, max_size=3),
    max_leaves=5,
)


@given(trees)
def test_toml_gives_the_tree_back(tree: dict[str, Any]) -> None:
    assert tomllib.loads(dump_toml(tree)) == tree


def test_a_toml_and_a_json_file_give_the_same_tree(tmp_path: Path) -> None:
    tree = {"name": "dbnet", "backbone": {"name": "lcnet", "widths": [8, 16]}, "글자": "문자"}
    (tmp_path / "a.toml").write_text(dump_toml(tree), encoding="utf-8")
    (tmp_path / "a.json").write_text(json.dumps(tree), encoding="utf-8")
    assert load_spec(tmp_path / "a.toml") == load_spec(str(tmp_path / "a.json")) == tree


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.toml", b"x = ", "a.toml"),
        ("a.json", b"{", "a.json"),
        ("b.json", b"[1]", "b.json: an object was wanted, got list"),
        ("c.toml", b"x = '\xff'", "c.toml"),
    ],
)
def test_a_file_that_is_no_spec_is_named(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SpecError, match=said):
        load_spec(tmp_path / name)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"none\.toml: no such file"):
        load_spec(tmp_path / "none.toml")


def test_none_cannot_be_written_as_toml() -> None:
    with pytest.raises(SpecError, match="cannot be written as TOML"):
        dump_toml({"parent": None})


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("train.steps=2000", 2000),
        ("train.steps = 2_000", 2000),
        ("train.steps=1e-3", 1e-3),
        ("train.steps=true", True),
        ("train.steps=[1, 2]", [1, 2]),
        ('train.steps="5"', "5"),
        ("train.steps=many words", "many words"),
        ("train.steps=a=b", "a=b"),
        ("train.steps=", ""),
    ],
)
def test_a_setting_is_read_as_toml_and_else_as_text(setting: str, value: object) -> None:
    assert override({"train": {"steps": 1}}, [setting]) == {"train": {"steps": value}}


def test_settings_apply_in_order_add_keys_and_leave_the_tree_alone() -> None:
    tree = {"train": {"steps": 1}}
    assert override(tree, ["train.steps=2", "train.steps=3", "data.root=here"]) == {
        "train": {"steps": 3},
        "data": {"root": "here"},
    }
    assert tree == {"train": {"steps": 1}}


@pytest.mark.parametrize("setting", ["steps", "=3", "  =3", "train.steps.more=1"])
def test_a_setting_that_makes_no_sense_is_quoted(setting: str) -> None:
    with pytest.raises(SpecError) as caught:
        override({"train": {"steps": 1}}, [setting])
    assert repr(setting) in str(caught.value)


@pytest.mark.parametrize("setting", ["train..steps=1", "train.=1", ".steps=1"])
def test_a_setting_with_an_empty_key_is_quoted(setting: str) -> None:
    with pytest.raises(SpecError) as caught:
        override({"train": {"steps": 1}}, [setting])
    assert repr(setting) in str(caught.value)


def test_a_tree_with_a_date_can_be_overridden(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("made = 2025-01-31\nsteps = 1\n")
    tree = load_spec(tmp_path / "a.toml")
    assert override(tree, ["steps=2"]) == {"made": tree["made"], "steps": 2}
