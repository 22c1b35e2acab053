"""From what a person writes to a Pattern."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from munja.core.errors import SpecError
from munja.core.registry import build, register
from munja.read.patterns import check_digits, iban, mrz  # noqa: F401  (they register themselves)
from munja.read.patterns.blanks import ExactBlanks
from munja.read.patterns.expression import Expression
from munja.read.patterns.pattern import Allowed, Every, Judged, Pattern
from munja.read.patterns.words import words_file

Given = str | Pattern | Callable[[str], bool] | Sequence["Given"]


def compile_pattern(pattern: Given) -> Pattern:
    """The Pattern of a regular expression, a name such as `@iban` or `@words:FILE`, a function, or several at once.

    A text that begins with @ is the name of a pattern (kind "pattern" of the registry), what follows a colon its
    argument; any other text is a regular expression that whole texts must fit. A function from text to bool is asked
    at the end (`Judged` takes one for beginnings too). Of a list, a text must fit all.
    """
    if isinstance(pattern, str):
        return _named(pattern[1:]) if pattern.startswith("@") else Expression(pattern)
    if isinstance(pattern, Pattern):
        return pattern
    if callable(pattern):
        return Judged(pattern)
    if isinstance(pattern, Sequence):
        several = [compile_pattern(each) for each in pattern]
        return several[0] if len(several) == 1 else Every(several)
    raise SpecError(
        f"a pattern was wanted: a regular expression, @name, a function from text to bool, or a list of these; "
        f"got {pattern!r}"
    )


def _named(text: str) -> Pattern:
    name, _, argument = text.partition(":")
    pattern: Pattern = build("pattern", {"name": name}, argument)
    return pattern


@register("pattern", "digits")
def digits(argument: str, /) -> Pattern:
    """Digits, one or more; @digits:4 exactly so many, @digits:3-5 from so many to so many."""
    least, dash, most = argument.partition("-")
    if argument and not all(each.isascii() and each.isdigit() for each in ([least, most] if dash else [least])):
        raise SpecError(f"@digits:{argument}: a number of digits was wanted, such as @digits:4 or @digits:3-5")
    return Expression(f"[0-9]{{{least},{most}}}" if dash else f"[0-9]{{{least}}}" if least else "[0-9]+")


@register("pattern", "exactly")
def exactly(argument: str, /) -> Pattern:
    """Another pattern whose blanks are meant as they are written: @exactly:[A-Z]{4} [0-9]{6}."""
    return ExactBlanks(compile_pattern(argument))


@register("pattern", "allow")
def allow(argument: str, /) -> Pattern:
    """Any text in certain characters: @allow:ABC123."""
    return Allowed(argument)


register("pattern", "words")(words_file)
