"""Many documents in one go: each worker has a press of its own, whose processes stay warm from one document to the next.

The work is done in the processes of the presses; here a thread each prepares pages and waits. One document that can't be made is told and
holds up none of the others.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from tanping.assessment.documents.pdf import DRAWN, print_pdf, start_press
from tanping.assessment.documents.press import Press
from tanping.records.doors.export import write_file
from tanping.records.errors import InputError

if TYPE_CHECKING:
    from tanping.assessment.documents.review import Review
    from tanping.assessment.result import Assessment


@dataclass(frozen=True)
class Order:
    """A document to make: which form, where to, and what gives the assessment and the review it is made of (InputError, OSError)."""

    form: str
    target: Path
    read: Callable[[], tuple[Assessment, Review | None]]


@dataclass(frozen=True)
class Made:
    """What became of an order: written to its target, or why not (Chinese)."""

    order: Order
    problem: str = ""


def print_many(orders: Iterable[Order], workers: int = 2) -> Iterator[Made]:
    """Make every document, ``workers`` at a time; yield each in the order given. Raises FontsMissing where nothing can be printed at all."""
    listed = list(orders)
    form = next((order.form for order in listed if order.form in DRAWN), listed[0].form if listed else "")
    with Presses(min(workers, len(listed)), form) as presses, ThreadPoolExecutor(max(1, workers)) as pool:
        try:
            yield from pool.map(presses.make, listed)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


class Presses:
    """So many presses, started together. Use as a context manager."""

    def __init__(self, count: int, form: str):
        self._form = form
        self._free: SimpleQueue[Press] = SimpleQueue()
        self._closing = contextlib.ExitStack()
        with contextlib.ExitStack() as begun:
            for _ in range(count):
                self._free.put(begun.enter_context(start_press(form)))
            self._closing = begun.pop_all()

    def __enter__(self) -> Presses:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    def make(self, order: Order) -> Made:
        """Make one document on the next free press; one that died over a document is replaced."""
        press = self._free.get()
        try:
            if not press.alive:
                press = self._closing.enter_context(start_press(self._form))
            assessment, review = order.read()
            write_file(order.target, print_pdf(assessment, press, order.form, review))
        except InputError as error:
            return Made(order, str(error))
        except (ValueError, LookupError, ArithmeticError):  # a record of the right form with words no result has
            return Made(order, f"{order.target.name}：数据不是评估结果里会有的，写不成文书")
        except OSError as error:
            return Made(order, f"{error.filename or order.target}：{error.strerror or error}")
        finally:
            self._free.put(press)
        return Made(order)
