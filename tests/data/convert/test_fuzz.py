"""Whatever a label file holds, reading it gives samples, a report, or an error of the family; nothing else."""

from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from munja.core.errors import MunjaError
from munja.data.convert import convert, find_format, formats, open_truth
from munja.data.dataset import About, write_dataset

EXAMPLES = 10  # short here; run once with 250 for each format, nothing was left
LABELS = (".txt", ".tsv", ".csv", ".json", ".jsonl", ".xml", ".hocr", ".toml", ".mdb")
WRITTEN = [name for name in formats() if find_format(name).holds.kinds]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**400), 10**400) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, drawn: Any) -> dict[str, dict[str, bytes]]:
    """The files of a small set in every format that is written."""
    folder = tmp_path_factory.mktemp("fuzz")
    sets = {}
    for name in WRITTEN:
        holds = find_format(name).holds
        kinds = holds.kinds - {"picture"}
        make = {"page": drawn.page, "text": drawn.text, "class": drawn.of_class}[max(kinds)]
        write_dataset(folder / name, [make(i) for i in range(2)], About("fuzz"))
        convert(folder / name, folder / f"{name}-out", to_format=name)
        root = folder / f"{name}-out"
        sets[name] = {str(each.relative_to(root)): each.read_bytes() for each in root.rglob("*") if each.is_file()}
    return sets


def read_all(folder: Path, name: str) -> None:
    """Read a set to its end; whatever is wrong must be in the report, or be an error of the family."""
    truth = open_truth(folder, name)
    for way in (truth.samples(), truth):
        with contextlib.suppress(MunjaError):  # a file that is damaged as a whole
            for _ in way:
                pass
    assert all(each.where and each.reason for each in truth.report.dropped)


@pytest.mark.parametrize("name", WRITTEN)
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_files_never_crash_a_reader(
    written: dict[str, dict[str, bytes]], name: str, data: st.DataObject
) -> None:
    files = written[name]
    labels = sorted(each for each in files if each.endswith(LABELS))
    chosen = data.draw(st.sampled_from(labels or sorted(files)))
    content = bytearray(files[chosen])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(0, len(content) - 1)))
        piece = data.draw(
            st.sampled_from([b"", b"\xff", b"\0", b"\n", b'"', b"[", b"}", b"1e999", b"-", b"\t", b"null", b",,"])
        )
        content[at : at + data.draw(st.integers(0, 20))] = piece
    with tempfile.TemporaryDirectory() as folder:
        for path, whole in files.items():
            target = Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(bytes(content) if path == chosen else whole)
        read_all(Path(folder), name)


@pytest.mark.parametrize(
    "name", ["label-studio", "coco-text", "mmocr", "doctr-det", "doctr-rec", "gt-jsonl", "paddle-det"]
)
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_json_of_any_shape_never_crashes_a_reader(
    written: dict[str, dict[str, bytes]], name: str, data: st.DataObject
) -> None:
    files = written[name]
    chosen = next(each for each in sorted(files) if each.endswith((".json", ".jsonl", ".txt")))
    text = files[chosen].decode()
    if chosen.endswith(".txt"):
        changed = text.split("\t")[0] + "\t" + json.dumps([data.draw(JSON)])
    else:
        changed = json.dumps(_replaced(json.loads(text.split("\n")[0] if chosen.endswith("l") else text), data))
    with tempfile.TemporaryDirectory() as folder:
        for path, whole in files.items():
            target = Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(changed.encode() if path == chosen else whole)
        read_all(Path(folder), name)


def _replaced(tree: Any, data: st.DataObject) -> Any:
    """The tree with one value somewhere in it replaced."""
    if isinstance(tree, dict) and tree and data.draw(st.integers(0, 9)):
        key = data.draw(st.sampled_from(sorted(tree)))
        return {**tree, key: _replaced(tree[key], data)}
    if isinstance(tree, list) and tree and data.draw(st.integers(0, 9)):
        at = data.draw(st.integers(0, len(tree) - 1))
        return [*tree[:at], _replaced(tree[at], data), *tree[at + 1 :]]
    return data.draw(JSON)
