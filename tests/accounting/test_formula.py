"""The symbolic expression evaluates to the number; Excel text too; unknown spreads; ratios are never rounded."""

import itertools
import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanping.assessment.accounting.catalogue import formulas
from tanping.assessment.accounting.formula import (
    CO2_PER_C,
    Formula,
    Symbolic,
    formula,
    leaf,
    over,
    show_number,
)
from tanping.records.basis import Basis

FORMULAS = formulas()
COAL = FORMULAS["PW-2"]

OPERANDS = {"1": st.floats(0.01, 1.5), "%": st.floats(0.5, 60), "a": st.floats(1, 40)}


def operands_of(made: Formula, draw: Any) -> dict[str, float]:
    return {name: draw(OPERANDS.get(symbol.unit, st.floats(0.5, 5e4))) for name, symbol in made.symbols.items()}


def excel_value(text: str) -> float:
    """A second reading of the formula by Excel's grammar, as Python."""

    def excel_if(test: bool, yes: float, no: float) -> float:
        return yes if test else no

    names = {"MAX": max, "MIN": min, "EXP": math.exp, "IF": excel_if, "__builtins__": {}}
    return float(eval(text.lstrip("=").replace("^", "**"), names))


def worked_value(text: str) -> float:
    """Read the printed expression as a person would: units struck out, signs as in arithmetic."""
    expression = text.rsplit(" = ", 1)[0]
    expression = re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "", expression)
    expression = re.sub(r"(?<=\d) [^ ×÷+−)(,]*(\([^)]*\))?(?=[ ),^]|$)", "", expression)
    for sign, python in (("×", "*"), ("÷", "/"), ("−", "-"), ("^", "**")):
        expression = expression.replace(sign, python)
    return float(eval(expression, {"max": max, "exp": math.exp, "__builtins__": {}}))


@pytest.mark.parametrize("made", FORMULAS.values(), ids=FORMULAS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_expression_evaluates_to_the_number(made: Formula, data: st.DataObject) -> None:
    given_values = operands_of(made, data.draw)
    number = made(**given_values)
    worked = made.work(**given_values)
    scale = max(abs(number), *(abs(value) for value in given_values.values()), 1e-9)
    if math.isnan(number):
        assert math.isnan(worked.value)
        return
    assert worked.value == pytest.approx(number, rel=1e-9, abs=1e-9 * scale)
    assert excel_value(worked.excel) == pytest.approx(number, rel=1e-9, abs=1e-9 * scale)
    assert worked_value(worked.text) == pytest.approx(number, rel=1e-9, abs=1e-9 * scale)
    printed = float(worked.text.rsplit(" = ", 1)[1].removesuffix(f" {worked.unit}").replace(" ", ""))
    assert printed == pytest.approx(worked.value, rel=1e-11)


@pytest.mark.parametrize("made", FORMULAS.values(), ids=FORMULAS)
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_array_and_number_agree(made: Formula, data: st.DataObject) -> None:
    rows = [operands_of(made, data.draw) for _ in range(3)]
    arrays = {name: np.array([row[name] for row in rows]) for name in made.symbols}
    assert made(**arrays) == pytest.approx([made(**row) for row in rows], rel=1e-12, nan_ok=True)


@pytest.mark.parametrize("made", FORMULAS.values(), ids=FORMULAS)
def test_unknown_spreads(made: Formula) -> None:
    for missing, other in itertools.product(made.symbols, (0.0, 0.9, 1.0)):
        operands = {name: math.nan if name == missing else other for name in made.symbols}
        assert math.isnan(made(**operands)), missing
        worked = made.work(**operands)
        assert math.isnan(worked.value), missing
        assert "未知" in worked.text, missing


@pytest.mark.parametrize("made", FORMULAS.values(), ids=FORMULAS)
def test_every_formula_says_what_it_is(made: Formula) -> None:
    assert made.term
    assert made.standard
    assert made.function.__doc__
    expression = made.expression()
    for symbol in made.symbols.values():
        assert symbol.sign in expression
        assert symbol.term


def test_worked_coal() -> None:
    worked = COAL.work(fc=1_200_000, ncv=20.0, cc=0.0265, of=0.99)
    assert worked.text == "1 200 000 t × 20 GJ/t × 0.0265 tC/GJ × 0.99 × 44/12 = 2 308 680 tCO2"
    assert worked.excel == "=1200000.0*20.0*0.0265*0.99*44/12"


def test_cells_take_the_place_of_numbers() -> None:
    worked = COAL.work(fc=leaf(1_200_000, "t", cell="C5"), ncv=leaf(20, cell="D5"), cc=0.0265, of=0.99)
    assert worked.excel == "=C5*D5*0.0265*0.99*44/12"


def test_text_of_an_operand_is_kept() -> None:
    worked = COAL.work(fc=leaf(1_200_000, text="120 万吨"), ncv=leaf(20, "GJ/t", text="20.0"), cc=0.0265, of=0.99)
    assert worked.text.startswith("120 万吨 × 20.0 GJ/t × 0.0265 tC/GJ")


def test_a_formula_takes_the_result_of_another() -> None:
    carbon = FORMULAS["PW-3"].work(c_ad=0.55, m_ar=8, m_ad=2)
    worked = FORMULAS["PW-1"].work(fc=1000, c_ar=carbon, of=0.99)
    assert worked.text.startswith("1 000 t × 0.55 tC/t × (100 − 8 %) ÷ (100 − 2 %) × 0.99 × 44/12 = ")


def test_ratio_is_printed_whole() -> None:
    assert (leaf(3) * CO2_PER_C).worked() == "3 × 44/12"
    assert 3.0 * CO2_PER_C == 11.0
    assert (np.array([3.0, 12.0]) * CO2_PER_C).tolist() == [11.0, 44.0]


def test_negative_numbers_and_powers_are_bracketed() -> None:
    tree = (leaf(2) - leaf(-3)) * leaf(-4)
    assert tree.worked() == "(2 − (-3)) × (-4)"
    assert tree.excel() == "(2.0-(-3.0))*(-4.0)"
    power = (leaf(2) ** leaf(3)) ** leaf(2)
    assert power.excel() == "(2.0^3.0)^2.0"
    assert (-(leaf(2) ** leaf(2))).excel() == "-2.0^2.0" or (-(leaf(2) ** leaf(2))).value == -4


def test_symbolic_has_no_truth() -> None:
    with pytest.raises(TypeError):
        bool(leaf(1) * 2)


def test_nothing_divided_by_nothing_is_unknown() -> None:
    assert math.isnan(over(5.0, 0.0))
    assert math.isnan(over(leaf(5), leaf(0)).value)
    assert over(np.array([4.0, 5.0]), np.array([2.0, 0.0])) == pytest.approx([2.0, math.nan], nan_ok=True)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_printed_number_reads_back(value: float) -> None:
    assert float(show_number(value).replace(" ", "")) == value


def test_numbers_as_printed() -> None:
    assert show_number(1234567.5) == "1 234 567.5"
    assert show_number(0.0265) == "0.0265"
    assert show_number(-1200.0) == "-1 200"
    assert show_number(1e-7) == "0.0000001"
    assert show_number(math.nan) == "未知"


def test_a_formula_is_written_once() -> None:
    with pytest.raises(ValueError, match="PW-2"):
        formula(id="PW-2", term="", standard="", unit="", symbols={"a": ("a", "", "")}, basis=Basis.RECALLED)(
            lambda a: a
        )


def test_symbols_must_name_the_parameters() -> None:
    with pytest.raises(TypeError, match="ZZ-1"):
        formula(id="ZZ-1", term="", standard="", unit="", symbols={"b": ("b", "", "")}, basis=Basis.RECALLED)(
            lambda a: a
        )
    assert "ZZ-1" not in FORMULAS


def test_unknown_operand_is_refused() -> None:
    with pytest.raises(TypeError, match="no symbol"):
        COAL.work(fc=1, ncv=1, cc=1, of=1, phi=1)


def test_leaves_in_order() -> None:
    tree: Symbolic = COAL.work(fc=1, ncv=2, cc=3, of=4).tree
    assert [one.sign for one in tree.leaves()] == ["FC", "NCV", "CC", "OF", ""]
