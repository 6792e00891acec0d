"""Arguments that several sub-commands take, each read and refused in one way."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from datetime import date

from tanping.assessment.documents.wording import MOMENTS

MOST_PROCESSES = 256


def add_moment(parser: argparse.ArgumentParser) -> None:
    """Add the moment of a project's life that is judged."""
    parser.add_argument("--moment", default="审批", choices=MOMENTS, help="判断所处的时点")


def day(text: str) -> date:
    """Read a date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期；应为：年-月-日；例：2026-11-01") from None


def known(option: str, text: str | None, all_known: Iterable[object]) -> str:
    """Return the word an option asks for, or nothing. Raises InputError for one that nothing has, with what is near."""
    from tanping.records.errors import InputError, Problem, Where, suggest

    words = sorted({str(word) for word in all_known if word})
    if text and text not in words:
        raise InputError(
            Problem(Where("命令行"), option, f"没有“{text}”", suggest(text, words) or "、".join(words[:12]))
        )
    return text or ""


def whole(what: str, least: int, most: int, example: int) -> Callable[[str], int]:
    """Return a reader of whole numbers between two bounds; ``what`` they count, ``example`` as one is written."""

    def read(text: str) -> int:
        if text.isascii() and text.isdigit() and least <= int(text) <= most:
            return int(text)
        raise argparse.ArgumentTypeError(f"“{text}”不是{what}；应为：{least}—{most} 的整数；例：{example}")

    return read


processes = whole("进程数", 1, MOST_PROCESSES, 2)
year = whole("年份", 1000, 9999, 2026)
