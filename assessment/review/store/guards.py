"""Triggers in the database itself that let some tables only grow.

They stop what a careless script or a hurried hand would do: UPDATE, DELETE, TRUNCATE, and on SQLite INSERT OR REPLACE, which
removes the old row without asking any delete trigger. A new event must follow the last one. Whoever owns the database can drop
triggers; that is what the hash chain and the printed hashes are for (docs/review.md).

SQLite's batch migrations copy a table and lose its triggers, so ``install`` runs after every migration, and ``missing`` tells what
is not as it should be.
"""

# ruff: noqa: S608  (triggers take no parameters; every name below is one of our own tables)

from __future__ import annotations

import re

from sqlalchemy import Connection, Table, UniqueConstraint, text

from tanping.assessment.review.store.tables import GROWING, METADATA

ZERO = "0" * 64
"""What the first event names as the one before it."""

_FUNCTION = "tanping_append_only"
_FOLLOW = "tanping_follow"
_REFUSAL = "sealed record: rows are only added"
_ORDER = "sealed record: an event must follow the last one"

_FUNCTIONS = {
    _FUNCTION: f"BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'restrict_violation'; END",
    _FOLLOW: f"""
DECLARE last record;
BEGIN
  SELECT seq, hash INTO last FROM events ORDER BY seq DESC LIMIT 1;
  IF NEW.seq <> coalesce(last.seq, 0) + 1 OR NEW.previous <> coalesce(last.hash, '{ZERO}') THEN
    RAISE EXCEPTION '{_ORDER}' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END""",
}


def install(connection: Connection) -> None:
    """Make all triggers anew; the tables must be those of this version."""
    statements = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    for statement in statements():
        connection.exec_driver_sql(statement)


def missing(connection: Connection) -> list[str]:
    """Return the names of triggers that are absent, switched off or not as made here."""
    found = _found_sqlite(connection) if connection.dialect.name == "sqlite" else _found_postgresql(connection)
    wanted = _wanted_sqlite() if connection.dialect.name == "sqlite" else _wanted_postgresql()
    return sorted(name for name, body in wanted.items() if found.get(name) != body)


def grants(role: str) -> list[str]:
    """Return the statements that let a PostgreSQL role run the program without owning its tables.

    Such a role can't drop or switch off triggers; it may add to the growing tables and change the others.
    """
    quoted = '"' + role.replace('"', '""') + '"'
    others = sorted(set(METADATA.tables) - set(GROWING))
    return [
        f"GRANT SELECT, INSERT ON {', '.join(GROWING)} TO {quoted}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(others)} TO {quoted}",
        f"GRANT SELECT ON alembic_version TO {quoted}",
    ]


# ---- SQLite ----------------------------------------------------------------------------------------------------------


def _sqlite() -> list[str]:
    wanted = _wanted_sqlite()
    return [f"DROP TRIGGER IF EXISTS {name}" for name in wanted] + list(wanted.values())


def _wanted_sqlite() -> dict[str, str]:
    wanted = {}
    for name in GROWING:
        for action in ("UPDATE", "DELETE"):
            trigger = f"{name}_no_{action.lower()}"
            wanted[trigger] = f"CREATE TRIGGER {trigger} BEFORE {action} ON {name} BEGIN {_raise(_REFUSAL)} END"
        trigger = f"{name}_no_replace"
        wanted[trigger] = (
            f"CREATE TRIGGER {trigger} BEFORE INSERT ON {name} WHEN {_taken(METADATA.tables[name])} "
            f"BEGIN {_raise(_REFUSAL)} END"
        )
    wanted["events_follow"] = (
        "CREATE TRIGGER events_follow BEFORE INSERT ON events "
        "WHEN NEW.seq IS NOT coalesce((SELECT max(seq) FROM events), 0) + 1 "
        f"OR NEW.previous IS NOT coalesce((SELECT hash FROM events ORDER BY seq DESC LIMIT 1), '{ZERO}') "
        f"BEGIN {_raise(_ORDER)} END"
    )
    return wanted


def _raise(message: str) -> str:
    return f"SELECT RAISE(ABORT, '{message}');"


def _taken(table: Table) -> str:
    """Whether a row with the same primary key, or the same value of any unique key, is already there."""
    keys = [list(table.primary_key.columns)]
    keys += [list(item.columns) for item in table.constraints if isinstance(item, UniqueConstraint)]
    same = (" AND ".join(f"{column.name} = NEW.{column.name}" for column in key) for key in keys)
    return " OR ".join(f"EXISTS (SELECT 1 FROM {table.name} WHERE {condition})" for condition in sorted(same))


def _found_sqlite(connection: Connection) -> dict[str, str]:
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    return {row.name: row.sql for row in rows}


# ---- PostgreSQL ------------------------------------------------------------------------------------------------------


def _postgresql() -> list[str]:
    statements = [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $tanping${body}$tanping$"
        for name, body in _FUNCTIONS.items()
    ]
    for name, (table, definition, _) in _triggers_postgresql().items():
        statements.append(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        statements.append(f"CREATE TRIGGER {name} {definition}")
        # ALWAYS: a session that plays a replica would otherwise pass them by.
        statements.append(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
    return statements


def _triggers_postgresql() -> dict[str, tuple[str, str, str]]:
    """Name of a trigger → its table, its definition, its function."""
    triggers = {}
    for name in GROWING:
        row = f"BEFORE UPDATE OR DELETE ON {name} FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}()"
        whole = f"BEFORE TRUNCATE ON {name} FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
        triggers[f"{name}_no_change"] = (name, row, _FUNCTION)
        triggers[f"{name}_no_truncate"] = (name, whole, _FUNCTION)
    follow = f"BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION {_FOLLOW}()"
    triggers["events_follow"] = ("events", follow, _FOLLOW)
    return triggers


def _wanted_postgresql() -> dict[str, str]:
    return {
        name: f"A CREATE TRIGGER {name} {definition} {_FUNCTIONS[function]}"
        for name, (_, definition, function) in _triggers_postgresql().items()
    }


def _found_postgresql(connection: Connection) -> dict[str, str]:
    rows = connection.execute(
        text(
            "SELECT t.tgname AS name, t.tgenabled::text AS enabled, pg_get_triggerdef(t.oid) AS definition, p.prosrc AS body"
            " FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal"
        )
    )
    found = {}
    for row in rows:
        definition = re.sub(r" ON \w+\.", " ON ", row.definition).replace("DELETE OR UPDATE", "UPDATE OR DELETE")
        found[row.name] = f"{row.enabled} {definition} {row.body}"
    return found
