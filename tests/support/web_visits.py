"""Asking the routes of the web server as a browser does: cookies kept, forms filled in as they were given out, redirects not followed."""

from __future__ import annotations

import asyncio
import re
from html import unescape
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tanping.assessment.web import account, door


def site() -> Starlette:
    """Return the routes and the door, with a plain page behind every other address."""

    async def page(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("inside")

    return Starlette(routes=[*account.routes(), Route("/{rest:path}", page)], middleware=[Middleware(door.Door)])


class Visitor:
    """One browser."""

    def __init__(self, scheme: str = "http") -> None:
        self.base = f"{scheme}://tanping.test"
        self.app = site()
        self.cookies: dict[str, str] = {}

    def get(self, path: str, accept: str = "text/html", **headers: str) -> httpx.Response:
        return self._ask("GET", path, headers={"Accept": accept, **headers})

    def post(self, path: str, fields: dict[str, str], **headers: str) -> httpx.Response:
        """Send fields as they are."""
        return self._ask("POST", path, data=fields, headers={"Origin": self.base, **headers})

    def fill(self, path: str, **fields: str) -> httpx.Response:
        """Open a form, fill it in and send it."""
        given = re.findall(r'name="(form|next)" value="([^"]*)"', self.get(path).text)
        return self.post(path.split("?")[0], {**{name: unescape(value) for name, value in given}, **fields})

    def sign_in(self, login: str, password: str, path: str = account.SIGN_IN) -> httpx.Response:
        return self.fill(path, login=login, password=password)

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(self.app), base_url=self.base, cookies=self.cookies
            ) as client:
                return await client.request(method, path, **more)

        answer = asyncio.run(ask())
        self.cookies.update(answer.cookies)
        for line in answer.headers.get_list("set-cookie"):
            if "max-age=0" in line.lower():
                self.cookies.pop(line.split("=")[0], None)
        return answer
