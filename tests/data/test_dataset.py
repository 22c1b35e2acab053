"""Munja datasets: written whole or not at all, read lazily, proved by their hash."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.errors import InputError
from munja.core.page import Line, Page
from munja.data.dataset import About, Dataset, row_of_sample, sample_of_row, write_dataset
from munja.data.lmdb import LineStore
from munja.data.sample import Picture, Sample, free_name, tidy_name

ABOUT = About("small", "three pictures", "CC0", "by hand")


def picture(seed: int) -> bytes:
    target = io.BytesIO()
    PIL.Image.fromarray(np.random.default_rng(seed).integers(0, 256, (20, 30, 3), np.uint8)).save(target, "PNG")
    return target.getvalue()


def stored(name: str, seed: int = 0, **known: object) -> Sample:
    return Sample(name, Picture(fetch=lambda: picture(seed)), **known)  # type: ignore[arg-type]


PAGE = Page(30, 20, (Line("가", ((1.0, 1.0), (9.5, 1.0), (9.5, 8.0), (1.0, 8.0)), ignore=True),), source="a/b.png")
SAMPLES = [
    stored("a/b.png", 1, page=PAGE, text="raw\ntext", split="train", attributes={"shop": "x", "lines": [{"k": 1}]}),
    stored("word.png", 2, text="", split="test"),
    stored("class.png", 3, label="loaded"),
]


@pytest.mark.parametrize("storage", ["files", "lmdb"])
def test_what_was_written_is_read_back_in_any_order(tmp_path: Path, storage: str) -> None:
    write_dataset(tmp_path / "set", SAMPLES, ABOUT, storage=storage)
    dataset = Dataset(tmp_path / "set")
    assert len(dataset) == 3
    for number in (2, 0, 1):
        found, wanted = dataset[number], SAMPLES[number]
        assert replace(found, picture=None, where="") == replace(wanted, picture=None)
        assert found.read() == wanted.read()
    assert [each.name for each in dataset.split("test")] == ["word.png"]
    assert dataset.content_hash() == dataset.card.hash


def test_the_card_says_what_the_set_is(tmp_path: Path) -> None:
    write_dataset(tmp_path / "set", SAMPLES, ABOUT)
    tree = tomllib.loads((tmp_path / "set" / "dataset.toml").read_text(encoding="utf-8"))
    assert tree.pop("hash").startswith("sha256:")
    assert tree == {
        "munja_dataset": 1, "name": "small", "what": "three pictures", "licence": "CC0", "made": "by hand",
        "kind": "mixed", "count": 3, "storage": "files", "splits": {"test": 1, "train": 1},
    }  # fmt: skip


def test_an_lmdb_inside_is_of_the_published_scheme(tmp_path: Path) -> None:
    write_dataset(tmp_path / "set", SAMPLES, ABOUT, storage="lmdb")
    with LineStore(tmp_path / "set" / "pictures.lmdb") as store:
        assert len(store) == 3
        assert (store.image(1), store.label(2)) == (picture(2), "loaded")


def test_a_change_of_a_picture_or_row_changes_the_hash(tmp_path: Path) -> None:
    write_dataset(tmp_path / "set", SAMPLES, ABOUT)
    dataset = Dataset(tmp_path / "set")
    (tmp_path / "set" / "images" / "word.png").write_bytes(picture(9))
    assert dataset.content_hash() != dataset.card.hash


def test_an_interrupted_write_leaves_nothing(tmp_path: Path) -> None:
    def cut_off() -> Iterator[Sample]:
        yield SAMPLES[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_dataset(tmp_path / "set", cut_off(), ABOUT)
    assert list(tmp_path.iterdir()) == []
    missing = Sample("x.png", Picture(tmp_path / "nowhere.png"), text="x")
    with pytest.raises(InputError, match=r"nowhere\.png: the picture cannot be read"):
        write_dataset(tmp_path / "set", [SAMPLES[0], missing], ABOUT)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    with pytest.raises(InputError, match="exists already"):
        write_dataset(tmp_path / "set", SAMPLES, ABOUT)


def test_names_that_meet_or_leave_the_folder_are_changed(tmp_path: Path) -> None:
    names = ["../../evil.png", "evil.png", "EVIL.png", "/etc/x.png"]
    dataset = write_dataset(tmp_path / "set", [stored(each, text="x") for each in names], ABOUT)
    assert [each.name for each in dataset] == ["evil.png", "evil-2.png", "EVIL-3.png", "etc/x.png"]
    assert all(
        each.picture is not None and each.picture.path is not None and each.picture.path.is_file() for each in dataset
    )


@given(name=st.text(min_size=1, max_size=30))
def test_any_name_becomes_one_that_stays_inside(name: str) -> None:
    tidy = tidy_name(name)
    assert tidy_name(tidy) == tidy
    assert not tidy.startswith("/")
    assert ".." not in tidy.split("/")
    taken: set[str] = set()
    assert free_name(name, taken).casefold() != free_name(name, taken).casefold()


@given(
    text=st.text(st.characters(exclude_categories=("Cs",)), max_size=20),
    attributes=st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5) | st.booleans(), max_size=3),
)
def test_a_row_gives_back_its_sample(text: str, attributes: dict[str, object]) -> None:
    import json

    sample = Sample("a.png", text=text, split="train", attributes=attributes)
    assert sample_of_row(json.loads(row_of_sample(sample)), "") == sample


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("dataset.toml", "munja_dataset = 2", "update munja"),
        ("dataset.toml", "count = [", "not a TOML file"),
        ("dataset.toml", "munja_dataset = 1\ncount = 'x'", "count, storage"),
        ("samples.jsonl", "{}\n", "1 rows, but dataset.toml says 3"),
        ("samples.jsonl", "{}\n{}\n{}\n", r"samples\.jsonl:1: an object with the key image was wanted"),
        ("samples.jsonl", '{"image": "a", "split": "../x"}\n\n\n', r"samples\.jsonl:1: split should be a word"),
        ("samples.jsonl", '{"image": "a", "page": {}}\n\n\n', r"samples\.jsonl:1: not a Page"),
        ("samples.jsonl", "nonsense\n\n\n", r"samples\.jsonl:1: not a JSON object"),
    ],
)
def test_damage_is_named(tmp_path: Path, file: str, content: str, said: str) -> None:
    write_dataset(tmp_path / "set", SAMPLES, ABOUT)
    (tmp_path / "set" / file).write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        _ = Dataset(tmp_path / "set")[0]


def test_a_folder_that_is_no_dataset_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"not a Munja dataset \(it has no dataset\.toml\)"):
        Dataset(tmp_path)
