"""How large a layer may be."""

from __future__ import annotations

from dataclasses import dataclass

from tanping.records.doors.workbook import MIB, Limits


@dataclass(frozen=True)
class LayerLimits:
    """Bounds of a layer file. Sizes in bytes; ``vertices`` counts those that long edges are given on the way in."""

    file: int = 64 * MIB
    unpacked: int = 512 * MIB
    ratio: int = 200
    entries: int = 64
    features: int = 200_000
    vertices: int = 4_000_000
    memory: int = 4096 * MIB
    seconds: int = 120

    @property
    def door(self) -> Limits:
        """The part the confined process is held to."""
        return Limits(
            file=self.file,
            unpacked=self.unpacked,
            ratio=self.ratio,
            entries=self.entries,
            memory=self.memory,
            seconds=self.seconds,
        )


LAYER = LayerLimits()
