"""Which models are there, and what each says of itself."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from munja.core.artifact import Artifact, open_artifact, sha256_of
from munja.core.errors import ArtifactError, MunjaError
from munja.core.registry import find, names
from munja.read import weights  # noqa: F401  (registers the model sets)


@dataclass(frozen=True)
class ModelCard:
    """A model for a person who chooses one; `missing` says what to install where a known set has no files."""

    name: str
    task: str = ""
    place: str = ""
    megabytes: float = 0.0
    precision: str = ""
    licence: str = ""
    charset: str = ""
    sha256: str = ""
    figures: str = ""
    missing: str = ""

    def describe(self) -> str:
        """The card as lines of text."""
        if self.missing:
            return f"{self.name}: not installed; {self.missing}"
        rows = (
            ("task", self.task),
            ("size", f"{self.megabytes:.2f} MB, weights in {self.precision}"),
            ("licence", self.licence or "not stated"),
            ("charset", self.charset),
            ("figures", self.figures or "none stated"),
            ("sha256", self.sha256),
            ("file", self.place),
        )
        return "\n".join([self.name, *(f"  {key:8} {value}" for key, value in rows if value)])


def installed() -> Iterator[ModelCard]:
    """The models of every registered set."""
    for name in names("models"):
        try:
            chosen = find("models", name)()
        except MunjaError as error:
            yield ModelCard(name, missing=str(error))
            continue
        for artifact in (chosen.detector, chosen.recogniser, chosen.direction, chosen.language):
            if artifact is not None:
                yield card_of(artifact)


def listed(places: Iterable[Path]) -> Iterator[ModelCard]:
    """The models in files, and in folders at any depth."""
    for place in places:
        files = sorted(
            each
            for each in (place.rglob("*") if place.is_dir() else [place])
            if each.suffix in (".onnx", ".safetensors")
        )
        if not files:
            raise ArtifactError(f"{place}: no model; a .onnx or .safetensors file or a folder of them was wanted")
        yield from (card_of(open_artifact(each)) for each in files)


def card_of(artifact: Artifact) -> ModelCard:
    """What an artifact says of itself."""
    manifest = artifact.manifest
    precision = str(manifest.input.get("precision", "f32"))
    path = artifact.path
    return ModelCard(
        manifest.name,
        manifest.task,
        artifact.where,
        (path.stat().st_size if path is not None else len(artifact.read_bytes())) / 1e6,
        precision,
        manifest.licence,
        _scripts(manifest.charset),
        sha256_of(path) if path is not None else "",
        ", ".join(_figures(manifest.metrics)),
    )


def _scripts(charset: Sequence[str]) -> str:
    """How many characters of which writing systems, the commonest first."""
    if not charset:
        return ""
    counts = Counter(_script(each) for each in charset)
    parts = ", ".join(f"{script} {count:,}" for script, count in counts.most_common(8))
    return f"{len(charset):,} characters: {parts}"


def _script(text: str) -> str:
    first = text[:1]
    if not first or first.isspace():
        return "space"
    if first.isdigit():
        return "digits"
    if not first.isalpha():
        return "signs"
    word = unicodedata.name(first, "other").split()[0].split("-")[0]
    return {"CJK": "Han", "FULLWIDTH": "Latin"}.get(word, word.capitalize())


def _figures(metrics: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """Every number that was measured, named by its place."""
    for key, value in metrics.items():
        name = f"{before}{key}"
        if isinstance(value, Mapping):
            yield from _figures(value, f"{name}.")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield f"{name} {value:.4g}"
