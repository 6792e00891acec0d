"""The page on spatial facts against the command and the data it speaks of."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from tanping.assessment.cli import build_parser
from tanping.assessment.spatial import plausible

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "spatial.md").read_text("utf-8")


def options() -> set[str]:
    def sub(parser: argparse.ArgumentParser, name: str) -> argparse.ArgumentParser:
        (action,) = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
        return action.choices[name]

    layers = sub(build_parser(), "layers")
    return {option for name in ("add", "list") for one in sub(layers, name)._actions for option in one.option_strings}


def test_every_option_on_the_page_exists():
    named = set(re.findall(r"(--[a-z][a-z-]+)", PAGE))
    assert named
    assert named <= options()


def test_every_file_on_the_page_exists():
    for name in re.findall(r"`((?:assessment|scripts|tests|rules)/[\w./-]+)`", PAGE):
        assert (ROOT / name).exists(), name


def test_the_figures_are_those_of_the_code():
    assert f"more than {plausible.FAR_INLAND_KM:.0f} km inland" in PAGE
    assert f"within {plausible.NEAR_COAST_KM:.0f} km of the old coast" in PAGE
    assert f"a site {plausible.FAR_AT_SEA_KM:.0f} km out at sea" in PAGE
