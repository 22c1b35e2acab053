"""Which model files a Reader uses, and where they come from."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from munja.core.artifact import Artifact, artifact_in_memory, open_artifact, sha256_of, write_atomically
from munja.core.errors import ArtifactError, MissingExtraError
from munja.core.registry import find, is_known, names, register

Models = str | os.PathLike[str] | None
DEFAULT = "munja"
OWN = Path(__file__).parent.parent / "weights"


@dataclass(frozen=True)
class ModelSet:
    """The artifacts that read together.

    Without `direction`, upside-down lines are not turned; without `language`, look-alikes are told apart by the picture
    alone.
    """

    detector: Artifact
    recogniser: Artifact
    direction: Artifact | None = None
    language: Artifact | None = None


def model_set(
    models: Models = None,
    recogniser: str | os.PathLike[str] | None = None,
    language: str | os.PathLike[str] | None = None,
) -> ModelSet:
    """The models for a name (`munja`, `ppocr`), a folder of artifacts, or None for the default, which is munja.

    `recogniser` is an artifact file that takes the place of the set's own; the set's language model is left out then,
    since it was made for other texts. `language` is a language model to use instead, or "none".
    """
    chosen = _named_or_folder(DEFAULT if models is None else models)
    if recogniser is not None:
        chosen = replace(chosen, recogniser=open_artifact(recogniser).expect("recognise"), language=None)
    if language is not None:
        given = None if str(language) == "none" else open_artifact(language).expect("language")
        chosen = replace(chosen, language=given)
    return chosen


def cache_folder() -> Path:
    """Where derived files are kept: $MUNJA_CACHE, else the user's cache folder."""
    if given := os.environ.get("MUNJA_CACHE"):
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "munja"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "munja"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "munja"


def _named_or_folder(models: str | os.PathLike[str]) -> ModelSet:
    path = Path(models)
    if isinstance(models, str) and is_known("models", models):
        maker: Callable[[], ModelSet] = find("models", models)
        return maker()
    if not path.is_dir():
        raise ArtifactError(
            f"models {str(models)!r}: a folder of artifacts or one of {', '.join(names('models'))} was wanted"
        )
    return _folder(path)


def _folder(path: Path) -> ModelSet:
    found: dict[str, Artifact] = {}
    for file in sorted([*path.glob("*.onnx"), *path.glob("*.safetensors")]):
        artifact = open_artifact(file)
        if file.suffix == ".safetensors" and artifact.manifest.task != "language":
            continue  # trainable weights, which are not run
        if artifact.manifest.task in found:
            raise ArtifactError(
                f"{path}: two models for {artifact.manifest.task!r}, {file.name} is one; keep one of them"
            )
        found[artifact.manifest.task] = artifact
    for task in ("detect", "recognise"):
        if task not in found:
            raise ArtifactError(f"{path}: no model for {task!r} among its .onnx files")
    return ModelSet(found["detect"], found["recognise"], found.get("direction"), found.get("language"))


@register("models", "munja")
def munja() -> ModelSet:
    """Munja's own models for English, Western European and Korean print; they travel in the package."""
    return _folder(OWN)


@register("models", "ppocr")
def ppocr() -> ModelSet:
    """PP-OCRv6 small, from the files that the installed package rapidocr carries; its code is never imported."""
    spec = find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError("the models ppocr (PP-OCRv6)", "ppocr")
    folder = Path(next(iter(spec.submodule_search_locations))) / "models"
    files = {
        "detect": folder / "PP-OCRv6_det_small.onnx",
        "recognise": folder / "PP-OCRv6_rec_small.onnx",
        "direction": folder / "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
    }
    for file in files.values():
        if not file.is_file():
            raise ArtifactError(
                f"{file}: missing from the installed rapidocr; pip install --force-reinstall 'munja[ppocr]'"
            )
    return ModelSet(**{_ROLE[task]: _derived(file, task) for task, file in files.items()})


_ROLE = {"detect": "detector", "recognise": "recogniser", "direction": "direction"}


def _derived(source: Path, task: str) -> Artifact:
    """The artifact derived from a published file: from the cache, or made now and cached; in memory if that fails."""
    from munja.read.ppocr import DERIVATION, derive

    cached = cache_folder() / f"{source.stem}-{sha256_of(source)[:16]}-{DERIVATION}.onnx"
    if cached.is_file():
        try:
            return open_artifact(cached).expect(task)
        except ArtifactError:
            pass  # a damaged cache is made anew below
    content = derive(source, task=task)
    try:
        cached.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(cached, content)
        return open_artifact(cached)
    except OSError:  # a read-only or full cache: read without it
        return artifact_in_memory(content, where=str(source))
