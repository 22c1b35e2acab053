"""Reading asks no host for anything, and imports nothing that it does not need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from munja.read.weights import ModelSet, model_set

PROGRAM = """
import sys

WATCHED = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.sendto")

def spy(event, arguments):
    if event in WATCHED:
        print("asked a host:", event, arguments, file=sys.stderr, flush=True)
        import os
        os._exit(9)

sys.addaudithook(spy)
import munja
page = munja.read(sys.argv[1], engine=sys.argv[2], threads=1)
print(len(page.lines))
print(" ".join(sorted(sys.modules)))
"""
UNWANTED = {"torch", "pydantic", "fastapi", "rapidocr", "onnx", "requests", "urllib3"}


@pytest.fixture(scope="session")
def warm_cache(cache: Path) -> ModelSet:
    return model_set("ppocr")


def run(program: str, *arguments: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    """A program in a process of its own, in an environment that does not say that it is a test run."""
    environment = {key: value for key, value in os.environ.items() if key != "CI" and not key.startswith("PYTEST")}
    if home is not None:
        environment["HOME"] = str(home)
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_reading_opens_no_socket_and_imports_no_more_than_it_needs(
    examples: Path, warm_cache: ModelSet, engine: str
) -> None:
    done = run(PROGRAM, str(examples / "receipt.png"), engine)
    assert done.stderr == ""
    assert done.returncode == 0
    lines, modules = done.stdout.splitlines()
    assert int(lines) > 25
    loaded = {name.partition(".")[0] for name in modules.split()}
    assert {"munja", engine} <= loaded
    assert not loaded & UNWANTED
    assert not [name for name in modules.split() if name.startswith(("munja.data", "munja.train", "munja.models"))]


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_reading_leaves_nothing_in_the_users_home(warm_cache: ModelSet, tmp_path: Path, engine: str) -> None:
    # The spy does not see what native code does. Engines that report on their user keep an identifier and a queue of
    # reports in the home folder: onnxruntime 1.31 in ~/.cache/Microsoft, openvino in ~/intel.
    picture = "__import__('numpy').full((64, 64, 3), 255, 'uint8')"
    done = run(f"import munja; print(munja.read({picture}, engine={engine!r}, threads=1).lines)", home=tmp_path)
    assert (done.stdout, done.returncode) == ("()\n", 0)
    assert list(tmp_path.rglob("*")) == []


def test_the_spy_sees_a_program_that_asks_a_host() -> None:
    asking = PROGRAM.replace("import munja", "import socket; socket.getaddrinfo('host.invalid', 80)")
    done = run(asking)
    assert done.returncode == 9
    assert "asked a host: socket.getaddrinfo" in done.stderr


def test_importing_munja_alone_loads_no_image_library() -> None:
    done = run("import sys, munja; print(sorted({'cv2', 'numpy', 'PIL', 'onnxruntime'} & set(sys.modules)))")
    assert done.stdout == "[]\n"
