"""The web server: Streamlit's app, with a few routes of our own before it.

A page runs inside Streamlit's connection and can't set a cookie that scripts can't read. So signing in and changing the
password are plain forms answered by plain routes (``account``), and whoever asks for a page without a session is sent there (``door``).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanping.records.errors import InputError, Problem, Where
from tanping.records.home import home

if TYPE_CHECKING:
    from streamlit.starlette import App

LOCAL_HOSTS = ("127.0.0.1", "localhost")
SECRETS = "secrets.toml"


def application(script: Path, hosts: tuple[str, ...] = ()) -> App:
    """Return the ASGI app. ``hosts``: the names under which a reverse proxy offers it, besides this machine's own."""
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from streamlit.starlette import App

    from tanping.assessment.web import account, door

    return App(
        script,
        routes=account.routes(),
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=[*LOCAL_HOSTS, *hosts]),
            Middleware(door.Door),
        ],
        secrets=secrets(),
    )


def secrets() -> Mapping[str, Any]:
    """Return the identity provider's settings (``[auth]``) from ``secrets.toml`` in the data folder; empty without one.

    Raises InputError for a file that is no TOML; its content, which is secret, is never quoted.
    """
    path = home() / SECRETS
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        allowed = "可读的 UTF-8 TOML 文件，统一认证的设置写在 [auth] 之下"
        raise InputError(Problem(Where(SECRETS), "", "统一认证的设置读不出来", allowed)) from None


def has_provider() -> bool:
    """Whether an identity provider is set up and what it needs is installed; settings that can't be read are told when the server starts."""
    from importlib.util import find_spec

    try:
        return "auth" in secrets() and find_spec("authlib") is not None
    except InputError:
        return False
