"""How mutation scores are measured: spoil one operator, constant or condition, run the tests that reach it, see whether one fails.

A mutant is **killed** only by a failing test. One that can't even be imported is broken and one that runs too long timed out:
both are counted apart and never as killed. Strings, annotations and dataclass switches are left alone. Mutants that no test could
tell from the original stand in ``mutate_equivalent.yaml``, each with its reason, and are counted apart as well.

Which tests reach a line is measured first, by one run with coverage (kept in the temporary folder until a file changes). A mutant
meets the tests of its line, then those of its function, then the rest of their files (which may read a result those tests kept); with
``--thorough`` every test of the areas after them. Leaving tests out can only make the score lower. Each mutant lives in a forked child. Files must not change meanwhile: where others work, run it in a copy.
"""

from __future__ import annotations

import argparse
import ast
import copy
import hashlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, ModuleType

ROOT = Path(__file__).resolve().parents[1]
EQUIVALENT = Path(__file__).with_name("mutate_equivalent.yaml")
THIRD_PARTY = ("hypothesis", "numpy", "pytest", "yaml", "pydantic", "pint")
_READ = (".py", ".yaml", ".csv")
PROGRAM = ("assessment", "rules", "factors", "records")
MEMORY_BYTES = 4 << 30
LIMIT_S = 300

_COMPARE = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_BINARY = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Add,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.RShift: ast.LShift,
    ast.LShift: ast.RShift,
}
_LEFT_ALONE = {"frozen", "slots", "eq", "compare", "repr", "maxsize", "init"}
_TYPE_NAMES = ("Term", "Truth", "Node", "Value", "Day", "Floats", "FloatArray", "BoolArray", "IntArray", "Print")


# --- mutants -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mutant:
    """One change: where, what it was, what it became."""

    path: str
    function: str
    lines: range
    what: str
    at: int
    turn: int

    @property
    def said(self) -> str:
        """The line of source the change is in, as written."""
        return (ROOT / self.path).read_text(encoding="utf-8").split("\n")[max(self.lines.start - 1, 0)].strip()

    def tree(self) -> ast.Module:
        """The module with the change made."""
        tree = _parsed(self.path)
        target = _places(tree)[self.at]
        _put(tree, target, list(_changes(target))[self.turn])
        return ast.fix_missing_locations(tree)


def mutants(path: str) -> list[Mutant]:
    """Every mutant of a file."""
    tree = _parsed(path)
    inside = _functions(tree)
    found = []
    for at, node in enumerate(_places(tree)):
        for turn, changed in enumerate(_changes(copy.deepcopy(node))):
            was, now = (ast.unparse(one).strip().split("\n")[0][:80] for one in (node, changed))
            own = _own(node)
            line: int = getattr(own, "lineno", 0)
            lines = range(line, (getattr(own, "end_lineno", None) or line) + 1)
            found.append(Mutant(path, inside.get(id(node), ""), lines, f"{was}  →  {now}", at, turn))
    return found


def _own(node: ast.AST) -> ast.AST:
    """The part of a node that is changed: of a branch its condition, of a comprehension its filter, not all it holds."""
    match node:
        case ast.If(test=part) | ast.While(test=part) | ast.comprehension(ifs=[part, *_]):
            return part
    return node


def _parsed(path: str) -> ast.Module:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    _strip(tree)
    return tree


def _places(tree: ast.Module) -> list[ast.AST]:
    return [node for node in ast.walk(tree) if not getattr(node, "left_alone", False)]


def _functions(tree: ast.Module) -> dict[int, str]:
    """The innermost function or class around every node, as a dotted name."""
    inside: dict[int, str] = {}

    def walk(node: ast.AST, name: str) -> None:
        for child in ast.iter_child_nodes(node):
            mine = name
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                mine = f"{name}.{child.name}".lstrip(".")
            inside[id(child)] = mine
            walk(child, mine)

    walk(tree, "")
    return inside


def _strip(tree: ast.Module) -> None:
    """Mark what isn't logic: annotations, strings, dataclass switches, aliases of types."""

    def alone(node: ast.AST | None) -> None:
        for part in ast.walk(node) if node else ():
            part.left_alone = True  # type: ignore[attr-defined]

    for node in ast.walk(tree):
        match node:
            case ast.AnnAssign():
                alone(node.annotation)
            case ast.arg():
                alone(node.annotation)
            case ast.FunctionDef():
                alone(node.returns)
            case ast.keyword(arg=name) if name in _LEFT_ALONE:
                alone(node.value)
            case ast.JoinedStr():
                alone(node)
            case ast.Assign(targets=[ast.Name(id=name)]) if name in _TYPE_NAMES:
                alone(node.value)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=[op, *rest]) if type(op) in _COMPARE:
            yield ast.Compare(node.left, [_COMPARE[type(op)](), *rest], node.comparators)
        case ast.BoolOp():
            yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        case ast.BinOp(op=op) if type(op) in _BINARY:
            yield ast.BinOp(node.left, _BINARY[type(op)](), node.right)
        case ast.UnaryOp(op=ast.Not() | ast.Invert() | ast.USub()):
            yield node.operand
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() | float() as value):
            yield ast.Constant(value + 1)
        case ast.If() | ast.While():
            changed = copy.copy(node)
            changed.test = ast.UnaryOp(ast.Not(), node.test)
            yield changed
        case ast.IfExp():
            yield ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
        case ast.comprehension(ifs=[_, *_]):
            yield ast.comprehension(node.target, node.iter, [], node.is_async)
        case ast.Expr(value=ast.Call() | ast.YieldFrom()):
            yield ast.Pass()
        case ast.Return(value=ast.expr()) if not isinstance(node.value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.AugAssign():
            yield ast.Pass()


def _put(tree: ast.Module, target: ast.AST, replacement: ast.AST) -> None:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is target:
                setattr(parent, name, replacement)
            elif isinstance(value, list):
                setattr(parent, name, [replacement if item is target else item for item in value])


class _Spoiled(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from its mutated tree."""

    def __init__(self, mutant: Mutant):
        self.tree = mutant.tree()
        self.path = mutant.path
        self.name = module_name(mutant.path)

    def find_spec(self, fullname: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        file = str(ROOT / "tanping" / self.path)
        return importlib.util.spec_from_file_location(fullname, file, loader=self)  # type: ignore[arg-type]

    def get_code(self, fullname: str) -> CodeType:
        """The mutated code, for a module that is run as a command."""
        return compile(self.tree, self.path, "exec")

    def exec_module(self, module: ModuleType) -> None:
        exec(self.get_code(module.__name__), module.__dict__)


def module_name(path: str) -> str:
    """The import name of a file of the project."""
    return "tanping." + path.removesuffix(".py").replace("/", ".")


# --- which tests reach a line --------------------------------------------------------------------------------------------


@dataclass
class Reach:
    """Which tests ran a line of a file: file → line → tests."""

    tests: dict[str, dict[int, set[str]]] = field(default_factory=dict)

    def of(self, mutant: Mutant) -> list[str]:
        """Tests to ask, in this order: those that ran the mutant's lines, the others of its function; else all of its file."""
        lines = self.tests.get(mutant.path, {})
        near = set().union(*(lines.get(line, set()) for line in mutant.lines))
        span = _span(mutant.path, mutant.function) if mutant.function else ()
        around = set().union(*(lines.get(line, set()) for line in span)) - near
        # Those that run little of the file first: they are quick and say most about a line.
        runs = Counter(test for tests in lines.values() for test in tests)
        return [
            *sorted(near, key=lambda test: (runs[test], test)),
            *sorted(around, key=lambda test: (runs[test], test)),
        ] or sorted(runs, key=lambda test: (runs[test], test))


def _span(path: str, function: str) -> range:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    node: ast.AST = tree
    for name in function.split("."):
        node = next(
            child
            for child in ast.walk(node)
            if isinstance(child, ast.FunctionDef | ast.ClassDef) and child.name == name and child is not node
        )
    return range(node.lineno, node.end_lineno + 1)  # type: ignore[attr-defined]


def reach_of(paths: Sequence[str], tests: Sequence[str]) -> Reach | None:
    """Which tests reach which lines, measured once for one state of program and test file; None when a test fails unspoiled."""
    files = sorted(file for folder in tests for file in (ROOT / folder).rglob("*.py"))
    helpers = [file for file in files if not file.name.startswith("test_")]
    kept = Path(tempfile.gettempdir()) / f"tanping-reach-{_state(helpers)}.json"
    known = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    states = {str(file.relative_to(ROOT)): _state_of([file]) for file in files if file not in helpers}
    stale = [file for file, state in states.items() if known.get(file, {}).get("state") != state]
    if stale:
        measured = _measure(stale)
        if measured is None:
            return None
        known |= {file: {"state": states[file], "ran": measured.get(file, {})} for file in stale}
        kept.write_text(json.dumps(known), encoding="utf-8")
    reach = Reach({path: defaultdict(set) for path in paths})
    for file in states:
        for path in paths:
            for test, lines in known[file]["ran"].get(path, {}).items():
                for line in lines:
                    reach.tests[path][line].add(test)
    return reach


def _state(helpers: Sequence[Path]) -> str:
    """A hash over the program and what tests share."""
    folders = (*PROGRAM, "tests/support")
    found = [file for folder in folders for file in sorted((ROOT / folder).rglob("*")) if file.suffix in _READ]
    return _state_of([*found, *helpers])


def _state_of(files: Sequence[Path]) -> str:
    found = hashlib.sha256()
    for file in files:
        found.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return found.hexdigest()[:16]


def _measure(tests: Sequence[str]) -> dict[str, dict[str, dict[str, list[int]]]] | None:
    """Run test files with coverage, one context a test: test file → file → test → lines."""
    with tempfile.TemporaryDirectory() as folder:
        data, log = str(Path(folder) / "reach"), Path(folder) / "log"
        child = os.fork()
        if child == 0:
            _quiet(str(log))
            os.environ.update(COVERAGE_FILE=data, TANPING_EXAMPLES="15")
            import pytest

            cover = [f"--cov={ROOT / 'tanping' / top}" for top in PROGRAM]
            options = [*_OPTIONS, *cover, "--cov-context=test", "--cov-report="]
            os._exit(int(pytest.main([*options, *tests], plugins=[_Settled()])))
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) != 0:
            print(log.read_text(encoding="utf-8")[-2000:])
            return None
        return _read_reach(data)


def _read_reach(data: str) -> dict[str, dict[str, dict[str, list[int]]]]:
    import coverage

    kept = coverage.CoverageData(data)
    kept.read()
    ran: dict[str, dict[str, dict[str, list[int]]]] = {}
    for file in kept.measured_files():
        path = str(Path(file).resolve().relative_to(ROOT))
        for line, contexts in kept.contexts_by_lineno(file).items():
            for test in {one.split("|")[0] for one in contexts if one}:
                ran.setdefault(test.split("::")[0], {}).setdefault(path, {}).setdefault(test, []).append(line)
    return ran


# --- one mutant ----------------------------------------------------------------------------------------------------------

KILLED, SURVIVED, BROKEN, TIMED_OUT = "killed", "survived", "broken", "timed out"
_OPTIONS = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--no-header"]


class _Only:
    """Keeps the tests named, in the order named, and drops the others."""

    def __init__(self, wanted: Sequence[str]):
        self.order = {test: place for place, test in enumerate(wanted)}

    def pytest_collection_modifyitems(self, items: list) -> None:  # type: ignore[type-arg]
        items[:] = sorted(
            (item for item in items if item.nodeid in self.order), key=lambda item: self.order[item.nodeid]
        )


def judge(mutant: Mutant, reach: Reach, tests: Sequence[str], limit_s: float, *, thorough: bool) -> str:
    """What becomes of a mutant: the tests of its line and function, then all of their files; ``thorough``: then every test given."""
    wanted = reach.of(mutant)
    outcome = SURVIVED
    if wanted:
        files = sorted({one.split("::")[0] for one in wanted})
        outcome = _tried(mutant, files, wanted, limit_s)
        if outcome == SURVIVED:
            # A test that reads a result another test of its file has kept did not run the line itself.
            outcome = _tried(mutant, files, None, limit_s)
    if outcome == SURVIVED and (thorough or not reach.tests):
        outcome = _tried(mutant, tests, None, limit_s)
    return outcome


def _tried(mutant: Mutant, files: Sequence[str], wanted: Sequence[str] | None, limit_s: float) -> str:
    child = os.fork()
    if child == 0:
        _run_child(mutant, files, wanted)
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return {0: SURVIVED, 1: KILLED}.get(os.waitstatus_to_exitcode(status), BROKEN)
        time.sleep(0.01)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return TIMED_OUT


def _run_child(mutant: Mutant, files: Sequence[str], wanted: Sequence[str] | None) -> None:
    _quiet()
    import pytest

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    sys.meta_path.insert(0, _Spoiled(mutant))
    os.environ["TANPING_EXAMPLES"] = "15"
    only = [_Only(wanted)] if wanted is not None else []
    code = 3
    try:
        code = int(pytest.main([*_OPTIONS, *files], plugins=[_Settled(), *only]))
    finally:
        os._exit(code)


def _quiet(file: str = os.devnull) -> None:
    """Send what this process prints into a file."""
    into = os.open(file, os.O_WRONLY | os.O_CREAT)
    os.dup2(into, 1)
    os.dup2(into, 2)


class _Settled:
    """The same few examples in every run, whatever the tests' own profile says."""

    def pytest_collection(self) -> None:
        import hypothesis

        hypothesis.settings.register_profile("mutants", max_examples=25, deadline=None, database=None, derandomize=True)
        hypothesis.settings.load_profile("mutants")


# --- the run -------------------------------------------------------------------------------------------------------------


def equivalents() -> dict[tuple[str, str, str], str]:
    """Mutants that no test could tell from the original: (file, line as written, change) → reason."""
    import yaml

    rows = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) if EQUIVALENT.exists() else []
    return {(row["file"], row["line"], row["change"]): row["reason"] for row in rows or []}


def sampled(found: dict[str, list[Mutant]], each: int | None, total: int | None, seed: int) -> dict[str, list[Mutant]]:
    """A seeded draw: so many of each file, or so many in all, by the size of the files (at least eight of each)."""
    count = sum(len(all_of) for all_of in found.values())
    drawn = {}
    for path, all_of in found.items():
        size = len(all_of)
        if total:
            size = min(size, max(8, round(total * size / count)))
        if each:
            size = min(size, each)
        drawn[path] = random.Random(f"{seed} {path}").sample(all_of, size)
    return drawn


def main(modules: Sequence[str], tests: Sequence[str], preload: Sequence[str] = ()) -> int:
    """Make mutants, try them, print the score by file and the survivors."""
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("modules", nargs="*", help="part of a module's path; all when none")
    parser.add_argument("--sample", type=int, metavar="N", help="at most N mutants of each module, drawn at random")
    parser.add_argument(
        "--total", type=int, metavar="N", help="about N mutants in all, drawn by the size of the modules"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at", help="only mutants whose change contains this text")
    parser.add_argument("--thorough", action="store_true", help="ask every test before a mutant counts as survived")
    parser.add_argument(
        "--tests", nargs="+", help="ask all of these test files and no others; nothing is measured first"
    )
    wanted = parser.parse_args()
    paths = [path for path in modules if not wanted.modules or any(part in path for part in wanted.modules)]
    os.chdir(ROOT)
    sys.dont_write_bytecode = False  # every child would compile everything anew
    for name in (*THIRD_PARTY, *preload):  # loaded once, before the forks
        importlib.import_module(name)
    importlib.import_module("tanping.factors.register").load_register()
    early = [path for path in paths if module_name(path) in sys.modules]
    if early:
        raise SystemExit(f"loaded too early to be spoiled: {early}")
    began = time.monotonic()
    reach = Reach() if wanted.tests else reach_of(paths, tests)
    if reach is None:
        print("the tests fail without any mutant")
        return 2
    print(f"which tests reach which lines: {time.monotonic() - began:.0f} s", flush=True)
    found = {path: mutants(path) for path in paths}
    drawn = sampled(found, wanted.sample, wanted.total, wanted.seed)
    if wanted.at:
        drawn = {path: [one for one in all_of if wanted.at in one.what] for path, all_of in found.items()}
    table = _work(drawn, reach, wanted.tests or tests, thorough=wanted.thorough)
    _report(table, found)
    return 0


def _work(
    drawn: dict[str, list[Mutant]], reach: Reach, tests: Sequence[str], *, thorough: bool
) -> dict[str, Counter[str]]:
    known = equivalents()
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for path, all_of in drawn.items():
        for mutant in all_of:
            if (path, mutant.said, mutant.what) in known:
                table[path]["equivalent"] += 1
                continue
            outcome = judge(mutant, reach, tests, LIMIT_S, thorough=thorough)
            table[path][outcome] += 1
            if outcome != KILLED:
                print(f"    {outcome}: {path}:{mutant.lines.start} {mutant.function}  {mutant.what}", flush=True)
        print(f"{path}: {dict(table[path])}", flush=True)
    return table


def _report(table: dict[str, Counter[str]], found: dict[str, list[Mutant]]) -> None:
    """A Markdown table by file. Score: killed by a failing test, of all that are neither equivalent nor broken."""
    print("\n| File | Mutants | Tried | Killed | Survived | Timed out | Broken | Equivalent | Score |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    whole: Counter[str] = Counter()
    for path, row in table.items():
        whole.update(row)
        print(_line(f"`{path}`", len(found[path]), row))
    print(_line("all", sum(len(found[path]) for path in table), whole))


def _line(name: str, count: int, row: Counter[str]) -> str:
    judged = row[KILLED] + row[SURVIVED] + row[TIMED_OUT]
    score = f"{row[KILLED] / judged:.1%}" if judged else "–"
    shown = (count, sum(row.values()), row[KILLED], row[SURVIVED], row[TIMED_OUT], row[BROKEN], row["equivalent"])
    return f"| {name} | {' | '.join(map(str, shown))} | {score} |"
