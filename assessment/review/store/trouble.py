"""What can go wrong with a database, told in words that say what to do and that nothing was half written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError


class StoreError(Exception):
    """The store can't do what was asked; the message is Chinese and for the user."""


class StoreUnavailableError(StoreError):
    """The database can't be written or reached just now; nothing was written."""


_NOTHING = "这次操作没有写入，已存的内容都在。"
BUSY = f"数据库正忙：其他人的操作一直占用，等待超时。{_NOTHING}请稍后再试一次。"
READ_ONLY = f"数据库是只读的，不能保存。{_NOTHING}请管理员检查数据文件的权限或所在磁盘是否以只读方式挂载。"
FULL = f"磁盘已满，不能保存。{_NOTHING}请管理员清理磁盘空间后再试。"
UNSOUND = f"磁盘读写出错，不能保存。{_NOTHING}请管理员检查磁盘空间、是否变成只读、磁盘本身是否完好。"
ABSENT = (
    f"连不上数据库。{_NOTHING}请管理员检查数据库地址（TANPING_DB_URL）、服务是否启动、"
    "数据文件夹是否存在、所在磁盘是否变成只读。"
)
DOUBTFUL = (
    "与数据库的连接在提交的那一刻断开，不能确定这次操作是否已经写入；此前已存的内容都在。"
    "请稍后刷新页面查看，没有写入的再做一次。"
)
DAMAGED = "数据库文件已损坏或不是本程序的数据库。请不要继续写入，用 tanping db verify 核查，必要时从备份恢复。"
BROKEN = f"数据库出错，操作没有完成。{_NOTHING}请把服务窗口里的错误记录交给管理员。"
OLD_TABLES = "数据库的表结构与本程序不一致，请先运行 tanping db upgrade。"

# SQLite says it in words, PostgreSQL in SQLSTATE classes.
_SQLITE = (
    ("database is locked", BUSY),
    ("database table is locked", BUSY),
    ("readonly database", READ_ONLY),
    ("disk is full", FULL),
    ("unable to open", ABSENT),
    ("disk i/o error", UNSOUND),
    ("not a database", DAMAGED),
    ("malformed", DAMAGED),
    ("no such table", OLD_TABLES),
    ("no such column", OLD_TABLES),
)
_POSTGRESQL = (
    ("53100", FULL),
    ("25006", READ_ONLY),
    ("55P03", BUSY),
    ("57014", BUSY),
    ("40", BUSY),
    ("42P01", OLD_TABLES),
    ("42703", OLD_TABLES),
    ("53", ABSENT),
    ("57P", ABSENT),
    ("08", ABSENT),
    ("28", ABSENT),
    ("3D000", ABSENT),
)


@contextmanager
def told() -> Iterator[None]:
    """Turn a database failure into a StoreError in Chinese. Violated constraints stay: they are defects of the program."""
    try:
        yield
    except PoolTimeoutError:
        raise StoreUnavailableError(BUSY) from None
    except OperationalError as error:
        raise StoreUnavailableError(_words(error)) from error
    except DBAPIError as error:
        words = _words(error)
        if words == BROKEN:
            raise
        raise StoreUnavailableError(words) from error


def _words(error: DBAPIError) -> str:
    if error.statement is None and error.connection_invalidated:
        # No statement: it was the commit whose answer did not come, and nobody can say whether it was carried out.
        return DOUBTFUL
    state = getattr(error.orig, "sqlstate", None)
    if state:
        return next((words for code, words in _POSTGRESQL if state.startswith(code)), BROKEN)
    said = str(error.orig).lower()
    if "connection" in said and error.connection_invalidated:
        return ABSENT
    found = next((words for part, words in _SQLITE if part in said), None)
    return found or (ABSENT if "connect" in said else BROKEN)
