"""Three-valued truth in columns: true, false, unknown (strong Kleene), 8 rows a byte.

A column is two bit planes: where it is true and where it is false; unknown is neither. ``&``, ``|`` and ``~`` look at both
sides always (no short circuit), so an unknown is never hidden, and ``bool()`` is refused, so an unknown can't slip
into an ``if`` as false.
"""

from __future__ import annotations

from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]
Mask = NDArray[np.bool_]

TRUE, FALSE, UNKNOWN = np.int8(1), np.int8(0), np.int8(-1)


class Kleene:
    """A column of three-valued truth. ``true`` and ``false``: packed planes, ceil(rows/8) bytes, never both set."""

    __slots__ = ("false", "true")

    def __init__(self, true: Plane, false: Plane):
        self.true = true
        self.false = false

    @classmethod
    def of(cls, values: Mask, known: Mask | None = None) -> Kleene:
        """Return the column of boolean ``values``, unknown where ``known`` is false."""
        true, false = (values, ~values) if known is None else (values & known, known & ~values)
        return cls(np.packbits(true), np.packbits(false))

    @classmethod
    def constant(cls, value: bool | None, rows: int) -> Kleene:
        """Return a column of one value (None: unknown) for so many rows."""
        size = plane_bytes(rows)
        return cls(_filled(value is True, size), _filled(value is False, size))

    def __and__(self, other: Kleene) -> Kleene:
        return Kleene(self.true & other.true, self.false | other.false)

    def __or__(self, other: Kleene) -> Kleene:
        return Kleene(self.true | other.true, self.false & other.false)

    def __invert__(self) -> Kleene:
        return Kleene(self.false, self.true)

    def __bool__(self) -> NoReturn:
        raise TypeError("three-valued truth is not a bool: ask for .true, .false or .codes()")

    @property
    def unknown(self) -> Plane:
        """Packed plane of the rows that are neither true nor false."""
        return ~(self.true | self.false)

    @property
    def possible(self) -> Plane:
        """Packed plane of the rows that are not false."""
        return ~self.false

    def codes(self, rows: int) -> NDArray[np.int8]:
        """Return one code a row: 1 true, 0 false, -1 unknown."""
        true, false = unpacked(self.true, rows), unpacked(self.false, rows)
        return np.where(true, TRUE, np.where(false, FALSE, UNKNOWN))

    def at(self, row: int) -> bool | None:
        """Return the truth of one row; None is unknown."""
        byte, bit = row >> 3, 0x80 >> (row & 7)
        if self.true[byte] & bit:
            return True
        return False if self.false[byte] & bit else None


def plane_bytes(rows: int) -> int:
    """Return the bytes of a packed plane for so many rows."""
    return (rows + 7) >> 3


def unpacked(plane: Plane, rows: int) -> Mask:
    """Return a packed plane as one boolean a row."""
    return np.unpackbits(plane, count=rows).view(np.bool_)


def _filled(value: bool, size: int) -> Plane:
    return np.full(size, 0xFF if value else 0, dtype=np.uint8)
