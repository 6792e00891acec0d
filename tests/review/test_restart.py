"""The database server stopped, killed and started again while people work: what was acknowledged is there, what was refused is not,
and nobody has to start the program again.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from review_walk import World
from sqlalchemy import make_url, text

from tanping.assessment.review.store import StoreUnavailableError
from tanping.assessment.review.store.trouble import ABSENT, BUSY, DOUBTFUL
from tanping.assessment.review.verify import verify

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks import server_restart

PEOPLE = ("气候处室经办", "气候处室负责人", "大气处室经办", "牵头处经办")


class Writer(threading.Thread):
    """Somebody who remarks again and again, each time as a page does: who am I, then the deed; and tells what became of each."""

    def __init__(self, world: World, name: str, over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.world, self.who, self.over = world, name, over
        self.kept: list[str] = []
        self.refused: list[str] = []
        self.doubtful: list[str] = []
        self.wrong: list[BaseException] = []

    def run(self) -> None:
        number = 0
        while not self.over.is_set():
            number += 1
            self.once(f"{self.who}·{number}")
            time.sleep(0.01)

    def once(self, word: str) -> None:
        review = self.world.review
        try:
            review.texts.comment(review.accounts.person(self.world.tokens[self.who]), self.world.id, word, page="1")
            self.kept.append(word)
        except StoreUnavailableError as error:
            if str(error) == DOUBTFUL:
                self.doubtful.append(word)
            elif str(error) in (ABSENT, BUSY):
                self.refused.append(word)
            else:
                self.wrong.append(error)
            time.sleep(0.05)
        except BaseException as error:
            self.wrong.append(error)


@pytest.mark.xdist_group("postgresql")
def test_people_work_on_through_a_stop_and_a_crash_of_the_server(
    postgresql_stations: Callable[[str], World], postgresql_server: Any
) -> None:
    world = postgresql_stations("会审中")
    with world.engine.begin() as connection:
        # This server is killed: here a commit waits until the log is written, as it does unless somebody forbids it.
        connection.exec_driver_sql(f"ALTER DATABASE {make_url(world.url).database} SET synchronous_commit = on")
    world.engine.dispose()
    over = threading.Event()
    writers = [Writer(world, name, over) for name in PEOPLE]
    for writer in writers:
        writer.start()
    for end in (server_restart.stop, server_restart.kill):
        time.sleep(0.5)
        end(postgresql_server)
        time.sleep(0.3)
        server_restart.start(postgresql_server)
    time.sleep(0.5)
    over.set()
    for writer in writers:
        writer.join(30)
    assert [writer.wrong for writer in writers] == [[]] * len(writers)
    refused = {word for writer in writers for word in writer.refused}
    assert refused, "nobody noticed that the server was away"
    for writer in writers:
        writer.once(f"{writer.who}·after")  # at the first try, in the same program
        assert writer.kept[-1].endswith("·after")
    with world.engine.connect() as connection:
        there = set(connection.execute(text("SELECT text FROM comments")).scalars())
    assert {word for writer in writers for word in writer.kept} <= there
    assert not refused & there, "told that nothing was written, but it was"
    assert verify(world.engine).sound
    world.engine.dispose()
