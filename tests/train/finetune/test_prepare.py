"""What is labelled twice goes, what only shares a name stays."""

from __future__ import annotations

from pathlib import Path

from munja.data.sample import Picture, Sample
from munja.train.finetune.prepare import _once


def test_pictures_of_one_name_in_different_folders_are_both_kept_and_a_picture_labelled_twice_is_kept_once(
    tmp_path: Path,
) -> None:
    files = [tmp_path / part / "images" / "1.png" for part in ("a", "b")]
    for file in files:
        file.parent.mkdir(parents=True)
        file.write_bytes(b"picture")
    samples = [Sample("set/1.png", Picture(file), text=text) for file, text in zip(files * 2, "ABCD", strict=True)]
    said: list[str] = []
    kept = _once(samples, said.append)
    assert [sample.text for sample in kept] == ["A", "B"]
    assert len({sample.name for sample in kept}) == 2
    assert "2 pictures are labelled more than once" in said[0]
