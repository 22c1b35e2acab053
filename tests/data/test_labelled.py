"""Crops of a dataset as lines: splits, sets, margins, widths, variations by seed."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest

from munja.core.errors import InputError
from munja.data.dataset import About, write_dataset
from munja.data.labelled import Labelled
from munja.data.loader import PAD, open_lines
from munja.data.sample import Picture, Sample


def png(width: int, height: int = 32) -> bytes:
    picture = np.full((height, width), 200, np.uint8)
    picture[height // 4 : height // 2, ::4] = 20
    return cv2.imencode(".png", picture)[1].tobytes()


@pytest.fixture
def crops(tmp_path: Path) -> Path:
    """Ten crops of 40 to 400 px width: eight to train on, of the sets a and b in turn, and one each to the others."""
    samples = []
    for i in range(10):
        split = "validate" if i == 8 else "test" if i == 9 else "train"
        content = png(40 * (i + 1))
        attributes = {"set": "ab"[i % 2]}
        picture = Picture(fetch=lambda content=content: content)
        samples.append(Sample(f"{i}.png", picture, text=f"T{i}", split=split, attributes=attributes))
    write_dataset(tmp_path / "crops", samples, About("crops"))
    return tmp_path / "crops"


def test_a_split_gives_its_own_crops_and_no_others(crops: Path) -> None:
    for split, expected in (("train", {f"T{i}" for i in range(8)}), ("validate", {"T8"})):
        source = open_lines({"name": "labelled", "path": str(crops)}, split)
        assert set(source.batch(1, 8, width=400, height=32).texts) == expected
    assert set(Labelled("train", path=str(crops), parts=["test"]).batch(1, 3, width=400, height=32).texts) == {"T9"}


def test_sets_are_told_apart(crops: Path) -> None:
    source = Labelled("train", path=str(crops), collections=["b"])
    assert set(source.batch(1, 4, width=400, height=32).texts) == {"T1", "T3", "T5", "T7"}


def test_a_set_that_is_not_there_is_an_error_that_names_it(crops: Path) -> None:
    with pytest.raises(InputError, match=r"crops \(train, c\)"):
        Labelled("train", path=str(crops), collections=["c"])


def test_each_width_has_the_crops_that_it_is_the_first_to_hold(crops: Path) -> None:
    source = Labelled("train", path=str(crops), widths=[96, 160, 256])
    assert {width: len(numbers) for width, numbers in source.buckets().items()} == {96: 2, 160: 2, 256: 4}
    assert set(source.batch(5, 2, width=160, height=32).texts) == {"T2", "T3"}
    wide = source.batch(5, 4, width=256, height=32)
    assert wide.images.shape == (4, 32, 256)
    assert max(wide.widths) == 256, "what no width holds is squeezed into the widest"


def test_a_width_without_crops_takes_those_of_the_next_narrower_one(crops: Path) -> None:
    source = Labelled("train", path=str(crops), widths=[160, 1000, 2000])
    assert max(source.batch(3, 4, width=2000, height=32).widths) == 320
    assert min(source.batch(3, 4, width=96, height=32).widths) <= 96, "nothing is narrower: squeezed"


def test_the_same_seed_gives_the_same_variations_and_another_one_others(crops: Path) -> None:
    augment = [{"name": "gaussian_noise", "probability": 1.0}]
    source = Labelled("train", path=str(crops), padding=(0.1, 0.06), augment=augment)
    first, again, other = (source.batch(seed, 8, width=400, height=32) for seed in (1, 1, 2))
    assert np.array_equal(first.images, again.images)
    assert first.texts == again.texts
    assert not np.array_equal(first.images, other.images)
    assert sorted(first.texts) == sorted(other.texts), "each once before any twice"


def test_margins_vary_in_training_and_are_those_of_reading_elsewhere(crops: Path) -> None:
    training = Labelled("train", path=str(crops), padding=(0.5, 0.0))
    widths = {tuple(training.batch(seed, 1, width=400, height=32).widths.tolist()) for seed in range(24)}
    assert len(widths) > 8, "eight crops, more widths"
    validation = Labelled("validate", path=str(crops), padding=(0.5, 0.0))
    assert validation.batch(1, 1, width=600, height=32).widths.tolist() == [360 + 2 * 16]


def test_what_a_crop_leaves_free_is_the_grey_of_padding(crops: Path) -> None:
    lines = Labelled("validate", path=str(crops)).batch(0, 1, width=500, height=32)
    assert (lines.images[0, :, 360:] == PAD).all()
    assert (lines.images[0, :, :360] != PAD).all()


def test_a_picture_is_turned_as_its_exif_tag_says(tmp_path: Path) -> None:
    picture = PIL.Image.fromarray(np.full((60, 20), 90, np.uint8))
    exif = PIL.Image.Exif()
    exif[274] = 6
    picture.save(tmp_path / "a.jpg", exif=exif)
    sample = Sample("a.jpg", Picture(tmp_path / "a.jpg"), text="A", split="train")
    write_dataset(tmp_path / "crops", [sample], About("crops"))
    assert Labelled("train", path=str(tmp_path / "crops")).natural_width(0) == 96


def test_a_part_of_many_crops_is_taken_evenly(crops: Path) -> None:
    source = Labelled("train", path=str(crops), most=4)
    assert set(source.batch(0, 4, width=400, height=32).texts) == {"T0", "T2", "T4", "T6"}


def centred(path: Path, height: int = 32) -> Path:
    """A crop of 200 pixels with bars at the middles of its two characters, which it knows."""
    picture = np.full((height, 200), 200, np.uint8)
    for x in (50, 150):
        picture[:, x - height // 16 : x + height // 16 + 1] = 20
    content = cv2.imencode(".png", picture)[1].tobytes()
    known = Picture(fetch=lambda: content)
    samples = [Sample("a.png", known, text="AB", split="train", attributes={"centres": [50.0, 150.0]})]
    write_dataset(path, samples, About("crops"))
    return path


@pytest.mark.parametrize("height", [32, 192])
def test_known_centres_move_with_margins_variations_and_size(tmp_path: Path, height: int) -> None:
    augment = [{"name": "tia_stretch", "probability": 1.0}]
    source = Labelled("train", path=str(centred(tmp_path / "crops", height)), padding=(0.4, 0.1), augment=augment)
    for seed in range(12):
        lines = source.batch(seed, 1, width=300, height=32)
        (centres,) = lines.centres
        assert centres is not None
        dark = np.flatnonzero(lines.images[0, 16, : lines.widths[0]] < 110)
        bars = [part.mean() for part in np.split(dark, np.flatnonzero(np.diff(dark) > 2) + 1)]
        assert centres == pytest.approx(bars, abs=1.5)


def test_crops_without_centres_give_lines_without(crops: Path) -> None:
    assert Labelled("train", path=str(crops)).batch(0, 2, width=400, height=32).centres == (None, None)


def test_stretched_lines_all_have_the_one_width_and_keep_the_detail_of_their_crop(crops: Path, tmp_path: Path) -> None:
    for split in ("train", "validate"):
        lines = Labelled(split, path=str(crops), stretch=160).batch(0, 1, width=160, height=32)
        assert lines.widths.tolist() == [160]
    fine = np.full((128, 320), 255, np.uint8)
    fine[:, ::4] = fine[:, 1::4] = 0  # bars that a line of its own width, 80 pixels, cannot show
    content = cv2.imencode(".png", fine)[1].tobytes()
    samples = [Sample("a.png", Picture(fetch=lambda: content), text="A", split="train")]
    write_dataset(tmp_path / "fine", samples, About("fine"))
    (line,) = Labelled("train", path=str(tmp_path / "fine"), stretch=160).batch(0, 1, width=160, height=32).images
    assert np.ptp(line) > 150
    (line,) = Labelled("train", path=str(tmp_path / "fine")).batch(0, 1, width=160, height=32).images
    assert np.ptp(line[:, :80]) < 20
