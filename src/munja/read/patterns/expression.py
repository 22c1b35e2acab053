"""Regular expressions as automata: one place per character of the expression (Glushkov's construction)."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from munja.core.errors import SpecError
from munja.read.patterns.syntax import Atom, Choice, Node, Repeat, parse

MOST_PLACES = 5000  # characters of an expression with its repetitions written out
MOST_LINKS = 1_000_000  # pairs of them that may follow each other
_ACCEPT = -1


@dataclass(slots=True)
class _Part:
    """Places that a text of a part may begin with and end with, and whether it may be empty."""

    empty: bool
    first: frozenset[int]
    last: frozenset[int]


_NOTHING = frozenset[int]()


class Expression:
    """Texts that a regular expression fits as a whole, as `re.fullmatch` would say.

    A state is the set of places that may come next, -1 among them where the text may end.
    """

    finite = True

    def __init__(self, text: str) -> None:
        self.text = text
        self._atoms: list[Atom] = []  # of each place
        self._follow: list[set[int]] = []
        self._links = 0
        whole = self._build(parse(text))
        for place in whole.last:
            self._follow[place].add(_ACCEPT)
        self._start = whole.first | ({_ACCEPT} if whole.empty else _NOTHING)
        self._after = [frozenset(each) for each in self._follow]
        kinds = {atom.key: atom for atom in self._atoms}
        self._kinds = list(kinds.values())
        number = {key: k for k, key in enumerate(kinds)}
        self._kind_of = [number[atom.key] for atom in self._atoms]
        self._in: dict[str, frozenset[int]] = {}  # kinds of atoms that hold a character
        self._steps: dict[tuple[frozenset[int], frozenset[int]], frozenset[int] | None] = {}

    def start(self) -> Hashable:
        """The places that a text may begin with."""
        return self._start

    def step(self, state: Any, character: str) -> Any:
        """The places after one more character."""
        kinds = self._kinds_of(character)
        key = (state, kinds)
        try:
            return self._steps[key]
        except KeyError:
            following: set[int] = set()
            for place in state:
                if place != _ACCEPT and self._kind_of[place] in kinds:
                    following |= self._after[place]
            return self._steps.setdefault(key, frozenset(following) or None)

    def end(self, state: Any) -> bool:
        """Whether nothing need come any more."""
        return _ACCEPT in state

    def admits(self, character: str) -> bool:
        """Whether the character is in the expression somewhere."""
        return bool(self._kinds_of(character))

    def _kinds_of(self, character: str) -> frozenset[int]:
        kinds = self._in.get(character)
        if kinds is None:
            kinds = frozenset(k for k, atom in enumerate(self._kinds) if atom.contains(character))
            self._in[character] = kinds
        return kinds

    def _build(self, node: Node) -> _Part:
        if isinstance(node, Atom):
            place = len(self._atoms)
            if place >= MOST_PLACES:
                raise self._too_large()
            self._atoms.append(node)
            self._follow.append(set())
            return _Part(False, frozenset((place,)), frozenset((place,)))
        if isinstance(node, Choice):
            options = [self._build(each) for each in node.options]
            return _Part(
                any(each.empty for each in options),
                _NOTHING.union(*(each.first for each in options)),
                _NOTHING.union(*(each.last for each in options)),
            )
        if isinstance(node, Repeat):
            return self._repeat(node)
        whole = _Part(True, _NOTHING, _NOTHING)
        for each in node.parts:
            whole = self._joined(whole, self._build(each))
        return whole

    def _repeat(self, node: Repeat) -> _Part:
        whole = _Part(True, _NOTHING, _NOTHING)
        for _ in range(node.least - 1 if node.most is None and node.least else node.least):
            whole = self._joined(whole, self._build(node.part))
        if node.most is None:
            again = self._build(node.part)
            self._link(again.last, again.first)
            tail = _Part(again.empty or not node.least, again.first, again.last)
        else:
            # From the right: x{0,3} is (x(x(x)?)?)?, so that each is followed by the next alone.
            tail = _Part(True, _NOTHING, _NOTHING)
            for _ in range(node.most - node.least):
                joined = self._joined(self._build(node.part), tail)
                tail = _Part(True, joined.first, joined.last)
        return self._joined(whole, tail)

    def _joined(self, left: _Part, right: _Part) -> _Part:
        self._link(left.last, right.first)
        return _Part(
            left.empty and right.empty,
            left.first | right.first if left.empty else left.first,
            left.last | right.last if right.empty else right.last,
        )

    def _too_large(self) -> SpecError:
        return SpecError(
            f"pattern {self.text}: more than {MOST_PLACES} characters with its repetitions written out, "
            "or too many ways to go from one to the next; make the counts smaller"
        )

    def _link(self, before: frozenset[int], after: frozenset[int]) -> None:
        self._links += len(before) * len(after)
        if self._links > MOST_LINKS:
            raise self._too_large()
        for place in before:
            self._follow[place] |= after
