"""Every verb of Munja: one registered function is the command, the pipeline node and the HTTP action.

A step's first parameter, before `/`, is the Console that it reports to; the others come from people. Heavy imports
stand inside the bodies, so that `munja --help` costs nothing. A step is registered when its file is imported, and
`register_all` imports every file: the command line does so unless one file is enough.
"""

from importlib import import_module

_FILES = ("bench", "bundle", "compare", "data", "dataset", "doctor", "evaluate", "finetune", "models", "read", "train")
# Steps that stand alone in a file of their name; the others' files are found by importing all of them.
ALONE = frozenset({"read"})


def register_all() -> None:
    """Register all steps."""
    for name in _FILES:
        register(name)


def register(file: str) -> None:
    """Register the steps of one file."""
    import_module(f"munja.steps.{file}")
