"""The handbook names every mistake and every band as they are."""

from pathlib import Path

from tanping.assessment.crosscheck.mistakes.slip import mistakes
from tanping.assessment.crosscheck.physics import BANDS

TEXT = (Path(__file__).parents[2] / "docs" / "crosscheck.md").read_text()


def test_every_mistake_stands_under_its_number():
    for mistake in mistakes().values():
        (line,) = [line for line in TEXT.splitlines() if f"`{mistake.id}`" in line]
        assert line.startswith(f"| {mistake.number} |")
        assert mistake.label.replace("{detail}", "…") in line


def test_every_band_is_as_in_the_table():
    for band in BANDS.values():
        low, high = (
            f"{end:.3f}".rstrip("0") if end in (0.995, 1.005) else f"{end:.2f}" for end in (band.low, band.high)
        )
        assert f"{low}–{high}" in TEXT
