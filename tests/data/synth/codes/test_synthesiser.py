from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from munja.core.errors import InputError, SpecError
from munja.data.synth.codes.recipe import STYLES
from munja.data.synth.codes.synthesiser import CodeSynthesiser


def test_the_same_seed_gives_the_same_photo_in_another_synthesiser(worn: dict[str, Any]) -> None:
    first, second = (CodeSynthesiser(worn).photo(5, 3) for _ in range(2))
    assert [each.content for each in first] == [each.content for each in second]
    assert [each.text for each in first] == [each.text for each in second]
    assert [each.content for each in CodeSynthesiser(worn).photo(6, 3)] != [each.content for each in first]


def test_a_crop_of_a_photo_does_not_depend_on_how_many_are_asked_for(synthesiser: CodeSynthesiser) -> None:
    assert len(list(synthesiser.crops(1, 7))) == 7
    assert [each.content for each in synthesiser.crops(1, 4)] == [each.content for each in synthesiser.crops(1, 9)][:4]


def test_crops_of_one_photo_share_text_style_and_source_and_differ_in_pixels(clean: dict[str, Any]) -> None:
    crops = CodeSynthesiser({**clean, "crops": [0.0, 0.0, 1.0]}).photo(2, 0)
    assert len(crops) == 3
    assert len({(each.text, each.style, each.source) for each in crops}) == 1
    assert len({each.content for each in crops}) == 3


def test_photos_have_sources_of_their_own_and_all_styles_come_up(synthesiser: CodeSynthesiser) -> None:
    photos = [synthesiser.photo(1, number, most=1)[0] for number in range(40)]
    assert len({each.source for each in photos}) == 40
    assert {each.style for each in photos} == set(STYLES)
    for each in photos:
        assert re.fullmatch("[0-9]{4}|[A-Z]{2}[0-9]{6}", each.text)
        height, width = each.image.shape[:2]
        assert 15 <= height <= 91
        assert each.image.dtype == np.uint8
        assert len(each.centres) == len(each.text)
        assert (np.diff(each.centres) > 1).all()
        assert 0 <= each.centres[0] < each.centres[-1] < width


def test_the_centres_lie_on_the_ink(clean: dict[str, Any]) -> None:
    recipe = {
        **clean,
        "styles": {"painted": 1.0},
        "patterns": {"I{4}": 1.0},
        "looks": {"rotate": 1.0, "perspective": 1.0},
    }
    synthesiser = CodeSynthesiser(recipe)
    for number in range(15):
        crop = synthesiser.photo(1, number, most=1)[0]
        grey = crop.image.astype(np.float32).mean(axis=2)
        columns = np.abs(grey - np.median(grey)).mean(axis=0)
        between = 0.5 * (crop.centres[1:] + crop.centres[:-1])
        on, off = (np.interp(places, np.arange(len(columns)) + 0.5, columns) for places in (crop.centres, between))
        assert on.mean() > 2 * off.mean()


@pytest.mark.parametrize("style", STYLES)
def test_even_the_worst_codes_stand_out_from_their_ground(worn: dict[str, Any], style: str) -> None:
    synthesiser = CodeSynthesiser({**worn, "styles": {style: 1.0}})
    for number in range(6):
        for crop in synthesiser.photo(3, number):
            assert crop.image.astype(np.float32).mean(axis=2).std() > 4


def test_lower_crops_are_made_where_no_taller_ones_are_needed(clean: dict[str, Any]) -> None:
    synthesiser = CodeSynthesiser({**clean, "height": [80, 90]})
    assert all(78 <= each.image.shape[0] <= 91 for each in synthesiser.photo(1, 0))
    assert all(46 <= each.image.shape[0] <= 49 for each in synthesiser.photo(1, 0, tallest=48))


def test_a_senseless_wish_is_refused(clean: dict[str, Any], synthesiser: CodeSynthesiser) -> None:
    with pytest.raises(InputError, match="1 code or more"):
        next(synthesiser.crops(1, 0))
    with pytest.raises(SpecError, match="train or validate"):
        CodeSynthesiser(clean, split="test")
