from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from munja.core.errors import InputError, SpecError
from munja.core.spec import load_spec
from munja.data.synth.pages import PageBatch, PageSynthesiser
from munja.data.synth.pages.recipe import PAGES

_IN_ANOTHER_PROCESS = """
import hashlib, json, sys
from munja.data.synth.pages import PageSynthesiser
batch = PageSynthesiser(json.loads(sys.argv[1])).batch(5, 12, size=256)
quads = b"".join(line.quad.tobytes() + repr(line.texts).encode() for page in batch.lines for line in page)
print(hashlib.sha256(batch.images.tobytes() + quads).hexdigest())
"""


def _hash(batch: PageBatch) -> str:
    quads = b"".join(line.quad.tobytes() + repr(line.texts).encode() for page in batch.lines for line in page)
    return hashlib.sha256(batch.images.tobytes() + quads).hexdigest()


def test_the_same_seed_gives_the_same_pages_in_any_process(everything: dict[str, Any]) -> None:
    synthesiser = PageSynthesiser(everything)
    here = _hash(synthesiser.batch(5, 12, size=256))
    assert _hash(synthesiser.batch(5, 12, size=256)) == here
    command = [sys.executable, "-c", _IN_ANOTHER_PROCESS, json.dumps(everything)]
    environment = {**os.environ, "PYTHONHASHSEED": "99"}
    there = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here
    assert _hash(synthesiser.batch(6, 12, size=256)) != here


def test_the_order_of_a_recipe_means_nothing(pages: dict[str, Any]) -> None:
    weights = {"receipt": 1.0, "sign": 1.0, "table": 1.0}
    turned = dict(reversed(weights.items()))
    one, other = (PageSynthesiser({**pages, "pages": each}).batch(1, 4, size=128) for each in (weights, turned))
    assert _hash(one) == _hash(other)


@pytest.mark.parametrize("kind", PAGES)
def test_every_kind_of_page_has_lines_and_words_that_agree(everything: dict[str, Any], kind: str) -> None:
    batch = PageSynthesiser({**everything, "pages": {kind: 1}}).batch(1, 16)
    assert batch.images.shape == (16, 448, 448)
    found = [line for page in batch.lines for line in page]
    assert (len(found) == 0) == (kind == "nothing")
    for line in found:
        assert line.quad.shape == (4, 2)
        assert line.words.shape == (len(line.texts), 4, 2)
        assert line.quad.dtype == line.words.dtype == np.float32
        assert all(text and " " not in text for text in line.texts)
        assert (line.quad.min(axis=0) < 448).all()
        assert (line.quad.max(axis=0) > 0).all()
        if not line.ignore:
            assert cv2.contourArea(line.quad) > 20


def test_corners_run_clockwise_from_the_top_left_of_the_text(upright: PageSynthesiser) -> None:
    lines = [line for page in upright.batch(2, 30).lines for line in page if not line.ignore]
    assert len(lines) > 200
    for line in lines:
        # An upright page has upright lines: the first corner is the one above and to the left.
        assert line.quad[0, 0] < line.quad[1, 0]
        assert line.quad[0, 1] < line.quad[3, 1]
        assert cv2.contourArea(line.quad, True) > 0


def test_a_turned_page_keeps_its_quads_on_its_text(pages: dict[str, Any]) -> None:
    recipe = {**pages, "pages": {"receipt": 1}, "looks": {"turn": 1.0}}
    batch = PageSynthesiser(recipe).batch(3, 30)
    directions = set()
    for image, lines in zip(batch.images, batch.lines, strict=True):
        for line in lines:
            along = line.quad[1] - line.quad[0]
            directions.add(round(float(np.degrees(np.arctan2(along[1], along[0]))) / 90) % 4)
            if not line.ignore:
                assert _spread(image, line.quad) > 7
    assert directions == {1, 2, 3}


def _spread(image: np.ndarray, quad: np.ndarray) -> float:
    mask = np.zeros(image.shape, np.uint8)
    cv2.fillPoly(mask, [np.rint(quad).astype(np.int32)], 1)
    return float(image[mask > 0].std())


def test_ink_lies_in_the_quads(pages: dict[str, Any]) -> None:
    looks = {"rotate": 0.5, "perspective": 0.4}
    batch = PageSynthesiser({**pages, "pages": {"letter": 1}, "looks": looks}).batch(4, 40)
    inked, outside = 0, 0
    for image, lines in zip(batch.images, batch.lines, strict=True):
        dark = image < 0.5 * float(np.percentile(image, 98))
        mask = np.zeros(image.shape, np.uint8)
        for line in lines:
            cv2.fillPoly(mask, [np.rint(line.quad).astype(np.int32)], 1)
        mask = cv2.dilate(mask, np.ones((3, 3), np.uint8))
        inked += int(dark.sum())
        outside += int((dark & (mask == 0)).sum())
    # Letters have bullets, rules, leading dots and scribbles, which are no text.
    assert inked > 20_000
    assert outside < 0.08 * inked


def test_training_and_validation_pages_share_no_family(pages: dict[str, Any]) -> None:
    train, validate = PageSynthesiser(pages), PageSynthesiser(pages, split="validate")
    assert _hash(train.batch(1, 4, size=128)) != _hash(validate.batch(1, 4, size=128))
    with pytest.raises(SpecError, match="train or validate"):
        PageSynthesiser(pages, split="test")


def test_korean_pages_have_hangul(pages: dict[str, Any]) -> None:
    fonts = {**pages["fonts"], "rare_faces": 1, "validation_share": 0.0}
    text = {"korean": 1, "korean_words": 1}
    recipe = {**pages, "charset": "korean", "korean": 1.0, "fonts": fonts, "text": text, "pages": {"letter": 1}}
    batch = PageSynthesiser(recipe).batch(1, 10)
    written = "".join(text for page in batch.lines for line in page for text in line.texts)
    assert sum("가" <= each <= "힣" for each in written) > 0.4 * len(written) > 100


def test_lines_too_small_to_read_are_ignored(pages: dict[str, Any]) -> None:
    batch = PageSynthesiser({**pages, "pages": {"letter": 1}, "size": [4.0, 4.5]}).batch(1, 10)
    for page in batch.lines:
        for line in page:
            tall = float(np.linalg.norm(line.quad[3] - line.quad[0]))
            assert line.ignore or tall >= 6.9


@pytest.mark.parametrize(("count", "size"), [(0, 448), (1, 32)])
def test_a_senseless_size_is_refused(upright: PageSynthesiser, count: int, size: int) -> None:
    with pytest.raises(InputError, match="1 page or more"):
        upright.batch(1, count, size=size)


def test_the_shipped_recipe_works_on_small_pages(pages: dict[str, Any]) -> None:
    shipped = load_spec(Path(__file__).parents[4] / "recipes" / "synth" / "pages.toml")
    assert set(shipped["pages"]) == set(PAGES)
    recipe = {**shipped, "charset": "ascii", "korean": 0.0, "fonts": pages["fonts"], "cache": pages["cache"]}
    batch = PageSynthesiser(recipe).batch(1, 20, size=224)
    assert sum(len(page) for page in batch.lines) > 60
