"""A training that is killed goes on bit by bit as if nothing had happened; a full disk loses nothing."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from test_recipe import tiny

from munja.core.errors import InputError, MunjaError, SpecError
from munja.train import train
from munja.train.processes import Crew
from munja.train.resume import Checkpoints

HERE = Path(__file__).parent


def last_state(out: Path) -> dict[str, Any]:
    (path,) = (out / "checkpoint").glob("step-*-0.pt")
    state: dict[str, Any] = torch.load(path, weights_only=True)
    return state


def assert_same(a: Any, b: Any, place: str = "") -> None:
    if isinstance(a, torch.Tensor):
        assert torch.equal(a, b), place
    elif isinstance(a, dict):
        assert a.keys() == b.keys(), place
        for key in a:
            assert_same(a[key], b[key], f"{place}.{key}")
    elif isinstance(a, list):
        for i, pair in enumerate(zip(a, b, strict=True)):
            assert_same(*pair, f"{place}[{i}]")
    else:
        assert a == b, place


def test_a_killed_training_ends_bitwise_like_one_that_ran_through(tmp_path: Path) -> None:
    recipe = tiny(steps=120, checkpoint_every=4, validate_every=60)
    recipe["task"]["model"]["head"] = {"name": "ctc", "dropout": 0.2}  # random numbers of torch have to go on too
    (tmp_path / "recipe.json").write_text(json.dumps(recipe))
    command = [sys.executable, str(HERE / "worker.py"), str(tmp_path / "recipe.json"), str(tmp_path / "killed")]
    process = subprocess.Popen(command)
    train(recipe, tmp_path / "through", announce=lambda text: None)
    pointer = tmp_path / "killed" / "checkpoint" / "latest.json"
    deadline = time.monotonic() + 60
    while not pointer.is_file() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.wait()
    killed_at = json.loads(pointer.read_text())["step"]
    assert 0 < killed_at < 120
    said: list[str] = []
    train(recipe, tmp_path / "killed", announce=said.append)
    assert any(f"goes on from step {killed_at}" in line for line in said)
    through, killed = last_state(tmp_path / "through"), last_state(tmp_path / "killed")
    for state in (through, killed):
        del state["elapsed"]
    assert through["step"] == 120
    assert_same(through, killed)


def test_a_finished_training_only_says_so_again(tmp_path: Path) -> None:
    recipe = tiny(steps=4)
    first = train(recipe, tmp_path, announce=lambda text: None).read_bytes()
    assert train(recipe, tmp_path, announce=lambda text: None).read_bytes() == first


def test_another_recipe_in_the_same_folder_is_refused_but_more_steps_are_not(tmp_path: Path) -> None:
    train(tiny(steps=4), tmp_path, announce=lambda text: None)
    with pytest.raises(SpecError, match=r"loop.clip was None, is 1.0"):
        train(tiny(steps=4, clip=1.0), tmp_path, announce=lambda text: None)
    train(tiny(steps=8), tmp_path, announce=lambda text: None)
    assert last_state(tmp_path)["step"] == 8


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """The operating system refuses to write beyond a size, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_checkpoint_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, Crew())
    assert checkpoints.save(10, {"step": 10}, {"name": "a"}) == ""
    with files_no_longer_than(20_000):
        trouble = checkpoints.save(20, {"step": 20, "network": torch.zeros(10_000)}, {"name": "a"})
    assert "step-000000020-0.pt: File too large" in trouble
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latest.json", "step-000000010-0.pt"]
    assert checkpoints.load({"name": "a"}, device=torch.device("cpu")) == {"step": 10}


def test_a_training_whose_disk_fills_says_so_and_trains_on(tmp_path: Path) -> None:
    said: list[str] = []
    train(tiny(steps=8, checkpoint_every=4, validate_every=4), tmp_path, announce=lambda text: None)
    best = (tmp_path / "best.safetensors").read_bytes()
    with files_no_longer_than(20_000), pytest.raises(MunjaError, match="could not be saved"):
        train(tiny(steps=16, checkpoint_every=4, validate_every=4), tmp_path, announce=said.append)
    assert any("The previous one stays" in line for line in said)
    assert (tmp_path / "best.safetensors").read_bytes() == best
    train(tiny(steps=16, checkpoint_every=4, validate_every=4), tmp_path, announce=said.append)
    assert "goes on from step 8 (50.0%)" in said


def test_a_missing_part_of_a_checkpoint_is_named(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, Crew())
    checkpoints.save(10, {"step": 10}, {})
    (tmp_path / "step-000000010-0.pt").unlink()
    with pytest.raises(InputError, match="is missing; remove"):
        checkpoints.load({}, device=torch.device("cpu"))


def test_the_number_of_processes_has_to_stay(tmp_path: Path) -> None:
    Checkpoints(tmp_path, Crew()).save(10, {"step": 10}, {})
    with pytest.raises(SpecError, match=r"loop\.processes=1"):
        Checkpoints(tmp_path, Crew(0, 2)).load({}, device=torch.device("cpu"))
