"""A sealed result read back: the copy of record becomes an ``Assessment`` again, nothing is computed.

So a document printed years later from the record says what the record says, whatever packs and factors the program has by then.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from tanping.assessment.result import SCHEMA, Assessment


def read_assessment(plain: Any) -> Assessment:
    """Return the assessment that ``Assessment.plain()`` gave. Raises ValueError for anything of another form; the words in it are not judged."""
    if not isinstance(plain, Mapping) or plain.get("schema") != SCHEMA:
        raise ValueError(f"not a result of schema {SCHEMA}")
    try:
        made: Assessment = _read(Assessment, plain)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"not a whole result: {error}") from error
    return made


def _read(hint: Any, value: Any) -> Any:
    """Return a JSON value as the type it was; a later field that an older record lacks has its default. Raises TypeError for another type."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return value
    if NoneType in inner:
        return None if value is None else _read(next(kind for kind in inner if kind is not NoneType), value)
    if origin is tuple:
        items = _of(list, value)
        kinds = inner[:1] * len(items) if inner[-1] is Ellipsis else inner
        return tuple(_read(kind, item) for kind, item in zip(kinds, items, strict=True))
    if origin is dict:
        return {name: _read(inner[1], item) for name, item in _of(dict, value).items()}
    if dataclasses.is_dataclass(hint):
        made: Any = hint
        held = _of(dict, value)
        return made(**{name: _read(kind, held[name]) for name, kind in _kinds(made).items() if name in held})
    if hint is date:
        return date.fromisoformat(value)
    if hint is float:
        return float(value if isinstance(value, float) else _of(int, value))  # RFC 8785 writes 5.0 as 5
    return _of(hint, value)


def _of(kind: Any, value: Any) -> Any:
    if type(value) is not kind:  # true is a number to Python, not to a reader
        raise TypeError(f"{kind.__name__} is meant, not {value!r:.40}")
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
