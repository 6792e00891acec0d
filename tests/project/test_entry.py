"""Entries: what people type becomes a stated value, and unknown never becomes zero."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from tanping.assessment.project.catalogue import TABLES, entries, entry
from tanping.assessment.project.columns import columns_of
from tanping.assessment.project.entry import choice, day, flag, quantity, several, text
from tanping.assessment.project.intake import project_from_plain
from tanping.assessment.project.stated import UNKNOWN_WORDS, Answer, Check, Stated

AMOUNT = quantity("年消耗量", "t", "t/a", "1e4Nm3", "1e4Nm3/a")


@pytest.mark.parametrize(
    ("said", "value", "unit"),
    [
        ("1200000 t", Decimal(1200000), "t"),
        ("120 万吨", Decimal(1200000), "t"),
        ("120 万吨/年", Decimal(1200000), "t"),
        ("3.1 万Nm3", Decimal("3.1"), "1e4Nm3"),
    ],
)
def test_amount_keeps_the_unit_it_was_stated_in(said, value, unit):
    stated = AMOUNT.parse(said)
    assert (stated.value, stated.unit, stated.text, stated.answer) == (value, unit, said, Answer.GIVEN)


@pytest.mark.parametrize("word", sorted(UNKNOWN_WORDS))
def test_unknown_words_are_unknown_in_every_kind(word):
    for item in (AMOUNT, day("日期"), flag("有无"), choice("类别", {"a": "甲"})):
        stated = item.parse(word)
        assert stated.answer is Answer.UNKNOWN
        assert stated.value is None
        assert not stated.known


def test_blank_is_not_zero_and_none_is():
    assert AMOUNT.parse(None).value is None
    assert AMOUNT.parse("  ").value is None
    assert AMOUNT.parse("无").value == 0
    assert AMOUNT.parse("无").answer is Answer.NONE
    assert AMOUNT.parse("0 t").value == 0


@pytest.mark.parametrize("said", ["120", "-3 t", "nan t", "1e400 t", "12 MW", "十吨", "12 tt"])
def test_a_wrong_amount_is_refused_with_what_is_allowed(said):
    with pytest.raises(PydanticCustomError) as refused:
        AMOUNT.parse(said)
    assert refused.value.context["what"]
    assert refused.value.context["allowed"]


def test_oxidation_as_99_is_refused():
    with pytest.raises(PydanticCustomError, match="大于上限"):
        entry("fuels", "oxidation").parse("99")
    assert entry("fuels", "oxidation").parse("99 %").value == Decimal("0.99")


def test_choice_by_code_or_label_and_near_miss():
    kind = choice("类别", {"coal_power": "煤电", "gas_power": "燃气发电"})
    assert kind.parse("煤电").value == kind.parse("coal_power").value == "coal_power"
    with pytest.raises(PydanticCustomError, match=r"煤电|coal_power"):
        kind.parse("coal_powr")


def test_parts_and_verification():
    stated = AMOUNT.parse(
        {
            "value": "395 万吨",
            "page": "第35页",
            "note": "假设：估计",
            "verified": "400 万吨",
            "verified_by": "甲",
            "check": "已核实",
        }
    )
    assert stated.assumed
    assert stated.check is Check.VERIFIED
    assert stated.effective == Decimal(4000000)
    assert not stated.claimed
    assert AMOUNT.parse(stated.plain()).effective == stated.effective


def test_unknown_part_is_refused_with_a_suggestion():
    with pytest.raises(PydanticCustomError, match="page"):
        AMOUNT.parse({"value": "1 t", "pgae": "3"})
    with pytest.raises(PydanticCustomError, match="分层"):
        AMOUNT.parse({"value": {"value": "1 t"}})


def test_dates_flags_and_lists():
    assert day("日期").parse("2026-11-01").value == date(2026, 11, 1)
    assert day("日期").parse("2026/11/01").value == date(2026, 11, 1)
    assert flag("有无").parse("是").value is True
    assert flag("有无").parse("0").value is False
    assert several("单元").parse("5，6、7").value == ("5", "6", "7")
    assert several("单元").parse(["5", "6"]).value == ("5", "6")
    for item, said in ((day("日期"), "2026-02-30"), (flag("有无"), "也许"), (text("名称"), "x" * 3000)):
        with pytest.raises(PydanticCustomError):
            item.parse(said)


def answer_or_refusal(item, said):
    try:
        return isinstance(item.parse(said), Stated)
    except PydanticCustomError as refused:
        return refused.context["what"]


@given(st.text(max_size=60))
def test_no_text_breaks_an_entry(said):
    for item in (AMOUNT, day("日期"), flag("有无"), choice("类别", {"a": "甲"}), text("名称"), several("单元")):
        assert answer_or_refusal(item, said)


@given(st.decimals(min_value=0, max_value=10**9, places=4, allow_nan=False, allow_infinity=False))
def test_plain_and_back_is_the_same(value):
    stated = AMOUNT.parse(f"{value} t")
    assert AMOUNT.parse(stated.plain()) == stated
    assert stated.value == value


def test_every_entry_of_the_catalogue_is_labelled_and_units_are_known():
    from tanping.records.quantity import convert

    for name, table in TABLES.items():
        assert entries(table), name
        for field, item in entries(table).items():
            assert item.label, f"{name}.{field}"
            for unit in (item.unit, *item.other_units):
                if item.kind == "quantity":
                    assert convert(Decimal(1), unit, unit) == 1, f"{name}.{field} {unit}"


@pytest.mark.parametrize(
    ("item", "said", "verified", "value", "unit"),
    [
        (AMOUNT, "100 t", "3 万Nm3", Decimal(3), "1e4Nm3"),
        (AMOUNT, None, "3 万吨", Decimal(30000), "t"),
        (AMOUNT, "无", "2 万Nm3", Decimal(2), "1e4Nm3"),
        (entry("fuels", "units"), "1，2", "2，3", ("2", "3"), ""),
        (entry("controls", "complies"), "是", "否", False, ""),
        (entry("dates", "accepted"), "2026-01-02", "2026-01-03", date(2026, 1, 3), ""),
    ],
)
def test_a_verified_value_brings_its_own_unit_and_survives_the_file(item, said, verified, value, unit):
    given = item.parse({"value": said, "verified": verified, "check": "已核实", "verified_by": "王五"})
    assert (given.effective, given.effective_unit) == (value, unit)
    again = item.parse(given.plain())
    assert (again.effective, again.effective_unit, again.value, again.unit) == (value, unit, given.value, given.unit)
    doubted = item.parse({"value": said, "verified": verified, "check": "存疑"})
    assert (doubted.effective, doubted.effective_unit) == (given.value, given.unit)


def test_a_verified_unit_reaches_the_columns():
    fuel = {"id": "1", "amount": {"value": "100 t", "verified": "3 万Nm3", "check": "已核实"}}
    table = columns_of([project_from_plain({"schema": "tanping.project/1", "fuels": [fuel]})])["fuels"]
    assert (table.numbers["amount"].tolist(), table.measured_in["amount"].tolist()) == ([3.0], ["1e4Nm3"])
