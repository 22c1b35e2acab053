"""Lines cut out of pages: what a set for detection becomes where only pictures of lines can be held."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

import cv2
import numpy as np

from munja.core.errors import InputError
from munja.data.convert.parse import quad_of
from munja.data.convert.report import Report
from munja.data.sample import Picture, Sample
from munja.imaging.geometry import quad_size
from munja.imaging.image import frames
from munja.imaging.warp import cut_quad

_LEAST = 2  # pixels of width and height


def cut_lines(sample: Sample, report: Report) -> Iterator[Sample]:
    """A text sample, PNG, for each line of a page that has a place, a text and is no don't-care region."""
    if sample.page is None:
        yield sample
        return
    image = next(iter(frames(sample.read()))).image
    path = PurePosixPath(sample.name)
    for i, line in enumerate(sample.page.lines):
        where = f"{sample.where or sample.name}, line {i + 1}"
        if line.ignore:
            report.lose("don't-care region", where)
            continue
        if not line.polygon or not line.text:
            report.drop(where, "a line without a place or text cannot be cut out")
            continue
        quad = np.array(quad_of(line.polygon), np.float32)
        width, height = (round(each) for each in quad_size(quad))
        if min(width, height) < _LEAST:
            report.drop(where, f"a box of {width} x {height} pixels is too small to cut out")
            continue
        written, content = cv2.imencode(".png", cut_quad(image, quad, width, height)[..., ::-1])
        if not written:
            raise InputError(f"{where}: the line could not be encoded as PNG")
        attributes = {**{key: value for key, value in sample.attributes.items() if key not in ("lines", "level")},
                      "page": sample.name, "line": i}  # fmt: skip
        name = str(path.with_name(f"{path.stem}_{i + 1:04d}.png"))
        picture = Picture(fetch=content.tobytes)
        yield Sample(name, picture, text=line.text, split=sample.split, attributes=attributes, where=where)
