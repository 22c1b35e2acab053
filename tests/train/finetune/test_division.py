"""Photographs stay on one side, sets are shared out evenly, given parts stay, and too few sources are an error."""

from __future__ import annotations

from collections import defaultdict

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from munja.core.errors import InputError, SpecError
from munja.data.sample import Picture, Sample
from munja.train.finetune.division import divide, with_sources


def crop(name: str, *, source: str | None = None, split: str | None = None, collection: str = "a") -> Sample:
    noise = np.random.default_rng(list(name.encode())).integers(0, 255, (16, 48)).astype(np.uint8)
    content = cv2.imencode(".png", noise)[1].tobytes()
    attributes = {"set": collection} | ({"source": source} if source else {})
    return Sample(name, Picture(fetch=lambda: content), text="x", split=split, attributes=attributes)


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_crops_of_one_photograph_are_on_one_side(seed: int) -> None:
    samples = [crop(f"{i}.png", source=f"p{i // 3}", collection="ab"[i % 6 // 3]) for i in range(60)]
    found = divide(samples, source="", seed=seed)
    assert found.sources == 20
    sides = defaultdict(set)
    parts = defaultdict(list)
    for sample in found.samples:
        sides[sample.attributes["source"]].add(sample.split)
        parts[sample.attributes["set"]].append(sample.split)
    assert all(len(side) == 1 for side in sides.values())
    for each in parts.values():
        assert {part: each.count(part) for part in ("train", "validate", "test")}.keys() == set(each)
        assert each.count("train") >= 15


def test_the_same_picture_under_two_names_is_on_one_side() -> None:
    samples = [crop(f"{i}.png") for i in range(20)]
    copies = [Sample(f"copy {each.name}", each.picture, text="x", attributes={"set": "a"}) for each in samples]
    split = {sample.name: sample.split for sample in divide([*samples, *copies], source="", seed=1).samples}
    assert all(split[name] == split[f"copy {name}"] for name in split if not name.startswith("copy"))


def test_a_given_test_part_stays_and_the_rest_is_divided() -> None:
    samples = [crop(f"{i}.png", source=f"p{i}", split="test" if i < 30 else "train") for i in range(60)]
    found = divide(samples, source="", seed=1).samples
    assert [sample.name for sample in found if sample.split == "test"] == [f"{i}.png" for i in range(30)]
    rest = [sample.split for sample in found if sample.split != "test"]
    assert 3 <= rest.count("validate") <= 8


def test_what_shares_a_photograph_with_a_given_test_part_joins_it() -> None:
    samples = [crop(f"{i}.png", source=f"p{i // 2}", split="test" if i % 10 == 0 else None) for i in range(60)]
    split = {sample.name: sample.split for sample in divide(samples, source="", seed=1).samples}
    assert split["1.png"] == split["11.png"] == "test"


def test_names_that_differ_in_a_last_number_are_of_one_photograph() -> None:
    samples = [crop(f"{i:06d}_{k}.png") for i in range(12) for k in range(3)]
    known, rule = with_sources(samples, "")
    assert rule == "by name, less its last number"
    assert len({sample.attributes["source"] for sample in known}) == 12


def test_numbered_crops_of_one_stem_are_sources_of_their_own() -> None:
    known, rule = with_sources([crop(f"crop_{i:03d}.png") for i in range(30)], "")
    assert rule == "each picture one of its own"
    assert len({sample.attributes["source"] for sample in known}) == 30


def test_a_rule_on_names_is_followed() -> None:
    known, rule = with_sources([crop(f"cam{i % 4}-{i}.png") for i in range(12)], "(cam[0-9])-")
    assert rule == "by --source (cam[0-9])-"
    assert {sample.attributes["source"] for sample in known} == {f"cam{i}" for i in range(4)}


@pytest.mark.parametrize(("rule", "error"), [("(", "not a regular expression"), ("photo", "fits none of 12 names")])
def test_a_rule_that_cannot_work_is_named(rule: str, error: str) -> None:
    with pytest.raises((SpecError, InputError), match=error):
        with_sources([crop(f"{i}.png") for i in range(12)], rule)


def test_crops_of_a_single_photograph_are_refused() -> None:
    with pytest.raises(InputError, match=r"all 12 crops are of 1 source \(as the labels say\): p.*other photographs"):
        divide([crop(f"{i}.png", source="p") for i in range(12)], source="", seed=1)
