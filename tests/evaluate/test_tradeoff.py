"""Recognisers are measured side by side on the same pictures."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from munja.cli import run
from munja.core.artifact import Manifest, with_manifest
from munja.core.errors import ArtifactError, InputError
from munja.evaluate import evaluate, opened_truth, read_set
from munja.evaluate.graph import parameters
from munja.evaluate.tradeoff import Tradeoff, compare_recognisers, open_recognisers
from munja.read.weights import OWN

TEXTS = ("TOTAL 9.00", "Receipt", "thank you", "CASH 20")


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """labels.csv of four drawn lines; the label of the second has another case than its picture."""
    folder = tmp_path / "words"
    folder.mkdir()
    rows = [["filename", "words"]]
    for number, text in enumerate(TEXTS):
        image = np.full((40, 20 * len(text) + 20, 3), 255, np.uint8)
        cv2.putText(image, text, (10, 30), cv2.FONT_HERSHEY_COMPLEX, 0.9, (20, 20, 20), 2, cv2.LINE_AA)
        cv2.imwrite(str(folder / f"{number}.png"), image)
        rows.append([f"{number}.png", "RECEIPT" if number == 1 else text])
    with (folder / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder


@pytest.fixture
def models(tmp_path: Path) -> list[Path]:
    """The recogniser of the package, and a copy that says it may not use the letter T: it reads another one there."""
    first, second = tmp_path / "good.onnx", tmp_path / "worse.onnx"
    shutil.copy(OWN / "recognise.onnx", first)
    content = first.read_bytes()
    # The manifest is read from the last entry of the metadata: as text of the same length it can be exchanged in place.
    assert content.count(b'"S","T","U"') == 1
    second.write_bytes(content.replace(b'"S","T","U"', b'"S","Z","U"'))
    return [first, second]


def compared(models: list[Path], words: Path, *, repeats: int = 1) -> Tradeoff:
    with opened_truth(words) as truth:
        return compare_recognisers(open_recognisers(models), truth, repeats=repeats)


def test_each_reads_every_picture_and_the_worse_one_is_known(models: list[Path], words: Path) -> None:
    found = compared(models, words)
    good, worse = found.contestants
    assert (good.name, worse.name) == ("good", "worse")
    assert good.figure("strict", "exact").value > worse.figure("strict", "exact").value  # type: ignore[operator]
    assert good.figure("loose", "exact").value - good.figure("strict", "exact").value == 0.25  # type: ignore[operator]
    assert len(good.milliseconds) == len(TEXTS)
    assert (good.milliseconds > 0.0).all()
    assert good.parameters == parameters(models[0].read_bytes(), where="")
    assert good.megabytes == models[0].stat().st_size / 1e6
    assert [each.names for each in found.comparisons] == [("good", "worse")]
    assert found.main == "strict"


def test_the_figures_are_those_of_an_evaluation(models: list[Path], words: Path, tmp_path: Path) -> None:
    found = compared(models[:1], words).contestants[0]
    with opened_truth(words) as truth:
        reader = f"munja,recogniser={models[0]},language=none,threads=1"
        evaluation = evaluate(truth, [read_set(reader, truth, tmp_path / "work", on_page=lambda: None)])
    figures = evaluation.readers[0].results["text"].figures
    for name in ("exact", "one_minus_ned", "cer"):
        assert found.figure("strict", name) == figures[name]


def test_a_picture_that_cannot_be_read_counts_as_empty_for_all(models: list[Path], words: Path) -> None:
    content = (words / "0.png").read_bytes()
    before = compared(models[:1], words).contestants[0].results["strict"].counts["similarity"]
    (words / "0.png").write_bytes(content[:-400])
    found = compared(models, words)
    assert len(found.problems) == 1
    assert "0.png" in found.problems[0]
    assert found.contestants[0].results["strict"].counts["similarity"] < before
    assert len(found.contestants[0].milliseconds) == len(TEXTS) - 1


def test_what_is_no_runnable_recogniser_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    weights = tmp_path / "a.safetensors"
    header = json.dumps({"__metadata__": {"munja": Manifest("recognise", "a").to_json()}}).encode()
    weights.write_bytes(len(header).to_bytes(8, "little") + header)
    for paths, message in (
        ([OWN / "detect.onnx"], "'recognise' was wanted, this one is for 'detect'"),
        ([weights], "munja export"),
        ([OWN / "recognise.onnx"] * 2, "named twice"),
        ([], "no recogniser was named"),
        ([tmp_path / "none.onnx"], "no such model file"),
    ):
        with pytest.raises((ArtifactError, InputError), match=message):
            open_recognisers(paths)


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    paths = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        paths.append(tmp_path / folder / "best.onnx")
        paths[-1].write_bytes(with_manifest(b"", Manifest("recognise", "x")))
    assert list(open_recognisers(paths)) == ["a/best", "b/best"]


def test_pages_and_no_repeats_are_refused(truth_folder: Path, models: list[Path], words: Path) -> None:
    with opened_truth(truth_folder) as truth, pytest.raises(InputError, match="compared on pictures of words or lines"):
        compare_recognisers(open_recognisers(models), truth)
    with pytest.raises(InputError, match="1 or more"):
        compared(models, words, repeats=0)


def test_the_table_of_a_fine_tuning_is_compared_and_evaluated_on_as_it_is(
    models: list[Path], words: Path, tmp_path: Path
) -> None:
    rows = [["image", "text", "source", "split"]]
    rows += [[f"{i}.png", text, f"photo {i}", ("train", "test")[i % 2]] for i, text in enumerate(TEXTS)]
    with (words / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    table, out = str(words / "labels.csv"), tmp_path / "out"
    assert run(["compare", str(models[0]), "--data", table, "--split", "test", "--out", str(out)]) == 0
    tree = json.loads((out / "compare.json").read_text(encoding="utf-8"))
    assert tree["pictures"] == 2
    assert tree["recognisers"][0]["strict"]["exact"]["value"] == 1.0
    assert (
        run(["evaluate", "--truth", table, "--split", "test", "--reader", "munja", "--out", str(tmp_path / "e")]) == 0
    )
    assert json.loads((tmp_path / "e" / "report.json").read_text(encoding="utf-8"))["truth"]["format"] == "table"


def test_the_command_prints_a_table_and_writes_three_files(
    models: list[Path], words: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out" / "here"
    arguments = [*map(str, models), "--data", str(words / "labels.csv"), "--out", str(out), "--repeats", "2"]
    assert run(["compare", *arguments]) == 0
    told = capsys.readouterr()
    assert "| good | " in told.out
    assert "apart in exact" in told.err or "is better by" in told.err
    tree = json.loads((out / "compare.json").read_text(encoding="utf-8"))
    assert (tree["pictures"], tree["threads"], tree["repeats"]) == (4, 1, 2)
    assert [each["name"] for each in tree["recognisers"]] == ["good", "worse"]
    assert set(tree["recognisers"][0]["milliseconds"]) == {"mean", "median", "p95"}
    assert (out / "compare.svg").read_text(encoding="utf-8").startswith("<svg")
    assert "compare.svg" in (out / "compare.md").read_text(encoding="utf-8")
    (words / "1.png").write_bytes(b"no picture")
    assert run(["compare", *arguments]) == 1
    assert "problem:" in capsys.readouterr().err
