from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import cv2
import numpy as np
import pytest

from munja.core.errors import InputError, SpecError
from munja.data.charset import characters, ksx1001_syllables
from munja.data.synth.lines import LineBatch, LineSynthesiser

_IN_ANOTHER_PROCESS = """
import hashlib, json, sys
from munja.data.synth.lines import LineSynthesiser
batch = LineSynthesiser(json.loads(sys.argv[1])).batch(7, 12, width=160)
print(hashlib.sha256(batch.images.tobytes() + repr(batch.texts).encode()).hexdigest())
"""


def _hash(batch: LineBatch) -> str:
    import hashlib

    return hashlib.sha256(batch.images.tobytes() + repr(batch.texts).encode()).hexdigest()


def _dark(batch: LineBatch, i: int, share: float) -> np.ndarray:
    """Where line i is darker than a share of the way from its darkest to its lightest pixel."""
    used = batch.images[i, :, : batch.widths[i]]
    return used < int(used.min()) + share * (int(used.max()) - int(used.min()))


def _boxes(batch: LineBatch, i: int, grow: int) -> list[np.ndarray]:
    """Where each character's polygon, grown by some pixels, lies in line i."""
    assert batch.polygons is not None
    masks = []
    for quad in batch.polygons[i]:
        mask = np.zeros((batch.images.shape[1], int(batch.widths[i])), np.uint8)
        cv2.fillPoly(mask, [np.rint(quad).astype(np.int32)], 1)
        masks.append(cv2.dilate(mask, np.ones((2 * grow + 1, 2 * grow + 1), np.uint8)) > 0)
    return masks


def test_the_same_seed_gives_the_same_lines_in_any_process(
    warped: dict[str, Any], synthesiser: LineSynthesiser
) -> None:
    import json

    here = _hash(synthesiser.batch(7, 12, width=160))
    assert _hash(LineSynthesiser(warped).batch(7, 12, width=160)) == here
    command = [sys.executable, "-c", _IN_ANOTHER_PROCESS, json.dumps(warped)]
    there = subprocess.run(
        command, env={**os.environ, "PYTHONHASHSEED": "99"}, capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == here


def test_another_seed_gives_other_lines(synthesiser: LineSynthesiser) -> None:
    assert synthesiser.batch(1, 8, width=160).texts != synthesiser.batch(2, 8, width=160).texts


@pytest.mark.parametrize("width", [64, 96, 128, 160, 192, 256, 320, 384, 512])
def test_texts_suit_the_width_of_their_bucket(synthesiser: LineSynthesiser, width: int) -> None:
    batch = synthesiser.batch(3, 60, width=width)
    assert batch.images.shape == (60, 32, width)
    assert (batch.widths <= width).all()
    assert batch.widths.mean() > 0.6 * width
    for image, used in zip(batch.images, batch.widths, strict=True):
        assert (image[:, used:] == 127).all()


def test_every_character_has_a_centre_in_reading_order(synthesiser: LineSynthesiser) -> None:
    batch = synthesiser.batch(4, 150, width=192, polygons=True)
    assert batch.polygons is not None
    for text, centres, quads, used in zip(batch.texts, batch.centres, batch.polygons, batch.widths, strict=True):
        assert len(centres) == len(quads) == len(text)
        assert ((centres >= 0) & (centres < used)).all()
        assert (np.diff(centres) > -2).all()
        middle = quads.mean(axis=1)[:, 0]
        # A centre is taken at the middle of the line's height, where slant moves a mark at its foot or top most.
        assert np.abs(middle - centres).max() < 9


def test_ink_lies_in_the_polygons_and_polygons_hold_ink(synthesiser: LineSynthesiser) -> None:
    batch = synthesiser.batch(5, 200, width=192, polygons=True)
    outside, inked, empty = 0, 0, 0
    for i, text in enumerate(batch.texts):
        black, grey = _dark(batch, i, 0.35), _dark(batch, i, 0.6)
        outside += int((black & ~np.any(_boxes(batch, i, 2), axis=0)).sum())
        inked += int(black.sum())
        marks = zip(text, _boxes(batch, i, 1), strict=True)
        empty += sum(character != " " and not (grey & box).any() for character, box in marks)
    assert outside < 0.005 * inked
    assert empty < 0.01 * sum(map(len, batch.texts))


def test_no_character_is_cut_off_unless_a_look_says_so(plain: dict[str, Any]) -> None:
    batch = LineSynthesiser(plain).batch(6, 200, width=192, polygons=True)
    assert batch.polygons is not None
    for quads, used in zip(batch.polygons, batch.widths, strict=True):
        assert quads[..., 0].min() > -1
        assert quads[..., 0].max() < used + 1
        assert quads[..., 1].min() > -1
        assert quads[..., 1].max() < 33


def test_every_look_at_once_still_gives_pictures(plain: dict[str, Any]) -> None:
    from munja.data.synth.recipe import LOOKS

    batch = LineSynthesiser({**plain, "looks": dict.fromkeys(LOOKS, 1.0)}).batch(1, 60, width=160, height=48)
    assert batch.images.shape == (60, 48, 160)
    contrast = [int(np.ptp(image[:, :used])) for image, used in zip(batch.images, batch.widths, strict=True)]
    assert min(contrast) > 15


@pytest.mark.parametrize(
    "look", ["faded", "dots", "photocopy", "emboss", "inverse", "jpeg", "moire", "streaks", "stencil"]
)
def test_a_look_changes_the_picture_and_not_its_size(plain: dict[str, Any], look: str) -> None:
    batch = LineSynthesiser({**plain, "looks": {look: 1.0}}).batch(2, 20, width=128)
    used = [image[:, :width] for image, width in zip(batch.images, batch.widths, strict=True)]
    dark_first = LineSynthesiser(plain).batch(2, 20, width=128)
    assert not np.array_equal(batch.images, dark_first.images)
    if look == "inverse":
        assert np.mean([np.median(each) for each in used]) < 140
    else:
        assert np.mean([np.median(each) for each in used]) > 140


def test_training_and_validation_lines_share_no_family(plain: dict[str, Any]) -> None:
    train, validate = LineSynthesiser(plain), LineSynthesiser(plain, split="validate")
    roots = [{each.atlas.faces[face].root for face in each.faces} for each in (train, validate)]
    assert roots[0]
    assert roots[1]
    assert not roots[0] & roots[1]
    assert train.batch(1, 4, width=128).texts != validate.batch(1, 4, width=128).texts


def test_korean_lines_show_syllables_of_all_kinds(plain: dict[str, Any]) -> None:
    recipe = {
        **plain,
        "charset": "korean",
        "text": {"random_syllables": 1, "rare_syllables": 1, "korean_receipt": 1, "english_words": 0.3},
        "fonts": {**plain["fonts"], "rare_faces": 1, "validation_share": 0.0},
    }
    batch = LineSynthesiser(recipe).batch(1, 100, width=160, polygons=True)
    written = "".join(batch.texts)
    assert set(written) <= set(characters("korean"))
    assert sum("가" <= each <= "힣" for each in written) > 150
    rare = [each for each in written if "가" <= each <= "힣" and each not in ksx1001_syllables()]
    assert len(rare) > 20


@pytest.mark.parametrize(("count", "width", "height"), [(0, 160, 32), (1, 31, 32), (1, 160, 4)])
def test_a_senseless_size_is_refused(synthesiser: LineSynthesiser, count: int, width: int, height: int) -> None:
    with pytest.raises(InputError, match="1 line or more"):
        synthesiser.batch(1, count, width=width, height=height)


def test_an_unknown_split_is_refused(plain: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match="train or validate"):
        LineSynthesiser(plain, split="test")


def test_a_ring_before_the_text_is_no_part_of_it(plain: dict[str, Any]) -> None:
    batch = LineSynthesiser({**plain, "looks": {"ring": 1.0}}).batch(4, 30, width=192, polygons=True)
    assert batch.polygons is not None
    shown = 0
    for i, quads in enumerate(batch.polygons):
        first = round(float(quads[..., 0].min()))
        assert first > 12  # there is room for a ring, and what is written begins after it
        shown += bool(_dark(batch, i, 0.5)[8:24, : first - 2].any())
        assert len(batch.centres[i]) == len(batch.texts[i])
    assert shown == 30


def test_titles_set_apart_are_written_without_blanks() -> None:
    recipe = {"charset": "korean", "text": {"korean_words": 1.0}, "looks": {"spread": 1.0}}
    batch = LineSynthesiser(recipe).batch(4, 40, width=256, polygons=True)
    assert batch.polygons is not None
    wide = []
    for text, quads in zip(batch.texts, batch.polygons, strict=True):
        assert " " not in text
        assert all("가" <= each <= "힣" for each in text)
        if len(text) > 1:
            across = np.ptp(quads[..., 0], axis=1)  # (K,)
            wide.append(float((quads[1:, 0, 0] - quads[:-1, 0, 0]).mean() / across.mean()))
    assert len(wide) > 20
    assert np.median(wide) > 1.4  # from syllable to syllable, in widths of one
