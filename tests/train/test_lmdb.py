"""The published LMDB scheme, written and read, in files of the size of their data."""

from __future__ import annotations

from pathlib import Path

import lmdb
import pytest

from munja.core.errors import InputError
from munja.data.lmdb import LineStore, write_lines

SAMPLES = [(b"first", "ABC"), (b"second", "가나 다"), (b"\x00\xff", "x")]


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    assert write_lines(tmp_path / "set", SAMPLES) == 3
    with LineStore(tmp_path / "set") as store:
        assert len(store) == 3
        assert [(store.image(i), store.label(i)) for i in range(3)] == SAMPLES


def test_the_keys_are_those_of_the_published_scheme(tmp_path: Path) -> None:
    write_lines(tmp_path / "set", SAMPLES)
    with lmdb.open(str(tmp_path / "set"), readonly=True, lock=False) as environment, environment.begin() as transaction:
        assert transaction.get(b"num-samples") == b"3"
        assert transaction.get(b"image-000000001") == b"first"
        assert transaction.get(b"label-000000002") == "가나 다".encode()
        assert transaction.stat()["entries"] == 7


def test_a_set_written_by_others_is_read(tmp_path: Path) -> None:
    with (
        lmdb.open(str(tmp_path / "set"), map_size=1 << 20) as environment,
        environment.begin(write=True) as transaction,
    ):
        for key, value in ((b"num-samples", b"1"), (b"image-000000001", b"i"), (b"label-000000001", b"l")):
            transaction.put(key, value)
    with LineStore(tmp_path / "set") as store:
        assert (len(store), store.image(0), store.label(0)) == (1, b"i", "l")


def test_the_map_grows_with_the_data_and_no_further(tmp_path: Path) -> None:
    picture = bytes(20_000)
    assert write_lines(tmp_path / "set", ((picture, str(i)) for i in range(1_200))) == 1_200
    size = (tmp_path / "set" / "data.mdb").stat().st_size
    assert 1_200 * len(picture) < size < 2 * 1_200 * len(picture)


def test_no_sample_makes_an_empty_set(tmp_path: Path) -> None:
    assert write_lines(tmp_path / "set", []) == 0
    with LineStore(tmp_path / "set") as store:
        assert len(store) == 0


def test_bad_input_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no data\.mdb"):
        LineStore(tmp_path)
    write_lines(tmp_path / "set", SAMPLES)
    with pytest.raises(InputError, match="holds an LMDB already"):
        write_lines(tmp_path / "set", SAMPLES)
    with LineStore(tmp_path / "set") as store, pytest.raises(InputError, match="image-000000004 is missing"):
        store.image(3)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "data.mdb").write_bytes(b"not a database" * 1000)
    with pytest.raises(InputError, match="damaged LMDB"):
        LineStore(tmp_path / "broken")
    with lmdb.open(str(tmp_path / "other")) as environment, environment.begin(write=True) as transaction:
        transaction.put(b"key", b"value")
    with pytest.raises(InputError, match="num-samples"):
        LineStore(tmp_path / "other")
