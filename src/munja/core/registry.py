"""Registry: names for whatever a Spec can build. The signature is the schema.

    @register("codec", "ctc")
    def ctc(charset: Sequence[str], /, *, blank: Annotated[int, Ge(0), Doc("class of the blank")] = 0) -> CTC: ...

Parameters before `/` come from the program; parameters after `*` come from people, through a Spec. `build` checks names
only, so that reading never imports pydantic; `check` also checks types and bounds with the same signature, for Specs
that people wrote; `json_schema` gives the schema behind a form. Other packages add names by an entry point in the group
`munja.plugins`: a module that registers when imported.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar, get_type_hints

from munja.core.errors import SpecError, did_you_mean
from munja.core.spec import Spec

ENTRY_POINT_GROUP = "munja.plugins"

_registered: dict[str, dict[str, Callable[..., Any]]] = {}
_T = TypeVar("_T", bound=Callable[..., Any])


def register(kind: str, name: str) -> Callable[[_T], _T]:
    """Decorator that gives a class or function a name of a kind."""

    def add(maker: _T) -> _T:
        names = _registered.setdefault(kind, {})
        if names.get(name, maker) is not maker:
            raise SpecError(f"{kind}.{name} is registered already, by {names[name].__module__}")
        names[name] = maker
        return maker

    return add


def names(kind: str) -> list[str]:
    """The names known of a kind, sorted, those of installed plug-ins included."""
    _load_plugins()
    return sorted(_registered.get(kind, {}))


def is_known(kind: str, name: str) -> bool:
    """Whether a kind has a name; plug-ins are asked only for one that is not Munja's own."""
    if name not in _registered.get(kind, {}):
        _load_plugins()
    return name in _registered.get(kind, {})


def find(kind: str, name: str) -> Callable[..., Any]:
    """The class or function that a name of a kind stands for."""
    if not is_known(kind, name):
        raise SpecError(f"{kind}: {name!r} is not known; {did_you_mean(name, _registered.get(kind, {}))}")
    return _registered[kind][name]


def build(kind: str, spec: Spec, *runtime: Any) -> Any:
    """Build what the Spec {name, parameter, ...} describes; `runtime` fills the parameters before `/`."""
    maker, settings = _resolve(kind, spec)
    return maker(*runtime, **settings)


def check(kind: str, spec: Spec) -> dict[str, Any]:
    """The Spec with its values converted to the signature's types and bounds checked; SpecError says what is wrong."""
    from pydantic import ValidationError

    maker, settings = _resolve(kind, spec)
    try:
        model = _pydantic_model(maker)(**settings)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join([kind, str(spec["name"]), *(str(part) for part in first["loc"])])
        raise SpecError(f"{place}: {first['msg']}, got {first['input']!r}") from error
    return {"name": spec["name"], **{key: getattr(model, key) for key in settings}}


def json_schema(kind: str, name: str) -> dict[str, Any]:
    """The JSON Schema of the parameters that people set."""
    schema: dict[str, Any] = _pydantic_model(find(kind, name)).model_json_schema()
    schema["title"] = f"{kind}.{name}"
    return schema


def _resolve(kind: str, spec: Spec) -> tuple[Callable[..., Any], dict[str, Any]]:
    if not isinstance(spec, Mapping) or not isinstance(spec.get("name"), str):
        raise SpecError(f"{kind}: a table with a name was wanted, got {spec!r}; {did_you_mean('', names(kind))}")
    maker = find(kind, spec["name"])
    settings = {key: value for key, value in spec.items() if key != "name"}
    known = _settable(maker)
    for key in settings:
        if key not in known:
            raise SpecError(f"{kind}.{spec['name']}: {key} is not a parameter; {did_you_mean(key, known)}")
    for key, parameter in known.items():
        if parameter.default is parameter.empty and key not in settings:
            raise SpecError(f"{kind}.{spec['name']}: the parameter {key} is missing")
    return maker, settings


def _settable(maker: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    parameters = inspect.signature(maker).parameters
    return {key: each for key, each in parameters.items() if each.kind is each.KEYWORD_ONLY}


def _pydantic_model(maker: Callable[..., Any]) -> Any:
    import annotated_types
    from pydantic import ConfigDict, Field, create_model

    target = maker.__init__ if inspect.isclass(maker) else maker
    # Codecs import their marks for type checkers alone: 6 ms that reading need not pay.
    marks = {key: value for key, value in vars(annotated_types).items() if key not in target.__globals__}
    hints = get_type_hints(target, localns=marks, include_extras=True)
    definitions: dict[str, Any] = {}
    for key, parameter in _settable(maker).items():
        default = ... if parameter.default is parameter.empty else parameter.default
        documents = [
            mark.documentation for mark in getattr(hints[key], "__metadata__", ()) if hasattr(mark, "documentation")
        ]
        definitions[key] = (hints[key], Field(default, description=" ".join(documents) or None))
    settings = ConfigDict(extra="forbid", arbitrary_types_allowed=True, protected_namespaces=())
    return create_model(getattr(maker, "__name__", "spec"), __config__=settings, **definitions)


@cache
def _load_plugins() -> None:
    from importlib.metadata import entry_points  # 15 ms, and it looks at every installed package

    for entry_point in entry_points(group=ENTRY_POINT_GROUP):
        entry_point.load()
