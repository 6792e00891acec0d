"""How long the commands take, cold, as a person starts them; and the most memory one of their processes holds."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.frame import ROOT, TANPING, Measure, best_of, command, peak_mib

EXAMPLE = str(ROOT / "examples" / "sheyanggang.yaml")


def _in_temporary(arguments: tuple[str, ...]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        command(TANPING, *arguments, cwd=Path(folder))


def _peak(arguments: tuple[str, ...]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return peak_mib(TANPING, *arguments, cwd=Path(folder))


_TO_PDF = ("assess", EXAMPLE, "--pdf", "out.pdf")

MEASURES = [
    Measure("tanping --help", "s", 0.2, lambda: best_of(7, lambda: _in_temporary(("--help",)))),
    Measure("screen the example", "s", 0.6, lambda: best_of(5, lambda: _in_temporary(("screen", EXAMPLE)))),
    Measure(
        "assess to JSON", "s", 1.0, lambda: best_of(5, lambda: _in_temporary(("assess", EXAMPLE, "--json", "out.json")))
    ),
    Measure("assess to PDF, cold", "s", 4.0, lambda: best_of(3, lambda: _in_temporary(_TO_PDF))),
    Measure("assess to PDF, peak memory", "MiB", 320.0, lambda: _peak(_TO_PDF)),
]
