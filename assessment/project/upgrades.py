"""Project files of older versions, brought up to the current one by pure functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tanping.assessment.project.model import SCHEMA

STEPS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {}


def upgrade(data: dict[str, Any]) -> dict[str, Any]:
    """Apply the upgrade steps from the file's ``schema`` to the current one; an unknown version is left for validation to refuse."""
    while isinstance(said := data.get("schema"), str) and said != SCHEMA and said in STEPS:
        data = STEPS[said](data)
    return data
