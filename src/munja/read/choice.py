"""Which engine `auto` stands for: what `munja bench` found fastest on this machine, else ONNX Runtime.

The choice is kept per precision, and never changes the precision that was asked for.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from munja.core.artifact import write_atomically
from munja.read.weights import cache_folder

_ENGINES = ("onnxruntime", "openvino")


def choice_file() -> Path:
    """Where the choice for this machine is kept; one home folder may serve several machines."""
    return cache_folder() / f"engine-{platform.node() or 'machine'}.json"


def chosen_engine(engine: str, precision: str) -> str:
    """The engine to open: the one that was asked for, or for `auto` the one chosen for this precision, if any.

    A choice that cannot be read, or of an engine that is gone, counts as none.
    """
    if engine != "auto":
        return engine
    try:
        tree = json.loads(choice_file().read_text(encoding="utf-8"))
        chosen = tree["engines"][precision]
    except (OSError, ValueError, KeyError, TypeError):
        return "auto"
    return chosen if chosen in _ENGINES and find_spec(chosen) is not None else "auto"


def keep_choice(engines: Mapping[str, str], figures: Mapping[str, float]) -> Path:
    """Write the fastest engine of each precision, with the pages per second that spoke for it; returns the file."""
    path = choice_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    tree = {"engines": dict(engines), "pages_per_second": dict(figures)}
    write_atomically(path, (json.dumps(tree, indent=1) + "\n").encode())
    return path
