"""Mutation score of the rules engine, by hand: ``python -m benchmarks.mutate_rules [--sample N] [--seed N] [module ...]``.

Each mutant changes one operator, constant or condition of one module (strings, annotations and dataclass switches are left
alone). A forked child runs the engine's tests on it; a mutant that no test notices survives and is listed. Not part of the suite.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import importlib.abc
import importlib.machinery
import importlib.util
import os
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests" / "rules"
LIMIT_S = 120

MODULES = {
    "rules/kleene.py": ("test_kleene.py", "test_evaluate.py"),
    "rules/block.py": ("test_evaluate.py", "test_missing.py", "test_properties.py"),
    "rules/program.py": ("test_evaluate.py", "test_finding.py", "test_program.py", "test_properties.py"),
    "rules/evaluate.py": ("test_evaluate.py", "test_missing.py", "test_properties.py"),
    "rules/clause.py": ("test_pack.py", "test_evaluate.py", "test_check.py"),
    "rules/finding.py": ("test_finding.py", "test_evaluate.py", "test_properties.py"),
    "rules/missing.py": ("test_missing.py", "test_properties.py"),
    "rules/facts.py": ("test_facts.py", "test_evaluate.py", "test_finding.py"),
    "rules/pack.py": ("test_pack.py",),
    "rules/cases.py": ("test_check.py",),
    "rules/check.py": ("test_check.py",),
    "rules/diff.py": ("test_pack.py",),
    "records/expressions.py": ("test_expressions.py", "test_evaluate.py"),
}

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
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.RShift: ast.LShift,
    ast.LShift: ast.RShift,
}
_LEFT_ALONE = {"frozen", "slots", "eq", "compare", "repr", "maxsize", "init"}


@dataclass(frozen=True)
class Mutant:
    """One change: where, what it was, what it became."""

    path: str
    line: int
    what: str
    tree: ast.Module


def mutants(path: str) -> Iterator[Mutant]:
    """Yield every mutant of a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    _strip(tree)
    places = [node for node in ast.walk(tree) if not getattr(node, "left_alone", False)]
    for at, node in enumerate(places):
        for turn, changed in enumerate(_changes(copy.deepcopy(node))):
            spoiled = copy.deepcopy(tree)
            target = [other for other in ast.walk(spoiled) if not getattr(other, "left_alone", False)][at]
            replacement = list(_changes(target))[turn]
            _put(spoiled, target, replacement)
            was, now = ast.unparse(node)[:60], ast.unparse(changed)[:60]
            yield Mutant(path, getattr(node, "lineno", 0), f"{was}  →  {now}", ast.fix_missing_locations(spoiled))


def _strip(tree: ast.Module) -> None:
    """Mark what isn't logic: annotations, strings, dataclass switches."""

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
            case ast.Assign(targets=[ast.Name(id=name)]) if name in ("Term", "Truth", "Node", "Value", "Day", "Floats"):
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
        self.mutant = mutant
        self.name = "tanping." + mutant.path.removesuffix(".py").replace("/", ".")

    def find_spec(self, fullname: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        file = str(ROOT / "tanping" / self.mutant.path)
        return importlib.util.spec_from_file_location(fullname, file, loader=self)  # type: ignore[arg-type]

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.mutant.tree, module.__file__ or "", "exec"), module.__dict__)


def survives(mutant: Mutant | None, tests: tuple[str, ...]) -> bool:
    """Run tests in a forked child; whether they all pass. A child that takes too long is dead."""
    child = os.fork()
    if child == 0:
        _run_child(mutant, tests)
    end = time.monotonic() + LIMIT_S
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.02)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return False


def _run_child(mutant: Mutant | None, tests: tuple[str, ...]) -> None:
    import hypothesis
    import pytest

    if mutant is not None:
        sys.meta_path.insert(0, _Spoiled(mutant))
    os.environ["TANPING_EXAMPLES"] = "15"
    hypothesis.settings.register_profile("mutants", max_examples=25, deadline=None, database=None)
    hypothesis.settings.load_profile("mutants")
    code = 1
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        try:
            files = [str(TESTS / test) for test in tests if (TESTS / test).exists()]
            code = int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *files]))
        except BaseException:
            code = 1
    os._exit(code)


def main() -> int:
    """Make mutants, try them, print the score and the survivors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="part of a module's path; all when none")
    parser.add_argument("--sample", type=int, help="try so many mutants of each module, drawn at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="leave the property tests out: a lower bound")
    wanted = parser.parse_args()
    import hypothesis  # noqa: F401  # loaded once, before the forks
    import numpy as np  # noqa: F401
    import pytest  # noqa: F401
    import yaml  # noqa: F401

    killed = tried = 0
    for path, tests in MODULES.items():
        if wanted.modules and not any(part in path for part in wanted.modules):
            continue
        if wanted.quick:
            tests = tuple(test for test in tests if "properties" not in test)
        if not survives(None, tests):
            print(f"{path}: the tests fail without any mutant")
            return 2
        found = list(mutants(path))
        if wanted.sample and len(found) > wanted.sample:
            found = random.Random(wanted.seed).sample(found, wanted.sample)
        left = [mutant for mutant in found if survives(mutant, tests)]
        killed, tried = killed + len(found) - len(left), tried + len(found)
        print(f"{path}: {len(found) - len(left)} of {len(found)} killed", flush=True)
        for mutant in left:
            print(f"    {mutant.path}:{mutant.line}  {mutant.what}", flush=True)
    print(f"mutation score {killed / max(tried, 1):.1%} ({killed} of {tried})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
