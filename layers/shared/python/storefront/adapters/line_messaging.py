"""LINE's Messaging API through line-bot-sdk: its models build each message, its client sends it.

Outcomes are values: a lost answer is UNKNOWN, never "not sent". The channel access token is a stateless one,
kept for ten of its fifteen minutes and renewed once on a 401 (E8).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

import urllib3
from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    Configuration,
    FlexMessage,
    PushMessageRequest,
    ReplyMessageRequest,
    TextMessage,
)

from storefront.domain.push_policy import Quota
from storefront.services.ports import SendOutcome

TIMEOUT_SECONDS: Final = (2.0, 5.0)
PAUSES_SECONDS: Final = (0.3, 1.0, 2.0)
"""Before the second, third and fourth try of a message that LINE did not take: a customer waits for it."""

TRY_AGAIN_WITHIN: Final = timedelta(seconds=8)
"""No further try begins later than that, so that a function ends in its own time."""

TOKEN_KEPT: Final = timedelta(minutes=10)
_MODELS: Final[dict[str, Any]] = {"text": TextMessage, "flex": FlexMessage}


class LineMessaging:
    """Sends messages of one channel; `base_url` is LINE's or the configured stand-in's."""

    def __init__(
        self,
        base_url: str,
        credentials: Callable[[], tuple[str, str]],
        clock: Callable[[], datetime],
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._credentials = credentials
        self._clock = clock
        self._pause = pause
        self._token: str | None = None
        self._token_until: datetime | None = None

    @cached_property
    def _client(self) -> ApiClient:
        """One client, and so one connection, per function environment; the SDK's own retries are off."""
        configuration = Configuration(host=self._base_url, access_token="")
        configuration.retries = urllib3.Retry(0, redirect=0, raise_on_redirect=False)
        client = ApiClient(configuration)
        # The SDK would send a stale token with every call; `auth_settings` adds the fresh one where it belongs.
        del client.default_headers["Authorization"]
        return client

    def reply(self, token: str, messages: Sequence[Mapping[str, object]]) -> SendOutcome:
        request = ReplyMessageRequest(
            replyToken=token, messages=_models(messages), notificationDisabled=False
        )
        return self._send("/v2/bot/message/reply", request, {}, SendOutcome.REPLY_TOKEN_REFUSED)

    def push(
        self, to: str, messages: Sequence[Mapping[str, object]], retry_key: str, *, silent: bool = False
    ) -> SendOutcome:
        request = PushMessageRequest(
            to=to,
            messages=_models(messages),
            notificationDisabled=silent,
            customAggregationUnits=None,
        )
        headers = {"X-Line-Retry-Key": retry_key}
        return self._send("/v2/bot/message/push", request, headers, SendOutcome.MALFORMED)

    def profile_language(self, line_user_id: str) -> str | None:
        """BCP 47 tag of the user's LINE, if LINE tells it."""
        answer = self._call(
            "GET",
            "/v2/bot/profile/{userId}",
            None,
            {},
            path_parameters={"userId": line_user_id},
            types={"200": "object"},
        )
        if not isinstance(answer, Mapping):
            return None
        language = answer.get("language")
        return language if isinstance(language, str) else None

    def _send(
        self, path: str, request: object, headers: Mapping[str, str], bare_400: SendOutcome
    ) -> SendOutcome:
        """Send, and again a few times at once while LINE is busy or silent (E1, E2).

        Every try is safe: a push has its retry key, and a reply token works once. A token that is refused after
        a try without an answer was spent by that try. `bare_400` is what a 400 without details means here.
        """
        began = self._clock()
        unanswered = False
        for pause in (*PAUSES_SECONDS, None):
            outcome = self._try(path, request, headers, bare_400)
            if outcome is SendOutcome.REPLY_TOKEN_REFUSED and unanswered:
                return SendOutcome.ACCEPTED
            again = outcome in {SendOutcome.UNKNOWN, SendOutcome.RATE_LIMITED}
            if not again or pause is None or self._clock() - began > TRY_AGAIN_WITHIN:
                return outcome
            unanswered = unanswered or outcome is SendOutcome.UNKNOWN
            self._pause(pause)
        raise AssertionError("the last try returns")

    def _try(
        self, path: str, request: object, headers: Mapping[str, str], bare_400: SendOutcome
    ) -> SendOutcome:
        answer = self._call("POST", path, request, headers)
        if isinstance(answer, ApiException):
            return self._refusal(answer, bare_400)
        return SendOutcome.UNKNOWN if isinstance(answer, Exception) else SendOutcome.ACCEPTED

    def _call(
        self,
        method: str,
        path: str,
        request: object,
        headers: Mapping[str, str],
        *,
        path_parameters: Mapping[str, str] | None = None,
        types: Mapping[str, str] | None = None,
    ) -> object:
        """One HTTP call, once more after a 401 with a fresh token; network trouble comes back as a value."""
        for attempt in range(2):
            try:
                self._client.configuration.access_token = self._access_token(renew=attempt > 0)
                return self._client.call_api(
                    path,
                    method,
                    dict(path_parameters or {}),
                    [],
                    {"Accept": "application/json", "Content-Type": "application/json", **headers},
                    body=request,
                    response_types_map=dict(types or {}),
                    auth_settings=["Bearer"],
                    _return_http_data_only=types is not None,
                    _request_timeout=TIMEOUT_SECONDS,
                )
            except ApiException as refused:
                if refused.status == 401 and attempt == 0:
                    continue
                return refused
            except (urllib3.exceptions.HTTPError, UnicodeDecodeError, ValueError) as lost:
                return lost
        return None

    def _refusal(self, refused: ApiException, bare_400: SendOutcome) -> SendOutcome:
        match refused.status:
            case 409:
                return SendOutcome.ACCEPTED
            case 400:
                # LINE names the property of a malformed message; a bad token or recipient has none.
                detailed = isinstance(refused.body, str) and '"details"' in refused.body
                return SendOutcome.MALFORMED if detailed else bare_400
            case 429:
                return self._too_many()
            case _:
                return SendOutcome.UNKNOWN

    def quota(self) -> Quota | None:
        """Pushes of this month: what the plan and its top-up allow, and what LINE counts as used."""
        quota = self._call("GET", "/v2/bot/message/quota", None, {}, types={"200": "object"})
        used = self._call("GET", "/v2/bot/message/quota/consumption", None, {}, types={"200": "object"})
        if not isinstance(quota, Mapping) or not isinstance(used, Mapping):
            return None
        limit, total = quota.get("value"), used.get("totalUsage")
        if not isinstance(total, int):
            return None
        return Quota(limit if isinstance(limit, int) else None, total)

    def _too_many(self) -> SendOutcome:
        """Both kinds of 429 look alike; the quota tells which one it is (E2, E3)."""
        quota = self.quota()
        spent = quota is not None and quota.remaining == 0
        return SendOutcome.QUOTA_USED_UP if spent else SendOutcome.RATE_LIMITED

    def _access_token(self, *, renew: bool) -> str:
        now = self._clock()
        if renew or self._token is None or self._token_until is None or now >= self._token_until:
            channel_id, secret = self._credentials()
            answer = self._client.call_api(
                "/oauth2/v3/token",
                "POST",
                {},
                [],
                {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"},
                post_params=[
                    ("grant_type", "client_credentials"),
                    ("client_id", channel_id),
                    ("client_secret", secret),
                ],
                response_types_map={"200": "object"},
                auth_settings=[],
                _return_http_data_only=True,
                _request_timeout=TIMEOUT_SECONDS,
            )
            self._token = str(answer["access_token"])
            self._token_until = now + TOKEN_KEPT
        return self._token


def _models(messages: Sequence[Mapping[str, object]]) -> list[Any]:
    """The SDK's own types: raw dicts would be truncated by it without a word."""
    return [_MODELS[str(message["type"])].from_dict(dict(message)) for message in messages]
