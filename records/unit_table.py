"""The unit file as tables, unpacked on first use from the generated text of ``units_data.py``."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from tanping.records import units_data
from tanping.records.unit_grammar import Atom, Dimension


class DimensionWords(NamedTuple):
    """What a dimension is called, the units to offer for it, one good entry."""

    label: str
    common: tuple[str, ...]
    example: str


class Equivalent(NamedTuple):
    """A dated factor between two bases; ISO dates, empty = open."""

    key: str
    value: str
    unit: str
    document: str
    valid_from: str
    valid_to: str
    basis: str


class UnitTable(NamedTuple):
    """Everything the unit file says (see units.yaml for the meaning of each part)."""

    atoms: dict[str, Atom]
    multiples: dict[str, int]
    dimensions: dict[Dimension, DimensionWords]
    hints: dict[tuple[Dimension, Dimension], str]
    refused: dict[str, tuple[str, str]]
    qualifiers: tuple[str, ...]
    equivalents: tuple[Equivalent, ...]


@cache
def unit_table() -> UnitTable:
    """Return the tables."""
    atoms = {
        spelling: Atom(name, int(numerator), int(denominator), read_dimension(bases), multiples == "yes")
        for name, numerator, denominator, bases, multiples, spellings in _rows(units_data.ATOMS)
        for spelling in spellings.split()
    }
    dimensions = {
        read_dimension(bases): DimensionWords(label, tuple(common.split()), example)
        for bases, label, common, example in _rows(units_data.DIMENSIONS)
    }
    hints = {(read_dimension(given), read_dimension(wanted)): say for given, wanted, say in _rows(units_data.HINTS)}
    return UnitTable(
        atoms,
        {name: int(factor) for name, factor in _rows(units_data.MULTIPLES)},
        dimensions,
        hints,
        {word: (why, instead) for word, why, instead in _rows(units_data.REFUSED)},
        tuple(word for (word,) in _rows(units_data.QUALIFIERS)),
        tuple(Equivalent(*row) for row in _rows(units_data.EQUIVALENTS)),
    )


def read_dimension(text: str) -> Dimension:
    """Read ``kilogram^1 second^-2`` (empty = dimensionless)."""
    pairs = (part.split("^") for part in text.split())
    return tuple((base, int(power)) for base, power in pairs)


def write_dimension(dimension: Dimension) -> str:
    """Write what read_dimension reads."""
    return " ".join(f"{base}^{power}" for base, power in dimension)


def _rows(block: str) -> list[list[str]]:
    return [line.split("|") for line in block.strip("\n").split("\n")]
