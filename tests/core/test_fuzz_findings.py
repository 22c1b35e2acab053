"""What ten minutes of fuzzing found in the loaders of Pages and Artifacts: each is an error with a message now."""

from __future__ import annotations

import json
import struct
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from munja.core.artifact import Manifest, open_artifact
from munja.core.errors import ArtifactError, PageError
from munja.core.page import Page

HUGE = 10**400  # an integer that no float holds


def page(**fields: Any) -> str:
    return json.dumps({"munja_page": 1, "width": 8, "height": 8, **fields})


@pytest.mark.parametrize(
    "document",
    [
        "[" * 100_000,
        '{"munja_page":1,"lines":' * 50_000,
        page(angle=HUGE),
        page(dpi=float("nan")),
        page(dpi=float("inf")),
        page(lines=[{"text": "a", "score": -HUGE}]),
        page(lines=[{"text": "a", "polygon": [[HUGE, 1]]}]),
        page(lines=[{"text": "a", "polygon": [[float("nan"), 1]]}]),
        page(angle=1.5).replace("1.5", "1e999"),
    ],
    ids=["deep", "deep object", "angle", "nan", "inf", "score", "polygon", "polygon nan", "overflow"],
)
def test_a_page_that_no_document_could_hold_is_refused(document: str) -> None:
    with pytest.raises(PageError) as caught:
        Page.from_json(document)
    assert len(str(caught.value)) < 500


def safetensors(header: str) -> bytes:
    content = header.encode()
    return struct.pack("<Q", len(content)) + content


def manifest(**fields: Any) -> str:
    return json.dumps({"__metadata__": {"munja": json.dumps({**asdict(Manifest("recognise", "n")), **fields})}})


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("[" * 100_000, "damaged"),
        (json.dumps({"__metadata__": {"munja": "[" * 100_000}}), "its manifest is not JSON"),
        (manifest(licence=[["a"]]), "its licence is not a text"),
        (manifest(licence=None), "its licence is not a text"),
        (manifest(parent=7), "its parent is not a text"),
    ],
    ids=["deep header", "deep manifest", "licence a list", "licence null", "parent a number"],
)
def test_an_artifact_that_makes_no_sense_is_refused(tmp_path: Path, header: str, said: str) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(safetensors(header))
    with pytest.raises(ArtifactError, match=said):
        open_artifact(path)
