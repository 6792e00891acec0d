"""The page source: escaped, complete, printable."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from jinja2 import UndefinedError

from tanping.assessment.documents import context, fonts, html, pdf
from tanping.assessment.documents.forms import FORMS, PARTS
from tanping.assessment.result import Assessment, Statement
from tanping.records.titles import title_marks

HELD = fonts.merged(
    [(0x20, 0x7E), (0xA0, 0xFF), (0x2000, 0x206F), (0x2190, 0x303F), (0x4E00, 0x9FFF), (0xFF00, 0xFFEF)]
)


def renamed(assessment: Assessment, name: str) -> Assessment:
    project: dict[str, Any] = {**assessment.project, "project": {**assessment.project["project"], "name": name}}
    return replace(assessment, project=project)


def test_markup_in_text_stays_text(assessment: Assessment) -> None:
    source = pdf.report_job(renamed(assessment, "<img src=http://x/y.png onerror=alert(1)>{{ 7*7 }}&amp;")).write().html
    assert "<img src=http" not in source
    assert "&lt;img src=http://x/y.png onerror=alert(1)&gt;{{ 7*7 }}&amp;amp;" in source


@pytest.mark.parametrize("trick", ["\u202egnol", "\u2066x", "a\x00b", "\x1b[31m", "\ue000", "\ufffe"])
def test_characters_that_would_corrupt_a_line_are_replaced_and_told(assessment: Assessment, trick: str) -> None:
    source = pdf.report_job(renamed(assessment, f"甲{trick}乙")).write().html
    bad = next(c for c in trick if not c.isprintable() or c in "\ue000\ufffe")
    assert bad not in source
    assert fonts.GETA in source
    assert f"U+{ord(bad):04X}" in source


def test_what_no_font_holds_becomes_a_geta_with_a_note() -> None:
    held = fonts.merged([(0x20, 0x7E), (0x3000, 0x9FFF), (0xFF00, 0xFFEF)])
    assert held.missing("甲😀乙\n") == ["😀"]
    assert fonts.describe(["😀", "\u202e"]) == "😀（U+1F600）、U+202E"


def test_lowered_digits_become_markup_in_the_body_only() -> None:
    settled = html._settle("<title>CO₂</title><body><p title='CO₂'>CO₂</p>", ())
    assert settled == "<title>CO₂</title><body><p title='CO₂'>CO<sub>2</sub></p>"


def test_an_unknown_value_cannot_print_as_none() -> None:
    environment = html._environment()
    with pytest.raises(ValueError, match="unknown value"):
        environment.from_string("{{ x }}").render(x=None)
    with pytest.raises(UndefinedError):
        environment.from_string("{{ misspelt }}").render()


def test_the_fixed_text_of_the_templates_is_held_by_this_machine() -> None:
    fonts.installed().require(html.fixed_text(*PARTS, *(form.template for form in FORMS.values())))


def test_missing_fonts_are_told_with_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    fonts.installed.cache_clear()
    monkeypatch.setattr(fonts, "_families", lambda: frozenset({"DejaVu Sans"}))
    with pytest.raises(fonts.FontsMissing) as caught:
        fonts.installed()
    fonts.installed.cache_clear()
    assert "fonts-noto-cjk" in str(caught.value)
    assert "字体" in str(caught.value)
    poor = fonts.Fonts({}, "X", "X")
    monkeypatch.setattr(fonts, "coverage_of", lambda families: HELD)
    with pytest.raises(fonts.FontsMissing, match=r"ÿ?α（U\+03B1）"):
        poor.require("甲α")


def test_documents_in_documents_get_inner_marks() -> None:
    assert (
        title_marks("《长江经济带发展负面清单指南》江苏省实施细则")
        == "《〈长江经济带发展负面清单指南〉江苏省实施细则》"
    )


def test_years_alike_stand_together(assessment: Assessment) -> None:
    periods = context.periods(assessment.inventory.annual)
    assert [period.label for period in periods] == ["2021—2022", "2023", "2024", "2025—2052", "2053", "2054"]


def test_nothing_known_is_not_a_known_zero(incomplete: Assessment) -> None:
    none = tuple(
        replace(item, annual=None, design_year=None, total=None, missing=("年消耗量",))
        for item in incomplete.inventory.sources
    )
    inventory = replace(incomplete.inventory, sources=none, annual=(), known_design_year=0.0)
    source = pdf.report_job(replace(incomplete, inventory=inventory)).write().html
    assert "尚无可计算的排放源" in source
    assert "已知部分 0" not in source
    assert "没有可列的逐年排放量" in source


def test_a_reason_listed_as_an_assumption_is_not_called_one_again() -> None:
    said = [("假设：按达标填写", "assumption"), ("假设", "assumption"), ("", "assumption"), ("假设不成立", "doubt")]
    listed = context.statements(Statement("燃料 1", "消耗量", f"{n} t", *told) for n, told in enumerate(said))
    assert [(kind, [note for note, _ in members]) for kind, members in listed] == [
        ("假设", ["按达标填写", "未写明理由"]),
        ("存疑", ["假设不成立"]),
    ]
