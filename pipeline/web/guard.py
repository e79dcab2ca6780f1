"""Who may ask, and what a browser may do with the answer."""

from __future__ import annotations

import hmac
from http.cookies import SimpleCookie
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
COOKIE = "jixiao_token"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
NO_TOKEN = "需要口令：请使用启动时显示的网址，或在网址后加 ?token=口令\n"


class Guard:
    """In front of the application: host, token, origin; behind it: the security headers.

    Without a token only names of this machine are answered, so that a page of another site cannot
    reach it under a name of its own (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, token: str | None) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or refuse one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS:
                    headers[name] = value
                if "cache-control" not in headers:
                    headers["Cache-Control"] = "no-store"
            await send(message)

        refused = self._refused(scope)
        await (refused or self._app)(scope, receive, send_guarded)

    def _refused(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if self._token is None and host_name(headers.get("host", "")) not in LOOPBACK:
            return PlainTextResponse("只在本机提供服务\n", 403)
        if self._token is not None and not scope["path"].startswith("/static/"):
            login = self._login(scope, headers)
            if login is not None:
                return login
        if is_foreign(scope["method"], headers):
            return PlainTextResponse("不接受其他网站发来的请求\n", 403)
        return None

    def _login(self, scope: Scope, headers: Headers) -> Response | None:
        """None for who knows the token; one who brings it in the address gets it as a cookie."""
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        brought = next((value for name, value in query if name == "token"), "")
        if self._knows(brought):
            rest = urlencode([pair for pair in query if pair[0] != "token"])
            response = RedirectResponse(scope["path"] + (f"?{rest}" if rest else ""), 303)
            response.set_cookie(COOKIE, brought, httponly=True, samesite="strict")
            return response
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        bearer = headers.get("authorization", "").removeprefix("Bearer ").strip()
        if self._knows(bearer) or (cookie is not None and self._knows(cookie.value)):
            return None
        return PlainTextResponse(NO_TOKEN, 401)

    def _knows(self, word: str) -> bool:
        return self._token is not None and hmac.compare_digest(word.encode(), self._token.encode())


def host_name(host: str) -> str:
    """The name in a Host header, without its port.

    >>> host_name("127.0.0.1:8765"), host_name("[::1]:80"), host_name("evil.example")
    ('127.0.0.1', '::1', 'evil.example')
    """
    return urlsplit(f"//{host}").hostname or ""


def is_foreign(method: str, headers: Headers) -> bool:
    """Whether another site sends this request in its visitor's name.

    >>> is_foreign("POST", Headers({"host": "localhost:1", "origin": "http://evil.example"}))
    True
    >>> is_foreign("POST", Headers({"host": "localhost:1", "origin": "http://localhost:1"}))
    False
    """
    if headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        navigates = method == "GET" and headers.get("sec-fetch-mode") == "navigate"
        return not navigates
    origin = headers.get("origin")
    if method in ("GET", "HEAD") or origin is None:
        return False
    return urlsplit(origin).netloc != headers.get("host")
