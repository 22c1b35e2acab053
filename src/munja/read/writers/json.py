"""Pages as JSON: one object for one Page, an array for several. The format is described in docs/page.md."""

from __future__ import annotations

from collections.abc import Sequence

from munja.core.page import Page


def to_json(pages: Sequence[Page]) -> str:
    """The JSON document of one source's Pages, ending in a newline."""
    if len(pages) == 1:
        return pages[0].to_json(indent=1) + "\n"
    return "[\n" + ",\n".join(page.to_json(indent=1) for page in pages) + "\n]\n"
