"""Settings of a function: its environment, typed, read when first needed.

Secrets are not here: they come from Secrets Manager. Base URLs are, since they are the only seam between the
real LINE, LINE Pay and order system and anybody's stand-ins.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Final

from storefront.contracts.price_rules import read_price_rules
from storefront.domain.after_sales import AfterSalesRules
from storefront.domain.errors import SettingMissing
from storefront.domain.handover import HandoverRules
from storefront.domain.holds import HoldLimits
from storefront.domain.lead import LeadRules
from storefront.domain.linking import LinkRules
from storefront.domain.pace import PaceLimits
from storefront.domain.pricing import PriceRules
from storefront.domain.push_policy import PushPolicy
from storefront.domain.retention import Retention
from storefront.domain.silence import SilenceRules
from storefront.messages.scene import Shop
from storefront.services.ports import Timers

_LINE_USER_ID: Final = re.compile(r"U[0-9a-f]{32}")


@dataclass(frozen=True)
class Settings:
    """The environment of a function; each part is read when it is asked for, so none needs what it never uses."""

    environment: Mapping[str, str]

    def text(self, name: str) -> str:
        """A setting that must be there.

        Raises:
            SettingMissing: it is absent or blank.
        """
        value = self.environment.get(name, "").strip()
        if not value:
            raise SettingMissing(name)
        return value

    def optional(self, name: str, default: str = "") -> str:
        """A setting that may be absent or blank."""
        return self.environment.get(name, "").strip() or default

    def seconds(self, name: str, default: int) -> int:
        """A duration in whole seconds, at least one.

        Raises:
            SettingMissing: it is no such number.
        """
        value = self.optional(name, str(default))
        if not value.isascii() or not value.isdigit() or int(value) < 1:
            raise SettingMissing(name, "is not a whole number of seconds")
        return int(value)

    def base_url(self, name: str, default: str = "") -> str:
        """The address of somebody else's service, without a slash at its end."""
        value = (self.optional(name, default) if default else self.text(name)).rstrip("/")
        if not value.startswith(("https://", "http://")):
            raise SettingMissing(name, "is not a web address")
        return value

    @property
    def timers(self) -> Timers:
        """The business durations."""
        usual = Timers()
        return Timers(
            quote_validity=self.seconds("QUOTE_VALIDITY_SECONDS", usual.quote_validity),
            quote_reminder=self.seconds("QUOTE_REMINDER_SECONDS", usual.quote_reminder),
            payment_window=self.seconds("PAYMENT_WINDOW_SECONDS", usual.payment_window),
            payment_check=self.seconds("PAYMENT_CHECK_SECONDS", usual.payment_check),
            delivery_silence=self.seconds("DELIVERY_SILENCE_SECONDS", usual.delivery_silence),
            approval_reminder=self.seconds("APPROVAL_REMINDER_SECONDS", usual.approval_reminder),
            approval_patience=self.seconds("APPROVAL_PATIENCE_SECONDS", usual.approval_patience),
        )

    @property
    def staff_line_user_ids(self) -> tuple[str, ...]:
        """LINE user ids of those who are told of approvals, leads and hand-overs and may press staff's buttons.

        Raises:
            SettingMissing: one of them is no user id (U and 32 hex digits).
        """
        listed = self.optional("STAFF_LINE_USER_IDS").split(",")
        ids = tuple(dict.fromkeys(each.strip() for each in listed if each.strip()))
        if not all(_LINE_USER_ID.fullmatch(each) for each in ids):
            raise SettingMissing("STAFF_LINE_USER_IDS", "is not a list of LINE user ids")
        return ids

    @property
    def workflow_timers(self) -> dict[str, int]:
        """Durations that the state machine takes from its input, in seconds."""
        timers = self.timers
        return {
            "paymentWindowSeconds": timers.payment_window,
            "graceSeconds": 2 * timers.grace + 1,
            "deliverySilenceSeconds": timers.delivery_silence,
        }

    @property
    def hold_limits(self) -> HoldLimits:
        """How much stock one customer may hold."""
        return HoldLimits(**tomllib.loads(_of_the_shop("limits.toml"))["holds"])

    @property
    def pace_limits(self) -> PaceLimits:
        """How fast one customer may go."""
        return PaceLimits(**tomllib.loads(_of_the_shop("limits.toml"))["pace"])

    @property
    def link_rules(self) -> LinkRules:
        """How an order that was placed elsewhere is proven to be a customer's.

        Raises:
            ValueError: the shop's file has no such number.
        """
        return LinkRules(**tomllib.loads(_of_the_shop("limits.toml"))["linking"])

    @property
    def shop(self) -> Shop:
        """The seller and the rules of the house."""
        facts = tomllib.loads(_of_the_shop("shop.toml"))
        return Shop(
            **{**facts, "chilled": frozenset(facts.get("chilled", ()))},
            weekly=tomllib.loads(_of_the_shop("hours.toml"))["weekly"],
            picture_base_url=self.optional("PICTURE_BASE_URL").rstrip("/"),
            public_base_url=self.optional("PUBLIC_BASE_URL").rstrip("/"),
        )

    @property
    def push_policy(self) -> PushPolicy:
        """When a message may cost a push, and when it may ring."""
        return PushPolicy(**tomllib.loads(_of_the_shop("announcing.toml")))

    @property
    def retention(self) -> Retention:
        """How long each kind of personal data is kept.

        Raises:
            ValueError: the shop's file names no such time.
        """
        return Retention(**tomllib.loads(_of_the_shop("retention.toml")))

    @property
    def price_rules(self) -> PriceRules:
        """Offers, coupons and order tiers.

        Raises:
            InvalidPriceRules: the shop's file contradicts itself.
        """
        return read_price_rules(_of_the_shop("prices.toml"))

    @property
    def lead_rules(self) -> LeadRules:
        """What makes a customer a lead."""
        return LeadRules(**tomllib.loads(_of_the_shop("leads.toml")))

    @property
    def handover_rules(self) -> HandoverRules:
        """When a person talks, and what brings the shop's own answers back."""
        return HandoverRules.of(tomllib.loads(_of_the_shop("handover.toml")))

    @property
    def silence_rules(self) -> SilenceRules:
        """When a paid order has been without news for too long."""
        return SilenceRules.of(tomllib.loads(_of_the_shop("orders.toml"))["silence"])

    @property
    def after_sales_rules(self) -> AfterSalesRules:
        """What a customer may do after a delivery, and for how long."""
        table = tomllib.loads(_of_the_shop("orders.toml"))["after_delivery"]
        return AfterSalesRules.of(table, self.shop.return_days)


def _of_the_shop(name: str) -> str:
    """A file that the shop edits."""
    return resources.files("storefront.demo_shop").joinpath(name).read_text("utf-8")
