"""What a run was made on and with."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.reading.process import ROOT

PACKAGES = (
    "munja",
    "rapidocr",
    "onnxruntime",
    "openvino",
    "tesserocr",
    "opencv-python-headless",
    "numpy",
    "pillow",
    "cleval",
    "rapidfuzz",
)


def machine(date: str) -> dict[str, Any]:
    """Date, machine and versions."""
    return {
        "date": date,
        "machine": {
            "processor": processor(),
            "cores": os.cpu_count(),
            "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
            "load_at_start": round(os.getloadavg()[0], 2),
        },
        "versions": versions(),
    }


def processor() -> str:
    """The processor's name with what tells its generation, as the system gives them."""
    wanted = ("model name", "cpu family", "model")
    found: dict[str, str] = {}
    for row in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        key, _, value = row.partition(":")
        if key.strip() in wanted:
            found.setdefault(key.strip(), value.strip())
    return f"{found.get('model name', 'unknown')} (family {found.get('cpu family')}, model {found.get('model')})"


def versions() -> dict[str, str]:
    """The installed versions, the engine inside tesserocr and the commit of this checkout included."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    try:
        from tesserocr import tesseract_version  # type: ignore[import-untyped]

        found["tesseract"] = tesseract_version().splitlines()[0].removeprefix("tesseract ")
    except ImportError:
        found["tesseract"] = "not installed"
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if commit.returncode == 0:
        found["commit"] = commit.stdout.strip()
    return found
