"""The clock and the names of new things, from the operating system's cryptographic source."""

import secrets
from datetime import UTC, datetime
from typing import Final

from storefront.domain.order_number import RANDOM_BITS, new_order_number

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"


def now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


class RandomIds:
    """Unguessable names; an attempt key has 160 bits because it stands in a URL (X5)."""

    def quote_id(self) -> str:
        return self._random(16)

    def order_number(self) -> str:
        return new_order_number(secrets.randbits(RANDOM_BITS))

    def attempt_key(self) -> str:
        return self._random(32)

    def refund_id(self) -> str:
        return self._random(12)

    def page_key(self) -> str:
        return self._random(32)

    @staticmethod
    def _random(length: int) -> str:
        return "".join(secrets.choice(_ALPHABET) for _ in range(length))
