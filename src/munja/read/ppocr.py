"""Artifacts from PP-OCR's published ONNX files (v2 to v6): the graph learns Munja's inputs and outputs, nothing else.

What is changed: the input becomes `image` (N, H, W, 3) uint8 RGB with channel order and normalisation inside the graph;
weights smaller than the smallest normal number become 0 (on some processors they made detection three times slower);
the recogniser gains `index`, `score` and `space` beside `logits`, so that nobody has to move 18,710 numbers per column.
Preprocessing constants: PaddlePaddle/PaddleOCR (Apache-2.0), configs/det, configs/rec, configs/cls.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from munja.core.artifact import METADATA_KEY, Manifest, sha256_of, with_manifest
from munja.core.errors import ArtifactError, MissingExtraError
from munja.read import quiet

# Raise this when anything below changes: it is part of the name under which derived artifacts are cached.
DERIVATION = 4
# Log probability of the blank class from which a gap is a word space; fitted on 2,647 lines of scanned receipts.
SPACE_LEVEL = -2.3
LICENCE = "Apache-2.0 (weights: PaddlePaddle/PaddleOCR)"


def derive(path: Path, *, task: str | None = None, charset: tuple[str, ...] | None = None) -> bytes:
    """A complete artifact, as bytes, from a PP-OCR ONNX file.

    `task` (detect, direction, recognise) is seen from the outputs where it is not given; `charset` is needed for a
    recogniser file that does not carry its characters.
    """
    try:
        import onnx
    except ImportError as error:
        raise MissingExtraError("reading PP-OCR files", "ppocr") from error
    try:
        model = onnx.load(str(path))
    except Exception as error:
        raise ArtifactError(f"{path}: not an ONNX file ({error})") from error
    if not model.graph.node or not model.graph.input or not model.graph.output:
        raise ArtifactError(f"{path}: not an ONNX model, it holds no graph")
    if any(entry.key == METADATA_KEY for entry in model.metadata_props):
        raise ArtifactError(f"{path}: is a Munja artifact already; it can be used as it is")
    task = task or _guess_task(model, path)
    _zero_denormals(model)
    if task == "detect":
        manifest = _detector(model, path)
    elif task == "direction":
        manifest = _direction(model, path)
    elif task == "recognise":
        manifest = _recogniser(model, path, charset)
    else:
        raise ArtifactError(f"task {task!r} is not known; detect, direction or recognise was wanted")
    del model.metadata_props[:]
    return with_manifest(model.SerializeToString(), manifest)


def _guess_task(model: Any, path: Path) -> str:
    last = model.graph.output[0].type.tensor_type.shape.dim
    if any(entry.key == "character" for entry in model.metadata_props) or len(last) == 3:
        return "recognise"
    if len(last) == 2:
        return "direction"
    if len(last) == 4:
        return "detect"
    raise ArtifactError(f"{path}: its output has {len(last)} axes, which is no PP-OCR model; name its --task")


def _zero_denormals(model: Any) -> None:
    from onnx import numpy_helper

    tensors = list(model.graph.initializer)
    tensors += [
        a.t for node in model.graph.node if node.op_type == "Constant" for a in node.attribute if a.name == "value"
    ]
    for tensor in tensors:
        if tensor.data_type != 1:  # float32
            continue
        values = numpy_helper.to_array(tensor)
        # By their bits: a process whose arithmetic takes denormals for zero would not see them otherwise.
        bits = np.ascontiguousarray(values).view(np.uint32)
        tiny = (bits & 0x7F800000 == 0) & (bits & 0x007FFFFF != 0)
        if tiny.any():
            tensor.CopyFrom(numpy_helper.from_array(np.where(tiny, np.float32(0), values), tensor.name))


def _detector(model: Any, path: Path) -> Manifest:
    _prepare_input(model, path, mean=(0.485, 0.456, 0.406), deviation=(0.229, 0.224, 0.225))
    _rename_output(model, "probability")
    return Manifest(
        task="detect",
        name=path.stem,
        input={"channels": 3, "multiple": 32, "long_side": 960, "short_side": 320, "enlarge": 2.0, "small_text": 11.0},
        codec={"name": "db", "threshold": 0.3, "box_threshold": 0.5, "unclip_ratio": 1.4},
        made=_made(path),
        licence=LICENCE,
        parent=sha256_of(path),
    )


def _direction(model: Any, path: Path) -> Manifest:
    _prepare_input(model, path, mean=(0.5,) * 3, deviation=(0.5,) * 3)
    _rename_output(model, "probability")
    return Manifest(
        task="direction",
        name=path.stem,
        input={"channels": 3, "height": 48, "width": 192, "pad": 127},
        codec={"name": "angle", "angles": [0.0, 180.0], "margin": 0.9},
        made=_made(path),
        licence=LICENCE,
        parent=sha256_of(path),
    )


def _recogniser(model: Any, path: Path, charset: tuple[str, ...] | None) -> Manifest:
    carried = {entry.key: entry.value for entry in model.metadata_props}.get("character")
    if charset is None and carried is not None:
        charset = tuple(carried.split("\n"))
    if charset is None:
        raise ArtifactError(f"{path}: carries no characters; give its dictionary with --charset FILE, one per line")
    height = model.graph.input[0].type.tensor_type.shape.dim[2].dim_value or 48
    classes = _add_best_outputs(model, path)
    charset = _complete(charset, classes, path)
    space = charset.index(" ") + 1 if " " in charset else None
    _add_space_output(model, space)
    _prepare_input(model, path, mean=(0.5,) * 3, deviation=(0.5,) * 3)
    columns = _columns_per_pixel(model, path, height)
    spaces = {} if space is None else {"space_level": SPACE_LEVEL}
    return Manifest(
        task="recognise",
        name=path.stem,
        input={"channels": 3, "height": height, "width_step": 16, "pad": 127, "columns_per_pixel": columns, **spaces},
        codec={"name": "ctc"},
        charset=charset,
        made=_made(path),
        licence=LICENCE,
        parent=sha256_of(path),
    )


def _complete(charset: tuple[str, ...], classes: int, path: Path) -> tuple[str, ...]:
    """The charset with the blank space that PP-OCR adds at its end; ArtifactError if the count does not fit."""
    if len(charset) + 1 == classes:
        return charset
    if charset and charset[-1] == "" and len(charset) == classes:
        return charset[:-1]
    if len(charset) + 2 == classes:
        return (*charset, " ")
    raise ArtifactError(
        f"{path}: {classes} classes need {classes - 1} characters (or {classes - 2} and a blank space added), "
        f"the dictionary has {len(charset)}"
    )


def _add_best_outputs(model: Any, path: Path) -> int:
    """Give the graph `logits`, `index` and `score`; returns the number of classes.

    TopK of 1 was the fastest way to the best class in both engines (ArgMax + ReduceMax: 26 against 23 ms per line).
    """
    from onnx import helper, numpy_helper

    graph = model.graph
    last = graph.node[-1]
    if last.op_type != "Softmax":
        raise ArtifactError(f"{path}: a recogniser that ends in Softmax was wanted, it ends in {last.op_type}")
    classes = graph.output[0].type.tensor_type.shape.dim[2].dim_value
    if not classes:
        raise ArtifactError(f"{path}: its output does not say how many classes it has")
    one = numpy_helper.from_array(np.array([1], np.int64), "munja.one")
    graph.initializer.append(one)
    probability = last.output[0]
    graph.node.extend(
        [
            helper.make_node("Identity", [last.input[0]], ["logits"], name="munja.logits"),
            helper.make_node("TopK", [probability, "munja.one"], ["munja.top", "munja.at"], axis=2, name="munja.best"),
            _squeeze(model, "munja.top", "score"),
            _squeeze(model, "munja.at", "index"),
        ]
    )
    del graph.output[:]
    for name, kind, axes in (("logits", 1, ["N", "T", classes]), ("index", 7, ["N", "T"]), ("score", 1, ["N", "T"])):
        graph.output.append(helper.make_tensor_value_info(name, kind, axes))
    return int(classes)


def _squeeze(model: Any, source: str, target: str) -> Any:
    """A node that drops the last of three axes; since opset 13 the axes are an input."""
    from onnx import helper, numpy_helper

    opset = next((each.version for each in model.opset_import if each.domain in ("", "ai.onnx")), 11)
    if opset < 13:
        return helper.make_node("Squeeze", [source], [target], axes=[2], name=f"munja.{target}")
    axes = f"munja.{target}.axes"
    model.graph.initializer.append(numpy_helper.from_array(np.array([2], np.int64), axes))
    return helper.make_node("Squeeze", [source, axes], [target], name=f"munja.{target}")


def _columns_per_pixel(model: Any, path: Path, height: int) -> float:
    """How many columns the network gives per pixel of width: PP-OCR v2 a quarter, later versions an eighth."""
    onnxruntime = quiet.onnxruntime()
    width = 320
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        (index,) = session.run(["index"], {"image": np.zeros((1, height, width, 3), np.uint8)})
    except Exception as error:  # the library's own classes differ by version
        raise ArtifactError(f"{path}: does not run as a recogniser of lines {height} pixels high ({error})") from error
    return float(index.shape[1]) / width


def _add_space_output(model: Any, space: int | None) -> None:
    """Give the graph `space`: the probability of the blank-space class in each column (0 without such a class)."""
    from onnx import helper, numpy_helper

    graph = model.graph
    top = next(node for node in graph.node if node.op_type == "TopK" and node.name == "munja.best")
    class_index = 0 if space is None else space
    graph.initializer.append(numpy_helper.from_array(np.array(class_index, np.int64), "munja.space_class"))
    graph.node.append(helper.make_node("Gather", [top.input[0], "munja.space_class"], ["munja.gap"], axis=2))
    scale = numpy_helper.from_array(np.array(0.0 if space is None else 1.0, np.float32), "munja.has_space")
    graph.initializer.append(scale)
    graph.node.append(helper.make_node("Mul", ["munja.gap", "munja.has_space"], ["space"]))
    graph.output.append(helper.make_tensor_value_info("space", 1, ["N", "T"]))


def _prepare_input(model: Any, path: Path, *, mean: tuple[float, ...], deviation: tuple[float, ...]) -> None:
    """Put RGB uint8 (N, H, W, 3) -> the BGR float (N, 3, H, W) that PP-OCR was trained on before the graph.

    Where a convolution reads the input alone, its weights swap their channels; else a Gather does.
    """
    from onnx import helper, numpy_helper

    graph = model.graph
    old = graph.input[0].name
    shape = graph.input[0].type.tensor_type.shape.dim
    height = shape[2].dim_value or "H"
    width = shape[3].dim_value or "W"
    users = [node for node in graph.node if old in node.input]
    weights = {tensor.name: tensor for tensor in graph.initializer}
    swapped = len(users) == 1 and users[0].op_type == "Conv" and users[0].input[1] in weights
    kernel_users = sum(users[0].input[1] in node.input for node in graph.node) if swapped else 0
    swapped = swapped and kernel_users == 1
    if swapped:
        tensor = weights[users[0].input[1]]
        values = numpy_helper.to_array(tensor)
        tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(values[:, ::-1]), tensor.name))
    # `mean` and `deviation` are in the order of the channels that the network sees: blue, green, red.
    order = slice(None, None, -1) if swapped else slice(None)
    scale = (1.0 / (255.0 * np.asarray(deviation, np.float64)))[order].astype(np.float32).reshape(1, 3, 1, 1)
    shift = (-np.asarray(mean, np.float64) / np.asarray(deviation))[order].astype(np.float32).reshape(1, 3, 1, 1)
    graph.initializer.append(numpy_helper.from_array(scale, "munja.scale"))
    graph.initializer.append(numpy_helper.from_array(shift, "munja.shift"))
    first = [
        helper.make_node("Transpose", ["image"], ["munja.planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Cast", ["munja.planes"], ["munja.float"], to=1),
    ]
    planes = "munja.float"
    if not swapped:
        graph.initializer.append(numpy_helper.from_array(np.array([2, 1, 0], np.int64), "munja.bgr"))
        first.append(helper.make_node("Gather", ["munja.float", "munja.bgr"], ["munja.swapped"], axis=1))
        planes = "munja.swapped"
    first.append(helper.make_node("Mul", [planes, "munja.scale"], ["munja.scaled"]))
    first.append(helper.make_node("Add", ["munja.scaled", "munja.shift"], [old]))
    nodes = first + list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)
    del graph.input[:]
    graph.input.append(helper.make_tensor_value_info("image", 2, ["N", height, width, 3]))


def _rename_output(model: Any, name: str) -> None:
    from onnx import helper

    graph = model.graph
    old = graph.output[0]
    graph.node.append(helper.make_node("Identity", [old.name], [name], name=f"munja.{name}"))
    renamed = helper.make_tensor_value_info(name, 1, None)
    renamed.type.CopyFrom(old.type)
    del graph.output[:]
    graph.output.append(renamed)


def _made(path: Path) -> dict[str, Any]:
    return {"by": "munja import", "from": path.name, "derivation": DERIVATION}
