"""Conditions as data: a small expression language, parsed once, checked against a catalogue of names, never executed.

Grammar: ``and or not``, comparisons ``== != < <= > >=`` (chains allowed), ``in [..]``/``not in [..]``, ``+ - *``,
parentheses, names, numbers, 'texts', 'YYYY-MM-DD' dates, ``true false``. Everything else (calls, attributes,
subscripts, lambdas …) is refused with the reason and the column.

Two steps: `parse` makes a tree from text; `bind` checks the tree against the catalogue (known names, like compared with
like, choice codes, units) and returns the normal form the engine compiles: truth leaves are flags and papers, numbers and
dates stand in `Compare`, choices and texts in `Member`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from typing import Any, NamedTuple, Protocol

from tanping.records.errors import suggest

MAX_LENGTH = 4_000
MAX_DEPTH = 40
MAX_LITERAL = 40


class Kind(StrEnum):
    """What a name stands for."""

    FLAG = "flag"
    NUMBER = "number"
    CHOICE = "choice"
    DATE = "date"
    PAPER = "paper"
    TEXT = "text"


KIND_LABELS = {
    Kind.FLAG: "是否",
    Kind.NUMBER: "数值",
    Kind.CHOICE: "选项",
    Kind.DATE: "日期",
    Kind.PAPER: "手续文件",
    Kind.TEXT: "文字",
}


class Variable(Protocol):
    """What an expression must know of a name. The fact catalogue of `tanping.rules.facts` provides it."""

    @property
    def name(self) -> str:
        """ASCII name used in expressions."""

    @property
    def label(self) -> str:
        """Chinese name as printed."""

    @property
    def kind(self) -> Kind:
        """Kind of value."""

    @property
    def unit(self) -> str | None:
        """Unit of a number; None for a plain ratio."""

    @property
    def choices(self) -> Mapping[str, str]:
        """Code → label of a choice."""


class ExpressionError(Exception):
    """An expression that can't be used: the reason in Chinese and the column (1-based) where it went wrong."""

    def __init__(self, what: str, column: int, allowed: str = "", example: str = ""):
        self.what, self.column, self.allowed, self.example = what, column, allowed, example
        super().__init__(f"第 {column} 列：{what}" + (f"；应为：{allowed}" if allowed else ""))


# ---------------------------------------------------------------------------------------------- nodes


@dataclass(frozen=True)
class Name:
    """A fact by name. In truth position a flag or a paper."""

    name: str
    column: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Literal:
    """A number, text, date or truth value written in the expression."""

    value: Decimal | str | date | bool
    column: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Arithmetic:
    """``left op right`` with op one of ``+ - *``."""

    op: str
    left: Term
    right: Term
    column: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Compare:
    """``left op right`` with op one of ``== != < <= > >=``; bound: numbers with numbers, dates with dates."""

    op: str
    left: Term
    right: Term
    column: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Member:
    """``name in [values]``: a choice or text among values. ``== 'x'`` and ``!=`` are bound to this form too."""

    name: str
    values: tuple[str, ...]
    column: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Not:
    """Negation."""

    item: Node
    column: int = field(default=0, compare=False)


@dataclass(frozen=True)
class And:
    """Conjunction of two or more."""

    items: tuple[Node, ...]
    column: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Or:
    """Disjunction of two or more."""

    items: tuple[Node, ...]
    column: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Among:
    """``item in [literals]`` as written, before binding."""

    item: Term
    values: tuple[Literal, ...]
    column: int = field(default=0, compare=False)


Term = Name | Literal | Arithmetic
Truth = Compare | Member | Among | Not | And | Or
Node = Term | Truth


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and everything below it, in the order written."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        if below := _BELOW.get(type(part)):
            waiting.extend(reversed(below(part)))


# Looked up by type: a screening walks every condition, and matching patterns takes three times as long.
_BELOW: dict[type, Callable[[Any], tuple[Node, ...]]] = {
    And: attrgetter("items"),
    Or: attrgetter("items"),
    Not: lambda node: (node.item,),
    Among: lambda node: (node.item,),
    Compare: attrgetter("left", "right"),
    Arithmetic: attrgetter("left", "right"),
}


def names(node: Node) -> tuple[str, ...]:
    """Return the fact names a tree uses, in the order written, each once."""
    return tuple(dict.fromkeys(part.name for part in walk(node) if isinstance(part, Name | Member)))


# ---------------------------------------------------------------------------------------------- parsing

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<word>[^\W\d]\w*)
    | (?P<text>'[^'\\\n]*'|"[^"\\\n]*")
    | (?P<op><=|>=|==|!=|<|>|\+|-|\*(?!\*)|\(|\)|\[|\]|,)
    | (?P<end>$)
    )""",
    re.VERBOSE,
)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_KEYWORDS = frozenset({"and", "or", "not", "in", "true", "false"})
_PYTHON_WORDS = frozenset({"True", "False", "None", "if", "else", "lambda", "for", "is", "import", "null"})
_WHY_REFUSED = {
    ".": "不允许用“.”取属性",
    "=": "比较相等要写两个等号",
    "/": "不允许除法",
    "%": "不允许取余",
    "**": "不允许乘方",
    "&": "请写 and",
    "|": "请写 or",
    "!": "请写 not",
    "{": "不允许使用花括号",
    "'": "引号没有成对，或文字里有反斜杠、换行",
    '"': "引号没有成对，或文字里有反斜杠、换行",
}
GRAMMAR = "and、or、not、比较、in [..]、加减乘、括号、事实名、数字、'文字'、'YYYY-MM-DD'、true、false"


class _Token(NamedTuple):
    kind: str
    text: str
    column: int


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while True:
        match = _TOKEN.match(text, at)
        if match is None:
            raise _refused_character(text, at)
        kind = match.lastgroup or ""
        found.append(_Token(kind, match[kind], match.start(kind) + 1))
        if kind == "end":
            return found
        at = match.end()


def _refused_character(text: str, at: int) -> ExpressionError:
    while text[at].isspace():
        at += 1
    sign = "**" if text.startswith("**", at) else text[at]
    return ExpressionError(_WHY_REFUSED.get(sign, f"不认识的符号“{sign}”"), at + 1, GRAMMAR)


class _Parser:
    """Recursive descent over the tokens, depth-bounded so that no input can exhaust the stack."""

    def __init__(self, tokens: list[_Token]):
        self.tokens = tokens
        self.at = 0
        self.depth = 0
        self.here = tokens[0]

    def advance(self) -> _Token:
        token = self.here
        if token.kind != "end":
            self.at += 1
            self.here = self.tokens[self.at]
        return token

    def takes(self, *texts: str) -> _Token | None:
        token = self.here
        return self.advance() if token.text in texts and token.kind in ("op", "word") else None

    def require(self, text: str) -> None:
        if not self.takes(text):
            raise ExpressionError(f"此处缺少“{text}”", self.here.column)

    def deeper(self, read: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError("嵌套过深", self.here.column, f"不超过 {MAX_DEPTH} 层")
        node = read()
        self.depth -= 1
        return node

    def whole(self) -> Node:
        node = self.disjunction()
        if self.here.kind != "end":
            raise self.unexpected()
        return node

    def disjunction(self) -> Node:
        column = self.here.column
        items = [self.conjunction()]
        while self.takes("or"):
            items.append(self.conjunction())
        return items[0] if len(items) == 1 else Or(tuple(items), column)

    def conjunction(self) -> Node:
        column = self.here.column
        items = [self.negation()]
        while self.takes("and"):
            items.append(self.negation())
        return items[0] if len(items) == 1 else And(tuple(items), column)

    def negation(self) -> Node:
        token = self.takes("not")
        return Not(self.deeper(self.negation), token.column) if token else self.comparison()

    def comparison(self) -> Node:
        column = self.here.column
        left = self.sum()
        links: list[Node] = []
        while True:
            token = self.here
            if token.kind == "op" and token.text in _COMPARISONS:
                self.advance()
                right = self.sum()
                links.append(Compare(token.text, _term(left), _term(right), token.column))
                left = right
            elif links or not self.membership_ahead():
                break
            else:
                links.append(self.membership(_term(left)))
                break
        if not links:
            return left
        return links[0] if len(links) == 1 else And(tuple(links), column)

    def membership_ahead(self) -> bool:
        following = self.tokens[self.at + 1] if self.here.kind != "end" else self.here
        return self.here.text == "in" or (self.here.text == "not" and following.text == "in")

    def membership(self, item: Term) -> Node:
        negated = self.takes("not")
        token = self.advance()
        self.require("[")
        values = [self.literal()]
        while self.takes(","):
            values.append(self.literal())
        self.require("]")
        inside = Among(item, tuple(values), token.column)
        return Not(inside, token.column) if negated else inside

    def literal(self) -> Literal:
        node = self.factor()
        if not isinstance(node, Literal):
            raise ExpressionError("列表里只能写数字或文字", node.column, "['a', 'b']")
        return node

    def sum(self) -> Node:
        node = self.product()
        for token in self.chain("+", "-"):
            node = Arithmetic(token.text, _term(node), _term(self.product()), token.column)
        return node

    def chain(self, *signs: str) -> Iterator[_Token]:
        for _ in range(MAX_DEPTH):
            token = self.takes(*signs)
            if token is None:
                return
            yield token
        raise ExpressionError("算式过长", self.here.column, f"不超过 {MAX_DEPTH} 项")

    def product(self) -> Node:
        node = self.factor()
        for token in self.chain("*"):
            node = Arithmetic("*", _term(node), _term(self.factor()), token.column)
        return node

    def factor(self) -> Node:
        token = self.here
        if token.kind == "number":
            return self.number("")
        if token.kind == "text":
            self.advance()
            return Literal(token.text[1:-1], token.column)
        if token.kind == "word":
            return self.word()
        if self.takes("-"):
            if self.here.kind == "number":
                return self.number("-")
            zero = Literal(Decimal(0), token.column)
            return Arithmetic("-", zero, _term(self.deeper(self.factor)), token.column)
        if self.takes("("):
            node = self.deeper(self.disjunction)
            self.require(")")
            self.refuse_call()
            return node
        raise self.unexpected()

    def number(self, sign: str) -> Literal:
        token = self.advance()
        if len(token.text) > MAX_LITERAL:
            raise ExpressionError("数字过长", token.column, f"不超过 {MAX_LITERAL} 位")
        value = Decimal(sign + token.text)
        if abs(value.adjusted()) > 30:
            raise ExpressionError("数字超出范围", token.column)
        if self.here.kind == "word" and self.here.column == token.column + len(token.text):
            raise ExpressionError("数字后面不能直接跟文字，数值按事实自己的单位写", self.here.column)
        return Literal(value, token.column)

    def word(self) -> Node:
        token = self.here
        if token.text in ("true", "false"):
            self.advance()
            return Literal(token.text == "true", token.column)
        if token.text in _PYTHON_WORDS:
            raise ExpressionError(f"不允许使用 {token.text}", token.column, GRAMMAR)
        if token.text in _KEYWORDS:
            raise self.unexpected()
        self.advance()
        self.refuse_call()
        return Name(token.text, token.column)

    def refuse_call(self) -> None:
        if self.here.text == "(" and self.here.kind == "op":
            raise ExpressionError("不允许调用函数", self.here.column, GRAMMAR)
        if self.here.text == "[" and self.here.kind == "op":
            raise ExpressionError("不允许取下标", self.here.column, GRAMMAR)

    def unexpected(self) -> ExpressionError:
        token = self.here
        if token.kind == "end":
            return ExpressionError("表达式没有写完", token.column, GRAMMAR)
        return ExpressionError(f"此处不能是“{token.text}”", token.column, GRAMMAR)


def _term(node: Node) -> Term:
    if isinstance(node, Name | Literal | Arithmetic):
        return node
    raise ExpressionError("判断的结果不能再比较或运算", node.column, "用 and、or 连接")


def parse(text: str) -> Node:
    """Parse an expression. Raises ExpressionError with reason and column; nothing is evaluated."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError("表达式过长", MAX_LENGTH + 1, f"不超过 {MAX_LENGTH} 字")
    if not text.strip():
        raise ExpressionError("表达式是空的", 1, GRAMMAR)
    return _Parser(_tokens(text)).whole()


# ---------------------------------------------------------------------------------------------- binding


def bind(node: Node, variables: Mapping[str, Variable]) -> tuple[Node | None, tuple[ExpressionError, ...]]:
    """Check a tree against the catalogue and bring it to normal form.

    Returns the bound tree and no errors, or None and every error found.
    """
    binder = _Binder(variables)
    bound = binder.truth(node)
    return (None, tuple(binder.errors)) if binder.errors else (bound, ())


_FLIP = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


@dataclass(frozen=True)
class _Typed:
    """Kind and unit of a term. ``unit`` None: a bare number, which takes the unit of what stands beside it."""

    kind: Kind | None
    unit: str | None = None


class _Binder:
    def __init__(self, variables: Mapping[str, Variable]):
        self.variables = variables
        self.errors: list[ExpressionError] = []

    def fail(self, what: str, column: int, allowed: str = "") -> None:
        self.errors.append(ExpressionError(what, column, allowed))

    def truth(self, node: Node) -> Node:
        match node:
            case And():
                return And(tuple(self.truth(item) for item in node.items), node.column)
            case Or():
                return Or(tuple(self.truth(item) for item in node.items), node.column)
            case Not():
                return Not(self.truth(node.item), node.column)
            case Compare():
                return self.compare(node)
            case Among():
                return self.among(node)
            case Name():
                variable = self.known(node)
                if variable and variable.kind not in (Kind.FLAG, Kind.PAPER):
                    label = KIND_LABELS[variable.kind]
                    self.fail(f"{node.name}（{variable.label}）是{label}，不能单独作判断", node.column, "与一个值比较")
                return node
            case Literal() if isinstance(node.value, bool):
                return node
        self.fail("此处应是一个判断", node.column, "是否类事实或比较")
        return node

    def known(self, node: Name) -> Variable | None:
        variable = self.variables.get(node.name)
        if variable is None:
            self.fail(f"没有名为 {node.name} 的事实", node.column, suggest(node.name, self.variables))
        return variable

    def compare(self, node: Compare) -> Node:
        if isinstance(node.left, Literal) and isinstance(node.right, Name):
            node = Compare(_FLIP[node.op], node.right, node.left, node.column)
        if isinstance(node.left, Name):
            variable = self.known(node.left)
            if variable is None:
                return node
            if variable.kind is Kind.PAPER:
                self.fail(
                    f"{node.left.name}（{variable.label}）是手续文件，不能比较",
                    node.column,
                    "直接写名称，已取得或不需要时为真",
                )
                return node
            if variable.kind in (Kind.CHOICE, Kind.TEXT):
                return self.equals_text(node, variable)
            if variable.kind is Kind.FLAG:
                return self.equals_truth(node, variable)
            if variable.kind is Kind.DATE:
                return self.compare_dates(node)
        return self.compare_numbers(node)

    def equals_text(self, node: Compare, variable: Variable) -> Node:
        if node.op not in ("==", "!="):
            self.fail(f"{variable.label}是{KIND_LABELS[variable.kind]}，不分大小", node.column, "== 或 !=")
            return node
        if not isinstance(node.right, Literal):
            self.fail(f"{variable.label}只能与一个写明的值比较", node.right.column, "'值'")
            return node
        value = self.code(node.right, variable)
        inside = Member(variable.name, (value,), node.column)
        return inside if node.op == "==" else Not(inside, node.column)

    def equals_truth(self, node: Compare, variable: Variable) -> Node:
        right = node.right
        if node.op not in ("==", "!=") or not (isinstance(right, Literal) and isinstance(right.value, bool)):
            self.fail(
                f"{variable.name}（{variable.label}）是“是否”，只能为真或假", node.column, "直接写名称或 not 名称"
            )
            return node
        leaf = Name(variable.name, node.left.column)
        return leaf if right.value is (node.op == "==") else Not(leaf, node.column)

    def compare_dates(self, node: Compare) -> Node:
        right = node.right
        if isinstance(right, Literal):
            right = self.date(right)
        elif isinstance(right, Name):
            other = self.known(right)
            if other and other.kind is not Kind.DATE:
                self.fail(f"日期不能与{KIND_LABELS[other.kind]}（{other.label}）比较", right.column, "日期")
        else:
            self.fail("日期不能运算", right.column, "日期")
        return Compare(node.op, node.left, right, node.column)

    def date(self, node: Literal) -> Literal:
        if not isinstance(node.value, str) or not _ISO_DATE.fullmatch(node.value):
            self.fail("日期只能与日期比较", node.column, "'YYYY-MM-DD'")
            return node
        try:
            return Literal(date.fromisoformat(node.value), node.column)
        except ValueError:
            self.fail(f"没有 {node.value} 这一天", node.column, "'YYYY-MM-DD'")
            return node

    def compare_numbers(self, node: Compare) -> Node:
        left, right = self.term(node.left), self.term(node.right)
        if left.kind and right.kind and left.unit and right.unit and left.unit != right.unit:
            self.fail(f"单位不同，不能比较：{left.unit} 与 {right.unit}", node.column, "同一单位的数值")
        if not names(node):
            self.fail("比较的两边都没有事实", node.column, "至少一边是事实")
        return node

    def term(self, node: Term) -> _Typed:
        if isinstance(node, Literal):
            if isinstance(node.value, Decimal):
                return _Typed(Kind.NUMBER)
            what = "真假值" if isinstance(node.value, bool) else f"文字“{node.value}”"
            self.fail(f"数值不能与{what}比较或运算", node.column, "数字")
            return _Typed(None)
        if isinstance(node, Name):
            variable = self.known(node)
            if variable is None:
                return _Typed(None)
            if variable.kind is not Kind.NUMBER:
                self.fail(
                    f"{node.name}（{variable.label}）是{KIND_LABELS[variable.kind]}，不是数值", node.column, "数值"
                )
                return _Typed(None)
            return _Typed(Kind.NUMBER, variable.unit or "1")
        left, right = self.term(node.left), self.term(node.right)
        if left.kind is None or right.kind is None:
            return _Typed(None)
        return self.product_unit(left, right, node) if node.op == "*" else self.sum_unit(left, right, node)

    def sum_unit(self, left: _Typed, right: _Typed, node: Arithmetic) -> _Typed:
        if left.unit and right.unit and left.unit != right.unit:
            self.fail(f"单位不同，不能加减：{left.unit} 与 {right.unit}", node.column, "同一单位的数值")
        return _Typed(Kind.NUMBER, left.unit or right.unit)

    def product_unit(self, left: _Typed, right: _Typed, node: Arithmetic) -> _Typed:
        if left.unit in PLAIN_UNITS and right.unit in PLAIN_UNITS:
            bare = left.unit is None or right.unit is None
            return _Typed(Kind.NUMBER, None if bare else left.unit)
        if left.unit in PLAIN_UNITS or right.unit in PLAIN_UNITS:
            return left if right.unit in PLAIN_UNITS else right
        self.fail(f"乘积的单位不明：{left.unit} × {right.unit}", node.column, "数值 × 系数")
        return _Typed(None)

    def among(self, node: Among) -> Node:
        if not isinstance(node.item, Name):
            self.fail("in 的左边只能是一个事实名", node.item.column)
            return node
        variable = self.known(node.item)
        if variable is None:
            return node
        if variable.kind not in (Kind.CHOICE, Kind.TEXT):
            self.fail(
                f"{variable.name}（{variable.label}）是{KIND_LABELS[variable.kind]}，不能用 in",
                node.column,
                "选项或文字",
            )
            return node
        values = tuple(self.code(value, variable) for value in node.values)
        for at, value in enumerate(values):
            if value in values[:at]:
                self.fail(f"“{value}”重复", node.values[at].column)
        return Member(variable.name, values, node.column)

    def code(self, node: Literal, variable: Variable) -> str:
        if not isinstance(node.value, str):
            self.fail(f"{variable.label}是{KIND_LABELS[variable.kind]}，不能与数字或真假比较", node.column, "'值'")
        elif variable.kind is Kind.CHOICE and node.value not in variable.choices:
            allowed = suggest(node.value, variable.choices) or "、".join(variable.choices)
            self.fail(f"{variable.label}没有选项“{node.value}”", node.column, allowed)
        return str(node.value)


PLAIN_UNITS = (None, "1", "倍")
"""Units another may be multiplied by and stay the same: bare numbers and ratios."""


# ---------------------------------------------------------------------------------------------- rendering

_SIGNS = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥", "+": "+", "-": "−", "*": "×"}


def render(node: Node, variables: Mapping[str, Variable]) -> str:
    """Return a bound tree as Chinese text with the facts' labels and units."""
    match node:
        case And():
            return "，且".join(_grouped(item, variables, Or) for item in node.items)
        case Or():
            return "，或".join(_grouped(item, variables, And) for item in node.items)
        case Not(item=Name(name=name)):
            variable = variables[name]
            return f"未取得{variable.label}" if variable.kind is Kind.PAPER else f"不满足“{variable.label}”"
        case Not(item=Member() as inside):
            return _member(inside, variables, negated=True)
        case Not():
            return f"并非（{render(node.item, variables)}）"
        case Name(name=name):
            variable = variables[name]
            return f"已取得{variable.label}" if variable.kind is Kind.PAPER else f"“{variable.label}”"
        case Member():
            return _member(node, variables, negated=False)
        case Compare():
            return _compare(node, variables)
        case Literal():
            return "恒成立" if node.value is True else "恒不成立"
    raise TypeError(f"not a bound expression: {node!r}")


def _grouped(node: Node, variables: Mapping[str, Variable], other: type) -> str:
    text = render(node, variables)
    return f"（{text}）" if isinstance(node, other) else text


def _member(node: Member, variables: Mapping[str, Variable], *, negated: bool) -> str:
    variable = variables[node.name]
    labels = [variable.choices.get(value, value) for value in node.values]
    if len(labels) == 1:
        return f"{variable.label}{'不为' if negated else '为'}{labels[0]}"
    return f"{variable.label}{'不属于' if negated else '属于'}{'、'.join(labels)}"


def _compare(node: Compare, variables: Mapping[str, Variable]) -> str:
    text = f"{render_term(node.left, variables)} {_SIGNS[node.op]} {render_term(node.right, variables)}"
    units = {variables[name].unit for name in names(node)} - set(PLAIN_UNITS)
    written = isinstance(node.right, Literal) and not isinstance(node.right.value, date)
    return f"{text} {units.pop()}" if written and len(units) == 1 else text


def render_term(node: Node, variables: Mapping[str, Variable]) -> str:
    """Return a term of a comparison as Chinese text."""
    match node:
        case Name(name=name):
            return variables[name].label
        case Literal(value=Decimal() as value):
            return f"{value:f}"
        case Literal(value=date() as value):
            return value.isoformat()
        case Arithmetic():
            left, right = (_factor(item, node.op, variables) for item in (node.left, node.right))
            return f"{left} {_SIGNS[node.op]} {right}"
    raise TypeError(f"not a bound term: {node!r}")


def _factor(node: Node, op: str, variables: Mapping[str, Variable]) -> str:
    text = render_term(node, variables)
    return f"（{text}）" if op in "*-" and isinstance(node, Arithmetic) and node.op in "+-" else text
