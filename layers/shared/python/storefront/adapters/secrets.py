"""Secrets from Secrets Manager through Powertools Parameters, kept for five minutes.

One JSON secret per owner: `line` {channelId, channelSecret, previousChannelSecret?}, `line_pay` {channelId,
channelSecret}, `order_system` {signingSecret}, `back_office` {source: {secrets: [...], types: [...]}}. A
function may read only the secrets that its role names.
"""

from collections.abc import Mapping
from typing import Any, Final

from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

KEPT_SECONDS: Final = 300


class Secrets:
    """Named JSON secrets of the stack."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._known: dict[str, Mapping[str, Any]] = {}

    def read(self, owner: str, *, refresh: bool = False) -> Mapping[str, Any]:
        """The secret of `owner`; `refresh` asks again, for a signature that may come from a rotated secret.

        While the secret store is away, what is known goes on being used; who knows nothing yet fails (H4).
        """
        try:
            value = parameters.get_secret(
                self._names[owner], transform="json", max_age=KEPT_SECONDS, force_fetch=refresh
            )
        except GetParameterError:
            if refresh or owner not in self._known:
                raise
            return self._known[owner]
        if not isinstance(value, Mapping):
            raise LookupError(f"the secret of {owner} is not a JSON object")
        self._known[owner] = value
        return value
