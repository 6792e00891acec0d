"""Bring a database to the tables of this version."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from tanping.assessment.review.store import guards
from tanping.assessment.review.store.connection import writing
from tanping.assessment.review.store.trouble import StoreError, told

_LOCK = 7_241_866  # any number that other programs in the same PostgreSQL database don't use


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's settings for the migrations in this package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """Return the revision of this version's tables."""
    return ScriptDirectory.from_config(configuration()).get_current_head() or ""


def revision(connection: Connection) -> str:
    """Return the revision of a database's tables; empty if it has none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def upgrade(engine: Engine) -> bool:
    """Upgrade to the newest tables in one transaction that keeps other programs out; return whether there was anything to do.

    The guarding triggers are made anew after every migration. Raises StoreError, also for a database of a later version.
    """
    with told():
        # Most starts find nothing to do: they need neither the lock nor a disk that can be written.
        with engine.begin() as connection:
            if revision(connection) == newest():
                return False
        return _upgrade(engine)


def _upgrade(engine: Engine) -> bool:
    with writing(engine).begin() as connection:
        lock(connection)
        config = configuration(connection)
        now = revision(connection)
        if now == ScriptDirectory.from_config(config).get_current_head():
            return False
        if now and now not in _known(config):
            raise StoreError(f"数据库的表结构（{now}）比本程序新，请用建库时的版本或更新的程序打开。")
        command.upgrade(config, "head")
        guards.install(connection)
        return True


def upgrade_to(connection: Connection, target: str) -> None:
    """Go to the tables of one revision, without triggers; for restoring a backup of that revision. Raises StoreError."""
    config = configuration(connection)
    if target not in _known(config):
        raise StoreError(f"备份的表结构版本“{target}”本程序不认识，请用做备份时的版本或更新的程序恢复。")
    command.upgrade(config, target)


def lock(connection: Connection) -> None:
    """Keep other writers out until the transaction ends. SQLite did so when the transaction began."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def known() -> set[str]:
    """Return every revision this version can upgrade from."""
    return _known(configuration())


def _known(config: Config) -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
