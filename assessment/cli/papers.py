"""``tanping papers``: forms of many results in one go, several at a time."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanping.assessment.cli.arguments import processes

if TYPE_CHECKING:
    from tanping.assessment.documents.review import Review
    from tanping.assessment.result import Assessment

FORMS = ("report", "report_full", "opinion", "conformity", "recount", "correction", "consultation", "self_check")
"""Forms that say something without the record of a joint review; that record prints its own from the page 文书."""
_RESULT, _PROJECTS = ".json", (".yaml", ".yml", ".xlsx")


def add_parser(subparsers: Any) -> None:
    """Register the sub-command."""
    parser = subparsers.add_parser("papers", help="批量打印：多份评估结果或项目文件，每份一个 PDF，几份同时排版")
    parser.add_argument(
        "file", nargs="+", metavar="FILE", help="评估结果（.json）、项目文件（.yaml、.xlsx），或放着它们的文件夹"
    )
    parser.add_argument("--out", required=True, metavar="FOLDER", help="PDF 写到这个文件夹，文件名取自原名")
    parser.add_argument(
        "--form",
        default="opinion",
        choices=FORMS,
        help="哪种文书，缺省联审意见（opinion，没有联审记录的部分留空，为送审稿）",
    )
    parser.add_argument(
        "--workers", type=processes, default=2, metavar="N", help="同时排版几份，缺省 2，不宜多于处理器核数"
    )
    parser.set_defaults(handler=run)


def run(arguments: argparse.Namespace) -> int:
    """Print them all; what can't be printed is told and the rest is done. Returns 2 when one could not be printed."""
    from tanping.assessment.documents.forms import FORMS as KNOWN
    from tanping.assessment.documents.many import Order, print_many
    from tanping.records.errors import InputError, Problem, Where

    files, out = list(_files(map(Path, arguments.file))), Path(arguments.out)
    twice = [name for name, count in Counter(file.stem for file in files).items() if count > 1]
    if twice or not files:
        what = f"文件同名，会互相覆盖：{'、'.join(twice)}" if twice else "没有可打印的文件"
        raise InputError(
            Problem(Where("命令行"), "FILE", what, "评估结果（.json）或项目文件（.yaml、.xlsx），名称各不相同")
        )
    out.mkdir(parents=True, exist_ok=True)
    title = KNOWN[arguments.form].title
    orders = [Order(arguments.form, out / f"{file.stem}-{title}.pdf", _reader(file)) for file in files]
    failed = 0
    for made in print_many(orders, arguments.workers):
        if made.problem:
            failed += 1
            print(made.problem, file=sys.stderr)
        else:
            print(made.order.target)
    print(f"打印 {len(orders) - failed} 份，未成 {failed} 份", file=sys.stderr)
    return 2 if failed else 0


def _files(given: Iterable[Path]) -> Iterator[Path]:
    for path in given:
        if path.is_dir():
            yield from (file for file in sorted(path.iterdir()) if file.suffix.lower() in (_RESULT, *_PROJECTS))
        else:
            yield path


def _reader(file: Path) -> Callable[[], tuple[Assessment, Review | None]]:
    return lambda: (_sealed(file) if file.suffix.lower() == _RESULT else _assessed(file), None)


def _sealed(file: Path) -> Assessment:
    """Return a result as it was saved; nothing is computed."""
    import json

    from tanping.assessment.documents.recorded import read_assessment
    from tanping.assessment.documents.result_file import read_result
    from tanping.assessment.result import SCHEMA
    from tanping.records.errors import InputError, Problem, Where

    found = read_result(file, SCHEMA)
    try:
        return read_assessment(json.loads(found["copy"] or "null"))
    except ValueError:
        raise InputError(Problem(Where(str(file)), "", "不是评估结果", SCHEMA)) from None


def _assessed(file: Path) -> Assessment:
    from tanping.assessment.assess import assess
    from tanping.assessment.project.intake import load_project

    return assess(load_project(file), source=str(file))
