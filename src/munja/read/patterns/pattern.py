"""What a pattern is: an automaton over characters; and how patterns are put together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Protocol, runtime_checkable

from munja.core.errors import SpecError


@runtime_checkable
class Pattern(Protocol):
    """An automaton over characters (code points): from the start, step by step, to where a text may end.

    States are values that can be compared and hashed. Equal states have equal futures, so that two texts that lead to
    one state need not both be followed. A pattern is shared between threads.
    """

    @property
    def finite(self) -> bool:
        """Whether there are few enough states to remember, for each, what may follow it."""
        ...

    def start(self) -> Hashable:
        """The state before the first character."""
        ...

    def step(self, state: Any, character: str) -> Any:
        """The state after one more character, or None where it may not stand there."""
        ...

    def end(self, state: Any) -> bool:
        """Whether a text may end in this state."""
        ...

    def admits(self, character: str) -> bool:
        """Whether the character stands in any text that fits; may be True where that is hard to tell."""
        ...


def fits(pattern: Pattern, text: str) -> bool:
    """Whether the whole of a text fits a pattern."""
    state = pattern.start()
    for character in text:
        state = pattern.step(state, character)
        if state is None:
            return False
    return pattern.end(state)


class Every:
    """What fits each of several patterns."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        if not patterns:
            raise SpecError("a pattern was wanted, got an empty list; leave the pattern out to read freely")
        self._patterns = tuple(patterns)
        self.finite = all(each.finite for each in patterns)

    def start(self) -> Hashable:
        """The patterns' own starts."""
        return tuple(each.start() for each in self._patterns)

    def step(self, state: Any, character: str) -> Any:
        """The patterns' own next states; None where one of them has none."""
        following = []
        for pattern, each in zip(self._patterns, state, strict=True):
            stepped = pattern.step(each, character)
            if stepped is None:
                return None
            following.append(stepped)
        return tuple(following)

    def end(self, state: Any) -> bool:
        """Whether all may end."""
        return all(pattern.end(each) for pattern, each in zip(self._patterns, state, strict=True))

    def admits(self, character: str) -> bool:
        """Whether all admit it."""
        return all(each.admits(character) for each in self._patterns)


class Either:
    """What fits at least one of several patterns."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = tuple(patterns)
        self.finite = all(each.finite for each in patterns)

    def start(self) -> Hashable:
        """The patterns' own starts."""
        return tuple(each.start() for each in self._patterns)

    def step(self, state: Any, character: str) -> Any:
        """The patterns' own next states, None for those that are out; None where all are."""
        following = tuple(
            None if each is None else pattern.step(each, character)
            for pattern, each in zip(self._patterns, state, strict=True)
        )
        return None if all(each is None for each in following) else following

    def end(self, state: Any) -> bool:
        """Whether one may end."""
        return any(each is not None and pattern.end(each) for pattern, each in zip(self._patterns, state, strict=True))

    def admits(self, character: str) -> bool:
        """Whether one admits it."""
        return any(each.admits(character) for each in self._patterns)


class Allowed:
    """Any text of one character or more that is written in certain characters."""

    finite = True

    def __init__(self, characters: Iterable[str]) -> None:
        self._characters = frozenset(characters)
        if not self._characters:
            raise SpecError("@allow: the characters that may stand in a text were wanted, such as @allow:ABC123")

    def start(self) -> Hashable:
        """False: nothing stands there yet."""
        return False

    def step(self, state: Any, character: str) -> Any:
        """True where the character is allowed."""
        return True if character in self._characters else None

    def end(self, state: Any) -> bool:
        """Whether anything was written."""
        return bool(state)

    def admits(self, character: str) -> bool:
        """Whether it is one of the characters."""
        return character in self._characters


class Judged:
    """Texts that a function says True to; `prefix` says of a beginning whether such a text may still come of it.

    Without `prefix` the function is asked at the end alone: give an expression beside it that narrows down what is
    tried, or it will be asked about the likeliest few readings only.
    """

    finite = False

    def __init__(self, judge: Callable[[str], bool], prefix: Callable[[str], bool] | None = None) -> None:
        self._judge, self._prefix = judge, prefix

    def start(self) -> Hashable:
        """The empty text."""
        return ""

    def step(self, state: Any, character: str) -> Any:
        """The longer text."""
        longer = state + character
        return None if self._prefix is not None and not self._prefix(longer) else longer

    def end(self, state: Any) -> bool:
        """What the function says."""
        return bool(self._judge(state))

    def admits(self, character: str) -> bool:
        """True: a function does not tell."""
        return True


class Separated:
    """A pattern whose characters may be set apart by single signs, such as blanks or hyphens.

    `places` says after how many characters a sign may stand; None: after any.
    """

    def __init__(self, pattern: Pattern, signs: str = " -", places: Iterable[int] | None = None) -> None:
        self._pattern, self._signs = pattern, frozenset(signs)
        self._places = None if places is None else frozenset(places)
        self.finite = pattern.finite

    def start(self) -> Hashable:
        """The pattern's state, the number of characters where it matters, and whether a sign was the last."""
        return self._pattern.start(), 0, True

    def step(self, state: Any, character: str) -> Any:
        """A sign is passed over where it may stand, anything else is the pattern's affair."""
        inner, count, parted = state
        if character in self._signs:
            if parted or not (self._places is None or count in self._places):
                return None
            return inner, count, True
        following = self._pattern.step(inner, character)
        if following is None:
            return None
        return following, 1 if self._places is None else count + 1, False

    def end(self, state: Any) -> bool:
        """Whether the pattern may end, and no sign was the last."""
        inner, count, parted = state
        return self._pattern.end(inner) and not (parted and count)

    def admits(self, character: str) -> bool:
        """Whether it is a sign or in the pattern."""
        return character in self._signs or self._pattern.admits(character)
