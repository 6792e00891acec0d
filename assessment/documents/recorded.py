"""A sealed result read back: the copy of record becomes an ``Assessment`` again, nothing is computed.

So a document printed years later from the record says what the record says, whatever packs and factors the program has by then.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from enum import Enum
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from tanping.assessment.result import SCHEMA, Assessment


def read_assessment(plain: Mapping[str, Any]) -> Assessment:
    """Return the assessment that ``Assessment.plain()`` gave. Raises ValueError for anything else."""
    if plain.get("schema") != SCHEMA:
        raise ValueError(f"not a result of schema {SCHEMA}")
    try:
        made: Assessment = _read(Assessment, plain)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not a whole result: {error}") from error
    return made


def _read(hint: Any, value: Any) -> Any:
    """Return a JSON value as the type it was; a later field that an older record lacks has its default."""
    origin, inner = get_origin(hint), get_args(hint)
    if value is None or hint is Any:
        return value
    if NoneType in inner:
        return _read(next(kind for kind in inner if kind is not NoneType), value)
    if origin is tuple:
        kinds = inner[:1] * len(value) if inner[-1] is Ellipsis else inner
        return tuple(_read(kind, item) for kind, item in zip(kinds, value, strict=True))
    if origin is not None and issubclass(origin, Mapping):
        return {inner[0](key): _read(inner[1], item) for key, item in value.items()}
    if dataclasses.is_dataclass(hint):
        made: Any = hint
        return made(**{name: _read(kind, value[name]) for name, kind in _kinds(made).items() if name in value})
    if hint is date:
        return date.fromisoformat(value)
    if hint is float or (isinstance(hint, type) and issubclass(hint, Enum)):
        return hint(value)  # RFC 8785 writes 5.0 as 5
    return value


@cache
def _kinds(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind, localns=_made_elsewhere())
    return {item.name: hints[item.name] for item in dataclasses.fields(kind)}


@cache
def _made_elsewhere() -> dict[str, Any]:
    """The records an ``Assessment`` carries that are defined where they are made; its module names them to type checkers only."""
    from tanping.assessment.accounting.alternatives import Alternative
    from tanping.assessment.accounting.processes import ProcessBoundary
    from tanping.assessment.change import Accounts
    from tanping.assessment.measures.controls import Comparison
    from tanping.assessment.measures.effect import Effects
    from tanping.assessment.uncertainty import Uncertainty

    return {kind.__name__: kind for kind in (Accounts, Alternative, Comparison, Effects, ProcessBoundary, Uncertainty)}
