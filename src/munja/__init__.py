"""Munja reads the text in your own images, and carries a reader through its whole life."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from munja.core.errors import MunjaError as MunjaError
    from munja.core.page import Character as Character
    from munja.core.page import Line as Line
    from munja.core.page import Page as Page
    from munja.core.page import Word as Word
    from munja.read.patterns.compile import compile_pattern as compile_pattern
    from munja.read.reader import Reader as Reader
    from munja.read.reader import read as read
    from munja.read.reader import read_pages as read_pages

__version__ = "0.1.0"

# Names are loaded when first used: `import munja` costs a millisecond and pulls in no image library.
_HOMES = {
    "Page": "munja.core.page",
    "Line": "munja.core.page",
    "Word": "munja.core.page",
    "Character": "munja.core.page",
    "MunjaError": "munja.core.errors",
    "Reader": "munja.read.reader",
    "compile_pattern": "munja.read.patterns.compile",
    "read_pages": "munja.read.reader",
}
__all__ = [
    "Character",
    "Line",
    "MunjaError",
    "Page",
    "Reader",
    "Word",
    "__version__",
    "compile_pattern",
    "read",
    "read_pages",
]


def __getattr__(name: str) -> Any:
    if name == "read":
        return import_module("munja.read")  # a package that can be called: munja.read(x) reads x
    if name not in _HOMES:
        raise AttributeError(f"module 'munja' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
