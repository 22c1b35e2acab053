"""The engines' packages, imported so that they report to nobody.

Both report on their user by default: onnxruntime from 1.31 on keeps an identifier and a queue of events under the
user's cache folder and uploads them; importing openvino asks an analytics host, through its dependency
openvino-telemetry, and keeps an identifier in the home folder. Both must be told before they are first imported, and
every import in Munja goes through here.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import Any

_lock = threading.Lock()


def onnxruntime() -> Any:
    """The package onnxruntime, its telemetry off (Privacy.md of the package: before it initialises)."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime as package

    return package


def openvino() -> Any:
    """The package openvino, its telemetry package hidden from it, so that it takes its own silent stand-in.

    ImportError where openvino is not installed.
    """
    with _lock:
        hidden = "openvino" not in sys.modules and "openvino_telemetry" not in sys.modules
        if hidden:
            sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]  # makes importing it fail
        try:
            import openvino as package
        finally:
            if hidden:
                del sys.modules["openvino_telemetry"]
        # Its bindings load NumPy's interface when they are first given an array; where two threads did that at once
        # (2026.4.1), 6 of 10 processes stood still for ever. Here one does it, before there is anything to run.
        package.Type.u8.to_dtype()
    return package
