"""Splits share nothing, keep their shares in every stratum, and come out the same again."""

from __future__ import annotations

import io
from collections import Counter
from typing import Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import InputError, SpecError
from munja.core.page import Line, Page
from munja.data.sample import Picture, Sample
from munja.data.split import make_plan, parse_shares

SHARES = {"train": 0.8, "validate": 0.1, "test": 0.1}


def sample(number: int, **known: Any) -> Sample:
    return Sample(f"{number:04d}.png", Picture(fetch=lambda: b""), **known)


def encoded(seed: int, quality: int = 0, **exif: str) -> bytes:
    small = np.random.default_rng(seed).integers(0, 256, (8, 8), np.uint8)
    image = PIL.Image.fromarray(small).resize((64, 64), PIL.Image.Resampling.BICUBIC)
    tags = image.getexif()
    for key, value in exif.items():
        tags[{"maker": 271, "model": 272}[key]] = value
    target = io.BytesIO()
    image.save(target, "JPEG", quality=quality or 95, exif=tags)
    return target.getvalue()


@given(groups=st.lists(st.integers(0, 30), min_size=40, max_size=200), seed=st.integers(0, 9))
def test_a_group_is_never_divided_and_every_sample_has_a_split(groups: list[int], seed: int) -> None:
    samples = [sample(i, text="x", attributes={"shop": group}) for i, group in enumerate(groups)]
    plan = make_plan(samples, SHARES, by=["shop"], near=False, seed=seed)
    sides: dict[int, set[str]] = {}
    for group, split in zip(groups, plan.splits, strict=True):
        sides.setdefault(group, set()).add(split)
    assert all(len(each) == 1 for each in sides.values())
    assert set(plan.splits) <= set(SHARES)
    assert plan.groups == len(set(groups))


def test_shares_and_strata_are_kept(tmp_path: Any) -> None:
    samples = [sample(i, label="rare" if i % 10 == 0 else "often", attributes={"page": i // 3}) for i in range(3000)]
    plan = make_plan(samples, SHARES, by=["page"], near=False)
    counts = Counter(plan.splits)
    rare = Counter(split for each, split in zip(samples, plan.splits, strict=True) if each.label == "rare")
    for name, share in SHARES.items():
        assert abs(counts[name] - 3000 * share) <= 3
        assert abs(rare[name] - 300 * share) <= 3


def test_the_plan_depends_on_names_and_seed_and_not_on_order() -> None:
    samples = [sample(i, text="x") for i in range(200)]
    first = make_plan(samples, SHARES, near=False, seed=1)
    again = make_plan(samples[::-1], SHARES, near=False, seed=1)
    other = make_plan(samples, SHARES, near=False, seed=2)
    assert first.splits == again.splits[::-1]
    assert first.splits != other.splits


def test_two_keys_join_through_each_other() -> None:
    pairs = [("a", 1), ("a", 2), ("b", 2), ("c", 3)]
    samples = [
        sample(i, text="x", attributes={"shop": shop, "camera_id": camera}) for i, (shop, camera) in enumerate(pairs)
    ]
    plan = make_plan(samples, {"train": 0.5, "test": 0.5}, by=["shop", "camera_id"], near=False)
    assert plan.groups == 2
    assert len(set(plan.splits[:3])) == 1


def test_nearly_equal_pictures_stay_together() -> None:
    contents = [encoded(i) for i in range(30)] + [encoded(i, quality=40) for i in range(30)]
    samples = [Sample(f"{i}.jpg", Picture(fetch=lambda c=content: c), text="x") for i, content in enumerate(contents)]  # type: ignore[misc]
    plan = make_plan(samples, SHARES, seed=3)
    assert plan.groups == 30
    assert plan.splits[:30] == plan.splits[30:]


def test_keys_of_names_pages_folders_and_cameras() -> None:
    page = Page(9, 9, (Line("SHOP A"), Line("x")))
    samples = [
        Sample("a/01_000021_1.jpg", Picture(fetch=lambda: encoded(1, maker="M", model="one")), page=page),
        Sample("a/01_000021_2.jpg", Picture(fetch=lambda: encoded(2, maker="M", model="two")), page=page),
        Sample("b/02_001558_1.jpg", Picture(fetch=lambda: encoded(3, maker="M", model="one"))),
    ]
    halves = {"train": 0.5, "test": 0.5}
    for key, groups, keyless in (("folder", 2, 0), (r"name:_(\d{6})_", 2, 0), ("first-line", 2, 1), ("camera", 2, 0)):
        plan = make_plan(samples, halves, by=[key], near=False)
        assert (plan.groups, plan.keyless[key]) == (groups, keyless), key


def test_a_split_that_is_kept_draws_its_group_with_it() -> None:
    samples = [sample(i, text="x", split="test" if i < 5 else None, attributes={"page": i % 50}) for i in range(100)]
    plan = make_plan(samples, {"train": 0.9, "validate": 0.1}, by=["page"], keep=["test"], near=False)
    assert [i for i, split in enumerate(plan.splits) if split == "test"] == [0, 1, 2, 3, 4, 50, 51, 52, 53, 54]
    assert "test" in plan.table([""] * 100)


@pytest.mark.parametrize(
    "texts", [["train"], ["train=1"], ["train=0.5", "train=0.5"], ["train=x", "test=1"], ["a=-1", "b=2"]]
)
def test_shares_that_make_no_sense_are_errors(texts: list[str]) -> None:
    with pytest.raises(SpecError, match="wanted"):
        parse_shares(texts)


def test_shares_are_brought_to_a_sum_of_one() -> None:
    assert parse_shares(["train=8", "test=2"]) == {"train": 0.8, "test": 0.2}
    with pytest.raises(InputError, match="split should be a word"):
        parse_shares(["../x=1", "b=1"])


def test_a_key_that_nobody_has_is_an_error() -> None:
    with pytest.raises(InputError, match="no sample has it"):
        make_plan([sample(1, text="x")], SHARES, by=["shoop"], near=False)
    with pytest.raises(SpecError, match="not a regular expression"):
        make_plan([sample(1, text="x")], SHARES, by=["name:("], near=False)
