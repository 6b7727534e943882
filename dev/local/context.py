"""What the parts of the local run share: addresses, names in the local AWS, stand-ins, credentials.

Made once the stack is deployed, so that every name in it exists; the browser page reads it.
"""

import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dev.local.settings import LocalSettings
from dev.page.books import Office
from dev.standins.line_pay import LinePayPlatform
from dev.standins.line_platform import LinePlatform

KEPT_CALLS = 500
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class LocalCredentials:
    """The local run's own, valid nowhere else; they reach the functions through the secret store."""

    line_channel_id: str = "2000000001"
    line_channel_secret: str = "dev-line-channel-secret"  # noqa: S105
    line_pay_channel_id: str = "dev-pay-channel"
    line_pay_channel_secret: str = "dev-pay-channel-secret"  # noqa: S105
    wms_secret: str = "whsec_ZGV2LWJhY2stb2ZmaWNlLXNlY3JldC0wMDAwMDE="  # noqa: S105
    shop_secret: str = "whsec_ZGV2LXNob3Atc2VjcmV0LTAwMDAwMDAwMDAwMDAwMg=="  # noqa: S105
    outgoing_secret: str = "whsec_ZGV2LW91dGdvaW5nLXNlY3JldC0wMDAwMDAwMDAwMDM="  # noqa: S105


@dataclass(frozen=True)
class ProxiedCall:
    """One request that the local run passed on to the deployed API, and what came back."""

    number: int
    at: float  # seconds since 1970
    method: str
    target: str  # path and query, as they came
    request_headers: tuple[tuple[str, str], ...]
    request_body: bytes
    status: int
    response_headers: tuple[tuple[str, str], ...]
    response_body: bytes
    milliseconds: int


@dataclass
class CallLog:
    """The latest proxied calls, oldest first; `number` goes on counting when old ones are dropped."""

    calls: deque[ProxiedCall] = field(default_factory=lambda: deque(maxlen=KEPT_CALLS))
    count: int = 0
    on_call: list[Callable[[ProxiedCall], None]] = field(default_factory=list)

    def add(self, call: ProxiedCall) -> None:
        self.calls.append(call)
        for tell in self.on_call:
            try:
                tell(call)
            except Exception:
                # Whoever looks on must never change what the caller gets.
                logger.exception("a call cannot be shown")

    def next_number(self) -> int:
        self.count += 1
        return self.count


@dataclass(frozen=True)
class DeployedStack:
    """The names that CloudFormation gave: logical id of the template to what an SDK call takes."""

    name: str
    region: str
    endpoint: str  # AWS_ENDPOINT_URL of the local AWS
    api_id: str
    tables: Mapping[str, str]  # logical id: table name
    queues: Mapping[str, str]  # logical id: queue URL
    functions: Mapping[str, str]  # logical id: function name
    state_machines: Mapping[str, str]  # logical id: ARN
    secrets: Mapping[str, str]  # logical id: ARN
    outputs: Mapping[str, str]


@dataclass(frozen=True)
class LocalContext:
    """Everything that the page and the other local routes may use."""

    base_url: str  # http://127.0.0.1:<PORT>
    settings: LocalSettings
    stack: DeployedStack
    line: LinePlatform
    line_pay: LinePayPlatform
    proxied: CallLog
    seconds: Mapping[str, float]  # start-up step: seconds it took
    office: Office  # the shop's books and its operator's desk, for the page
    credentials: LocalCredentials = LocalCredentials()

    @property
    def aws_endpoint(self) -> str:
        return self.stack.endpoint
