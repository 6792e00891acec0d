"""Ten seconds to know whether an installation is whole: data, figures, rules, documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

AS_OF = date(2026, 11, 1)


def checks(*, printing: bool = True) -> Iterator[tuple[str, Callable[[], str]]]:
    """Yield the name of each check and the check; a check returns what it saw or raises."""
    yield "计量单位", _units
    yield "因子库", _factors
    yield "规则包", _rules
    yield "核算", _accounting
    yield "审查", _screening
    if printing:
        yield "打印", _documents


def _units() -> str:
    from decimal import Decimal

    from tanping.records.quantity import parse_quantity

    value = parse_quantity("120 万吨", "t").in_unit("t")
    if value != Decimal(1200000):
        raise ValueError(f"120 万吨 换算为 {value} t")
    return "120 万吨 = 1200000 t"


def _factors() -> str:
    from tanping.factors.register import load_register

    register = load_register()
    return f"{len(register)} 条因子，版本 {register.sha256[:12]}"


def _rules() -> str:
    from tanping.rules.law import load_law

    packs = load_law()
    return f"{len(list(packs))} 个规则包，{len(packs.clauses)} 条条款"


def _accounting() -> str:
    """1 000 000 t of coal by heating value and carbon per heat (PW-2)."""
    from tanping.assessment.accounting.combustion import combustion_by_heat

    found = float(combustion_by_heat(1_000_000.0, 20.0, 0.0265, 0.99))
    if abs(found / 1_923_900 - 1) > 1e-9:
        raise ValueError(f"燃煤算例得 {found}，应为 1 923 900")
    return "燃煤算例 1 923 900 tCO2"


def _screening() -> str:
    from tanping.assessment.assess import assess
    from tanping.assessment.project.intake import project_from_plain
    from tanping.assessment.project.model import SCHEMA

    result = assess(project_from_plain({"schema": SCHEMA}), as_of=AS_OF)
    if result.screening.verdict != "资料不足" or result.inventory.complete:
        raise ValueError("空白项目没有得出“资料不足”")
    return "空白项目得“资料不足”，不出总量"


def _documents() -> str:
    import tempfile

    from tanping.assessment.assess import assess
    from tanping.assessment.documents.pdf import write_pdf
    from tanping.assessment.project.intake import project_from_plain
    from tanping.assessment.project.model import SCHEMA

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "selftest.pdf"
        # The opinion of a blank project: official typefaces, tables, the drawing engine, and not sixty pages of clauses without an answer.
        write_pdf(assess(project_from_plain({"schema": SCHEMA}), as_of=AS_OF), path, "opinion")
        size = path.stat().st_size
    return f"PDF {size // 1024} KiB"
