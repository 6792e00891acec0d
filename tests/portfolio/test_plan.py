"""How a table is cut: the codes read in pieces say the same as the codes held together."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanping.assessment.portfolio import source
from tanping.records.errors import InputError, Where

CODES = st.lists(st.sampled_from([None, "a", "b", "ab", "ba", "项目", "A\u0000"]), min_size=1, max_size=30)


def reference(codes: list[str | None]) -> tuple[list[int], list[int]]:
    """Project of every row, and the first row of an earlier project with the same code (−1: none)."""
    project: list[int] = []
    earlier: list[int] = []
    first: dict[str, int] = {}
    for row, code in enumerate(codes):
        goes_on = row > 0 and code is not None and codes[row - 1] == code
        project.append(project[-1] + (not goes_on) if row else 0)
        if goes_on:
            earlier.append(earlier[-1])
        else:
            earlier.append(-1 if code is None else first.get(code, -1))
            if code is not None:
                first.setdefault(code, row)
    return project, earlier


@given(codes=CODES, piece=st.integers(1, 9), alike=st.booleans())
def test_codes_in_pieces_are_planned_like_codes_held_together(codes, piece, alike):
    pieces = [pa.array(codes[at : at + piece], pa.string()) for at in range(0, len(codes), piece)]
    with pytest.MonkeyPatch.context() as patch:
        if alike:  # every code makes the same number: the codes themselves decide
            patch.setattr(
                source, "_marks", lambda told: told.is_valid().to_numpy(zero_copy_only=False).astype(np.uint64)
            )
        starts, project, earlier = source._plan(lambda: pieces, Where("表"))
    assert (project.tolist(), earlier.tolist()) == reference(codes)
    assert starts == (0,)


def test_different_codes_make_different_numbers():
    codes = [f"P{at:08d}" for at in range(50_000)] + [f"{at}" for at in range(50_000)] + ["\u0000", "\u0000\u0000"]
    marks = source._marks(pa.array([*codes, None], pa.string()))
    assert len(np.unique(marks)) == len(codes) + 1
    assert marks[-1] == 0
    assert (source._marks(pa.array(codes).slice(7, 3)) == marks[7:10]).all()


def test_a_long_text_of_any_column_is_refused_while_the_rows_are_read(tmp_path):
    path = tmp_path / "in.parquet"
    names = ["名" * 6000 if at == 50 else f"项目{at}" for at in range(60)]
    pq.write_table(pa.table({"项目代码": [f"P{at}" for at in range(60)], "项目名称": names}), path)
    found = source.open_source(path)
    with pytest.raises(InputError, match="过长"):
        list(found.partitions([0]))
