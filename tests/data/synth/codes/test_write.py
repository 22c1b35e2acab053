from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import cv2
import pytest

from munja.core.errors import InputError
from munja.data.convert import open_truth
from munja.data.dataset import Dataset
from munja.data.split import make_plan
from munja.data.synth.codes.synthesiser import CodeSynthesiser
from munja.data.synth.codes.write import shown, write_codes


@pytest.fixture(scope="module")
def folder(clean: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("codes") / "set"
    assert write_codes(clean, 30, out, seed=4) == 30
    return out


def test_the_folder_is_a_dataset_whose_crops_know_their_photo(folder: Path, clean: dict[str, Any]) -> None:
    dataset = Dataset(folder)
    assert (len(dataset), dataset.card.kind) == (30, "text")
    assert dataset.content_hash() == dataset.card.hash
    made = list(CodeSynthesiser(clean).crops(4, 30))
    for sample, crop in zip(dataset, made, strict=True):
        assert sample.read() == crop.content
        assert sample.text == crop.text
        known = dict(sample.attributes)
        assert known.pop("centres") == pytest.approx(crop.centres, abs=0.06)
        assert known == {"source": crop.source, "style": crop.style, "severity": crop.severity}


def test_the_table_beside_it_says_the_same(folder: Path) -> None:
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    samples = list(Dataset(folder))
    assert [row["text"] for row in rows] == [sample.text for sample in samples]
    assert [row["source"] for row in rows] == [sample.attributes["source"] for sample in samples]
    assert all(cv2.imread(str(folder / row["image"])) is not None for row in rows)


def test_it_is_recognised_as_a_dataset_and_split_by_photo(folder: Path) -> None:
    truth = open_truth(folder, "auto")
    assert truth.format == "munja"
    samples = list(truth.samples())
    plan = make_plan(samples, {"train": 0.6, "test": 0.4}, by=("source",), near=False)
    sides: dict[str, set[str]] = {}
    for sample, side in zip(samples, plan.splits, strict=True):
        sides.setdefault(sample.attributes["source"], set()).add(side)
    assert set(plan.splits) == {"train", "test"}
    assert all(len(each) == 1 for each in sides.values())
    assert len(sides) < len(samples)


def test_nothing_is_left_when_writing_stops_half_way(clean: dict[str, Any], tmp_path: Path) -> None:
    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_codes(clean, 2, tmp_path / "codes", progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_and_no_codes_are_refused(clean: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="exists already"):
        write_codes(clean, 1, tmp_path)
    with pytest.raises(InputError, match="1 code or more"):
        write_codes(clean, 0, tmp_path / "codes")


def test_a_crop_is_shown_with_its_text_below(clean: dict[str, Any]) -> None:
    crop = CodeSynthesiser(clean).photo(1, 1)[0]
    picture = shown(crop)
    assert picture.shape[1] == 256
    assert picture.shape[0] <= crop.image.shape[0] + 12
    assert (picture[-12:] < 128).any()
