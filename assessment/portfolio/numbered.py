"""Numbers of patterns: rows that share everything looked at so far share a number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
SPARSE = 8
"""Numbers this many times as large as there are rows are sorted, smaller ones counted."""


def numbered(codes: IntArray) -> tuple[IntArray, IntArray]:
    """Return the different codes, rising, and for every row the place of its code among them. Codes are not negative."""
    top = int(codes.max(initial=0)) + 1
    if top > SPARSE * len(codes) + SPARSE:
        distinct, place = np.unique(codes, return_inverse=True)
        return distinct, place.astype(np.int64)
    stands = np.zeros(top, dtype=bool)
    stands[codes] = True
    return np.flatnonzero(stands), (np.cumsum(stands) - 1)[codes]
