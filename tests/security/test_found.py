"""What once broke a door, tried again; and each door's fuzz target on its true inputs and a few mutations of them."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from fuzz.__main__ import FOUND, mutated  # noqa: E402
from fuzz.seeds import dictionary, seeds  # noqa: E402
from fuzz.targets import TARGETS  # noqa: E402

QUICK = sorted(set(TARGETS) - {"assessment", "backup", "layer", "result_file"})


@pytest.mark.parametrize("path", sorted(FOUND.glob("*-*")), ids=lambda path: path.name)
def test_what_was_found_stays_mended(path: Path) -> None:
    TARGETS[path.name.partition("-")[0]](path.read_bytes())


@pytest.mark.parametrize("name", QUICK)
def test_true_inputs_and_mutations_hold(name: str) -> None:
    chance, known, words = random.Random(name), seeds(name), [word.encode() for word in dictionary()]
    small = [seed for seed in known if len(seed) < 20_000] or known[:1]
    for seed in small:
        TARGETS[name](seed)
    for _ in range(10):
        TARGETS[name](mutated(chance, small, words))
