"""The runtime: pictures in, Pages out. `munja.read(x)` reads one picture; this module can be called."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _CallableModule(ModuleType):
    """Lets `munja.read` be both this package and the function that reads one picture."""

    def __call__(self, source: Any, **settings: Any) -> Any:
        """Read one picture; see `munja.read.reader.read`."""
        from munja.read.reader import read

        return read(source, **settings)


sys.modules[__name__].__class__ = _CallableModule
