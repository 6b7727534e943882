"""Reads what a window of the page asks for."""

from typing import Any

from starlette.requests import Request

JsonObject = dict[str, Any]


async def json_object(request: Request) -> JsonObject | None:
    """The body, only when it says to be JSON: a form of a foreign page cannot say so."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        return None
    try:
        body = await request.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None
