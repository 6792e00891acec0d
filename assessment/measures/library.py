"""The library of measures (措施库): what each changes, in which unit its size is told, where it comes from.

A measure holds no effect and no percentage of emission: the change of inputs is applied and everything is counted again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tanping.records.basis import Basis
from tanping.records.errors import suggest
from tanping.records.located import read_yaml

FOLDER = Path(__file__).with_name("sectors")


@dataclass(frozen=True)
class Measure:
    """One measure. ``change`` names the function of ``changes`` that applies it; ``usual`` bounds the sizes seen in practice."""

    id: str
    name: str
    kind: str
    sectors: tuple[str, ...]
    change: str
    size_label: str
    unit: str
    usual: tuple[float, float]
    source: str
    basis: Basis
    note: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


@cache
def library() -> dict[str, Measure]:
    """All measures by id, files in order of name."""
    found: dict[str, Measure] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for id, row in read_yaml(path).data.items():
            size = row["size"]
            low, high = map(float, size["usual"])
            found[id] = Measure(
                id=id,
                name=row["name"],
                kind=row["kind"],
                sectors=tuple(row["sectors"]),
                change=row["change"],
                size_label=size["label"],
                unit=size["unit"],
                usual=(low, high),
                source=row["source"],
                basis=Basis(row["basis"]),
                note=row.get("note", ""),
                parameters=dict(row.get("parameters", {})),
            )
    return found


def of_sector(sector: str) -> tuple[Measure, ...]:
    """The measures of a sector (power, steel, cement)."""
    return tuple(measure for measure in library().values() if sector in measure.sectors)


def find(said: str) -> Measure | str:
    """The measure a person means by its id or name, else the sentence that refuses it."""
    known = library()
    for measure in known.values():
        if said.strip() in (measure.id, measure.name):
            return measure
    names = [measure.name for measure in known.values()]
    near = [name for name in names if said.strip() and (said.strip() in name or name in said)]
    if len(near) == 1:
        return next(measure for measure in known.values() if measure.name == near[0])
    hint = suggest(said, [*names, *known])
    return f"措施库中没有“{said[:40]}”" + (f"，{hint}" if hint else "")
