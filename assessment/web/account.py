"""Signing in and changing the password: plain forms and the routes that answer them.

The session cookie is HttpOnly and SameSite=Strict, Secure under https. It is a new token at every sign-in, and the one before ends. A form is taken
only with the token that was put into it and into a cookie of its own, and only from this site.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tanping.assessment.pages.review import REFUSALS, joint
from tanping.assessment.pages.review.entry import COOKIE, PASSWORD, SIGN_IN, SIGN_OUT
from tanping.assessment.review.errors import ReviewError, SignInError
from tanping.assessment.review.users import SHORTEST_PASSWORD, Person
from tanping.assessment.web import handover, has_provider

FORM_COOKIE = "tanping_form"
HOME = "/inbox"
LEFT = "left"
"""In the address of the sign-in form: somebody just signed out."""
STALE = "这张表单已失效（放得太久，或不是从本站打开的），请在下面重新填写。"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def routes() -> list[Route]:
    """Return the routes of this module."""
    return [
        Route(SIGN_IN, _page_of("sign-in"), methods=["GET"]),
        Route(SIGN_IN, _answer(_sign_in), methods=["POST"]),
        Route(PASSWORD, _page_of("password"), methods=["GET"]),
        Route(PASSWORD, _answer(_change_password), methods=["POST"]),
        Route(SIGN_OUT, _sign_out, methods=["GET", "POST"]),
        Route(handover.ENTER, _enter, methods=["GET"]),
    ]


def vouched(request: Request) -> bool:
    """Whether the identity provider's cookie is there: the page then hands over to ``handover.ENTER``."""
    return handover.PROVIDER_COOKIE in request.cookies


def safe_target(text: str) -> str:
    """Return where to go on: a page of this site that was asked for by name, else the person's tasks."""
    parts = urlsplit(text)
    inside = text.startswith("/") and not text.startswith("//") and not parts.scheme and not parts.netloc
    odd = any(letter in "\\" or not letter.isprintable() for letter in text)
    return HOME if not inside or odd or text == "/" or parts.path.startswith("/account/") else text


# ---- the forms' answers ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filled:
    """A form that came back."""

    request: Request
    fields: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")

    @property
    def token(self) -> str:
        """The session token the browser holds, empty without one."""
        return self.request.cookies.get(COOKIE, "")


def _sign_in(form: Filled) -> Response:
    address = form.request.client.host if form.request.client else ""
    accounts = joint().accounts
    signed = accounts.sign_in(form["login"], form["password"], address=address)
    target = safe_target(form["next"])
    answer = RedirectResponse(PASSWORD if signed.must_change else target, status_code=303)
    return _with_session(answer, form.request, signed.token)


def _change_password(form: Filled) -> Response:
    accounts = joint().accounts
    person = accounts.person(form.token)
    if form["new"] != form["again"]:
        raise SignInError("两次填写的新口令不同。")
    accounts.change_password(person, form["old"], form["new"])
    return RedirectResponse(HOME, status_code=303)


def _enter(request: Request) -> Response:
    """Take over from the identity provider: a code of the page, good once and only in the browser it was made for."""
    token = handover.redeem(request.query_params.get("code", ""), request.cookies.get(handover.PROVIDER_COOKIE, ""))
    if not token:
        return _form(request, "sign-in", "统一认证的登录没有完成，请再试一次。")
    try:
        answer = _with_session(RedirectResponse(HOME, status_code=303), request, token)
    except REFUSALS as error:
        return _form(request, "sign-in", str(error), status=503)
    for name in request.cookies:
        if name.startswith(handover.PROVIDER_COOKIE):
            answer.delete_cookie(name, path="/")
    return answer


def _sign_out(request: Request) -> Response:
    """End the session and take its cookie away. The cookie comes along only from this site (SameSite=Strict), so the form needs no token."""
    if request.method != "POST":
        return RedirectResponse(HOME, status_code=303)
    if not _from_here(request):
        return _form(request, "sign-in", STALE, status=403)
    try:
        joint().accounts.sign_out(request.cookies.get(COOKIE, ""))
    except REFUSALS as error:
        return _form(request, "sign-in", str(error), status=503)
    answer = RedirectResponse(f"{SIGN_IN}?{LEFT}=1", status_code=303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


def _with_session(answer: Response, request: Request, token: str) -> Response:
    """Give the browser a new session; the one it had ends."""
    if before := request.cookies.get(COOKIE, ""):
        joint().accounts.sign_out(before)
    _set(answer, request, COOKIE, token)
    return answer


# ---- the forms -------------------------------------------------------------------------------------------------------


def _page_of(name: str) -> Callable[[Request], Response]:
    def page(request: Request) -> Response:
        return _form(request, name)

    return page


def _answer(act: Callable[[Filled], Response]) -> Callable[[Request], Any]:
    """Return the endpoint of a form: its token is checked, what is refused is told above the form."""

    async def endpoint(request: Request) -> Response:
        async with request.form(max_files=0, max_fields=10, max_part_size=8192) as sent:
            fields = {name: value for name, value in sent.items() if isinstance(value, str)}
        return await run_in_threadpool(_take, act, Filled(request, fields))

    return endpoint


def _take(act: Callable[[Filled], Response], form: Filled) -> Response:
    name = form.request.url.path.rsplit("/", 1)[-1]
    if not _genuine(form):
        return _form(form.request, name, STALE, status=403)
    try:
        return act(form)
    except ReviewError as error:
        return _form(form.request, name, str(error), login=form["login"], target=form["next"], status=400)
    except REFUSALS as error:
        return _form(form.request, name, str(error), login=form["login"], target=form["next"], status=503)


def _genuine(form: Filled) -> bool:
    """Whether a form was made here for this browser."""
    if not _from_here(form.request):
        return False
    made = form.request.cookies.get(FORM_COOKIE, "")
    return len(made) > 20 and secrets.compare_digest(made.encode(), form["form"].encode())


def _from_here(request: Request) -> bool:
    """Whether a form was sent from this site, as far as the browser tells."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host", "")


def _form(
    request: Request, name: str, trouble: str = "", *, login: str = "", target: str = "", status: int = 200
) -> Response:
    made = request.cookies.get(FORM_COOKIE, "") or secrets.token_urlsafe(24)
    person, dead = _person(request)
    if name != "sign-in" and person is None:
        name, trouble = "sign-in", trouble or "请先登录。"
    text = _template().render(
        name=name,
        form=made,
        trouble=trouble,
        login=login,
        target=safe_target(target or request.query_params.get("next", HOME)),
        person=person,
        provider=has_provider(),
        shortest=SHORTEST_PASSWORD,
        left=LEFT in request.query_params,
    )
    answer = HTMLResponse(text, status_code=status, headers=HEADERS)
    _set(answer, request, FORM_COOKIE, made)
    if dead:
        answer.delete_cookie(COOKIE, path="/")
    return answer


def _person(request: Request) -> tuple[Person | None, bool]:
    """Return who is here, and whether the browser holds a session that has ended."""
    token = request.cookies.get(COOKIE, "")
    try:
        return joint().accounts.person(token), False
    except SignInError:
        return None, bool(token)
    except REFUSALS:
        return None, False


def _set(answer: Response, request: Request, name: str, value: str) -> None:
    answer.set_cookie(name, value, path="/", httponly=True, samesite="strict", secure=request.url.scheme == "https")


@cache
def _template() -> Any:
    from pathlib import Path

    from jinja2 import Environment, FileSystemLoader

    return Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True).get_template("account.html")
