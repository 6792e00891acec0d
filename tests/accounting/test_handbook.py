"""The handbook is what the formulas say, all of them, once."""

from pathlib import Path

from tanping.assessment.accounting.catalogue import formulas
from tanping.assessment.accounting.handbook import CHAPTERS, formulas_of, handbook

DOCS = Path(__file__).resolve().parents[2] / "docs" / "methods.md"


def test_the_file_is_up_to_date() -> None:
    assert DOCS.read_text(encoding="utf-8") == handbook(), (
        "python -m tanping.assessment.accounting.handbook > docs/methods.md"
    )


def test_every_formula_stands_in_one_chapter() -> None:
    told = [one.id for chapter in CHAPTERS for one in formulas_of(chapter.module)]
    ours = [
        one.id for one in formulas().values() if one.function.__module__.startswith("tanping.assessment.accounting.")
    ]
    assert sorted(told) == sorted(ours)
