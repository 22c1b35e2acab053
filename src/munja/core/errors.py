"""The one small family of errors that a user of Munja can meet.

Every message says what was wanted, what came, where, and what to do about it. The command line prints the message
alone and ends with status 1; programs catch `MunjaError` or one of its kinds.
"""

from __future__ import annotations

from collections.abc import Iterable


class MunjaError(Exception):
    """Any error that Munja raises on purpose."""


class InputError(MunjaError):
    """A picture, document or folder that cannot be read as asked."""


class GeometryError(MunjaError):
    """A polygon or transform that makes no sense."""


class PageError(MunjaError):
    """A Page, or the JSON of one, that breaks the format."""


class SpecError(MunjaError):
    """A Spec that names something unknown or sets it wrongly."""


class ArtifactError(MunjaError):
    """A model file that is damaged, of another task, or from a newer version."""


class EngineError(MunjaError):
    """An inference engine that is missing or refuses what was asked of it."""


class MissingExtraError(MunjaError):
    """An optional package that the asked-for feature needs is not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs an extra that is not installed: pip install 'munja[{extra}]'")
        self.extra = extra


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of an error sentence: the nearest known word, or all of them where none is near."""
    import difflib  # 3 ms: nothing is wrong as a rule

    words = sorted(known)
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]}?"
    return f"known: {', '.join(words)}" if words else "none is known"
