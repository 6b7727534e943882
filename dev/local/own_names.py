"""Answers under its own names only: a foreign web page could else point a name of its own at 127.0.0.1.

A browser believes that such a page and the local run are of one origin (DNS rebinding), and the page's controls can
charge, refund and read chats. What the deployed API serves is not guarded: a tunnel may well give it another name.
"""

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

OWN_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
GUARDED = ("/_local/", "/_line", "/pictures/")


class OwnNamesOnly:
    """Refuses the page and its controls under any other name; everything else passes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and is_guarded(scope["path"]):
            name = Headers(scope=scope).get("host", "").rsplit(":", 1)[0].lower()
            if name not in OWN_NAMES:
                refused = JSONResponse({"message": "open this page as http://127.0.0.1"}, 403)
                await refused(scope, receive, send)
                return
        await self._app(scope, receive, send)


def is_guarded(path: str) -> bool:
    return path == "/" or path.startswith(GUARDED)
