"""Weights: derived once into the cache, whole or not at all, and read without a cache where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from munja.core.errors import ArtifactError, MissingExtraError
from munja.core.page import Page
from munja.read.reader import Reader
from munja.read.weights import ModelSet, cache_folder, model_set


@pytest.fixture(scope="module")
def heading_page(reader: Reader, heading: Any) -> Page:
    return reader(heading)


def link(models: ModelSet, folder: Path, *roles: str) -> None:
    """Put artifacts into a folder under names that say nothing."""
    folder.mkdir(exist_ok=True)
    for number, role in enumerate(roles):
        (folder / f"{number}.onnx").symlink_to(getattr(models, role).path)


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MUNJA_CACHE", str(tmp_path / "here"))
    assert cache_folder() == tmp_path / "here"


@pytest.mark.parametrize(
    ("platform", "variable", "place"),
    [
        ("linux", "XDG_CACHE_HOME", "munja"),
        ("win32", "LOCALAPPDATA", "munja"),
        ("linux", "HOME", ".cache/munja"),
        ("darwin", "HOME", "Library/Caches/munja"),
        ("win32", "HOME", "AppData/Local/munja"),
    ],
)
def test_the_cache_is_the_users_own_by_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, variable: str, place: str
) -> None:
    for each in ("MUNJA_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv(variable, str(tmp_path))
    assert cache_folder() == tmp_path / place


def test_derived_files_are_cached_once_and_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there" / "yet"
    monkeypatch.setenv("MUNJA_CACHE", str(folder))
    with ThreadPoolExecutor(2) as pool:  # two programs that start at the same time
        one, other = pool.map(lambda _: model_set("ppocr"), range(2))
    assert one == other
    files = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert sorted(files) == sorted(each.path for each in (one.detector, one.recogniser, one.direction) if each)
    model_set("ppocr")
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == files


def test_a_damaged_cache_is_made_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, models: ModelSet, reader: Reader
) -> None:
    assert reader  # that an engine runs already must not change what is derived
    monkeypatch.setenv("MUNJA_CACHE", str(tmp_path))
    contents = {}
    for artifact in (models.detector, models.recogniser, models.direction):
        assert artifact is not None
        assert artifact.path is not None
        contents[artifact.path.name] = artifact.read_bytes()
    names = iter(contents)
    (tmp_path / next(names)).write_bytes(b"")
    for name in names:
        (tmp_path / name).write_bytes(contents[name][: len(contents[name]) // 2])
    model_set("ppocr")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == contents


def test_a_cache_folder_that_cannot_be_made_is_done_without(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, heading: Any, heading_page: Page
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("MUNJA_CACHE", str(tmp_path / "file" / "munja"))
    assert Reader(models="ppocr", engine="onnxruntime", threads=1)(heading) == heading_page
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_full_disk_is_done_without_and_left_clean(tmp_path: Path, examples: Path, heading_page: Page) -> None:
    program = (
        "import resource, sys, numpy, cv2\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "from munja.read.reader import Reader\n"
        "picture = cv2.imread(sys.argv[1], cv2.IMREAD_COLOR_RGB)[85:255, 190:650]\n"
        "print(Reader(models='ppocr', engine='onnxruntime', threads=1)(picture).text)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(examples / "receipt.png")],
        capture_output=True,
        text=True,
        env={**os.environ, "MUNJA_CACHE": str(tmp_path / "cache")},
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout == heading_page.text + "\n"
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_folder_of_artifacts_is_read_by_what_they_say_they_are(
    models: ModelSet, tmp_path: Path, heading: Any, heading_page: Page
) -> None:
    link(models, tmp_path, "direction", "recogniser", "detector")
    assert Reader(models=tmp_path, engine="onnxruntime", threads=1)(heading) == heading_page


def test_a_folder_needs_no_direction_classifier(models: ModelSet, tmp_path: Path) -> None:
    link(models, tmp_path, "recogniser", "detector")
    assert model_set(tmp_path).direction is None


def test_a_folder_that_lacks_a_model_or_has_it_twice_says_so(models: ModelSet, tmp_path: Path) -> None:
    link(models, tmp_path / "one", "detector")
    with pytest.raises(ArtifactError, match=r"one: no model for 'recognise'"):
        model_set(tmp_path / "one")
    link(models, tmp_path / "two", "detector", "recogniser", "detector")
    with pytest.raises(ArtifactError, match=r"two: two models for 'detect', 2\.onnx is one"):
        model_set(tmp_path / "two")
    (tmp_path / "none").mkdir()
    with pytest.raises(ArtifactError, match=r"none: no model for 'detect'"):
        model_set(str(tmp_path / "none"))


def test_an_unknown_set_lists_what_is_known() -> None:
    with pytest.raises(ArtifactError, match=r"models 'pocr': a folder of artifacts or one of .*ppocr"):
        model_set("pocr")


def test_a_recogniser_of_choice_takes_the_sets_place(models: ModelSet) -> None:
    assert models.recogniser.path is not None
    assert model_set("ppocr", models.recogniser.path) == models
    assert models.detector.path is not None
    with pytest.raises(ArtifactError, match="a model for 'recognise' was wanted, this one is for 'detect'"):
        model_set("ppocr", models.detector.path)


def test_without_the_extra_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)  # as if it were not installed
    with pytest.raises(MissingExtraError, match=r"pip install 'munja\[ppocr\]'"):
        model_set("ppocr")
