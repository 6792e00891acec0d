"""Three-valued truth in columns: true, false, unknown (strong Kleene), 8 rows a byte.

A column is two bit planes: where it is true, and where it is possible (true or unknown). Kept side by side in one array, a
conjunction or disjunction of both planes is one array operation. ``&``, ``|`` and ``~`` look at both sides always (no short
circuit), so an unknown is never hidden, and ``bool()`` is refused, so an unknown can't slip into an ``if`` as false.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]
Mask = NDArray[np.bool_]

TRUE, FALSE, UNKNOWN = 1, 0, -1


class Kleene:
    """A column of three-valued truth. ``planes``: uint8 of shape (2, ceil(rows/8)), true above possible; true implies possible."""

    __slots__ = ("planes",)

    def __init__(self, planes: NDArray[np.uint8]):
        self.planes = planes

    @classmethod
    def of(cls, values: Mask, known: Mask | None = None) -> Kleene:
        """Return the column of boolean ``values``, unknown where ``known`` is false."""
        return cls.of_masks(values, values) if known is None else cls.of_masks(values & known, values | ~known)

    @classmethod
    def of_masks(cls, true: Mask, possible: Mask) -> Kleene:
        """Return the column from where it is true and where it is possible, one boolean a row."""
        both = np.empty((2, len(true)), dtype=np.bool_)
        both[0] = true
        both[1] = possible
        return cls(np.packbits(both, axis=1))

    @classmethod
    def of_planes(cls, true: Plane, known: Plane) -> Kleene:
        """Return the column that is true where ``true``, unknown where not ``known``. Both packed; true within known."""
        planes = np.empty((2, len(true)), dtype=np.uint8)
        planes[0] = true
        np.bitwise_or(true, ~known, out=planes[1])
        return cls(planes)

    @classmethod
    def constant(cls, value: bool | None, rows: int) -> Kleene:
        """Return a column of one value (None: unknown) for so many rows."""
        planes = np.zeros((2, plane_bytes(rows)), dtype=np.uint8)
        planes[0] = 0xFF if value is True else 0
        planes[1] = 0 if value is False else 0xFF
        return cls(planes)

    @classmethod
    def joined(cls, parts: Sequence[Kleene]) -> Kleene:
        """Return columns one after the other. All but the last must fill whole bytes."""
        return parts[0] if len(parts) == 1 else cls(np.concatenate([part.planes for part in parts], axis=1))

    def __and__(self, other: Kleene) -> Kleene:
        return Kleene(self.planes & other.planes)

    def __or__(self, other: Kleene) -> Kleene:
        return Kleene(self.planes | other.planes)

    def __invert__(self) -> Kleene:
        return Kleene(~self.planes[::-1])

    def __bool__(self) -> NoReturn:
        raise TypeError("three-valued truth is not a bool: ask for .true, .possible or .codes()")

    @property
    def true(self) -> Plane:
        """Packed plane of the rows that are true."""
        plane: Plane = self.planes[0]
        return plane

    @property
    def possible(self) -> Plane:
        """Packed plane of the rows that are not false."""
        plane: Plane = self.planes[1]
        return plane

    def codes(self, rows: int) -> NDArray[np.int8]:
        """Return one code a row: 1 true, 0 false, -1 unknown."""
        true, possible = unpacked(self.true, rows), unpacked(self.possible, rows)
        return np.where(true, np.int8(TRUE), np.where(possible, np.int8(UNKNOWN), np.int8(FALSE)))

    def at(self, row: int) -> bool | None:
        """Return the truth of one row; None is unknown."""
        byte, bit = row >> 3, 0x80 >> (row & 7)
        if self.planes[0, byte] & bit:
            return True
        return None if self.planes[1, byte] & bit else False


def plane_bytes(rows: int) -> int:
    """Return the bytes of a packed plane for so many rows."""
    return (rows + 7) >> 3


def unpacked(plane: Plane, rows: int) -> Mask:
    """Return a packed plane as one boolean a row."""
    return np.unpackbits(plane, count=rows).view(np.bool_)
