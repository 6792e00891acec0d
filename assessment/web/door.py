"""Who asks for a page without a session is sent to the sign-in form, who asks for one that is not there to the first. What a page shows is guarded again where it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse

from tanping.assessment.pages import ASTRAY, FIRST, MANY, OVERSIGHT, REGISTERS, REVIEW, WORK
from tanping.assessment.pages.review import REFUSALS, joint
from tanping.assessment.pages.review.entry import COOKIE, PROVIDER, SIGN_IN
from tanping.assessment.review.errors import SignInError
from tanping.assessment.web import account

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

OPEN = ("/account/", "/_stcore/", "/static/", "/media/", "/component/", "/oauth2callback", "/auth/")
PAGES = frozenset({"", *WORK, *MANY, *REVIEW, *OVERSIGHT, *REGISTERS}) - {FIRST}
"""Addresses of pages."""


class Door:
    """Middleware before every page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or answer with the way to the sign-in form."""
        if scope["type"] == "http" and _is_page(scope):
            request = Request(scope)
            name = scope["path"].strip("/")
            if name not in PAGES:
                # Streamlit would say in English that it has no such page; the first page says it in words.
                query = request.url.query if name == FIRST else f"{ASTRAY}=1"
                await RedirectResponse(f"/?{query}" if query else "/", status_code=303)(scope, receive, send)
                return
            if await run_in_threadpool(_shut, request):
                target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                answer = RedirectResponse(f"{SIGN_IN}?next={quote(target)}", status_code=303)
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _is_page(scope: Scope) -> bool:
    path, headers = scope["path"], dict(scope["headers"])
    return scope["method"] == "GET" and not path.startswith(OPEN) and b"text/html" in headers.get(b"accept", b"")


def _shut(request: Request) -> bool:
    """Whether somebody has to sign in first. What stands in the way of knowing is told by the page."""
    try:
        accounts = joint().accounts
        if not accounts.has_accounts() or account.vouched(request) or PROVIDER in request.query_params:
            return False
        accounts.person(request.cookies.get(COOKIE, ""))
    except SignInError:
        return True
    except REFUSALS:
        return False
    return False
