"""Published checkpoints are imported: stages, sizes and charsets are found, and the forward pass is the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from published import COMBINATIONS, State, best_letters, forward, random_state, shapes

import munja.models
import munja.steps.models
from munja.cli import run
from munja.core.artifact import open_artifact, sha256_of
from munja.core.errors import ArtifactError, InputError, MunjaError
from munja.core.registry import build
from munja.models.load import load_weights
from munja.shrink.clova import CHARSETS, checkpoint_of, import_checkpoint

SMALL: dict[str, Any] = {"channels": 16, "hidden": 16, "width": 4}
CRNN, TRBA = ("None", "VGG", "BiLSTM", "CTC"), ("TPS", "ResNet", "BiLSTM", "Attn")
ENGLISH_G2 = shapes(CRNN, 97, channels=256)
PRINTABLE = CHARSETS["printable"][1]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small networks on one thread: threads that wait for each other take a hundred times as long on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def saved(path: Path, state: State) -> Path:
    torch.save(state, path)
    return path


def images(height: int = 32, width: int = 100, count: int = 2) -> torch.Tensor:
    return torch.rand(count, 1, height, width, generator=torch.Generator().manual_seed(1)) * 2.0 - 1.0


def plain(state: State) -> State:
    return {key.removeprefix("module."): value for key, value in state.items()}


@torch.no_grad()
def difference(imported: Path, state: State, combination: tuple[str, ...], shown: torch.Tensor) -> float:
    """How far the logits of an imported artifact are from those of the published network.

    In doubles: what f32 rounds differently is up to the processor's kernels, and up to 1e-4 of a value of 1.
    """
    state = {key: value.double() if value.is_floating_point() else value for key, value in plain(state).items()}
    network, shown = munja.models.load(imported).double(), shown.double()
    size = (shown.shape[2], shown.shape[3])
    wanted, outputs = forward(state, combination, shown, size=size), network(shown)
    if combination[3] == "Attn":
        previous = best_letters(state, combination, shown, size)
        outputs = network.head.spell(outputs["features"], outputs["keys"], previous)  # type: ignore[operator, union-attr]
    assert outputs["logits"].shape == wanted.shape
    assert wanted.std() > 1e-2, "the outputs tell pictures apart"
    return float((outputs["logits"] - wanted).abs().max())


@pytest.mark.parametrize("combination", COMBINATIONS, ids="-".join)
def test_each_combination_computes_what_it_did_before_it_was_imported(
    combination: tuple[str, ...], tmp_path: Path
) -> None:
    number = COMBINATIONS.index(combination)
    classes = (38, 96)[number // 2 % 2] if combination[3] == "Attn" else (37, 95)[number // 2 % 2]
    state = random_state(shapes(combination, classes, **SMALL), seed=number, prefix=("", "module.")[number % 2])
    out = tmp_path / "imported.safetensors"
    manifest = import_checkpoint(saved(tmp_path / "published.pth", state), out).manifest
    assert manifest.made["stages"] == "-".join(combination)
    assert manifest.made["charset"] == {36: "alphanumeric", 94: "printable"}[len(manifest.charset)]
    assert len(manifest.charset) == classes - (2 if combination[3] == "Attn" else 1)
    assert difference(out, state, combination, images()) <= 1e-9


def test_the_published_trba_is_known_by_its_names_and_shapes_alone() -> None:
    found = shapes(TRBA, 96)
    assert found["FeatureExtraction.ConvNet.conv4_2.weight"] == (512, 512, 2, 2)
    assert found["Prediction.attention_cell.rnn.weight_ih"] == (1024, 352)
    assert found["Transformation.GridGenerator.P_hat"] == (3200, 23)
    state = {key: torch.empty(shape, device="meta") for key, shape in found.items()}
    checkpoint = checkpoint_of(state, Path("TRBA.pth"))
    assert (checkpoint.stages, checkpoint.family) == ("TPS-ResNet-BiLSTM-Attn", "Clova")
    with torch.device("meta"):
        network = build(
            "recogniser", {"name": "four_stage", "size": [32, 100], **checkpoint.parts}, 1, checkpoint.classes
        )
    assert sum(each.numel() for each in network.parameters()) == 49_629_480
    assert len(network.state_dict()) == len(found) - 2 + 1, "all but the grid, and the temperature"


@pytest.mark.parametrize(
    ("combination", "sizes", "family"),
    [
        (("None", "ResNet", "BiLSTM", "CTC"), {"channels": 512, "hidden": 512}, "EasyOCR generation 1"),
        (("None", "ResNet", "BiLSTM", "CTC"), {"channels": 512, "hidden": 256}, "Clova"),
        (CRNN, {"channels": 256, "hidden": 256}, "EasyOCR generation 2"),
        (CRNN, {"channels": 512, "hidden": 256}, "Clova"),
    ],
)
def test_easyocr_is_told_from_clova_by_its_sizes(
    combination: tuple[str, ...], sizes: dict[str, int], family: str
) -> None:
    found = shapes(combination, 97, **sizes)  # type: ignore[arg-type]
    state = {f"module.{key}": torch.empty(shape, device="meta") for key, shape in found.items()}
    assert checkpoint_of(state, Path("a.pth")).family == family


def test_easyocr_generation_2_reads_lines_64_pixels_high_and_of_any_width(tmp_path: Path) -> None:
    state, out = random_state(ENGLISH_G2), tmp_path / "english.safetensors"
    manifest = import_checkpoint(saved(tmp_path / "english_g2.pth", state), out).manifest
    assert (manifest.charset[0], manifest.charset[43], manifest.charset[-1]) == ("0", "€", "z")
    assert manifest.input == {
        "height": 64, "channels": 1, "pad": 127, "padding": [0.0, 0.0], "width_step": 32, "columns_per_pixel": 0.25
    }  # fmt: skip
    for width in (64, 200):
        assert difference(out, state, CRNN, images(64, width, 1)) <= 1e-9
    fixed = import_checkpoint(tmp_path / "english_g2.pth", out, size=(64, 600)).manifest.input
    assert (fixed["width"], fixed["fit"], fixed["columns_per_pixel"]) == (600, "pad", 149 / 600)


def test_the_artifact_says_what_was_imported_and_stores_single_precision(tmp_path: Path) -> None:
    state, out = random_state(shapes(TRBA, 96, **SMALL)), tmp_path / "new" / "trba.safetensors"
    source = saved(tmp_path / "TRBA-cs.pth", state)
    import_checkpoint(source, out, licence="Apache-2.0")
    manifest = open_artifact(out).manifest
    assert manifest.made["sha256"] == manifest.parent == sha256_of(source)
    assert (manifest.made["from"], manifest.licence, manifest.name) == ("TRBA-cs.pth", "Apache-2.0", "TRBA-cs")
    assert manifest.codec == {"name": "attention", "longest": 25}
    assert "".join(manifest.charset) == PRINTABLE
    rule = manifest.input
    assert (rule["height"], rule["width"], rule["fit"], rule["columns_per_pixel"]) == (32, 100, "stretch", 26 / 100)
    tensors, _ = load_weights(out)
    kept = state["module.Prediction.generator.weight"]
    assert torch.equal(tensors["head.generator.weight"], kept)
    assert not any("GridGenerator" in key for key in tensors)


def test_a_rectifier_is_made_anew_for_another_size(tmp_path: Path) -> None:
    combination = ("TPS", "VGG", "None", "CTC")
    state, out = random_state(shapes(combination, 37, **SMALL)), tmp_path / "wide.safetensors"
    manifest = import_checkpoint(saved(tmp_path / "a.pth", state), out, size=(48, 160), fit="pad").manifest
    assert (manifest.spec["size"], manifest.input["fit"]) == ([48, 160], "pad")
    assert difference(out, state, combination, images(48, 160)) <= 1e-9


def test_the_size_of_a_rectifier_is_read_from_its_grid(tmp_path: Path) -> None:
    size = (40, 128)
    found = shapes(("TPS", "VGG", "None", "CTC"), 37, points=12, size=size, **SMALL)
    state, out = random_state(found, size=size), tmp_path / "a.safetensors"
    manifest = import_checkpoint(saved(tmp_path / "a.pth", state), out).manifest
    assert (manifest.spec["size"], manifest.spec["rectifier"]["points"]) == ([40, 128], 12)
    assert difference(out, state, ("TPS", "VGG", "None", "CTC"), images(*size)) <= 1e-9


@pytest.mark.parametrize("buffer", ["inv_delta_C", "P_hat"])
def test_a_grid_that_is_not_the_published_one_is_refused(buffer: str, tmp_path: Path) -> None:
    state = random_state(shapes(("TPS", "VGG", "None", "CTC"), 37, **SMALL))
    state[f"module.Transformation.GridGenerator.{buffer}"][5, 7] += 0.01
    with pytest.raises(ArtifactError, match=f"{buffer} differs from a thin-plate spline of 20 points at 32 x 100"):
        import_checkpoint(saved(tmp_path / "a.pth", state), tmp_path / "a.safetensors")


def test_a_file_without_grid_and_counters_is_imported_all_the_same(tmp_path: Path) -> None:
    found = shapes(("TPS", "VGG", "None", "CTC"), 37, **SMALL)
    state = {
        key: value
        for key, value in random_state(found).items()
        if "GridGenerator" not in key and not key.endswith("num_batches_tracked")
    }
    out = tmp_path / "a.safetensors"
    import_checkpoint(saved(tmp_path / "a.pth", state), out)
    assert difference(out, state, ("TPS", "VGG", "None", "CTC"), images()) <= 1e-9


def test_colour_pictures_are_known_by_the_first_convolution(tmp_path: Path) -> None:
    state = random_state(shapes(CRNN, 37, grey=3, **SMALL))
    out = tmp_path / "a.safetensors"
    assert import_checkpoint(saved(tmp_path / "a.pth", state), out).manifest.input["channels"] == 3


CTC_37 = shapes(CRNN, 37, **SMALL)


@pytest.mark.parametrize(
    ("classes", "charset", "message"),
    [
        (97, None, r"97 classes needs a charset of 96 characters, which the file does not hold; none is known for it"),
        (37, "printable", r"needs a charset of 36 characters, known for it: alphanumeric; 'printable' has 94"),
        (37, "abcdef", r"36 characters, known for it: alphanumeric; 'abcdef' has 6"),
        (40, "asci", r"39 characters, none is known for it; .*did you mean ascii"),
    ],
)
def test_a_charset_that_does_not_fit_is_told_with_what_is_known(
    classes: int, charset: str | None, message: str, tmp_path: Path
) -> None:
    source = saved(tmp_path / "a.pth", random_state(shapes(CRNN, classes, **SMALL)))
    with pytest.raises(InputError, match=message):
        import_checkpoint(source, tmp_path / "a.safetensors", charset=charset)
    assert not (tmp_path / "a.safetensors").exists()


def test_a_charset_is_taken_from_a_file_or_as_it_is_written(tmp_path: Path) -> None:
    source = saved(tmp_path / "a.pth", random_state(shapes(CRNN, 5, **SMALL)))
    dictionary = tmp_path / "signs.txt"
    dictionary.write_text("가\n나\n \n다\n", encoding="utf-8")
    for charset, wanted in ((str(dictionary), "가나 다"), ("4321", "4321")):
        made = import_checkpoint(source, tmp_path / "a.safetensors", charset=charset).manifest
        assert (made.charset, made.made["charset"]) == (tuple(wanted), "given")


class Thing:
    """Something that only running code could bring back."""


def without(key: str) -> State:
    return {each: value for each, value in random_state(CTC_37).items() if each != f"module.{key}"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"basenet.slice1.0.weight": torch.zeros(2)}, r"checkpoint of another family.*cannot be imported"),
        ({}, r"it holds 0 others, such as none"),
        ({"state_dict": {}, "epoch": 3}, r"a bare state dict.*was wanted, got state_dict, epoch"),
        ([1, 2], r"a bare state dict.*was wanted, got list"),
        (Thing(), r"holds more than tensors.*was not opened"),
        (without("FeatureExtraction.ConvNet.15.running_var"), r"None-VGG-BiLSTM-CTC.*15.running_var is missing"),
        (without("SequenceModeling.0.rnn.weight_hh_l0"), r"weight_hh_l0' is missing"),
        ({**random_state(CTC_37), "module.Prediction.more": torch.zeros(1)}, r"head.more is too many"),
        (
            {**random_state(CTC_37), "module.FeatureExtraction.ConvNet.3.bias": torch.zeros(3)},
            r"ConvNet.3.bias is \(3,\), wanted \(4,\)",
        ),
    ],
)
def test_what_is_no_published_recogniser_is_refused(content: object, message: str, tmp_path: Path) -> None:
    torch.save(content, tmp_path / "a.pth")
    with pytest.raises(ArtifactError, match=message):
        import_checkpoint(tmp_path / "a.pth", tmp_path / "a.safetensors")
    assert not (tmp_path / "a.safetensors").exists()


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.999])
@pytest.mark.parametrize("zipped", [True, False])
def test_a_truncated_file_is_told(share: float, zipped: bool, tmp_path: Path) -> None:
    path = tmp_path / "a.pth"
    torch.save(random_state(CTC_37), path, _use_new_zipfile_serialization=zipped)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ArtifactError, match="damaged, cut off, or no PyTorch checkpoint"):
        import_checkpoint(path, tmp_path / "a.safetensors")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": (31, 100)}, "32 x 16 pixels or more"),
        ({"size": (32, None), "fit": "pad"}, "needs a width"),
        ({"fit": "strech"}, "did you mean stretch"),
    ],
)
def test_an_impossible_input_is_told(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    source = saved(tmp_path / "a.pth", random_state(CTC_37))
    with pytest.raises(MunjaError, match=message):
        import_checkpoint(source, tmp_path / "a.safetensors", **options)


def test_a_rectifier_needs_a_width(tmp_path: Path) -> None:
    source = saved(tmp_path / "a.pth", random_state(shapes(("TPS", "VGG", "None", "CTC"), 37, **SMALL)))
    with pytest.raises(InputError, match="works at one width"):
        import_checkpoint(source, tmp_path / "a.safetensors", size=(32, None))


def test_the_command_tells_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = saved(tmp_path / "crnn.pth", random_state(CTC_37))
    assert run(["import", str(source), "--size", "32x128", "--fit", "pad"]) == 0
    said = capsys.readouterr().err
    assert "Clova, None-VGG-BiLSTM-CTC, 32 x 128 (pad)" in said
    assert "36 characters (alphanumeric, the only one known for it): 0123456789abc" in said
    assert "licence: unknown: see where the weights come from" in said
    assert open_artifact(tmp_path / "crnn.safetensors").manifest.input["width"] == 128


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("a.pth", ["--task", "detect"], "--task detect was given"),
        ("a.pth", ["--size", "wide"], "HEIGHTxWIDTH"),
        ("a.pth", ["--out", "a.onnx"], "ends in .safetensors"),
        ("a.onnx", ["--size", "32x100"], "--size is for checkpoints"),
        ("none.pth", [], "no such file"),
    ],
)
def test_the_command_refuses_options_of_the_other_kind_of_file(
    name: str, options: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not name.startswith("none"):
        saved(tmp_path / name, random_state(CTC_37))
    assert run(["import", str(tmp_path / name), *options]) == 1
    assert message in capsys.readouterr().err


def test_an_onnx_file_is_no_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"")
    with pytest.raises(InputError, match="a PyTorch checkpoint"):
        import_checkpoint(tmp_path / "a.onnx", tmp_path / "a.safetensors")
