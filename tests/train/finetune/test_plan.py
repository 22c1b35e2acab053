"""The recipe that a fine-tuning trains by: shares with a floor, widths that hold the crops, parts that are held."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.artifact import Manifest
from munja.core.errors import InputError, SpecError
from munja.data.dataset import About, Dataset, write_dataset
from munja.data.loader import shares_of
from munja.data.sample import Picture, Sample
from munja.train.finetune.alphabet import Alphabet
from munja.train.finetune.plan import AUGMENT, GENERAL, recipe_of, replay_widths, shares_of_sets, with_length
from munja.train.finetune.prepare import Prepared
from munja.train.finetune.replay import replay_of
from munja.train.finetune.request import Request
from munja.train.recipe import checked

COUNTS = {"01": {"train": 3438}, "02": {"train": 3694}, "03": {"train": 270}}
FOUR_STAGE = Manifest(
    "recognise",
    "imported",
    input={
        "height": 32,
        "channels": 1,
        "width": 100,
        "fit": "stretch",
        "padding": [0.1, 0.06],
        "columns_per_pixel": 0.26,
    },
    codec={"name": "attention", "longest": 25},
    charset=tuple("0123456789"),
    spec={"name": "four_stage", "extractor": {"name": "vgg"}, "head": {"name": "attention"}},
)


def prepared(folder: Path, widths: list[int], **changes: Any) -> Prepared:
    samples = []
    for i, width in enumerate(widths):
        content = cv2.imencode(".png", np.full((32, width), 200, np.uint8))[1].tobytes()
        picture = Picture(fetch=lambda content=content: content)
        samples.append(Sample(f"{i}.png", picture, text="1", split="train", attributes={"set": "a"}))
    write_dataset(folder / "crops", samples, About("crops"))
    counts = {"a": {"train": len(widths), "validate": 0, "test": 0}}
    known = {"frozen": ("extractor.",), "parameters": 1000, "findings": (), **changes}
    return Prepared(folder / "crops", Alphabet("0123456789"), counts, **known)


def test_shares_go_by_size_but_a_small_set_keeps_the_floor() -> None:
    assert shares_of_sets(COUNTS, {}, 0.1)["03"] == pytest.approx(0.1)
    plain = shares_of_sets(COUNTS, {}, 0.0)
    assert plain == pytest.approx({"01": 0.46447, "02": 0.49905, "03": 0.03648}, abs=1e-5)
    given_ = shares_of_sets(COUNTS, {"01": 0.482, "02": 0.482, "03": 0.036}, 0.1)
    assert shares_of(64, list(given_.values())) == [31, 31, 2]


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=8), st.floats(0.001, 0.5))
def test_shares_add_up_and_none_is_below_the_floor(sizes: list[int], floor: float) -> None:
    shares = shares_of_sets({str(i): {"train": size} for i, size in enumerate(sizes)}, {}, floor)
    assert sum(shares.values()) == pytest.approx(1.0)
    assert min(shares.values()) >= min(floor, 1.0 / len(sizes)) - 1e-9


@pytest.mark.parametrize(
    ("wanted", "said"), [({"04": 1.0}, "04: no set of that name"), ({"01": 1.0}, "none for the set 02")]
)
def test_shares_of_other_sets_are_refused(wanted: dict[str, float], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        shares_of_sets(COUNTS, wanted, 0.1)


def test_an_imported_model_is_trained_as_its_manifest_says(tmp_path: Path) -> None:
    request = Request(Path("start.safetensors"), {"a": tmp_path})
    recipe = recipe_of(request, FOUR_STAGE, prepared(tmp_path, [60, 90, 700]), {"name": "drawn"})
    task = recipe["task"]
    assert (task["fit"], task["width"], task["height"]) == ("stretch", 100, 32)
    assert (task["codec"], task["longest"]) == ("attention", 25)
    assert task["model"]["name"] == "four_stage"
    assert task["widths"] == [96, 160, 256, 768]
    full = checked(with_length(recipe, rate=1e-3, seconds=60.0, validate_every=8, patience=3))
    assert full["loop"]["freeze"] == ["extractor."]
    own, replay = full["task"]["data"]["sets"]
    assert (own["name"], own["collections"], len(own["augment"])) == ("labelled", ["a"], len(AUGMENT))
    assert replay == {"name": "drawn"}
    assert full["task"]["data"]["shares"] == pytest.approx([0.6, 0.4])


def test_widths_hold_the_crops_and_short_lines_are_replayed_only_where_there_are_short_crops(tmp_path: Path) -> None:
    free = Manifest("recognise", "m", input={"height": 32, "channels": 1}, codec={"name": "ctc"}, charset=("1",))
    recipe = recipe_of(Request(Path("s"), {}), free, prepared(tmp_path, [300, 310, 320, 330]), None)
    assert recipe["task"]["widths"] == [384]
    assert recipe["task"]["width_shares"] == [1.0]
    assert recipe["task"]["data"]["shares"] == [1.0]
    assert set(recipe["task"]["validation"]) == {"own"}


def test_a_large_network_gets_small_batches_and_no_proof_that_it_can_learn(tmp_path: Path) -> None:
    large = prepared(tmp_path, [90], parameters=50_000_000)
    recipe = recipe_of(Request(Path("s"), {}), FOUR_STAGE, large, None)
    assert recipe["task"]["batch"] == 16
    assert recipe["loop"]["preflight"] is False


def test_lines_that_a_model_of_one_width_would_see_squeezed_are_not_replayed() -> None:
    assert list(replay_widths(FOUR_STAGE.input)) == [96, 160, 256]
    assert list(replay_widths({"height": 32})) == [96, 160, 256, 384]


def test_replay_is_what_the_model_was_trained_on_less_what_lay_on_another_disk() -> None:
    synthetic = {"name": "synthetic", "recipe": {"charset": "ascii"}}
    sets = [{"name": "lmdb", "path": "words"}, {"name": "mixed", "sets": [synthetic], "shares": [2.0]}]
    task = {"data": {"name": "mixed", "sets": sets, "shares": [0.5, 0.5]}}
    manifest = Manifest("recognise", "m", made={"recipe": {"task": task}})
    found = replay_of(manifest, "auto", Alphabet("".join(map(chr, range(32, 127)))))
    assert found == {"name": "mixed", "sets": [sets[1]], "shares": [0.5]}
    narrow = replay_of(manifest, "auto", Alphabet("0123456789"))
    assert narrow is not None
    assert narrow["sets"][0]["sets"][0]["recipe"]["charset"] == "0123456789"
    assert replay_of(manifest, "none", Alphabet("01")) is None


def test_drawn_codes_are_replayed_from_their_recipe_or_from_a_folder_of_them(tmp_path: Path) -> None:
    recipe = tmp_path / "codes.toml"
    recipe.write_text('kind = "codes"\n', encoding="utf-8")
    assert replay_of(FOUR_STAGE, str(recipe), Alphabet("01")) == {"name": "codes", "recipe": {"kind": "codes"}}
    prepared(tmp_path, [200, 90])
    with pytest.raises(InputError, match=r"has no labelled crops to validate; `munja data split"):
        replay_of(FOUR_STAGE, str(tmp_path / "crops"), Alphabet("01"))
    with pytest.raises(InputError, match=r"0\.png says '1'; the model knows no '1'"):
        replay_of(FOUR_STAGE, str(tmp_path / "crops"), Alphabet("0"))
    splits = ("train", "validate")
    samples = [replace(sample, split=splits[i]) for i, sample in enumerate(Dataset(tmp_path / "crops"))]
    write_dataset(tmp_path / "drawn", samples, About("drawn"))
    replay = replay_of(FOUR_STAGE, str(tmp_path / "drawn"), Alphabet("01"))
    shown = {"padding": [0.1, 0.06], "height": 32, "stretch": 100}
    assert replay == {"name": "labelled", "path": str(tmp_path / "drawn"), **shown}
    recipe_ = recipe_of(Request(Path("s"), {}), FOUR_STAGE, prepared(tmp_path / "own", [90, 200]), replay)
    own, mixed = recipe_["task"]["data"]["sets"]
    assert mixed == replay, "varied as it was drawn"
    assert (own["stretch"], len(own["augment"])) == (100, len(AUGMENT))
    assert recipe_["task"]["widths"] == [160, 256], "no wider ones for what is not drawn meanwhile"
    assert recipe_["task"]["validation"][GENERAL] == replay


def test_codes_can_be_replayed_before_anything_was_trained() -> None:
    spec = {"name": "codes", "recipe": {"kind": "codes"}}
    code = f"from munja.train.finetune.replay import opened; opened({spec!r}, 'train')"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "is not known" not in ended.stderr


def test_a_model_that_does_not_say_what_it_was_trained_on_needs_a_recipe_or_none() -> None:
    with pytest.raises(
        InputError, match=r"imported: does not say .*--replay recipes/synth/english\.toml.*--replay none"
    ):
        replay_of(FOUR_STAGE, "auto", Alphabet("01"))


def test_without_fonts_it_is_said_what_installs_them(tmp_path: Path) -> None:
    from munja.train.finetune.replay import opened

    recipe = {"charset": "ascii", "fonts": {"folders": [str(tmp_path)]}, "text": {"codes": 1.0}, "cache": str(tmp_path)}
    with pytest.raises(InputError, match=r"no font file in .*recipes/fonts/install\.sh installs them; --replay none"):
        opened({"name": "synthetic", "recipe": recipe}, "validate")
