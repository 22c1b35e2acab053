"""Results: a file has its final name only when it is whole, and each source a place of its own."""

from __future__ import annotations

import os
import pickle
import stat
from pathlib import Path

import numpy as np
import pytest

from munja.core.errors import InputError
from munja.core.page import Line, Page
from munja.read.writers import writer
from munja.steps.inputs import Input
from munja.steps.results import Results, RunError, check_folder, is_finished, is_lasting, result_path, targets_of

PICTURE = np.full((8, 8, 3), 255, np.uint8)
SOURCE = Input("a.png", Path("a.png"), Path("a.png"))


def page(index: int = 0) -> Page:
    return Page(8, 8, (Line(f"page {index}"),), index=index)


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_file_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    results = Results(writer("text"), SOURCE, tmp_path / "a.txt")
    results.add(page(), PICTURE)
    (unfinished,) = names(tmp_path)
    assert unfinished.startswith(".a.txt.")
    assert unfinished.endswith(".tmp")
    assert results.finish() == [tmp_path / "a.txt"]
    assert names(tmp_path) == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "page 0\n"


def test_what_is_discarded_leaves_nothing_and_what_was_there_stays(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("before")
    results = Results(writer("text"), SOURCE, tmp_path / "a.txt")
    results.add(page(), PICTURE)
    results.discard()
    assert names(tmp_path) == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "before"


def test_results_may_be_read_by_those_whom_the_system_lets_read_files(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        Results(writer("text"), SOURCE, tmp_path / "a.txt").finish()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("indices", "wanted"), [([0], ["a.png"]), ([0, 1], ["a-1.png", "a-2.png"]), ([2], ["a-3.png"])]
)
def test_a_format_of_one_page_numbers_its_files_where_a_source_has_several(
    tmp_path: Path, indices: list[int], wanted: list[str]
) -> None:
    results = Results(writer("png"), SOURCE, tmp_path / "a.png")
    for index in indices:
        results.add(page(index), PICTURE)
    assert [path.name for path in results.finish()] == wanted
    assert names(tmp_path) == wanted
    assert is_finished(Input("-", Path("a"), None), tmp_path / "a", [writer("png")])


def test_sources_of_one_stem_keep_their_suffix_and_of_one_name_are_refused(tmp_path: Path) -> None:
    files = [Input(name, Path(name), Path(name)) for name in ("a.png", "a.jpg", "deep/b.png")]
    assert targets_of(files, tmp_path) == [tmp_path / "a.png", tmp_path / "a.jpg", tmp_path / "deep" / "b"]
    assert result_path(tmp_path / "a.png", writer("alto")) == tmp_path / "a.png.alto.xml"
    with pytest.raises(InputError, match="would be written to one place"):
        targets_of([files[0], files[0]], tmp_path)


def test_an_error_that_every_result_would_meet_crosses_processes_as_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RunError, match="a file stands where a folder is needed") as caught:
        check_folder(tmp_path / "file" / "deep")
    assert is_lasting(caught.value)
    assert is_lasting(pickle.loads(pickle.dumps(caught.value)))
    assert not is_lasting(RunError("once"))
    assert not is_lasting(InputError("once"))


def test_a_full_disk_says_how_to_go_on(tmp_path: Path) -> None:
    results = Results(writer("text"), SOURCE, tmp_path / "a.txt")
    with Path("/dev/full").open("wb") as full:  # the device of Linux that is always full
        os.dup2(full.fileno(), results._files[0].file.fileno())
    results.add(page(), PICTURE)
    with pytest.raises(RunError, match="free some space, then go on with --resume"):
        results.finish()
    results.discard()
    assert names(tmp_path) == []
