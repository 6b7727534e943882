"""What the person who starts the local run may choose, read from the environment once.

The names are those of the stack's parameters in capitals: LINE_PAY_BASE_URL here is LinePayBaseUrl in AWS.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_PORT = 8080
# LINE takes pictures from https only, so cards name them as a real shop's would; the page shows them from its folder.
PICTURES = "https://demo-shop.example/pictures"

# The shop's own person in the LINE stand-in: whoever writes as this one is staff.
STAFF_NAME = "店員小安"
STAFF_LINE_USER_ID = "U" + "5afe" * 8

# Environment variable of the local run: parameter of the stack.
URL_PARAMETERS = {
    "BACKOFFICE_URL": "BackofficeUrl",
    "LINE_API_BASE_URL": "LineApiBaseUrl",
    "LINE_DATA_API_BASE_URL": "LineDataApiBaseUrl",
    "LINE_PAY_BASE_URL": "LinePayBaseUrl",
}
SECONDS_PARAMETERS = {
    "QUOTE_VALIDITY_SECONDS": "QuoteValiditySeconds",
    "QUOTE_REMINDER_SECONDS": "QuoteReminderSeconds",
    "PAYMENT_WINDOW_SECONDS": "PaymentWindowSeconds",
    "PAYMENT_CHECK_SECONDS": "PaymentCheckSeconds",
    "APPROVAL_REMINDER_SECONDS": "ApprovalReminderSeconds",
    "APPROVAL_PATIENCE_SECONDS": "ApprovalPatienceSeconds",
}


SCENARIO_SECONDS: Mapping[str, Mapping[str, int]] = {
    "reminder": {"QuoteReminderSeconds": 20, "QuoteValiditySeconds": 300},
    "expiry": {"QuoteValiditySeconds": 20},
}
"""Scenarios about the shop's own clock bring their durations along, unless somebody chose others."""


class BadSetting(Exception):
    """A setting that the local run cannot use; the message is one line for the person who set it."""


@dataclass(frozen=True)
class LocalSettings:
    """The choices of one run; `chosen` holds the stack parameters that the environment named."""

    port: int
    headless: bool
    shop_csv: Path | None  # None: the project's demo shop
    chosen: Mapping[str, str]
    scenario: str = ""

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def folder(self) -> Path:
        """Where this run writes; another run on another port writes elsewhere."""
        return ROOT / ".local" / str(self.port)

    def parameters(self, architecture: str) -> dict[str, str]:
        """The stack parameters of this run: the stand-ins' addresses unless somebody named others."""
        return {
            "Architecture": architecture,
            "PublicBaseUrl": self.base_url,
            "PictureBaseUrl": PICTURES,
            "LineApiBaseUrl": f"{self.base_url}/_line",
            "LineDataApiBaseUrl": f"{self.base_url}/_line",
            "LinePayBaseUrl": f"{self.base_url}/_line_pay",
            "BackofficeUrl": f"{self.base_url}/_local/order-system",
            "StaffLineUserIds": STAFF_LINE_USER_ID,
            **self.chosen,
        }


def read_settings(environment: Mapping[str, str]) -> LocalSettings:
    """Raises BadSetting."""
    chosen = {}
    for name, parameter in URL_PARAMETERS.items():
        if environment.get(name):
            chosen[parameter] = _url(name, environment[name])
    for name, parameter in SECONDS_PARAMETERS.items():
        if environment.get(name):
            chosen[parameter] = str(_whole(name, environment[name], least=1))
    for parameter, seconds in SCENARIO_SECONDS.get(environment.get("SCENARIO", ""), {}).items():
        chosen.setdefault(parameter, str(seconds))
    port = _whole("PORT", environment.get("PORT") or str(DEFAULT_PORT), least=1, most=65535)
    return LocalSettings(
        port=port,
        headless=environment.get("HEADLESS", "") not in {"", "0"},
        shop_csv=_catalogue(environment.get("SHOP_CSV", "")),
        chosen=chosen,
        scenario=environment.get("SCENARIO", ""),
    )


def _url(name: str, value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise BadSetting(f"{name} must start with http:// or https://, not {value!r}.")
    return value if name == "BACKOFFICE_URL" else value.rstrip("/")


def _catalogue(value: str) -> Path | None:
    if not value:
        return None
    path = Path(value).expanduser().resolve()
    if not path.is_file():
        raise BadSetting(f"SHOP_CSV names a file that is not there: {path}")
    return path


def _whole(name: str, value: str, *, least: int, most: int | None = None) -> int:
    if (
        not value.isascii()
        or not value.isdigit()
        or int(value) < least
        or (most is not None and int(value) > most)
    ):
        upper = "" if most is None else f" to {most}"
        raise BadSetting(f"{name} must be a whole number from {least}{upper}, not {value!r}.")
    return int(value)
