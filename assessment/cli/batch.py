"""``tanping batch``: many projects from a table; ``tanping changes``: what moved between two of its results."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanping.assessment.cli.arguments import add_moment, day, processes

if TYPE_CHECKING:
    from tanping.assessment.portfolio.job import Options, Report


def add_parser(subparsers: Any) -> None:
    """Register the sub-commands."""
    parser = subparsers.add_parser("batch", help="许多项目：一张表进，一张结果表出（csv、xlsx、parquet）")
    parser.add_argument(
        "file",
        metavar="IN",
        help="csv、xlsx、parquet 或 postgresql://…#表：每行一个生产单元，列名取自字段目录，单位写在列名里",
    )
    parser.add_argument(
        "--out",
        metavar="OUT",
        required=True,
        help="结果文件或 postgresql://…#新表；错误另写 OUT.errors.csv（或 新表_errors）",
    )
    parser.add_argument("--as-of", metavar="DATE", type=day, help="法规适用日期，缺省为各行的受理日期")
    add_moment(parser)
    parser.add_argument("--columns", metavar="FILE", help="列名对照（YAML），表的列名不是字段目录里的名称时用")
    parser.add_argument("--screening-grade", action="store_true", help="缺项用注明出处的分档缺省值估算，逐行写明")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--workers", metavar="N", type=processes, default=1, help="本机进程数，缺省 1；结果与进程数无关")
    where.add_argument("--scheduler", metavar="ADDRESS", default="", help="Dask 调度器：本机地址或 tls://")
    parser.add_argument("--ledger", metavar="FILE", help="区域台账：按市、行业、阶段、年份汇总（xlsx 或 csv）")
    parser.add_argument(
        "--targets", metavar="FILE", help="各市分年目标（csv：设区市、年份、目标（tCO2）、出处），写进台账"
    )
    parser.add_argument(
        "--packs",
        metavar="FOLDER",
        help="本单位规则包或修订草案的文件夹，与自带的并用，同名的代替；缺省 TANPING_HOME/packs",
    )
    parser.add_argument("--factors", metavar="FOLDER", help="换用另一套因子数据")
    parser.set_defaults(handler=run)

    moved = subparsers.add_parser("changes", help="比较两次 batch 的结果：谁变了、变多少、因为哪条规则或哪个因子")
    moved.add_argument("before", metavar="BEFORE", help="先前的结果")
    moved.add_argument("after", metavar="AFTER", help="后来的结果")
    moved.add_argument("--out", metavar="OUT", help="逐项写成 csv 或 xlsx")
    moved.set_defaults(handler=run_changes)


def run(arguments: argparse.Namespace) -> int:
    """Assess the rows of a table."""
    from tanping.assessment.portfolio import job
    from tanping.assessment.portfolio.mapping import ColumnMap, read_map
    from tanping.assessment.portfolio.stored import errors_of, taken_up
    from tanping.assessment.portfolio.targets import read_targets
    from tanping.assessment.portfolio.workers import without_pandas
    from tanping.records.errors import InputError, Problem, Where

    if arguments.alone:
        without_pandas()
    if arguments.targets and not arguments.ledger:
        raise InputError(
            Problem(Where("命令行"), "--targets", "目标写进台账，须同时给出 --ledger", "--ledger 台账.xlsx")
        )
    options = job.Options(
        as_of=arguments.as_of,
        moment=arguments.moment,
        workers=arguments.workers,
        scheduler=arguments.scheduler,
        screening_grade=arguments.screening_grade,
        mapping=read_map(Path(arguments.columns)) if arguments.columns else ColumnMap(),
        ledger=Path(arguments.ledger) if arguments.ledger else None,
        targets=read_targets(Path(arguments.targets)) if arguments.targets else (),
        packs=Path(arguments.packs) if arguments.packs else None,
        factors=Path(arguments.factors) if arguments.factors else None,
    )
    try:
        report = _run(arguments.file, arguments.out, options)
    except KeyboardInterrupt:
        goes_on = f"做完的部分存在 {arguments.out}.parts/，再运行同一命令即接着做"
        print(f"\n已中断；{goes_on if taken_up(arguments.out) else '写入数据库的，再运行时从头做起'}", file=sys.stderr)
        return 1
    resumed = f"（接着上次，{report.resumed} 份已有）" if report.resumed else ""
    print(f"读入 {report.given} 行：写出 {report.written} 行，退回 {report.refused} 行{resumed}")
    if report.incomplete:
        print(f"其中 {report.incomplete} 行清单不完整，缺什么见“缺”一列")
    if report.refused:
        print(f"退回的行和改法见 {errors_of(arguments.out)}")
    print(f"结果：{arguments.out}　用时 {report.seconds:.1f} 秒")
    return 0


def _run(source: str, out: str, options: Options) -> Report:
    """Run between files; a table of a database is fetched into a file first, a result stored from one at the end."""
    from tanping.assessment.portfolio import job

    if "://" not in source + out:
        return job.run(Path(source), Path(out), options, job.say_progress)
    from tanping.assessment.portfolio import stored

    return stored.run(source, out, options, job.say_progress)


def run_changes(arguments: argparse.Namespace) -> int:
    """Compare two results."""
    from tanping.assessment.portfolio import changes

    found = changes.compare(Path(arguments.before), Path(arguments.after))
    if arguments.out:
        changes.write(found, Path(arguments.out))
    print(changes.summary(found))
    return 0
