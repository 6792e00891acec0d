from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanping.records.expressions import (
    MAX_DEPTH,
    MAX_LENGTH,
    And,
    Arithmetic,
    Compare,
    ExpressionError,
    Kind,
    Literal,
    Member,
    Name,
    Not,
    Or,
    bind,
    names,
    parse,
    render,
    render_term,
    walk,
)
from tanping.rules.facts import Catalogue, Fact

A, B, C = Name("a"), Name("b"), Name("c")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", A),
        ("a and b and c", And((A, B, C))),
        ("a or b and c", Or((A, And((B, C))))),
        ("(a or b) and c", And((Or((A, B)), C))),
        ("not a and b", And((Not(A), B))),
        ("not (a and b)", Not(And((A, B)))),
        ("not not a", Not(Not(A))),
        ("a > 1.50", Compare(">", A, Literal(Decimal("1.50")))),
        ("a > -3", Compare(">", A, Literal(Decimal(-3)))),
        ("1 < a <= 2", And((Compare("<", Literal(Decimal(1)), A), Compare("<=", A, Literal(Decimal(2)))))),
        ("a - b - c > 0", Compare(">", Arithmetic("-", Arithmetic("-", A, B), C), Literal(Decimal(0)))),
        ("a + b * c > 0", Compare(">", Arithmetic("+", A, Arithmetic("*", B, C)), Literal(Decimal(0)))),
        ("(a + b) * c > 0", Compare(">", Arithmetic("*", Arithmetic("+", A, B), C), Literal(Decimal(0)))),
        ("-a > 0", Compare(">", Arithmetic("-", Literal(Decimal(0)), A), Literal(Decimal(0)))),
        ("a == 'x'", Compare("==", A, Literal("x"))),
        ('a == "x"', Compare("==", A, Literal("x"))),
        ("true", Literal(True)),
        ("a != false", Compare("!=", A, Literal(False))),
        ("a > 1e3", Compare(">", A, Literal(Decimal("1e3")))),
        ("a\n  and\n  b", And((A, B))),
    ],
)
def test_what_is_written_is_what_is_read(text: str, tree: object) -> None:
    assert parse(text) == tree


def test_membership_is_read_with_its_negation(catalogue: Catalogue) -> None:
    inside, errors = bind(parse("zone in ['one', 'two']"), catalogue)
    assert not errors
    assert inside == Member("zone", ("one", "two"))
    assert bind(parse("zone not in ['one']"), catalogue)[0] == Not(Member("zone", ("one",)))
    assert bind(parse("not zone in ['one']"), catalogue)[0] == Not(Member("zone", ("one",)))


@pytest.mark.parametrize(
    ("text", "column", "word"),
    [
        ("f(x)", 2, "调用"),
        ("__import__('os')", 11, "调用"),
        ("(a)(b)", 4, "调用"),
        ("a.b", 2, "属性"),
        ("a[0]", 2, "下标"),
        ("(a)[0]", 4, "下标"),
        ("a = 1", 3, "两个等号"),
        ("a / 2 > 1", 3, "除法"),
        ("a ** 2 > 1", 3, "乘方"),
        ("a & b", 3, "and"),
        ("a | b", 3, "or"),
        ("! a", 1, "not"),
        ("a == 'x", 6, "引号"),
        ("a == 'x\\n'", 6, "引号"),
        ("lambda: 1", 7, "不认识的符号"),
        ("a if b else c", 3, "if"),
        ("True", 1, "True"),
        ("None", 1, "None"),
        ("a and", 6, "没有写完"),
        ("", 1, "空"),
        ("   ", 1, "空"),
        ("(a", 3, "缺少“)”"),
        ("a)", 2, "此处不能是"),
        ("and a", 1, "此处不能是"),
        ("a in []", 7, "此处不能是"),
        ("a in b", 6, "缺少“[”"),
        ("a in ['x', b]", 12, "列表里"),
        ("a in ['x' 'y']", 11, "缺少“]”"),
        ("a > 3 t", 7, "此处不能是"),
        ("a > 35t", 7, "单位"),
        ("a > 1e99", 5, "超出范围"),
        ("a > " + "1" * 41, 5, "数字过长"),
        ("(a > 1) > 2", 4, "再比较"),
        ("(a > 1) + 2 > 3", 4, "再比较"),
        ("a, b", 2, "此处不能是"),
        ("a := 1", 3, "不认识的符号"),
        ("{a}", 1, "花括号"),
        ("a %% 2", 3, "取余"),
    ],
)
def test_everything_else_is_refused_with_reason_and_column(text: str, column: int, word: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.column == column
    assert word in caught.value.what


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "a" + ")" * 10_000,
        "not " * 10_000 + "a",
        "(" * 1000 + "a" + ")" * 1000,
        "not " * 900 + "a",
        "-" * 1000 + "a > 0",
        "a" + " + a" * 900 + " > 0",
        "a" + " * a" * 900 + " > 0",
        "a" * (MAX_LENGTH + 1),
    ],
)
def test_bombs_are_refused_not_survived(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert any(word in caught.value.what for word in ("过深", "过长"))


def test_the_bounds_themselves_are_allowed() -> None:
    assert parse("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH) == A
    assert parse("a" * MAX_LENGTH) == Name("a" * MAX_LENGTH)
    with pytest.raises(ExpressionError):
        parse("(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1))


def reason_or_tree(text: str) -> object:
    try:
        return parse(text)
    except ExpressionError as error:
        return error


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_gives_a_tree_or_a_reason(text: str) -> None:
    assert reason_or_tree(text)


TOKENS = ["a", "b", "1", "'x'", "and", "or", "not", "in", "(", ")", "[", "]", ",", "<", "==", "+", "-", "*", "true"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=30))
def test_any_tokens_give_a_tree_or_a_reason(tokens: list[str]) -> None:
    text = " ".join(tokens)
    told = reason_or_tree(text)
    assert not isinstance(told, ExpressionError) or 1 <= told.column <= len(text) + 1


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("costal", "没有名为 costal"),
        ("rate", "不能单独作判断"),
        ("zone", "不能单独作判断"),
        ("city", "不能单独作判断"),
        ("notice", "不能单独作判断"),
        ("1", "应是一个判断"),
        ("'x'", "应是一个判断"),
        ("rate + 1", "应是一个判断"),
        ("review == true", "手续文件，不能比较"),
        ("review == '已取得'", "手续文件，不能比较"),
        ("coastal > 1", "只能为真或假"),
        ("coastal == 1", "只能为真或假"),
        ("coastal < true", "只能为真或假"),
        ("zone > 'one'", "不分大小"),
        ("zone == 'three'", "没有选项“three”"),
        ("zone == 1", "不能与数字"),
        ("zone == city", "写明的值"),
        ("zone in ['one', 'nine']", "没有选项“nine”"),
        ("zone in ['one', 'one']", "重复"),
        ("zone in [1]", "不能与数字"),
        ("rate in [1]", "不能用 in"),
        ("coastal in ['x']", "不能用 in"),
        ("nobody in ['x']", "没有名为"),
        ("rate + 1 in ['x']", "左边只能是"),
        ("rate > 'x'", "文字“x”"),
        ("rate > true", "真假值"),
        ("rate > coastal", "不是数值"),
        ("rate > nobody", "没有名为"),
        ("nobody > 1", "没有名为"),
        ("rate > old_t", "单位不同，不能比较"),
        ("rate + old_t > 1", "单位不同，不能加减"),
        ("rate + 5 > old_t", "单位不同，不能比较"),
        ("5 + rate > old_t", "单位不同，不能比较"),
        ("2 * rate > old_t", "单位不同，不能比较"),
        ("rate * ratio > old_t", "单位不同，不能比较"),
        ("rate - old_t > 1", "单位不同，不能加减"),
        ("rate * old_t > 1", "乘积的单位不明"),
        ("rate > ratio", "单位不同，不能比较"),
        ("1 < 2", "没有事实"),
        ("notice > '2026-02-30'", "没有 2026-02-30"),
        ("notice > '26-02-03'", "只能与日期比较"),
        ("notice > 3", "只能与日期比较"),
        ("notice > rate", "日期不能与数值"),
        ("notice > nobody", "没有名为"),
        ("notice > notice + 1", "日期不能运算"),
    ],
)
def test_binding_refuses_what_does_not_fit(text: str, word: str, catalogue: Catalogue) -> None:
    bound, errors = bind(parse(text), catalogue)
    assert bound is None
    assert any(word in error.what for error in errors), [str(error) for error in errors]


def test_a_near_name_is_suggested(catalogue: Catalogue) -> None:
    _, errors = bind(parse("costal"), catalogue)
    assert errors[0].allowed == "您是否想写 coastal"
    assert str(errors[0]) == "第 1 列：没有名为 costal 的事实；应为：您是否想写 coastal"


def test_every_error_is_reported_with_its_column(catalogue: Catalogue) -> None:
    _, errors = bind(parse("nobody and not nothing or rate > 'x'"), catalogue)
    assert [error.column for error in errors] == [1, 16, 34]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("coastal == true", Name("coastal")),
        ("coastal == false", Not(Name("coastal"))),
        ("coastal != true", Not(Name("coastal"))),
        ("coastal != false", Name("coastal")),
        ("zone == 'one'", Member("zone", ("one",))),
        ("'one' == zone", Member("zone", ("one",))),
        ("zone != 'one'", Not(Member("zone", ("one",)))),
        ("city == '盐城'", Member("city", ("盐城",))),
        ("notice >= '2026-01-31'", Compare(">=", Name("notice"), Literal(date(2026, 1, 31)))),
        ("'2026-01-31' < notice", Compare(">", Name("notice"), Literal(date(2026, 1, 31)))),
        ("notice > assessment_date", Compare(">", Name("notice"), Name("assessment_date"))),
        ("5 >= rate", Compare("<=", Name("rate"), Literal(Decimal(5)))),
        ("5 <= rate", Compare(">=", Name("rate"), Literal(Decimal(5)))),
        ("5 > rate", Compare("<", Name("rate"), Literal(Decimal(5)))),
        ("5 == rate", Compare("==", Name("rate"), Literal(Decimal(5)))),
        ("5 != rate", Compare("!=", Name("rate"), Literal(Decimal(5)))),
        ("true", Literal(True)),
    ],
)
def test_binding_brings_to_one_form(text: str, tree: object, catalogue: Catalogue) -> None:
    assert bind(parse(text), catalogue) == (tree, ())


@pytest.mark.parametrize(
    "text",
    [
        "rate > 1.1 * limit",
        "rate > limit * 1.1",
        "rate > limit * ratio",
        "rate > ratio * limit",
        "rate > 285 * ratio + limit",
        "rate > 285 * ratio",
        "ratio * ratio > 1.5",
        "ratio > ratio * ratio",
        "rate + 5 > limit",
        "5 + rate > limit - 3",
        "old_t < 2 * new_t",
    ],
)
def test_units_that_fit_are_accepted(text: str, catalogue: Catalogue) -> None:
    bound, errors = bind(parse(text), catalogue)
    assert bound is not None, [str(error) for error in errors]


def test_names_and_walk_go_in_the_order_written() -> None:
    tree = bind_all("b and (a > 2 * c) and not d in ['x'] and b")
    assert names(tree) == ("b", "a", "c", "d")
    assert next(iter(walk(tree))) is tree


def bind_all(text: str) -> And:
    numbers = {name: Fact(name, name, Kind.NUMBER) for name in "ac"}
    known = {**numbers, "b": Fact("b", "乙", Kind.FLAG), "d": Fact("d", "丁", Kind.CHOICE, choices={"x": "某"})}
    tree, errors = bind(parse(text), known)
    assert not errors
    assert isinstance(tree, And)
    return tree


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("coastal", "“属海岸工程”"),
        ("not coastal", "不满足“属海岸工程”"),
        ("review", "已取得节能审查意见"),
        ("not review", "未取得节能审查意见"),
        ("coastal and polluting", "“属海岸工程”，且“严重污染”"),
        ("coastal and (polluting or exempt)", "“属海岸工程”，且（“严重污染”，或“属豁免项目”）"),
        ("coastal or (polluting and exempt)", "“属海岸工程”，或（“严重污染”，且“属豁免项目”）"),
        ("not (coastal and polluting)", "并非（“属海岸工程”，且“严重污染”）"),
        ("zone == 'one'", "保护区为一级"),
        ("zone != 'one'", "保护区不为一级"),
        ("zone in ['one', 'two']", "保护区属于一级、二级"),
        ("zone not in ['one', 'two']", "保护区不属于一级、二级"),
        ("city == '盐城'", "市为盐城"),
        ("rate > 285.0", "供电煤耗 > 285.0 gce/kWh"),
        ("rate <= 285", "供电煤耗 ≤ 285 gce/kWh"),
        ("ratio != 1.5", "系数 ≠ 1.5"),
        ("rate > 1.1 * (limit + 2)", "供电煤耗 > 1.1 × （限值 + 2）"),
        ("rate > limit - (ratio * 3)", "供电煤耗 > 限值 − 系数 × 3"),
        ("rate - (limit - 2) > 0", "供电煤耗 − （限值 − 2） > 0 gce/kWh"),
        ("notice >= '2026-01-31'", "公告日 ≥ 2026-01-31"),
        ("true", "恒成立"),
        ("false", "恒不成立"),
    ],
)
def test_rendering_uses_labels_and_units(text: str, chinese: str, catalogue: Catalogue) -> None:
    bound, errors = bind(parse(text), catalogue)
    assert bound is not None, errors
    assert render(bound, catalogue) == chinese


def test_rendering_refuses_what_is_not_bound(catalogue: Catalogue) -> None:
    with pytest.raises(TypeError):
        render(Arithmetic("+", A, B), catalogue)
    with pytest.raises(TypeError):
        render_term(Not(A), catalogue)
