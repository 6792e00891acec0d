"""Datums: what coordinates are measured in, and how those of web maps come back to CGCS2000.

GCJ-02 shifts WGS 84 by some hundred metres in a way that was never published; the forward formula below is the one that open implementations share
(eviltransform and its kin: Krasovsky ellipsoid, a = 6 378 245 m, e² = 0.006 693 421 622 965 943). BD-09 twists GCJ-02 once more. Neither has a closed
inverse; both are inverted here by iteration until the forward formula gives the input back. What the formula itself leaves open is told as
``accuracy``. CGCS2000 and WGS 84 differ by the drift of the plate since 2000, below a metre, and are taken as equal within their accuracy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Degrees = NDArray[np.float64]

_A = 6378245.0
_EE = 0.00669342162296594323
_BD_PI = np.pi * 3000.0 / 180.0
_STEPS = 30
_CLOSE = 1e-10
"""Degrees; a hundredth of a millimetre."""


@dataclass(frozen=True)
class Datum:
    """A datum by its code in the project file: ``accuracy`` in metres is what remains open after conversion, ``note`` says how it was converted."""

    code: str
    accuracy: float
    note: str = ""

    @property
    def shifted(self) -> bool:
        """Whether its coordinates are those of a web map."""
        return self.code in ("GCJ-02", "BD-09")


_OPEN_FORMULA = "按公开流传的偏移公式反算（迭代至回代一致；公式非官方发布）"
DATUMS = {
    "CGCS2000": Datum("CGCS2000", 0.0),
    "WGS84": Datum("WGS84", 1.0, "WGS84 坐标按 CGCS2000 使用，二者相差小于 1 m"),
    "GCJ-02": Datum("GCJ-02", 5.0, f"GCJ-02 坐标{_OPEN_FORMULA}，余差按 5 m 计"),
    "BD-09": Datum("BD-09", 10.0, f"BD-09 坐标先还原为 GCJ-02，再{_OPEN_FORMULA}，余差按 10 m 计"),
}


def to_cgcs2000(longitude: Degrees, latitude: Degrees, datum: str) -> tuple[Degrees, Degrees]:
    """Return longitudes and latitudes in CGCS2000, degrees. KeyError for a datum that is not one of ``DATUMS``."""
    code = DATUMS[datum].code
    x, y = np.asarray(longitude, dtype=np.float64), np.asarray(latitude, dtype=np.float64)
    if code == "BD-09":
        x, y = bd09_to_gcj02(x, y)
    if DATUMS[datum].shifted:
        x, y = gcj02_to_wgs84(x, y)
    return x, y


def wgs84_to_gcj02(longitude: Degrees, latitude: Degrees) -> tuple[Degrees, Degrees]:
    """Shift WGS 84 to GCJ-02, degrees."""
    x, y = longitude - 105.0, latitude - 35.0
    root = np.sqrt(np.abs(x))
    common = (20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common
    north += (20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3.0)) * 2.0 / 3.0
    north += (160.0 * np.sin(np.pi * y / 12.0) + 320.0 * np.sin(np.pi * y / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common
    east += (20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3.0)) * 2.0 / 3.0
    east += (150.0 * np.sin(np.pi * x / 12.0) + 300.0 * np.sin(np.pi * x / 30.0)) * 2.0 / 3.0
    phi = np.radians(latitude)
    w2 = 1.0 - _EE * np.sin(phi) ** 2
    meridian, prime = _A * (1.0 - _EE) / (w2 * np.sqrt(w2)), _A / np.sqrt(w2)
    return longitude + np.degrees(east / (prime * np.cos(phi))), latitude + np.degrees(north / meridian)


def gcj02_to_wgs84(longitude: Degrees, latitude: Degrees) -> tuple[Degrees, Degrees]:
    """Undo ``wgs84_to_gcj02``, degrees."""
    return _undo(wgs84_to_gcj02, longitude, latitude)


def gcj02_to_bd09(longitude: Degrees, latitude: Degrees) -> tuple[Degrees, Degrees]:
    """Shift GCJ-02 to BD-09, degrees."""
    radius = np.hypot(longitude, latitude) + 0.00002 * np.sin(latitude * _BD_PI)
    angle = np.arctan2(latitude, longitude) + 0.000003 * np.cos(longitude * _BD_PI)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def bd09_to_gcj02(longitude: Degrees, latitude: Degrees) -> tuple[Degrees, Degrees]:
    """Undo ``gcj02_to_bd09``, degrees."""
    return _undo(gcj02_to_bd09, longitude, latitude)


def _undo(
    shift: Callable[[Degrees, Degrees], tuple[Degrees, Degrees]], longitude: Degrees, latitude: Degrees
) -> tuple[Degrees, Degrees]:
    """Subtract the shift at the last guess until the guess, shifted, is the input: the shift changes slowly, so each step gains two digits."""
    x, y = longitude, latitude
    for _ in range(_STEPS):
        there_x, there_y = shift(x, y)
        off_x, off_y = there_x - longitude, there_y - latitude
        # A point that has arrived rests, so that its last digit never depends on who travels with it.
        open_ = np.maximum(np.abs(off_x), np.abs(off_y)) >= _CLOSE
        if not open_.any():
            break
        x, y = np.where(open_, x - off_x, x), np.where(open_, y - off_y, y)
    return x, y
