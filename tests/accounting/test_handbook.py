"""The handbook is what the formulas say, all of them, once."""

import ast
import runpy
import warnings
from pathlib import Path

import pytest

from tanping.assessment.accounting import allowance
from tanping.assessment.accounting.catalogue import formulas
from tanping.assessment.accounting.formula import Formula
from tanping.assessment.accounting.handbook import BY_HAND, CHAPTERS, formulas_of, handbook

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


def test_a_formula_is_run_by_the_program_or_said_to_be_for_the_hand() -> None:
    assessment = Path(allowance.__file__).resolve().parent.parent
    called: set[str] = set()
    for path in assessment.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        # Standing under a second id is no use of the first.
        cited = {node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "cited_as"}
        for node in ast.walk(tree):
            if node in cited:
                continue
            if isinstance(node, ast.Attribute):
                called.add(node.attr)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                called.add(node.id)
    written = {
        formula.id: name
        for chapter in CHAPTERS
        for name, formula in vars(chapter.module).items()
        if isinstance(formula, Formula)
    }
    assert {id for id, name in written.items() if name not in called} == BY_HAND
