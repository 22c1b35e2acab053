"""Artifact: one model file that knows what it is.

The manifest travels inside the file: in `metadata_props` of an `.onnx` file, in `__metadata__` of a `.safetensors`
file, as one JSON text under the key `munja`. Both containers are read and written here with the standard library
alone, so that asking a 100 MB model what it is costs a few reads and no import.

Sources: the protobuf wire format and onnx.proto (ModelProto.metadata_props is field 14, StringStringEntryProto has key
1 and value 2); the safetensors format (8 bytes little-endian header length, then a JSON header).
"""

from __future__ import annotations

import io
import json
import os
import struct
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from munja.core.errors import ArtifactError, did_you_mean

MANIFEST_VERSION = 1
METADATA_KEY = "munja"
_METADATA_PROPS = 14  # field number in ModelProto


@dataclass(frozen=True)
class Manifest:
    """What a model file says of itself.

    `task` is detect, direction or recognise (later tasks add their names); `spec` the tree that builds the network;
    `charset` the text of each class after the blank, in class order; `input` the rule that a picture must follow;
    `codec` the Spec of the codec that turns outputs into text or boxes; `metrics` what was measured, and on what;
    `made` how it was made; `licence` the licence of the weights; `parent` the SHA-256 of the file it was derived from.
    """

    task: str
    name: str
    input: Mapping[str, Any] = field(default_factory=dict)
    codec: Mapping[str, Any] = field(default_factory=dict)
    charset: tuple[str, ...] = ()
    spec: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    made: Mapping[str, Any] = field(default_factory=dict)
    licence: str = ""
    parent: str | None = None
    version: int = MANIFEST_VERSION

    def to_json(self) -> str:
        """The manifest as the JSON text that a model file carries."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @staticmethod
    def from_json(text: str, *, where: str) -> Manifest:
        """The manifest in a JSON text; ArtifactError, naming `where`, if it is newer than this Munja or malformed."""
        try:
            tree = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ArtifactError(f"{where}: its manifest is not JSON ({error}); the file is damaged") from error
        if not isinstance(tree, dict):
            raise ArtifactError(f"{where}: its manifest is not an object; the file is damaged")
        version = tree.get("version")
        if version is not None and (not isinstance(version, int) or isinstance(version, bool)):
            raise ArtifactError(f"{where}: its version is {version!r}, a number was wanted; the file is damaged")
        if version is not None and version > MANIFEST_VERSION:
            raise ArtifactError(
                f"{where}: made by a newer Munja (manifest version {version}, this one knows {MANIFEST_VERSION}); "
                "update munja: pip install --upgrade munja"
            )
        for key in tree:
            if key not in Manifest.__dataclass_fields__:
                known = did_you_mean(key, Manifest.__dataclass_fields__)
                raise ArtifactError(f"{where}: {key} is not a field of a manifest; {known}")
        for key in ("task", "name"):
            if not isinstance(tree.get(key), str):
                raise ArtifactError(f"{where}: its manifest has no {key}; the file is damaged")
        charset = tree.get("charset", [])
        if not isinstance(charset, list) or not all(isinstance(each, str) for each in charset):
            raise ArtifactError(f"{where}: its charset is not a list of texts; the file is damaged")
        for key in ("input", "codec", "spec", "metrics", "made"):
            if not isinstance(tree.get(key, {}), dict):
                raise ArtifactError(f"{where}: its {key} is not a table; the file is damaged")
        for key, kinds in (("licence", str), ("parent", str | None)):
            if not isinstance(tree.get(key, ""), kinds):
                raise ArtifactError(f"{where}: its {key} is not a text; the file is damaged")
        tree["charset"] = tuple(charset)
        return Manifest(**tree)


@dataclass(frozen=True)
class Artifact:
    """A model file's manifest and content; `path` is None for one that lives in memory only."""

    manifest: Manifest
    path: Path | None = None
    content: bytes | None = field(default=None, repr=False)

    @property
    def where(self) -> str:
        """A name for messages: the path, or the artifact's own name."""
        return str(self.path) if self.path is not None else f"<{self.manifest.name} in memory>"

    def read_bytes(self) -> bytes:
        """The whole model file."""
        if self.content is not None:
            return self.content
        if self.path is None:
            raise ArtifactError(f"{self.where} has neither a path nor content")
        return self.path.read_bytes()

    def expect(self, task: str) -> Artifact:
        """This artifact, or ArtifactError if it is not for `task`."""
        if self.manifest.task != task:
            raise ArtifactError(
                f"{self.where}: a model for {task!r} was wanted, this one is for {self.manifest.task!r}"
            )
        return self


def open_artifact(path: str | os.PathLike[str]) -> Artifact:
    """The artifact in a `.onnx` or `.safetensors` file, its weights not yet read."""
    path = Path(path)
    if not path.is_file():
        raise ArtifactError(f"{path}: no such model file")
    metadata = read_metadata(path)
    if METADATA_KEY not in metadata:
        raise ArtifactError(
            f"{path}: not a Munja artifact (it carries no manifest); "
            "`munja import FILE --task TASK` makes one of a PP-OCR ONNX file"
        )
    return Artifact(Manifest.from_json(metadata[METADATA_KEY], where=str(path)), path)


def artifact_in_memory(onnx_content: bytes, *, where: str) -> Artifact:
    """The artifact in the bytes of a `.onnx` file; `where` names it in messages."""
    metadata = _metadata(io.BytesIO(onnx_content), len(onnx_content), ".onnx", where)
    if METADATA_KEY not in metadata:
        raise ArtifactError(f"{where}: not a Munja artifact (it carries no manifest)")
    return Artifact(Manifest.from_json(metadata[METADATA_KEY], where=where), None, onnx_content)


def read_metadata(path: Path) -> dict[str, str]:
    """The key-value metadata of a `.onnx` or `.safetensors` file."""
    with path.open("rb") as file:
        return _metadata(file, path.stat().st_size, path.suffix, str(path))


def _metadata(file: BinaryIO, size: int, suffix: str, where: str) -> dict[str, str]:
    try:
        if suffix == ".safetensors":
            (length,) = struct.unpack("<Q", file.read(8))
            if length > size:
                raise ValueError("header longer than the file")
            found = json.loads(file.read(length)).get("__metadata__", {})
            if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
                raise ValueError("its metadata is not a table of texts")
            return found
        if suffix == ".onnx":
            return dict(_onnx_metadata(file, size))
    except (ValueError, struct.error, EOFError, AttributeError, RecursionError) as error:
        raise ArtifactError(f"{where}: damaged or not a model file ({error})") from error
    raise ArtifactError(f"{where}: a .onnx or .safetensors file was wanted")


def with_manifest(onnx_content: bytes, manifest: Manifest) -> bytes:
    """A serialised ONNX model with the manifest added.

    Protobuf concatenates repeated fields, so one more metadata entry is appended without touching the graph. The
    content must not carry a manifest yet: readers would disagree on which of two counts.
    """
    key, value = METADATA_KEY.encode(), manifest.to_json().encode()
    entry = b"\x0a" + _varint(len(key)) + key + b"\x12" + _varint(len(value)) + value
    return onnx_content + _varint(_METADATA_PROPS << 3 | 2) + _varint(len(entry)) + entry


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that its final name never stands for half of it."""
    import tempfile  # with hashlib 8 ms, and reading writes no model

    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _onnx_metadata(file: BinaryIO, size: int) -> Iterator[tuple[str, str]]:
    while file.tell() < size:
        field_number, content = _next_field(file, size)
        if field_number == _METADATA_PROPS:
            yield _entry(content)


def _entry(content: bytes) -> tuple[str, str]:
    parts = {1: "", 2: ""}
    at = 0
    while at < len(content):
        tag, at = _varint_at(content, at)
        length, at = _varint_at(content, at)
        if tag & 7 != 2 or at + length > len(content):
            raise ValueError("a metadata entry is cut off")
        parts[tag >> 3] = content[at : at + length].decode()
        at += length
    return parts[1], parts[2]


def _next_field(file: BinaryIO, size: int) -> tuple[int, bytes]:
    """The next field of a protobuf message: its number and, if it is metadata, its content (else skipped)."""
    tag = _read_varint(file)
    number, wire_type = tag >> 3, tag & 7
    if number == 0:
        raise ValueError("not a protobuf message")
    if wire_type == 0:
        _read_varint(file)
        return number, b""
    if wire_type not in (1, 2, 5):
        raise ValueError(f"unknown wire type {wire_type}")
    length = _read_varint(file) if wire_type == 2 else {1: 8, 5: 4}[wire_type]
    if file.tell() + length > size:
        raise EOFError("the file is cut off")
    if number == _METADATA_PROPS and wire_type == 2:
        return number, file.read(length)
    file.seek(length, os.SEEK_CUR)
    return number, b""


def _read_varint(file: BinaryIO) -> int:
    value, shift = 0, 0
    while shift < 70:
        byte = file.read(1)
        if not byte:
            raise EOFError("the file is cut off")
        value |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return value
        shift += 7
    raise ValueError("a number is too long")


def _varint_at(content: bytes, at: int) -> tuple[int, int]:
    value, shift = 0, 0
    while at < len(content) and shift < 70:
        value |= (content[at] & 0x7F) << shift
        at += 1
        if content[at - 1] < 0x80:
            return value, at
        shift += 7
    raise ValueError("a number is cut off")


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value >= 0x80:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)
