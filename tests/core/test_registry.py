"""Registry: the signature is the schema, and every wrong Spec says what is wrong with it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import pytest
from annotated_types import Ge, Gt, Interval, Le, MultipleOf, doc

from munja.core.errors import SpecError
from munja.core.registry import build, check, find, json_schema, names, register

KIND = "test.neck"


@register(KIND, "pyramid")
class Pyramid:
    """Keeps what it was built with."""

    def __init__(
        self,
        in_channels: Sequence[int],
        /,
        *,
        channels: Annotated[int, Gt(0), MultipleOf(4), doc("width of the map")] = 96,
        slope: Annotated[float, Interval(ge=0, lt=1)] = 0.2,
        kinds: Sequence[str] = ("top",),
    ) -> None:
        self.in_channels, self.channels, self.slope, self.kinds = in_channels, channels, slope, kinds


@register(KIND, "plain")
def plain(first: Any, second: Any, /, *, depth: Annotated[int, Ge(1), Le(8)], name_of: str = "") -> tuple[Any, ...]:
    return first, second, depth, name_of


def test_parameters_before_the_slash_come_from_the_program() -> None:
    pyramid = build(KIND, {"name": "pyramid", "channels": 32}, [8, 16])
    assert (pyramid.in_channels, pyramid.channels, pyramid.slope) == ([8, 16], 32, 0.2)
    assert build(KIND, {"name": "plain", "depth": 2}, "a", "b") == ("a", "b", 2, "")


def test_a_runtime_parameter_cannot_be_set_by_a_spec() -> None:
    with pytest.raises(SpecError, match="in_channels is not a parameter"):
        build(KIND, {"name": "pyramid", "in_channels": [1]}, [8])


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(SpecError, match=r"test\.neck: 'piramid' is not known; did you mean pyramid\?"):
        build(KIND, {"name": "piramid"}, [8])


def test_an_unknown_parameter_is_answered_with_the_nearest() -> None:
    with pytest.raises(SpecError, match=r"test\.neck\.pyramid: chanels is not a parameter; did you mean channels\?"):
        build(KIND, {"name": "pyramid", "chanels": 3}, [8])


def test_a_missing_parameter_is_named() -> None:
    with pytest.raises(SpecError, match=r"test\.neck\.plain: the parameter depth is missing"):
        build(KIND, {"name": "plain"}, 1, 2)


@pytest.mark.parametrize("spec", [{}, {"channels": 3}, {"name": 3}, "pyramid", None, []])
def test_a_spec_without_a_name_lists_the_names(spec: Any) -> None:
    with pytest.raises(SpecError, match=r"a table with a name was wanted.*plain, pyramid"):
        build(KIND, spec)


def test_an_unknown_kind_knows_no_name() -> None:
    with pytest.raises(SpecError, match="none is known"):
        build("test.nothing", {"name": "x"})
    assert names("test.nothing") == []


def test_names_are_sorted_and_found() -> None:
    assert names(KIND) == ["plain", "pyramid"]
    assert find(KIND, "plain") is plain


def test_a_name_is_given_once() -> None:
    assert register(KIND, "plain")(plain) is plain
    with pytest.raises(SpecError, match=r"test\.neck\.plain is registered already"):
        register(KIND, "plain")(lambda: None)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"channels": 0}, "channels"),
        ({"channels": 6}, "channels"),
        ({"channels": "many"}, "channels"),
        ({"slope": 1.0}, "slope"),
        ({"slope": -0.1}, "slope"),
        ({"kinds": 3}, "kinds"),
    ],
)
def test_check_names_the_parameter_that_is_out_of_bounds(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError, match=rf"^test\.neck\.pyramid\.{said}: .* got {next(iter(settings.values()))!r}$"):
        check(KIND, {"name": "pyramid", **settings})


def test_check_converts_what_a_person_wrote() -> None:
    assert check(KIND, {"name": "pyramid", "channels": "8", "slope": 0}) == {
        "name": "pyramid",
        "channels": 8,
        "slope": 0.0,
    }
    assert check(KIND, {"name": "plain", "depth": 8})["depth"] == 8


def test_check_finds_missing_and_unknown_parameters() -> None:
    with pytest.raises(SpecError, match="depth is missing"):
        check(KIND, {"name": "plain"})
    with pytest.raises(SpecError, match="did you mean depth"):
        check(KIND, {"name": "plain", "dept": 1})


def test_the_json_schema_comes_from_the_marks() -> None:
    schema = json_schema(KIND, "pyramid")
    assert schema["title"] == "test.neck.pyramid"
    channels, slope = schema["properties"]["channels"], schema["properties"]["slope"]
    assert channels["type"] == "integer"
    assert (channels["exclusiveMinimum"], channels["multipleOf"], channels["default"]) == (0, 4, 96)
    assert channels["description"] == "width of the map"
    assert (slope["minimum"], slope["exclusiveMaximum"], slope["default"]) == (0, 1, 0.2)
    assert "in_channels" not in schema["properties"]
    assert schema["additionalProperties"] is False
    assert json_schema(KIND, "plain")["required"] == ["depth"]


def test_every_registered_codec_and_step_has_a_schema() -> None:
    import munja.read.reader
    import munja.steps

    munja.steps.register_all()

    for kind in ("codec", "step", "models"):
        assert names(kind)
        for name in names(kind):
            assert json_schema(kind, name)["type"] == "object"


def test_another_package_adds_names_by_an_entry_point(tmp_path: Path) -> None:
    (tmp_path / "guest.py").write_text(
        "from munja.core.registry import register\n@register('test.guest', 'tea')\ndef tea():\n    return 'served'\n"
    )
    information = tmp_path / "guest-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: guest\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[munja.plugins]\nguest = guest\n")
    program = (
        "from munja.core.registry import build, names; print(names('test.guest'), build('test.guest', {'name': 'tea'}))"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout == "['tea'] served\n"
