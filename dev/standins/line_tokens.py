"""The channel access tokens of the LINE stand-in: issued, asked for at each call, ended and revoked."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dev.standins.line_values import Answer

STATELESS_SECONDS, SHORT_LIVED_SECONDS = 900, 30 * 86_400
SHORT_LIVED_TOKENS = 30


@dataclass(frozen=True)
class _Token:
    ends_at: int
    short_lived: bool


class AccessTokens:
    """Stateless tokens end by themselves; of the short-lived ones the 31st silently revokes the oldest."""

    def __init__(
        self, channel_id: str, channel_secret: str, now: Callable[[], int], token_hex: Callable[[int], str]
    ) -> None:
        self._channel_id = channel_id
        self._channel_secret = channel_secret
        self._now = now
        self._hex = token_hex
        self._tokens: dict[str, _Token] = {}

    def issue(self, form: Mapping[str, str], *, stateless: bool) -> Answer:
        """Answers a token endpoint's form; their errors look different from those of the rest of the API."""
        if form.get("grant_type") != "client_credentials":
            return _refused("unsupported_grant_type", "grant_type must be client_credentials")
        if form.get("client_id") != self._channel_id or not hmac.compare_digest(
            form.get("client_secret", "").encode(), self._channel_secret.encode()
        ):
            return _refused("invalid_client", "invalid client_id or client_secret")
        seconds = STATELESS_SECONDS if stateless else SHORT_LIVED_SECONDS
        short_lived = [value for value, token in self._tokens.items() if token.short_lived]
        if not stateless and len(short_lived) >= SHORT_LIVED_TOKENS:
            del self._tokens[short_lived[0]]
        value = self._hex(32)
        self._tokens[value] = _Token(self._now() + seconds * 1000, short_lived=not stateless)
        return Answer(200, {"access_token": value, "expires_in": seconds, "token_type": "Bearer"})

    def authorise(self, header: str | None) -> bool:
        """Whether this Authorization header lets a call pass now."""
        scheme, _, value = (header or "").partition(" ")
        token = self._tokens.get(value)
        return scheme == "Bearer" and token is not None and self._now() < token.ends_at

    def revoke(self) -> None:
        """Every token issued so far stops working, as after a reissue of the channel secret."""
        self._tokens.clear()


def _refused(error: str, description: str) -> Answer:
    return Answer(400, {"error": error, "error_description": description})
