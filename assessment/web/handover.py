"""From the identity provider's sign-in to a session of our own.

Streamlit keeps what the provider vouched for in a cookie of its own, which a page can read but our routes can't. The page opens the session and leaves the
token here under a code; the browser brings the code to a route, which sets the cookie. A code is good once, for a minute, and only in the browser whose
provider cookie it was made from: a code sent to somebody else opens nothing.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time

ENTER = "/account/enter"
PROVIDER_COOKIE = "_streamlit_user"
SECONDS = 60

_kept: dict[str, tuple[str, str, float]] = {}
_lock = threading.Lock()


def leave(token: str, cookie: str) -> str:
    """Keep a session token for the browser with this provider cookie; return the code."""
    code = secrets.token_urlsafe(32)
    with _lock:
        _forget_old()
        _kept[_digest(code)] = (token, _digest(cookie), time.monotonic() + SECONDS)
    return code


def redeem(code: str, cookie: str) -> str:
    """Return the token kept under a code, empty if there is none for this browser. A code that was shown is gone."""
    with _lock:
        _forget_old()
        token, bound, _ = _kept.pop(_digest(code), ("", "", 0.0))
    return token if token and secrets.compare_digest(bound, _digest(cookie)) else ""


def _forget_old() -> None:
    now = time.monotonic()
    for key in [key for key, (_, _, until) in _kept.items() if until <= now]:
        del _kept[key]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
