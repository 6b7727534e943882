"""Joins services to adapters: the only module that knows both. Everything is made when first asked for, once."""

import os
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

from storefront.observability import PowertoolsMetrics
from storefront.settings import Settings

if TYPE_CHECKING:
    from storefront.adapters.back_office_door import BackOfficeDoor
    from storefront.adapters.catalogue_table import CatalogueTable
    from storefront.adapters.dead_letters import QueuePair
    from storefront.adapters.dynamodb import DynamoDbStore
    from storefront.adapters.line_door import LineDoor
    from storefront.adapters.line_messaging import LineMessaging
    from storefront.adapters.line_pay import LinePay
    from storefront.adapters.order_system import HttpOrderSystem
    from storefront.adapters.queues import SqsJobs
    from storefront.adapters.secrets import Secrets
    from storefront.adapters.workflow import StateMachine
    from storefront.domain.pricing import PriceRules
    from storefront.domain.replay_desk import Place
    from storefront.services.approving import Approving
    from storefront.services.casework import Casework
    from storefront.services.chat import Chat
    from storefront.services.checkout import Checkout
    from storefront.services.deciding import Deciding
    from storefront.services.erasing import Erasing
    from storefront.services.haggling import HaggleDesk
    from storefront.services.handing_over import HandingOver
    from storefront.services.lapsing import Lapsing
    from storefront.services.link_desk import LinkDesk
    from storefront.services.order_events import OrderEvents
    from storefront.services.order_lookup import OrderLookup
    from storefront.services.own_rows import OwnRows
    from storefront.services.payment_page import PaymentPage
    from storefront.services.personal_desk import PersonalDesk
    from storefront.services.phrases import Phrases
    from storefront.services.product_desk import ProductDesk
    from storefront.services.promising import Promising
    from storefront.services.quote_maker import QuoteMaker
    from storefront.services.quote_page import QuotePages
    from storefront.services.quote_records import QuoteRecords
    from storefront.services.quote_workflows import QuoteWorkflows
    from storefront.services.quoting import Quoting
    from storefront.services.received_events import ReceivedEvents
    from storefront.services.reconciling import Reconciling
    from storefront.services.referring import Referring
    from storefront.services.refunding import Refunding
    from storefront.services.replay_desk import ReplayDesk
    from storefront.services.shipping import Shipping
    from storefront.services.staff import Staff
    from storefront.services.sweeping import Sweeping
    from storefront.services.telling import Telling
    from storefront.services.waiting import Waits

_AWS: Final = Config(
    connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4}
)


@cache
def settings() -> Settings:
    return Settings(os.environ)


@cache
def _client(service: str) -> Any:
    return boto3.client(service, config=_AWS)  # type: ignore[call-overload]


@cache
def secrets() -> "Secrets":
    from storefront.adapters.secrets import Secrets

    named = {
        "line": "LINE_SECRET_NAME",
        "line_pay": "LINE_PAY_SECRET_NAME",
        "order_system": "ORDER_SYSTEM_SECRET_NAME",
        "back_office": "BACK_OFFICE_SECRET_NAME",
    }
    known = {owner: settings().optional(variable) for owner, variable in named.items()}
    return Secrets({owner: name for owner, name in known.items() if name})


@cache
def store() -> "DynamoDbStore":
    from storefront.adapters.dynamodb import DynamoDbStore
    from storefront.adapters.identifiers import now
    from storefront.adapters.layout import Table

    tables = {table: settings().optional(f"{table.value.upper()}_TABLE") for table in Table}
    named = {table: name for table, name in tables.items() if name}
    return DynamoDbStore(_client("dynamodb"), named, now, settings().retention)


@cache
def catalogues() -> "CatalogueTable":
    from storefront.adapters.catalogue_table import CatalogueTable
    from storefront.adapters.identifiers import now

    return CatalogueTable(_client("dynamodb"), settings().text("CATALOGUE_TABLE"), now)


@cache
def jobs() -> "SqsJobs":
    from storefront.adapters.queues import QueueUrls, SqsJobs

    queues = QueueUrls(
        payments=settings().optional("PAYMENTS_QUEUE_URL") or None,
        order_events=settings().optional("ORDER_EVENTS_QUEUE_URL") or None,
        back_office=settings().optional("BACK_OFFICE_QUEUE_URL") or None,
    )
    return SqsJobs(_client("sqs"), queues)


@cache
def messenger() -> "LineMessaging":
    from storefront.adapters.identifiers import now
    from storefront.adapters.line_messaging import LineMessaging

    def credentials() -> tuple[str, str]:
        channel = secrets().read("line")
        return str(channel["channelId"]), str(channel["channelSecret"])

    base_url = settings().base_url("LINE_API_BASE_URL", "https://api.line.me")
    return LineMessaging(base_url, credentials, now)


@cache
def gateway() -> "LinePay":
    from storefront.adapters.line_pay import LinePay

    channel = secrets().read("line_pay")
    return LinePay(
        base_url=settings().base_url("LINE_PAY_BASE_URL"),
        channel_id=str(channel["channelId"]),
        channel_secret=str(channel["channelSecret"]),
        version="v3" if settings().optional("LINE_PAY_API_VERSION") == "v3" else "v4",
    )


@cache
def order_system() -> "HttpOrderSystem":
    from storefront.adapters.order_system import HttpOrderSystem

    return HttpOrderSystem(
        settings().optional("BACKOFFICE_URL"), lambda: str(secrets().read("order_system")["signingSecret"])
    )


@cache
def workflow() -> "StateMachine":
    from storefront.adapters.workflow import StateMachine

    return StateMachine(_client("stepfunctions"), settings().optional("ORDER_STATE_MACHINE_ARN"))


@cache
def telling() -> "Telling":
    from storefront.adapters.identifiers import now
    from storefront.services.telling import Telling

    return Telling(
        store(),
        catalogues(),
        messenger(),
        settings().shop,
        now,
        PowertoolsMetrics(),
        settings().push_policy,
    )


@cache
def staff() -> "Staff":
    from storefront.adapters.identifiers import now
    from storefront.services.staff import Staff

    return Staff(store(), telling(), now, settings().staff_line_user_ids)


@cache
def waits() -> "Waits":
    from storefront.adapters.identifiers import now
    from storefront.services.waiting import Waits

    return Waits(store(), workflow(), now)


@cache
def quote_workflows() -> "QuoteWorkflows":
    from storefront.services.quote_workflows import QuoteWorkflows

    return QuoteWorkflows(workflow(), waits(), settings().workflow_timers)


@cache
def price_rules() -> "PriceRules":
    from storefront.contracts.house_rules import bundles

    return replace(settings().price_rules, bundles=bundles())


@cache
def quoting() -> "Quoting":
    from storefront.services.quoting import Quoting

    return Quoting(catalogues(), settings().timers, price_rules())


@cache
def promising() -> "Promising":
    from storefront.adapters.identifiers import now
    from storefront.services.promising import Promising

    return Promising(store(), settings().hold_limits, now)


@cache
def lapsing() -> "Lapsing":
    from storefront.adapters.identifiers import now
    from storefront.services.lapsing import Lapsing

    return Lapsing(store(), quoting(), telling(), settings().push_policy, settings().timers, now)


@cache
def own_rows() -> "OwnRows":
    from storefront.services.own_rows import OwnRows

    return OwnRows(store())


@cache
def approval_workflow() -> "StateMachine":
    from storefront.adapters.workflow import StateMachine

    return StateMachine(_client("stepfunctions"), settings().optional("APPROVAL_STATE_MACHINE_ARN"))


@cache
def quote_maker() -> "QuoteMaker":
    from storefront.adapters.identifiers import RandomIds, now
    from storefront.services.coupons import Coupons
    from storefront.services.quote_maker import QuoteMaker

    coupons = Coupons(store(), price_rules())
    return QuoteMaker(quoting(), promising(), own_rows(), coupons, now, RandomIds())


@cache
def approving() -> "Approving":
    from storefront.adapters.identifiers import now
    from storefront.services.approving import Approving

    return Approving(
        store=store(),
        catalogues=catalogues(),
        maker=quote_maker(),
        telling=telling(),
        staff=staff(),
        workflows=quote_workflows(),
        waits=waits(),
        clock=now,
    )


@cache
def referring() -> "Referring":
    from storefront.adapters.identifiers import now
    from storefront.contracts.house_rules import business_hours, negotiation_rules
    from storefront.services.referring import Referring

    return Referring(
        store=store(),
        staff=staff(),
        workflow=approval_workflow(),
        rules=negotiation_rules(),
        hours=business_hours(),
        timers=settings().timers,
        clock=now,
    )


@cache
def haggling() -> "HaggleDesk":
    from storefront.adapters.identifiers import now
    from storefront.contracts.house_rules import negotiation_rules
    from storefront.services.haggling import HaggleDesk

    return HaggleDesk(store(), quoting(), quote_maker(), own_rows(), referring(), negotiation_rules(), now)


@cache
def product_desk() -> "ProductDesk":
    from storefront.services.product_desk import ProductDesk

    return ProductDesk(catalogues(), own_rows(), settings().shop)


@cache
def handing_over() -> "HandingOver":
    from storefront.adapters.identifiers import now
    from storefront.contracts.house_rules import business_hours
    from storefront.services.handing_over import HandingOver
    from storefront.services.leads import Leads

    leads = Leads(store(), settings().lead_rules)
    rules = settings().handover_rules
    return HandingOver(store(), own_rows(), staff(), leads, rules, business_hours(), now)


@cache
def chat() -> "Chat":
    from storefront.adapters.identifiers import RandomIds, now
    from storefront.contracts.house_rules import business_hours
    from storefront.services.after_sales import AfterSalesDesk
    from storefront.services.answering import Answering, Desks
    from storefront.services.cancelling import Cancelling
    from storefront.services.chat import Chat
    from storefront.services.coupon_desk import CouponDesk
    from storefront.services.coupons import Coupons
    from storefront.services.declining import DeclineDesk
    from storefront.services.delivery_desk import DeliveryDesk
    from storefront.services.quote_desk import QuoteDesk
    from storefront.services.staff_desk import StaffDesk

    ids = RandomIds()
    coupons = Coupons(store(), price_rules())
    deliveries = DeliveryDesk(store(), settings().shop, settings().timers)
    quotes = QuoteDesk(
        quoting(), quote_maker(), promising(), deliveries, product_desk(), own_rows(), now, ids, phrases()
    )
    desks = Desks(
        quotes=quotes,
        coupons=CouponDesk(quotes, coupons, own_rows(), now),
        deliveries=deliveries,
        cancelling=Cancelling(store(), ids),
        haggling=haggling(),
        staff=StaffDesk(store(), staff(), approving(), now),
        products=product_desk(),
        people=handing_over(),
        declines=DeclineDesk(own_rows(), now),
        after_sales=AfterSalesDesk(
            store(),
            own_rows(),
            catalogues(),
            quotes,
            product_desk(),
            staff(),
            settings().after_sales_rules,
            business_hours(),
            now,
        ),
        personal=personal_desk(),
        links=link_desk(),
    )
    return Chat(
        store=store(),
        answering=Answering(store(), own_rows(), desks, messenger(), staff(), now, settings().pace_limits),
        telling=telling(),
        workflows=quote_workflows(),
        waits=waits(),
        staff=staff(),
        referring=referring(),
        approving=approving(),
        jobs=jobs(),
        clock=now,
    )


@cache
def deciding() -> "Deciding":
    from storefront.adapters.identifiers import now
    from storefront.services.deciding import Deciding

    return Deciding(store(), lapsing(), waits(), now)


@cache
def checkout() -> "Checkout":
    from storefront.adapters.identifiers import RandomIds, now
    from storefront.services.checkout import Checkout

    return Checkout(
        store=store(),
        gateway=gateway(),
        telling=telling(),
        waits=waits(),
        jobs=jobs(),
        clock=now,
        ids=RandomIds(),
        metrics=PowertoolsMetrics(),
        timers=settings().timers,
        public_base_url=settings().base_url("PUBLIC_BASE_URL"),
    )


@cache
def refunding() -> "Refunding":
    from storefront.adapters.identifiers import now
    from storefront.services.refunding import Refunding

    return Refunding(store(), gateway(), telling(), waits(), jobs(), now, PowertoolsMetrics())


@cache
def payment_page() -> "PaymentPage":
    from storefront.services.payment_page import PaymentPage

    return PaymentPage(store(), jobs())


@cache
def quote_records() -> "QuoteRecords":
    from storefront.services.quote_records import QuoteRecords

    return QuoteRecords(store())


@cache
def quote_pages() -> "QuotePages":
    from storefront.adapters.identifiers import now
    from storefront.services.quote_page import QuotePages

    return QuotePages(store(), now)


@cache
def order_lookup() -> "OrderLookup":
    from storefront.adapters.identifiers import now
    from storefront.services.order_lookup import OrderLookup

    return OrderLookup(
        store(), telling(), product_desk(), staff(), link_desk(), settings().silence_rules, now
    )


@cache
def shipping() -> "Shipping":
    from storefront.adapters.identifiers import RandomIds, now
    from storefront.services.cancelling import Cancelling
    from storefront.services.shipping import Shipping

    return Shipping(
        store=store(),
        catalogues=catalogues(),
        cancelling=Cancelling(store(), RandomIds()),
        telling=telling(),
        waits=waits(),
        jobs=jobs(),
        clock=now,
        metrics=PowertoolsMetrics(),
    )


@cache
def received_events() -> "ReceivedEvents":
    from storefront.adapters.identifiers import RandomIds, now
    from storefront.contracts.back_office import news_in
    from storefront.services.outside_decisions import OutsideDecisions
    from storefront.services.outside_orders import OutsideOrders
    from storefront.services.received_events import ReceivedEvents

    decisions = OutsideDecisions(store(), waits(), now, PowertoolsMetrics())
    orders = OutsideOrders(store(), catalogues(), now, RandomIds())
    return ReceivedEvents(store(), shipping(), decisions, orders, news_in)


@cache
def line_door() -> "LineDoor":
    from storefront.adapters.identifiers import now
    from storefront.adapters.line_door import LineDoor

    queues = {
        "inquiry": settings().text("INQUIRY_QUEUE_URL"),
        "status": settings().text("STATUS_QUEUE_URL"),
    }
    return LineDoor(_client("sqs"), queues, lambda refresh: secrets().read("line", refresh=refresh), now)


@cache
def back_office_door() -> "BackOfficeDoor":
    from storefront.adapters.back_office_door import BackOfficeDoor
    from storefront.adapters.identifiers import now

    return BackOfficeDoor(
        store(),
        jobs(),
        lambda refresh: secrets().read("back_office", refresh=refresh),
        now,
        PowertoolsMetrics(),
    )


@cache
def order_events() -> "OrderEvents":
    from storefront.adapters.identifiers import now
    from storefront.services.order_events import OrderEvents

    return OrderEvents(store(), order_system(), jobs(), now, PowertoolsMetrics())


@cache
def link_desk() -> "LinkDesk":
    from storefront.adapters.identifiers import now
    from storefront.services.link_desk import LinkDesk

    return LinkDesk(store(), settings().link_rules, now)


@cache
def personal_desk() -> "PersonalDesk":
    from storefront.adapters.identifiers import now
    from storefront.services.personal_desk import PersonalDesk

    return PersonalDesk(store(), phrases(), settings().retention, now)


@cache
def erasing() -> "Erasing":
    from storefront.adapters.identifiers import now
    from storefront.services.erasing import Erasing

    return Erasing(store(), phrases(), telling(), settings().retention, now)


@cache
def sweeping() -> "Sweeping":
    from storefront.adapters.identifiers import now
    from storefront.services.sweeping import Sweeping

    return Sweeping(store(), lapsing(), telling(), jobs(), now, PowertoolsMetrics(), erasing())


@cache
def reconciling() -> "Reconciling":
    from storefront.adapters.identifiers import now
    from storefront.services.reconciling import Reconciling

    return Reconciling(store(), gateway(), checkout(), refunding(), now, PowertoolsMetrics())


@cache
def phrases() -> "Phrases":
    from storefront.adapters.identifiers import now
    from storefront.services.phrases import Phrases

    return Phrases(store(), now)


def casework() -> "Casework":
    from storefront.adapters.identifiers import RandomIds, now
    from storefront.services.cancelling import Cancelling
    from storefront.services.case_refunds import CaseRefunds
    from storefront.services.casework import Casework

    ids = RandomIds()
    cancelling = Cancelling(store(), ids)
    refunds = CaseRefunds(store(), gateway(), cancelling, waits(), jobs(), now, ids)
    return Casework(store(), refunds, jobs(), now)


def _queue_pairs() -> dict["Place", "QueuePair"]:
    """The queues that this function may look after, each with its dead letters."""
    from storefront.adapters.dead_letters import QueuePair
    from storefront.domain.replay_desk import Place

    named = {
        Place.BACK_OFFICE: "BACK_OFFICE",
        Place.CHAT: "INQUIRY",
        Place.STATUS: "STATUS",
        Place.PAYMENTS: "PAYMENTS",
        Place.ORDER_EVENTS: "ORDER_EVENTS",
    }
    return {
        place: QueuePair(settings().text(f"{name}_QUEUE_URL"), settings().text(f"{name}_DEAD_LETTERS_URL"))
        for place, name in named.items()
    }


@cache
def replay_desk() -> "ReplayDesk":
    from storefront.adapters.dead_letters import SqsDeadLetters
    from storefront.adapters.identifiers import RandomIds, now
    from storefront.adapters.rehearsal import RehearsalStore
    from storefront.contracts.back_office import glance, news_in
    from storefront.contracts.line_events import chat_glance
    from storefront.services.dead_letter_desk import DeadLetterDesk
    from storefront.services.rehearsing import Rehearsing
    from storefront.services.replay_desk import ReplayDesk

    letters = DeadLetterDesk(store(), SqsDeadLetters(_client("sqs"), _queue_pairs()), chat_glance, now)
    rehearsing = Rehearsing(
        store=store(),
        stage=lambda: RehearsalStore(store()),
        catalogues=catalogues(),
        ids=RandomIds(),
        understand=news_in,
        shop=settings().shop,
        policy=settings().push_policy,
        clock=now,
    )
    return ReplayDesk(store(), letters, rehearsing, jobs(), glance, now)
