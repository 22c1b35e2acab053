"""Engines: what runs an artifact's graph. ONNX Runtime is always there, OpenVINO is an extra.

Rule of `auto`: ONNX Runtime, unless bf16 is asked for, which on CPUs only OpenVINO computes. An engine never changes
the precision that was asked for: what it cannot compute is an error. `precision` is that of weights stored in f32; a
file of int8 weights says so itself and computes in int8, beside others in f32.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from queue import LifoQueue
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from munja.core.artifact import Artifact
from munja.core.errors import EngineError, MissingExtraError, did_you_mean
from munja.read import quiet

# Pixels of lines that are worth running together: on one core, eight lines of 96 pixels take 0.33 ms each and one alone
# 0.49; from 256 pixels on nothing is gained.
ABREAST = 1024

ENGINES = ("auto", "onnxruntime", "openvino")
PRECISIONS = ("f32", "bf16", "int8")


class Engine(Protocol):
    """A graph that is ready to run, from several threads at once."""

    name: str
    abreast: int  # width in pixels up to which lines side by side are run sooner than one by one, as exactly

    def run(self, image: NDArray[Any], outputs: Sequence[str]) -> list[NDArray[Any]]:
        """The named outputs for a batch `image` (N, H, W, C) uint8, as copies.

        OpenVINO computes nothing else. ONNX Runtime always runs the whole graph: for PP-OCRv6's recogniser that costs
        nothing that can be measured (24.5 to 25.0 ms per line whichever outputs are kept).
        """
        ...


def open_engine(
    artifact: Artifact,
    *,
    engine: str = "auto",
    threads: int = 1,
    streams: int = 1,
    precision: str = "f32",
    few_sizes: bool = True,
) -> Engine:
    """The engine for an artifact: `streams` runs at a time, `threads` cores in all, in exactly `precision`.

    `few_sizes` says that the same input sizes come again and again, so that what is prepared for one is worth keeping.
    """
    if engine not in ENGINES:
        raise EngineError(f"engine {engine!r} is not known; {did_you_mean(engine, ENGINES)}")
    if precision not in PRECISIONS:
        raise EngineError(f"precision {precision!r} is not known; {did_you_mean(precision, PRECISIONS)}")
    if threads < 1:
        raise EngineError(f"threads: 1 or more was wanted, got {threads}")
    stored = str(artifact.manifest.input.get("precision", "f32"))
    if precision == "int8" and stored != "int8":
        raise EngineError(
            f"{artifact.where}: holds {stored} weights, int8 was asked for; `munja quantise` makes an int8 file"
        )
    if stored == "int8" and precision == "bf16":
        raise EngineError(f"{artifact.where}: holds int8 weights, bf16 was asked for; choose --precision f32 or int8")
    if engine == "openvino" or (engine == "auto" and precision == "bf16"):
        return OpenVino(artifact, threads=threads, streams=streams, precision=precision, few_sizes=few_sizes)
    if precision == "bf16":
        raise EngineError("ONNX Runtime computes in f32 on CPUs; for bf16 choose --engine openvino")
    return OnnxRuntime(artifact, threads=threads, streams=streams)


class OnnxRuntime:
    """ONNX Runtime on the CPU."""

    name = "onnxruntime"

    def __init__(self, artifact: Artifact, *, threads: int, streams: int) -> None:
        package = quiet.onnxruntime()
        options = package.SessionOptions()
        options.intra_op_num_threads = max(1, threads // streams)
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        # Every page has a size of its own: a plan per size and an arena that only grows would keep memory for ever.
        options.enable_mem_pattern = False
        options.enable_cpu_mem_arena = False
        # Threads that spin while they wait burn a core for nothing.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        model = artifact.content if artifact.content is not None else str(artifact.path)
        try:
            self._session = package.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # the library's own classes differ by version
            raise EngineError(f"{artifact.where}: ONNX Runtime cannot load it ({error})") from error
        # Integers are the same in any company; the last bit of an f32 result may not be.
        self.abreast = ABREAST if artifact.manifest.input.get("precision") == "int8" else 0
        self._input = self._session.get_inputs()[0].name
        self._where = artifact.where

    def run(self, image: NDArray[Any], outputs: Sequence[str]) -> list[NDArray[Any]]:
        """The named outputs for a batch `image` (N, H, W, C) uint8."""
        try:
            return list(self._session.run(list(outputs), {self._input: image}))
        except Exception as error:  # the library's own classes differ by version
            raise EngineError(
                f"{self._where}: ONNX Runtime cannot run it for {', '.join(outputs)} ({error})"
            ) from error


class OpenVino:
    """OpenVINO on the CPU; one compiled graph per set of outputs, one infer request per concurrent caller."""

    name = "openvino"
    abreast = 0  # it compiles anew for every number of lines

    def __init__(self, artifact: Artifact, *, threads: int, streams: int, precision: str, few_sizes: bool) -> None:
        try:
            package = quiet.openvino()
        except ImportError as error:
            raise MissingExtraError("the engine openvino", "openvino") from error
        self._core = package.Core()
        self._package = package
        self._config: dict[str, Any] = {
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": streams,
            # Left alone, OpenVINO computes in bf16 wherever the processor can.
            "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32",
            "ENABLE_CPU_PINNING": False,
        }
        if not few_sizes:
            # Kept kernels cost a detector 30 MB per page size and save it nothing (118 ms a page either way).
            self._config["CPU_RUNTIME_CACHE_CAPACITY"] = "0"
        self._streams = streams
        self._artifact = artifact
        self._lock = threading.Lock()
        self._pools: dict[tuple[str, ...], LifoQueue[Any]] = {}
        if precision == "bf16" and "BF16" not in self._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
            raise EngineError("this processor has no bf16 instructions; choose --precision f32")

    def run(self, image: NDArray[Any], outputs: Sequence[str]) -> list[NDArray[Any]]:
        """The named outputs for a batch `image` (N, H, W, C) uint8."""
        pool = self._pool(tuple(outputs))
        request = pool.get()
        try:
            result = request.infer([image], share_inputs=True)
            return [np.array(result[index]) for index in range(len(outputs))]  # the request's own arrays are views
        finally:
            pool.put(request)

    def _pool(self, outputs: tuple[str, ...]) -> LifoQueue[Any]:
        with self._lock:
            if outputs not in self._pools:
                compiled = self._compile(outputs)
                pool: LifoQueue[Any] = LifoQueue()
                for _ in range(self._streams):
                    pool.put(compiled.create_infer_request())
                self._pools[outputs] = pool
            return self._pools[outputs]

    def _compile(self, outputs: tuple[str, ...]) -> Any:
        try:
            if self._artifact.content is not None:
                model = self._core.read_model(self._artifact.content)
            else:
                model = self._core.read_model(self._artifact.path)
            results = [model.output(name) for name in outputs]
            nodes = [self._package.opset13.result(each.get_node().input_value(0)) for each in results]
            part = self._package.Model(nodes, model.get_parameters(), self._artifact.manifest.name)
            return self._core.compile_model(part, "CPU", self._config)
        except RuntimeError as error:
            raise EngineError(f"{self._artifact.where}: OpenVINO cannot load it ({error})") from error
