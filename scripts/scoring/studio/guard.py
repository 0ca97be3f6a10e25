"""Who may ask the studio: the browser that was given its address, and no page of another site.

The server listens on this machine alone, yet every page that a person has open, and every program
of another user, can reach it. So each request, those for a websocket too, must bring the token of
the address; one that another site began, or that came by another name of this machine (as after
DNS rebinding), is refused even with it.
"""

import secrets
from collections.abc import Iterable

from starlette.datastructures import URL, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN = "token"

# The page's own scripts build functions from text; nothing comes from, or goes to, another place.
_POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' ws://{host}; "
    "object-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
)


class Guard:
    """An ASGI application before another: what it refuses is answered with 403."""

    def __init__(self, app: ASGIApp, host: str, token: str) -> None:
        """`host` is the name and port by which alone it may be asked, as in 127.0.0.1:8080."""
        self.app = app
        self.host = host
        self.token = token
        # Cookies of all ports of a host are one jar.
        self.cookie = f"studio_{host.rpartition(':')[2]}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on what may pass."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        if not self._is_from_here(asked):
            await _refusal("asked from another site")(scope, receive, send)
        elif scope["type"] == "http" and self._is(asked.query_params.getlist(TOKEN)):
            await self._admission(asked.url)(scope, receive, send)
        elif not self._is([asked.cookies.get(self.cookie, "")]):
            await _refusal("open the address that the studio printed")(scope, receive, send)
        else:
            await self.app(scope, receive, self._with_policy(send))

    def _is_from_here(self, asked: HTTPConnection) -> bool:
        origins = asked.headers.getlist("origin")
        hosts = asked.headers.getlist("host")
        return hosts == [self.host] and all(origin == f"http://{self.host}" for origin in origins)

    def _is(self, given: Iterable[str]) -> bool:
        """Whether a token was given, compared in a time that does not tell how much is right."""
        return any(secrets.compare_digest(one.encode(), self.token.encode()) for one in given)

    def _admission(self, url: URL) -> RedirectResponse:
        """The same page without the token, which the browser keeps from scripts and other sites."""
        answer = RedirectResponse(url.path, status_code=303)
        answer.set_cookie(self.cookie, self.token, httponly=True, samesite="strict")
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    def _with_policy(self, send: Send) -> Send:
        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = _POLICY.format(host=self.host)
                headers["Referrer-Policy"] = "no-referrer"
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        return send_with_policy


def _refusal(cause: str) -> PlainTextResponse:
    """Of a websocket, too: the server closes it with the same number."""
    return PlainTextResponse(f"403: {cause}\n", status_code=403)
