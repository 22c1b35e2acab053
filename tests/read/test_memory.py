"""A bound on memory: how people write it, and what is left for pictures."""

from __future__ import annotations

import numpy as np
import pytest

from munja.core.errors import InputError, SpecError
from munja.read.memory import for_pictures, parse_memory
from munja.read.reader import Reader


@pytest.mark.parametrize(
    ("text", "size"),
    [("2GB", 2_000_000_000), ("1.5 GiB", 1_610_612_736), ("800mb", 800_000_000), ("3g", 3_000_000_000), ("5", 5)],
)
def test_sizes_are_read_as_people_write_them(text: str, size: int) -> None:
    assert parse_memory(text) == size


@pytest.mark.parametrize("text", ["", "GB", "two", "-1GB", "1TB", "nan", "inf", "0", "1e400"])
def test_what_is_no_size_is_quoted(text: str) -> None:
    with pytest.raises(SpecError, match="a size was wanted, such as 2GB"):
        parse_memory(text)


def test_more_threads_leave_less_and_too_little_is_told_with_what_is_enough() -> None:
    assert for_pictures(4_000_000_000, 1) > for_pictures(4_000_000_000, 2) > 0
    with pytest.raises(SpecError, match=r"1\.00 GB are less than reading takes with 2 threads; allow 1\.\d GB or more"):
        for_pictures(1_000_000_000, 2)


def test_a_picture_that_does_not_fit_is_refused_before_it_is_decoded(cache: object, tmp_path: object) -> None:
    reader = Reader(engine="onnxruntime", threads=1, memory="1.3GB")
    import io

    import PIL.Image

    target = io.BytesIO()
    PIL.Image.new("RGB", (9000, 9000)).save(target, "BMP")
    with pytest.raises(InputError, match=r"9000 x 9000 pixels take 0\.57 GB .* --memory leaves 0\.15 GB"):
        reader(target.getvalue())
    assert reader(np.full((3000, 3000, 3), 255, np.uint8)).lines == ()


def test_memory_alone_allows_more_pixels_than_the_usual_bound(cache: object) -> None:
    view = np.broadcast_to(np.full((11_000, 10_000, 1), 255, np.uint8), (11_000, 10_000, 3))
    with pytest.raises(InputError, match="more than max_pixels = 100,000,000"):
        Reader(engine="onnxruntime", threads=1)(view)
    assert Reader(engine="onnxruntime", threads=1, memory="4GB")(view[..., 0]).lines == ()
