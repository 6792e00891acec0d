"""Zips whose parts are not as the directory says: refused in words, whoever takes them out."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from tanping.assessment.spatial.limits import LayerLimits
from tanping.assessment.spatial.package import lay_out
from tanping.records.doors.xlsx_scan import RefusedError


@pytest.mark.parametrize("at", [26, 30], ids=["length of the name", "bytes of the name"])
def test_a_part_whose_own_head_is_damaged(tmp_path: Path, at: int) -> None:
    """The directory names it right; the head beside its content has a name that is no text, or runs past the end."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("层.geojson", "{}")
    data = bytearray(out.getvalue())
    data[at] = 0xFF
    with pytest.raises(RefusedError, match="压缩包不完整或已损坏"):
        lay_out(bytes(data), "层.zip", tmp_path, LayerLimits())
