"""LMDB folders written sample by sample, and read by several stores at once."""

from __future__ import annotations

from pathlib import Path

from munja.data.lmdb import READS_PER_MAPPING, LineStore, LineWriter


def test_the_map_grows_far_past_its_first_size_in_few_large_samples(tmp_path: Path) -> None:
    large = bytes(6_000_000)
    with LineWriter(tmp_path / "set") as writer:
        for i in range(20):
            writer.add(large, str(i))
    size = (tmp_path / "set" / "data.mdb").stat().st_size
    assert 20 * len(large) < size < 22 * len(large)
    with LineStore(tmp_path / "set") as store:
        assert [store.label(i) for i in range(20)] == [str(i) for i in range(20)]


def test_reading_goes_on_where_the_file_is_mapped_anew(tmp_path: Path) -> None:
    with LineWriter(tmp_path / "set") as writer:
        for i in range(50):
            writer.add(b"picture", str(i))
    with LineStore(tmp_path / "set") as store, LineStore(tmp_path / "set") as other:
        for i in range(READS_PER_MAPPING + 100):
            assert store.label(i % 50) == str(i % 50)
        assert other.image(49) == b"picture"
