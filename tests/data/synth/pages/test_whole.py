"""Whole pages: everything that is written on one stands in its picture, in the order in which it is read."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from munja.core.errors import InputError, SpecError
from munja.core.page import Page
from munja.data.synth.pages import PageSynthesiser
from munja.data.synth.pages.recipe import PAGES, read_page_recipe
from munja.data.synth.pages.write import write_pages

SIDES = [500, 600]


@pytest.mark.parametrize("kind", PAGES)
def test_every_kind_of_page_can_be_drawn_whole(everything: dict[str, Any], kind: str) -> None:
    for page in PageSynthesiser({**everything, "pages": {kind: 1}, "long_side": SIDES}).whole(1, 4):
        assert page.kind == kind
        assert 250 < max(page.image.shape) <= 600
        assert bool(page.lines) == (kind != "nothing")


@pytest.mark.parametrize("kind", ["certificate", "receipt", "notice"])
def test_the_text_of_a_whole_paper_keeps_off_its_edges(pages: dict[str, Any], kind: str) -> None:
    recipe = {**pages, "pages": {kind: 1}, "long_side": [1000, 1200], "looks": {"perspective": 0.5, "rotate": 0.5}}
    lines, cut = 0, 0
    for page in PageSynthesiser(recipe).whole(2, 6):
        height, width = page.image.shape
        for line in page.lines:
            lines += 1
            cut += bool(line.quad.min() < 1 or (line.quad.max(axis=0) > (width - 1, height - 1)).any())
    assert lines > 100
    assert cut < 0.03 * lines


def test_rows_of_a_receipt_are_listed_from_left_to_right(pages: dict[str, Any]) -> None:
    recipe = {**pages, "pages": {"receipt": 1}, "long_side": [1000, 1200]}
    backwards, rows = 0, 0
    for page in PageSynthesiser(recipe).whole(3, 6):
        for one, other in pairwise(page.lines):
            tall = float(np.linalg.norm(one.quad[3] - one.quad[0]))
            if abs(float(one.quad[:, 1].mean() - other.quad[:, 1].mean())) < 0.3 * tall:
                rows += 1
                backwards += bool(other.quad[0, 0] < one.quad[0, 0])
    assert rows > 60
    assert backwards == 0


def test_the_same_seed_gives_the_same_whole_pages(pages: dict[str, Any]) -> None:
    recipe = {**pages, "long_side": SIDES}
    one, other = (PageSynthesiser(recipe).whole(4, 3) for _ in range(2))
    assert all(np.array_equal(a.image, b.image) for a, b in zip(one, other, strict=True))


def test_a_recipe_with_a_long_side_writes_whole_pages(pages: dict[str, Any], tmp_path: Path) -> None:
    assert write_pages({**pages, "long_side": SIDES}, 3, tmp_path / "pages") == 3
    rows = [json.loads(row) for row in (tmp_path / "pages" / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
    sizes = {(page.width, page.height) for page in (Page.from_tree(row["page"]) for row in rows)}
    assert len(sizes) == 3


def test_the_smallest_print_of_a_kind_is_as_large_as_its_recipe_says(pages: dict[str, Any]) -> None:
    recipe = {**pages, "pages": {"certificate": 1}, "long_side": [900, 1000]}
    small, large = (
        [
            float(np.linalg.norm(line.quad[3] - line.quad[0]))
            for page in PageSynthesiser({**recipe, "kinds": {"certificate": own}}).whole(5, 4)
            for line in page.lines
            if not line.ignore
        ]
        for own in ({"across": [100, 110]}, {"across": [100, 110], "least_size": 11})
    )
    # A line of small letters alone is as high as its ink.
    assert np.percentile(small, 5) < 9 < 11 < np.percentile(large, 5)


def test_pages_of_a_kind_stay_the_same_while_another_kind_is_tuned(pages: dict[str, Any]) -> None:
    recipe = {**pages, "pages": {"receipt": 1}, "long_side": SIDES}
    tuned = {**recipe, "kinds": {"letter": {"scan": 0.0}}}
    one, other = (PageSynthesiser(each).whole(4, 2) for each in (recipe, tuned))
    assert all(np.array_equal(a.image, b.image) for a, b in zip(one, other, strict=True))


def test_whole_pages_need_a_recipe_that_says_how_large() -> None:
    for wrong in ([100, 400], [900], "900", [900, 500]):
        with pytest.raises(SpecError, match="long_side"):
            read_page_recipe({"text": {"codes": 1}, "long_side": wrong})


def test_pieces_alone_are_made_without_a_long_side(upright: PageSynthesiser) -> None:
    with pytest.raises(InputError, match="long_side"):
        upright.whole(1, 1)
