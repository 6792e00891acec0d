"""A store as the release before left it: brought up with its whole record, which verifies as before and goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from review_walk import World
from sqlalchemy import Connection, Engine, func, insert, inspect, select

from tanping.assessment.review.roles import Action
from tanping.assessment.review.store import guards, migrate
from tanping.assessment.review.store.connection import connect, writing
from tanping.assessment.review.store.tables import METADATA
from tanping.assessment.review.verify import verify

RELEASED_BEFORE = "0002"


def carried(source: Engine, target: Connection) -> dict[str, int]:
    """Copy every row into tables of an older revision, leaving out the columns it doesn't know; return how many of each."""
    known = inspect(target)
    counts = {}
    for table in METADATA.sorted_tables:
        if not known.has_table(table.name):
            continue
        columns = [table.c[column["name"]] for column in known.get_columns(table.name)]
        with source.connect() as connection:
            rows: list[dict[str, Any]] = [dict(row) for row in connection.execute(select(*columns)).mappings()]
        if rows:
            target.execute(insert(table), rows)
        counts[table.name] = len(rows)
    return counts


def test_a_record_of_the_release_before_is_brought_up_whole(
    at: Callable[[str], World], request: pytest.FixtureRequest
) -> None:
    world = at("会审中")
    empty_url = request.getfixturevalue(f"empty_{world.engine.dialect.name}_url")
    before = verify(world.engine)
    assert before.sound
    old = connect(empty_url)
    with writing(old).begin() as connection:
        migrate.upgrade_to(connection, RELEASED_BEFORE)
        assert "draft_id" not in {column["name"] for column in inspect(connection).get_columns("reviews")}
        counts = carried(world.engine, connection)
        guards.install(connection)
    assert counts["events"] > 20
    assert counts["reviews"] == 1
    assert migrate.upgrade(old) is True
    with old.connect() as connection:
        assert migrate.revision(connection) == migrate.newest()
        assert guards.missing(connection) == []
        for table in METADATA.sorted_tables:
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == counts.get(table.name, 0)
    assert verify(old) == before
    old.dispose()
    world.engine.dispose()

    upgraded = World(empty_url, dict(world.tokens), world.clock.moment + timedelta(minutes=1), world.id)
    upgraded.step("牵头处经办", Action.STOP_CLOCK, reason="升级后继续")
    after = verify(upgraded.engine)
    assert after.sound
    assert after.events == before.events + 1
    upgraded.engine.dispose()
