"""Finished partitions on disk: there whole or not at all, under the fingerprint of the job they belong to.

Whoever worked a partition out puts it here, this process or another of this machine, so that results never travel between processes.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tanping.assessment.portfolio.ledger import Ledger
from tanping.assessment.portfolio.partition import Part, schema
from tanping.assessment.portfolio.write import ERRORS, pack_part, packed
from tanping.records.doors.export import write_file

STATE = "state.json"
LEDGER = b"tanping.ledger"
COUNTS = b"tanping.counts"


@dataclass(frozen=True)
class Shelf:
    """Finished partitions on disk, each with its errors, counts and sums; a partition is there whole or not at all."""

    folder: Path
    partitions: int
    identity: str

    def open(self) -> set[int]:
        """Return the partitions finished by an earlier run of the same job; clear away those of another."""
        state = self.folder / STATE
        try:
            same = json.loads(state.read_text("utf-8")) == self._state
        except (OSError, ValueError):
            same = False
        if not same:
            self.remove()
            self.folder.mkdir(parents=True)
            write_file(state, json.dumps(self._state).encode())
        return {at for at in range(self.partitions) if self._path(at).exists() and self._path(at, ERRORS).exists()}

    @property
    def _state(self) -> dict[str, Any]:
        return {"schema": "tanping.parts/2", "identity": self.identity, "partitions": self.partitions}

    def results(self) -> list[Path]:
        """The packed results of every partition, in order."""
        return [self._path(at) for at in range(self.partitions)]

    def keep(self, at: int, part: Part) -> None:
        """Put a finished partition on the shelf; the file that counts comes last."""
        incomplete = part.table.num_rows - (pc.sum(part.table.column("complete")).as_py() or 0)
        counts = json.dumps([part.table.num_rows, part.refused, incomplete])
        marks = {LEDGER: part.ledger.packed(), COUNTS: counts.encode()}
        _put(self._path(at, ERRORS), packed(part.errors))
        _put(self._path(at), pack_part(part.table, marks))

    def counts(self) -> tuple[int, int, int]:
        """Rows written, refused, and written but incomplete."""
        found = [json.loads(self._marks(at)[COUNTS]) for at in range(self.partitions)]
        written, refused, incomplete = (sum(column) for column in zip(*found, strict=True))
        return written, refused, incomplete

    def ledger(self, at: int) -> Ledger:
        """The sums of a partition."""
        return Ledger.unpacked(self._marks(at)[LEDGER])

    def tables(self) -> Iterator[pa.Table]:
        """The results of every partition, in order."""
        for at in range(self.partitions):
            yield pq.read_table(self._path(at)).cast(schema())

    def errors(self) -> Iterator[pa.Table]:
        """The errors of every partition, in order."""
        for at in range(self.partitions):
            yield pq.read_table(self._path(at, ERRORS))

    def remove(self) -> None:
        """Clear the shelf."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _marks(self, at: int) -> dict[bytes, bytes]:
        marks: dict[bytes, bytes] = pq.read_schema(self._path(at)).metadata
        return marks

    def _path(self, at: int, kind: str = "part") -> Path:
        return self.folder / f"{at:06d}.{kind}.parquet"


def _put(path: Path, data: bytes) -> None:
    draft = path.with_suffix(".draft")
    draft.write_bytes(data)
    os.replace(draft, path)
