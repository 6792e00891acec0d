"""The handbook is what the formulas say, all of them, once."""

import runpy
import warnings
from pathlib import Path

import pytest

from tanping.assessment.accounting.catalogue import formulas
from tanping.assessment.accounting.handbook import CHAPTERS, formulas_of, handbook

DOCS = Path(__file__).resolve().parents[2] / "docs" / "methods.md"


def test_the_file_is_up_to_date() -> None:
    assert DOCS.read_text(encoding="utf-8") == handbook(), (
        "python -m tanping.assessment.accounting.handbook > docs/methods.md"
    )


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the module is imported already
        runpy.run_module("tanping.assessment.accounting.handbook", run_name="__main__")
    assert capsys.readouterr().out == handbook()


def test_every_formula_stands_in_one_chapter() -> None:
    told = [one.id for chapter in CHAPTERS for one in formulas_of(chapter.module)]
    ours = [
        one.id for one in formulas().values() if one.function.__module__.startswith("tanping.assessment.accounting.")
    ]
    assert sorted(told) == sorted(ours)
