"""Sources of lines: shares, filters, repeatable batches."""

from __future__ import annotations

from pathlib import Path

import cv2
import drawn  # noqa: F401  registers its lines
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import InputError, SpecError
from munja.data.lmdb import write_lines
from munja.data.loader import PAD, FolderLines, LmdbLines, open_lines, shares_of
from munja.train.feed import Feed, batch_seed
from munja.train.recognise import Recognise


def picture(width: int, height: int, grey: int) -> bytes:
    return cv2.imencode(".png", np.full((height, width), grey, np.uint8))[1].tobytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for i, width in enumerate((40, 80, 160, 320)):
        (tmp_path / f"{i}.png").write_bytes(picture(width, 16, 50 * i))
    (tmp_path / "labels.tsv").write_text("0.png\tA\n1.png\tB c\r\n2.png\tÉ\n3.png\t" + "long" * 30 + "\n")
    return tmp_path


def test_the_batch_of_the_published_fine_tuning_is_shared_as_published() -> None:
    assert shares_of(64, [0.482, 0.482, 0.036]) == [31, 31, 2]


@given(st.integers(1, 512), st.lists(st.floats(0.001, 1.0), min_size=1, max_size=5))
def test_every_set_gives_at_least_one(count: int, shares: list[float]) -> None:
    counts = shares_of(count, shares)
    assert min(counts) >= 1
    assert abs(sum(counts) - count) <= len(shares)


def test_filters_say_what_they_drop_and_why(folder: Path) -> None:
    lines = FolderLines("train", path=str(folder))
    assert len(lines) == 2
    assert lines.report() == (
        "dropped: 1 with characters outside the charset (numbers 2); 1 longer than 100 characters (numbers 3)"
    )


def test_a_mixture_passes_on_what_its_sets_say(folder: Path) -> None:
    sets = [{"name": "drawn"}, {"name": "folder", "path": str(folder)}]
    (note,) = open_lines({"name": "mixed", "sets": sets, "shares": [1, 1]}, "train").notes()
    assert note.startswith(f"{folder}: 2 samples; dropped: 1 with")


def test_lines_keep_their_shape_and_fill_up_with_grey(folder: Path) -> None:
    lines = FolderLines("train", path=str(folder)).batch(7, 2, width=200, height=32)
    order = np.argsort(lines.widths)
    assert lines.widths[order].tolist() == [80, 160]
    assert [lines.texts[i] for i in order] == ["A", "B c"]
    first = lines.images[order[0]]
    assert first.shape == (32, 200)
    assert set(np.unique(first[:, :80])) == {0}
    assert set(np.unique(first[:, 80:])) == {PAD}


def test_a_line_wider_than_its_batch_is_squeezed(folder: Path) -> None:
    lines = FolderLines("train", path=str(folder)).batch(7, 2, width=96, height=32)
    assert sorted(lines.widths.tolist()) == [80, 96]


def test_equal_seeds_give_equal_batches_and_every_sample_comes_before_any_twice(tmp_path: Path) -> None:
    write_lines(tmp_path / "set", ((picture(60, 20, i), str(i)) for i in range(10)))
    lines = LmdbLines("train", path=str(tmp_path / "set"))
    a, b = (lines.batch(5, 10, width=96, height=32) for _ in range(2))
    assert a.texts == b.texts
    np.testing.assert_array_equal(a.images, b.images)
    assert sorted(a.texts) == [str(i) for i in range(10)]
    assert lines.batch(6, 10, width=96, height=32).texts != a.texts


def test_usage_takes_the_first_part(tmp_path: Path) -> None:
    write_lines(tmp_path / "set", ((picture(60, 20, i), str(i)) for i in range(10)))
    lines = LmdbLines("train", path=str(tmp_path / "set"), usage=0.3)
    assert sorted(set(lines.batch(0, 9, width=96, height=32).texts)) == ["0", "1", "2"]


def test_validation_walks_through_all_samples_by_width(folder: Path) -> None:
    lines = FolderLines("validate", path=str(folder))
    assert lines.chunks(8, height=32, step=32) == [(96, [0]), (160, [1])]


def test_a_mixture_takes_its_shares_from_each_set(folder: Path) -> None:
    sets = [{"name": "drawn"}, {"name": "folder", "path": str(folder)}]
    lines = open_lines({"name": "mixed", "sets": sets, "shares": [0.75, 0.25]}, "train").batch(
        3, 8, width=160, height=32
    )
    assert len(lines.texts) == len(lines.images) == len(lines.centres) == len(lines.widths) == 8
    assert [centres is None for centres in lines.centres] == [False] * 6 + [True] * 2


def test_bad_sets_are_named(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(InputError, match=r"labels\.tsv: no such file"):
        FolderLines("train", path=str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="none of 4 samples can be used"):
        FolderLines("train", path=str(folder), usage=0.25, longest=1, charset="ascii", labels=_only_foreign(folder))
    with pytest.raises(SpecError, match="one share above 0 for each set"):
        open_lines({"name": "mixed", "sets": [{"name": "drawn"}], "shares": []}, "train")
    (folder / "0.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match="picture 0 cannot be decoded"):
        FolderLines("train", path=str(folder)).batch(1, 2, width=96, height=32)


def _only_foreign(folder: Path) -> str:
    (folder / "foreign.tsv").write_text("".join(f"{i}.png\tÉÉ\n" for i in range(4)))
    return "foreign.tsv"


def test_workers_make_the_same_batches_as_the_process_itself(folder: Path) -> None:
    task = {
        "name": "recognise",
        "model": {"name": "ctc", "backbone": {"name": "dense"}, "neck": {"name": "convolution"}},
        "data": {"name": "folder", "path": str(folder)},
        "validation": {"real": {"name": "folder", "path": str(folder)}},
        "batch": 2,
    }
    settings = {key: value for key, value in task.items() if key != "name"}
    here = Recognise(**settings)  # type: ignore[arg-type]
    feed = Feed(here, task, seed=2, rank=1, workers=1)
    try:
        for step in range(2):
            made, wanted = feed.batch(step), here.prepare(batch_seed(2, step), 1)
            assert made.keys() == wanted.keys()
            for key, value in wanted.items():
                np.testing.assert_array_equal(made[key], value)
    finally:
        feed.close()
