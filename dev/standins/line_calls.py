"""An endpoint of the LINE stand-in: its path, what its body must be, and who answers."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from starlette.requests import Request

from dev.standins.line_values import Answer

JsonObject = dict[str, Any]
Handler = Callable[[Request, JsonObject, str], Answer]
"""Request, body, request id. A picture comes as `{"content": bytes, "mediaType": str}`."""


class Takes(StrEnum):
    """What the body of a call has to be. Only token endpoints take a form."""

    JSON = "application/json"
    FORM = "application/x-www-form-urlencoded"
    PICTURE = "image/jpeg image/png"
    NOTHING = ""

    def refuses(self, media_type: str) -> bool:
        return self is not Takes.NOTHING and media_type not in self.split()

    @property
    def spoken(self) -> str:
        return " or ".join(self.split())


@dataclass(frozen=True)
class Call:
    """One endpoint. `name` is what faults and rate limits go by; `retried` ones take a retry key."""

    method: str
    path: str
    name: str
    handler: Handler
    takes: Takes = Takes.JSON
    retried: bool = False
