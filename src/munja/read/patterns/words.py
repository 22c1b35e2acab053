"""Lexicons: texts that stand in a list."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Any

from munja.core.errors import InputError, SpecError


class Words:
    """The words of a list, exactly as they are written. A state is a node of their tree."""

    finite = True

    def __init__(self, words: Iterable[str]) -> None:
        self._children: list[dict[str, int]] = [{}]
        self._ends: set[int] = set()
        self._characters: set[str] = set()
        for word in words:
            node = 0
            for character in word:
                following = self._children[node].get(character)
                if following is None:
                    following = self._children[node][character] = len(self._children)
                    self._children.append({})
                node = following
            if node:
                self._ends.add(node)
                self._characters.update(word)
        if not self._ends:
            raise SpecError("@words: a list of words was wanted, one per row, and none was there")

    def start(self) -> Hashable:
        """The root."""
        return 0

    def step(self, state: Any, character: str) -> Any:
        """The node below."""
        return self._children[state].get(character)

    def end(self, state: Any) -> bool:
        """Whether a word ends here."""
        return state in self._ends

    def admits(self, character: str) -> bool:
        """Whether it stands in a word."""
        return character in self._characters


def words_file(name: str) -> Words:
    """The words of a UTF-8 text file, one per row; rows are stripped, empty ones left out."""
    if not name:
        raise SpecError("@words: the file that holds the words was wanted, such as @words:parts.txt")
    try:
        rows = Path(name).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not text in UTF-8"
        raise InputError(f"@words:{name}: a text file with one word per row was wanted: {reason}") from error
    try:
        return Words(row.strip() for row in rows)
    except SpecError as error:
        raise SpecError(f"@words:{name}: a list of words was wanted, one per row, and none was there") from error
