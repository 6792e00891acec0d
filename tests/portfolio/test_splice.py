"""Parquet files put together by copying their columns read like files written at once."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tanping.assessment.portfolio.splice import splice


def table(rows: int, seed: int) -> pa.Table:
    draw = np.random.default_rng(seed)
    words = pa.DictionaryArray.from_arrays(draw.integers(0, 2, rows).astype(np.int32), [f"词{seed}", "乙"])
    figures = pa.array(np.where(draw.random(rows) < 0.1, np.nan, draw.normal(size=rows)), from_pandas=True)
    return pa.table({
        "行": pa.array(np.arange(rows)), "词": words, "名": pa.array([f"项目{at}" for at in range(rows)], pa.string()), "数": figures,
        "是": pa.array(draw.random(rows) < 0.5), "日": pa.array(np.full(rows, np.datetime64("2026-11-01")), pa.date32()),
    })  # fmt: skip


def packed(part: pa.Table, **how: object) -> bytes:
    stream = io.BytesIO()
    pq.write_table(part, stream, compression="zstd", **how)
    return stream.getvalue()


def test_what_is_spliced_reads_as_if_written_at_once(tmp_path: Path) -> None:
    tables = [table(rows, seed) for seed, rows in enumerate((70_000, 1, 0, 300))]
    out = tmp_path / "early.parquet"
    pieces = []
    for at, part in enumerate(tables):
        path = tmp_path / f"{at}.parquet"
        path.write_bytes(packed(part.drop_columns("数"), use_dictionary=["词"] if at else True))
        pieces.append((path, packed(part.select(["数"]), use_dictionary=False)))
    schema = tables[0].schema.with_metadata({b"mark": "版本".encode()})
    splice(out, schema, pieces)
    with pq.ParquetFile(out) as file:
        told = file.metadata
        assert file.schema_arrow.equals(schema, check_metadata=True)
        assert [told.row_group(at).num_rows for at in range(told.num_row_groups)] == [70_000, 1, 300]
        assert told.num_rows == 70_301
        assert told.row_group(2).column(0).statistics.max == 299
        for batch in file.iter_batches(1000, row_groups=[0], columns=["数", "词"]):
            batch.validate(full=True)
    assert pq.read_table(out).equals(pa.concat_tables(tables))
    assert pq.read_table(out, filters=[("行", ">", 69_998)]).num_rows == 1


def test_nothing_but_empty_pieces_is_an_empty_file(tmp_path: Path) -> None:
    schema = table(1, 0).schema
    splice(tmp_path / "out.parquet", schema, [(packed(table(0, 0)),)])
    assert pq.read_table(tmp_path / "out.parquet").equals(schema.empty_table())


def test_a_piece_has_one_row_group_and_says_nothing_that_would_not_be_copied(tmp_path: Path) -> None:
    out, part = tmp_path / "out.parquet", table(30, 0)
    with pytest.raises(ValueError, match="one row group"):
        splice(out, part.schema, [(packed(part, row_group_size=10),)])
    with pytest.raises(ValueError, match="not copied"):
        splice(out, part.schema, [(packed(part, write_page_index=True),)])
    with pytest.raises(ValueError, match="not a parquet"):
        splice(out, part.schema, [(b"nothing at all",)])
