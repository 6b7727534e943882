"""A small shop with one customer and her orders: the rows that the cards are tested with, one case per thing to say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from storefront.domain.after_sales import Problem, ReturnReason, Verdict, Wants
from storefront.domain.approval import Approval, ApprovalState, Effect
from storefront.domain.catalogue import (
    Allergen,
    Catalogue,
    PriceTier,
    Product,
    ProductKind,
    ReturnPolicy,
    Unit,
)
from storefront.domain.conversation import Conversation, DeliveryDetails, OrderDelivery
from storefront.domain.coupon import CouponRefusal
from storefront.domain.delivery import (
    HomeDelivery,
    InvoiceChoice,
    InvoiceKind,
    Recipient,
    StoreChain,
    StorePickup,
)
from storefront.domain.handover import Why
from storefront.domain.language import Language
from storefront.domain.money import Currency
from storefront.domain.negotiation import Reason
from storefront.domain.order import (
    DeliveryMethod,
    HistoryStep,
    HoldState,
    Order,
    OrderState,
    Origin,
    PaymentMethod,
)
from storefront.domain.outbox import Message, Topic
from storefront.domain.payment import AttemptState, PaymentAttempt
from storefront.domain.quote import (
    AgreedPrice,
    DeclineReason,
    Discount,
    DiscountKind,
    OfferedPrice,
    PriceReason,
    Quote,
    QuoteLine,
)
from storefront.domain.shipment import Parcel, ShipmentEvent, ShipmentStatus, StoreStop
from storefront.language.product_questions import About
from storefront.language.shop_questions import ShopQuestion
from storefront.messages.scene import Shop
from storefront.messages.shipment_cards import CHILLED_NEWS

NOW = datetime(2026, 11, 24, 6, 2, tzinfo=UTC)  # 14:02 on a Tuesday in Taipei
UNTIL = datetime(2026, 11, 25, 6, 2, tzinfo=UTC)
ORDER_NUMBER = "A7K3Q-9XM2T"
STORE_ORDER = "B8M4R-2YN3V"
QUOTE_ID = "Q7H2K9"
PAYMENT_URL = "https://sandbox-web-pay.line.me/web/payment/wait?transactionReserveId=dGVzdA"

SHOP = Shop(
    name="山嵐茶行",
    legal_name="山嵐茶業有限公司",
    company_number="12345675",
    phone="02-2345-6789",
    email="hello@shanlan.example",
    address="台北市大同區迪化街一段 88 號",
    official_account="@shanlan.tea",
    formal_quote_from=30_000,
    shipping_home=120,
    shipping_store=60,
    free_shipping_from=1_000,
    picture_base_url="https://pictures.shanlan.example",
    public_base_url="https://shop.shanlan.example",
    chilled=frozenset({"SVC-COL"}),
    weekly={"monday": ["09:00-12:30", "13:30-18:30"], "saturday": ["10:00-17:00"]},
)


def names(zh_tw: str, en: str, ja: str, th: str) -> dict[Language, str]:
    return {Language.ZH_TW: zh_tw, Language.EN: en, Language.JA: ja, Language.TH: th}


JASMINE = Product(
    sku="TEA-JAS",
    kind=ProductKind.GOODS,
    names=names("茉莉綠茶", "Jasmine green tea", "ジャスミン緑茶", "ชาเขียวมะลิ"),
    unit=Unit.BOX,
    price=180,
    floor_price=140,
    return_policy=ReturnPolicy.SEVEN_DAYS,
    packs={Unit.CASE: 12},
    tiers=(PriceTier(24, 171), PriceTier(60, 160), PriceTier(120, 150)),
    stock_counted=True,
    lead_days=2,
    descriptions=names(
        "三次窨花的茉莉綠茶，清香回甘。",
        "Green tea scented three times with jasmine.",
        "三度香り付けしたジャスミン緑茶。",
        "ชาเขียวอบดอกมะลิสามครั้ง หอมละมุน",
    ),
    specifications={
        Language.ZH_TW: {"內容量": "20 包", "產地": "南投"},
        Language.EN: {"Contents": "20 bags", "Origin": "Nantou"},
        Language.JA: {"内容量": "20袋", "産地": "南投"},
        Language.TH: {"ปริมาณ": "20 ซอง", "แหล่งผลิต": "หนานโถว"},
    },
    picture="jasmine.png",
)
OOLONG = Product(
    sku="TEA-OOL",
    kind=ProductKind.GOODS,
    names=names("高山烏龍茶", "High mountain oolong", "高山烏龍茶", "ชาอู่หลงภูเขาสูง"),
    unit=Unit.TIN,
    price=420,
    floor_price=340,
    return_policy=ReturnPolicy.SEVEN_DAYS,
    packs={Unit.CASE: 10},
    tiers=(PriceTier(10, 399), PriceTier(40, 370)),
    stock_counted=True,
    lead_days=2,
)
PINEAPPLE = Product(
    sku="CAK-PIN",
    kind=ProductKind.GOODS,
    names=names("鳳梨酥", "Pineapple cake", "パイナップルケーキ", "พายสับปะรด"),
    unit=Unit.BOX,
    price=360,
    floor_price=290,
    return_policy=ReturnPolicy.PERISHABLE_NO_RETURN,
    packs={Unit.CASE: 20},
    tiers=(PriceTier(20, 340),),
    stock_counted=True,
    lead_days=3,
    shelf_life_days=30,
    allergens=tuple(Allergen),
)
GIFT_WRAP = Product(
    sku="SVC-GIF",
    kind=ProductKind.SERVICE,
    names=names("禮盒包裝", "Gift wrapping", "ギフト包装", "ห่อของขวัญ"),
    unit=Unit.SET,
    price=60,
    floor_price=60,
    return_policy=ReturnPolicy.SERVICE,
)
CHILLED_DELIVERY = replace(
    GIFT_WRAP,
    sku="SVC-COL",
    names=names("低溫宅配", "Chilled delivery", "クール便", "จัดส่งแบบเย็น"),
    unit=Unit.TIME,
    price=160,
    floor_price=160,
)
LARGE_CATALOGUE = Catalogue.of(
    replace(PINEAPPLE, sku=f"CAK-{number}", picture="pineapple.png") for number in range(30)
)
WITH_A_GUIDE = Catalogue.of(
    [replace(JASMINE, specifications={Language.ZH_TW: {"沖泡": "90°C，2 分鐘"}})],
)
CATALOGUE = Catalogue.of((JASMINE, OOLONG, PINEAPPLE, GIFT_WRAP, CHILLED_DELIVERY))

HOME = DeliveryDetails(
    home=HomeDelivery(Recipient("王小明", "0922111678"), "台北市信義區市府路45號"),
    invoice=InvoiceChoice(InvoiceKind.COMPANY, "04595257", "範例股份有限公司"),
    wished_date="2026-11-27",
)
STORE = DeliveryDetails(
    store=StorePickup(Recipient("林美麗", "0987654321"), StoreChain.SEVEN, "市府門市"),
    invoice=InvoiceChoice(InvoiceKind.MOBILE_BARCODE, "/ABC1234"),
)
ON_PAPER = replace(HOME, invoice=InvoiceChoice(InvoiceKind.PAPER))
DONATED = replace(HOME, invoice=InvoiceChoice(InvoiceKind.DONATION, "25885"))
CONVERSATION = Conversation("customer", "U" + "0" * 32, Language.ZH_TW, on_file=HOME)


def a_quote(*lines: tuple[Product, int], **changes: Any) -> Quote:
    made = Quote(
        quote_id=QUOTE_ID,
        quote_version=1,
        customer_id="customer",
        language=Language.ZH_TW,
        currency=Currency.TWD,
        lines=tuple(QuoteLine.priced(product, units, Language.ZH_TW) for product, units in lines),
        created_at=NOW,
        valid_until=UNTIL,
        promised_since=NOW,
        page_key="k" * 32,
    )
    return replace(made, **changes)


QUOTE = a_quote((JASMINE, 36), wished_date="2026-11-27")
MIXED_QUOTE = a_quote((JASMINE, 20), (PINEAPPLE, 2), (GIFT_WRAP, 1))
SMALL_QUOTE = a_quote((JASMINE, 4))
REDUCED_QUOTE = a_quote(
    (JASMINE, 36),
    discounts=(
        Discount(DiscountKind.ORDER_TIER, "from-5000", 185),
        Discount(DiscountKind.BUNDLE, "tea-and-cake", 100),
        Discount(DiscountKind.COUPON, "TEA100", 80, capped=True),
    ),
    coupon="TEA100",
)
OFFERED_QUOTE = a_quote((JASMINE, 36))
OFFERED_QUOTE = replace(
    OFFERED_QUOTE,
    lines=(
        replace(
            OFFERED_QUOTE.lines[0],
            unit_price=150,
            price_reason=PriceReason.OFFER,
            offer=OfferedPrice("spring", "新茶上市", 150, UNTIL),
        ),
    ),
    discounts=(Discount(DiscountKind.OFFER, "spring", 10),),
)
AGREED_QUOTE = a_quote((JASMINE, 36))
AGREED_QUOTE = replace(
    AGREED_QUOTE, lines=(replace(AGREED_QUOTE.lines[0], unit_price=155, price_reason=PriceReason.AGREED),)
)
SERVICE_QUOTE = a_quote((GIFT_WRAP, 1))
CHILLED_QUOTE = a_quote((PINEAPPLE, 2), (CHILLED_DELIVERY, 1))
FORMAL_QUOTE = a_quote((OOLONG, 100), formal=True)


def chilled(order: Order) -> Order:
    return replace(order, lines=CHILLED_QUOTE.lines)


def an_order(state: OrderState, **changes: Any) -> Order:
    made = Order(
        order_number=ORDER_NUMBER,
        customer_id="customer",
        quote_id=QUOTE_ID,
        quote_version=1,
        language=Language.ZH_TW,
        currency=Currency.TWD,
        lines=QUOTE.lines,
        state=state,
        hold=HoldState.HELD,
        hold_until=NOW + timedelta(minutes=20),
        created_at=NOW - timedelta(minutes=5),
        delivery_method=DeliveryMethod.HOME,
        shipping_fee=0,
        active_attempt="attempt",
        history=(HistoryStep(NOW - timedelta(minutes=5), OrderState.AWAITING_DETAILS, "accept"),),
    )
    return replace(made, **changes)


AWAITING_DETAILS = an_order(OrderState.AWAITING_DETAILS, delivery_method=None)
AWAITING_PAYMENT = an_order(
    OrderState.AWAITING_PAYMENT,
    lines=SMALL_QUOTE.lines,
    shipping_fee=120,
    discounts=(Discount(DiscountKind.COUPON, "TEA100", 20),),
)
CONFIRMING = replace(AWAITING_PAYMENT, confirming_attempt="attempt")
PAID_ORDER = an_order(
    OrderState.PAID,
    hold=HoldState.COMMITTED,
    captured=QUOTE.subtotal,
    paid_at=NOW,
    history=(
        HistoryStep(NOW - timedelta(minutes=5), OrderState.AWAITING_DETAILS, "accept"),
        HistoryStep(NOW, OrderState.PAID, "confirm"),
    ),
)
LONG_ORDER = replace(
    PAID_ORDER, lines=a_quote(*((product, 2) for product in LARGE_CATALOGUE.on_offer[:20])).lines
)
PAID_STORE_ORDER = replace(PAID_ORDER, order_number=STORE_ORDER, delivery_method=DeliveryMethod.STORE)
ENDED_ORDERS = tuple(
    an_order(state, history=(HistoryStep(NOW, state, "job"),), captured=paid, refunded=paid)
    for state, paid in (
        (OrderState.CANCELLED, 0),
        (OrderState.EXPIRED, 0),
        (OrderState.REFUNDED, QUOTE.subtotal),
    )
)

STOP = StoreStop("市府門市", "台北市信義區市府路45號", "2026-11-30")


def parcel(
    *statuses: ShipmentStatus, order: str = ORDER_NUMBER, shipment_id: str = "S1", **changes: Any
) -> Parcel:
    """A parcel that went through `statuses`, an hour apart."""
    events = tuple(
        replace(
            ShipmentEvent(
                event_id=f"{shipment_id}-{place}",
                status=status,
                at=NOW + timedelta(hours=place),
                carrier="tcat",
                tracking_number="901234567890",
            ),
            **changes,
        )
        for place, status in enumerate(statuses)
    )
    return Parcel(order, shipment_id, events)


@dataclass
class SampleScene:
    """Rows in memory, looked up as the cards look them up."""

    shop: Shop = SHOP
    now: datetime = NOW
    quotes: Sequence[Quote] = ()
    orders: Sequence[Order] = ()
    deliveries: Mapping[str, DeliveryDetails] = field(
        default_factory=lambda: {ORDER_NUMBER: HOME, STORE_ORDER: STORE}
    )
    sent: Sequence[Parcel] = ()
    approvals: Sequence[Approval] = ()
    products: Catalogue = CATALOGUE
    talk: Conversation = CONVERSATION
    payment_url: str | None = PAYMENT_URL

    def catalogue(self) -> Catalogue:
        return self.products

    def conversation(self) -> Conversation:
        return self.talk

    def quote(self, quote_id: str, quote_version: int) -> Quote:
        return next(
            quote
            for quote in self.quotes
            if (quote.quote_id, quote.quote_version) == (quote_id, quote_version)
        )

    def approval(self, approval_id: str) -> Approval:
        return next(each for each in self.approvals if each.approval_id == approval_id)

    def order(self, order_number: str) -> Order:
        return next(order for order in self.orders if order.order_number == order_number)

    def delivery(self, order_number: str) -> OrderDelivery | None:
        details = self.deliveries.get(order_number)
        return OrderDelivery(order_number, "customer", details) if details is not None else None

    def attempt(self, attempt_id: str) -> PaymentAttempt:
        order = self.orders[0]
        return PaymentAttempt(
            attempt_id=attempt_id,
            order_number=order.order_number,
            customer_id="customer",
            provider_order_id=f"{order.order_number}-1",
            amount=order.total,
            currency=order.currency,
            state=AttemptState.REQUESTED,
            created_at=NOW,
            expires_at=order.hold_until,
            payment_url=self.payment_url,
        )

    def parcels(self, order_number: str) -> Sequence[Parcel]:
        return [parcel for parcel in self.sent if parcel.order_number == order_number]

    def recent_orders(self) -> Sequence[Order]:
        return self.orders


@dataclass(frozen=True)
class Case:
    """Something to say, and the rows that it is about."""

    name: str
    topic: Topic
    facts: dict[str, str]
    scene: SampleScene

    @property
    def message(self) -> Message:
        return Message(f"case:{self.name}", "customer", self.topic, NOW, self.facts)


def _case(
    topic: Topic, facts: Mapping[str, str], *about: Quote | Order | Parcel | Approval, name: str = ""
) -> Case:
    scene = SampleScene(
        quotes=[row for row in about if isinstance(row, Quote)],
        orders=[row for row in about if isinstance(row, Order)],
        sent=[row for row in about if isinstance(row, Parcel)],
        approvals=[row for row in about if isinstance(row, Approval)],
    )
    return Case(f"{topic}-{name}" if name else str(topic), topic, dict(facts), scene)


_OF_QUOTE = {"quote_id": QUOTE_ID, "quote_version": "1"}
_OF_ORDER = {"order_number": ORDER_NUMBER}
_AS_OF = {"as_of": NOW.isoformat()}
_DETAIL_FIELDS = (
    "name",
    "phone",
    "address",
    "chain",
    "store_name",
    "mobile_barcode",
    "company_number",
    "company_title",
    "donation_code",
)
_T, _S = Topic, ShipmentStatus
_IN_STORE = (_S.READY_FOR_PICKUP, _S.PICKUP_REMINDER, _S.STORE_CLOSED, _S.PICKED_UP)


def _with(case: Case, name: str, **changes: Any) -> Case:
    """`case` in a scene that differs."""
    return replace(case, name=f"{case.name} {name}", scene=replace(case.scene, **changes))


def _greetings() -> list[Case]:
    bare = (_T.WELCOME, _T.HOW_TO_ORDER, _T.CATALOGUE, _T.THANKS, _T.ACKNOWLEDGED, _T.GROUP_HINT)
    return [
        *(_case(topic, {}) for topic in (*bare, _T.LANGUAGE_CHANGED)),
        *(_case(_T.SHOP_ANSWER, {"asks": asked.value}, name=asked.value) for asked in ShopQuestion),
        _case(_T.SHOP_ANSWER, {"asks": "place,hours"}, name="two"),
        _with(_case(_T.CATALOGUE, {}), "of a large shop", products=LARGE_CATALOGUE),
        _with(_case(_T.CATALOGUE, {}), "of an empty shop", products=Catalogue.of(())),
        _with(_case(_T.NOT_UNDERSTOOD, {"offer_person": "no"}), "empty shop", products=Catalogue.of(())),
        _case(_T.NOT_UNDERSTOOD, {"offer_person": "no"}, name="first"),
        _case(_T.NOT_UNDERSTOOD, {"offer_person": "yes"}, name="again"),
    ]


def _refused(why: str) -> dict[str, str]:
    value = {"least_total": "1000", "not_yet": UNTIL.isoformat(), "over": NOW.isoformat()}.get(why)
    return {"coupon": "TEA100", "coupon_refusal": why, **({"coupon_value": value} if value else {})}


def _quotes() -> list[Case]:
    refused = ("zero", "negative", "fraction", "too_many", "approximate", "not_a_number")
    short = {
        "sku": "TEA-JAS",
        "wanted": "600",
        "available": "240",
        "lead_days": "2",
        "rest_on": "2026-11-26",
        "similar": "TEA-OOL,CAK-PIN",
    }
    which = {"candidates": "TEA-JAS,TEA-OOL", "quantity": "36", "phrase": "茶"}
    return [
        _case(_T.QUOTE, _OF_QUOTE, QUOTE),
        _case(_T.QUOTE, _OF_QUOTE, MIXED_QUOTE, name="mixed"),
        _case(_T.QUOTE, _OF_QUOTE, SMALL_QUOTE, name="small"),
        _case(_T.QUOTE, _OF_QUOTE, FORMAL_QUOTE, name="formal"),
        _case(_T.QUOTE, _OF_QUOTE, replace(QUOTE, promised_since=None), name="holds nothing"),
        _case(_T.QUOTE, _OF_QUOTE, REDUCED_QUOTE, name="reduced"),
        _case(_T.QUOTE, _OF_QUOTE, OFFERED_QUOTE, name="on offer"),
        _case(_T.QUOTE, _OF_QUOTE, AGREED_QUOTE, name="agreed"),
        _case(_T.QUOTE, {**_OF_QUOTE, **_refused("used_up")}, QUOTE, name="without its coupon"),
        *(_case(_T.COUPON_REFUSED, _refused(why), name=why) for why in CouponRefusal),
        _case(_T.COUPON_NOTED, {"coupon": "TEA100"}),
        _case(_T.QUESTION_PRODUCT, which),
        _case(_T.QUESTION_PRODUCT, {**which, "quantity": ""}, name="without quantity"),
        _case(_T.QUESTION_PRODUCT, {**which, "candidates": "TEA-JAS", "phrase": "玫瑰茉莉綠茶"}, name="one"),
        _case(_T.QUESTION_PRODUCT, {**which, "phrase": "改成 5 盒", "of": "quote"}, name="line"),
        _case(_T.QUESTION_QUANTITY, {"sku": "TEA-JAS"}),
        _case(_T.QUESTION_QUANTITY, {"sku": "GONE"}, name="gone"),
        *(_case(_T.QUANTITY_REFUSED, {"phrase": "茶 0", "reason": why}, name=why) for why in refused),
        _case(_T.OUT_OF_STOCK, short),
        _case(_T.OUT_OF_STOCK, {**short, "available": "0", "similar": ""}, name="none"),
        _case(_T.OUT_OF_STOCK, {key: short[key] for key in short if key != "rest_on"}, name="no date"),
        _case(_T.QUOTE_SUPERSEDED, _OF_QUOTE, QUOTE),
        _case(_T.QUOTE_PAGE, _OF_QUOTE, QUOTE),
        _case(_T.QUOTE_PAGE, _OF_QUOTE, replace(QUOTE, page_key=None), name="none"),
        _case(_T.QUOTE, _OF_QUOTE, CHILLED_QUOTE, name="chilled"),
        _case(_T.QUOTE_REMINDER, _OF_QUOTE, MIXED_QUOTE),
        _case(_T.QUOTE_REMINDER, _OF_QUOTE, replace(QUOTE, promised_since=None), name="holds nothing"),
        _case(_T.QUOTE_LAPSED, _OF_QUOTE, MIXED_QUOTE),
        _case(_T.QUOTE_EXPIRED, _OF_QUOTE, MIXED_QUOTE),
        _case(_T.QUOTE_DECLINED, {}),
        _case(_T.QUOTE_DECLINED, _OF_QUOTE, QUOTE, name="asked why"),
        *(
            _case(_T.DECLINE_REASON, {**_OF_QUOTE, "reason": reason.value}, QUOTE, name=reason.value)
            for reason in DeclineReason
        ),
        _case(_T.DECLINE_NOTED, {}),
        _case(_T.SLOW_DOWN, {}),
        _case(_T.LINKS_USED_UP, {}),
        _case(_T.QUOTE_UNKNOWN, {}),
        _case(_T.HOLDS_USED_UP, {**_OF_QUOTE, "reason": "unpaid_orders"}, name="unpaid"),
        _case(_T.HOLDS_USED_UP, {**_OF_QUOTE, "reason": "taken_often"}, name="taken"),
        _case(_T.QUOTE, {**_OF_QUOTE, "no_day": "11/20"}, QUOTE, name="no-such-day"),
        _case(
            _T.QUOTE,
            _OF_QUOTE,
            replace(QUOTE, wished_date=QUOTE.created_at.date().isoformat()),
            name="too-soon",
        ),
        _case(_T.ASK_CHANGE, _OF_QUOTE, QUOTE),
        _case(_T.ASK_DATE, {**_OF_QUOTE, "phrase": "11/20"}, QUOTE),
    ]


def _deliveries() -> list[Case]:
    ask = {**_OF_ORDER, "missing": "", "method": ""}
    some = {**ask, "missing": "phone,address", "method": "home"}
    store = {**ask, "missing": "name,chain,store_name", "method": "store"}
    confirm = _case(_T.CONFIRM_DELIVERY, _OF_ORDER, AWAITING_DETAILS)
    refusals = [(field, "format") for field in _DETAIL_FIELDS]
    refusals += [
        ("method", "chilled"),
        ("address", "chilled"),
        ("address", "no_city"),
        ("address", "no_street"),
        ("company_number", "checksum"),
    ]
    return [
        _case(_T.ASK_DELIVERY, ask, AWAITING_DETAILS),
        _case(_T.ASK_DELIVERY, {**ask, "method": "store"}, AWAITING_DETAILS, name="to a store"),
        _case(_T.ASK_DELIVERY, some, AWAITING_DETAILS, name="rest"),
        _case(_T.ASK_DELIVERY, store, AWAITING_DETAILS, name="rest of store"),
        _case(_T.ASK_DELIVERY, {**ask, "missing": "name,phone,method"}, AWAITING_DETAILS, name="method"),
        _case(_T.CONFIRM_DELIVERY, _OF_ORDER, AWAITING_DETAILS),
        *(
            _with(confirm, name, talk=replace(CONVERSATION, on_file=on_file))
            for name, on_file in (
                ("to a store", STORE),
                ("paper", ON_PAPER),
                ("donated", DONATED),
                ("gone", None),
            )
        ),
        _case(_T.ASK_INVOICE, _OF_ORDER, AWAITING_DETAILS),
        _case(_T.ASK_DELIVERY, ask, PAID_ORDER, name="paid"),
        _case(_T.ASK_DELIVERY, ask, chilled(AWAITING_DETAILS), name="chilled"),
        _case(_T.DELIVERY_CHANGED, _OF_ORDER, PAID_ORDER),
        *(
            _case(_T.DELIVERY_CANNOT_CHANGE, {**_OF_ORDER, "reason": why}, PAID_ORDER, name=why)
            for why in ("fee", "chilled", "shipped", "refund", "confirming", "ended")
        ),
        *(
            _case(_T.DETAIL_REFUSED, {**_OF_ORDER, "field": field, "reason": why}, name=f"{field} {why}")
            for field, why in refusals
        ),
    ]


def _personal() -> list[Case]:
    kinds = ("conversation", "delivery", "events_out", "events_in", "messages", "phrases", "remarks", "leads")
    counts = dict.fromkeys(("deliveries", "phrases", "remarks", "signals"), "3")
    facts = {**counts, "orders": "3", **{f"{kind}_days": "180" for kind in kinds}}
    shown = _case(_T.MY_DATA, {**facts, "since": NOW.isoformat()})
    under_way = {"orders": f"{ORDER_NUMBER},{STORE_ORDER}"}
    return [
        shown,
        _with(
            _case(_T.MY_DATA, {**facts, "orders": "0"}), "of nobody", talk=replace(CONVERSATION, on_file=None)
        ),
        _case(_T.ERASE_CONFIRM, {"orders": ""}),
        _case(_T.ERASE_CONFIRM, under_way, name="under way"),
        _case(_T.ERASURE_ASKED, {"orders": ""}),
        _case(_T.ERASURE_ASKED, under_way, name="under way"),
        _case(_T.ERASED, {}),
    ]


def _payments() -> list[Case]:
    card = {**_OF_ORDER, "attempt_id": "attempt"}
    reasons = ("paid_shipped", "confirming", "ended", "refunding")
    return [
        _case(_T.PAYMENT_CARD, card, AWAITING_PAYMENT),
        _with(_case(_T.PAYMENT_CARD, card, AWAITING_PAYMENT), "without a link", payment_url=None),
        _case(_T.PAYMENT_UNAVAILABLE, _OF_ORDER, AWAITING_PAYMENT),
        _case(_T.PAYMENT_DECLINED, _OF_ORDER, AWAITING_PAYMENT),
        _case(_T.PAYMENT_PROCESSING, _OF_ORDER, CONFIRMING),
        _case(_T.PAYMENT_CANCELLED, _OF_ORDER, AWAITING_PAYMENT),
        _case(_T.ORDER_EXPIRED, _OF_ORDER, ENDED_ORDERS[1]),
        _case(_T.ORDER_EXPIRED, _OF_QUOTE, QUOTE, name="quote"),
        _case(_T.ORDER_CANCELLED, {**_OF_ORDER, "refunded": "0"}, ENDED_ORDERS[0]),
        _case(_T.ORDER_CANCELLED, {**_OF_ORDER, "refunded": "6156"}, ENDED_ORDERS[2], name="refunded"),
        *(
            _case(_T.ORDER_CANNOT_CANCEL, {**_OF_ORDER, "reason": why}, PAID_ORDER, name=why)
            for why in reasons
        ),
        _case(_T.PAID, _OF_ORDER, PAID_ORDER),
        _case(_T.PAID, _OF_ORDER, replace(PAID_ORDER, lines=SERVICE_QUOTE.lines), name="service"),
        _with(_case(_T.PAID, _OF_ORDER, PAID_ORDER), "erased", deliveries={}),
        _case(_T.REFUNDED, {**_OF_ORDER, "amount": "6156", "left": "0"}, ENDED_ORDERS[2]),
        _case(_T.REFUNDED, {**_OF_ORDER, "amount": "171", "left": "5985"}, PAID_ORDER, name="partly"),
        _case(_T.REFUND_PENDING, {**_OF_ORDER, "amount": "6156"}, PAID_ORDER),
    ]


def shipment_case(status: ShipmentStatus, order: Order = PAID_ORDER, name: str = "", **changes: Any) -> Case:
    facts = {"order_number": order.order_number, "shipment_id": "S1", "status": status.value}
    return _case(
        _T.SHIPMENT,
        facts,
        order,
        parcel(status, order=order.order_number, **changes),
        name=name or status.value,
    )


def _shipments() -> list[Case]:
    at_home = [status for status in _S if status not in _IN_STORE]
    without_deadline = replace(STOP, deadline=None)
    return [
        *(shipment_case(status, items={"TEA-JAS": 36}, note="管理員代收") for status in at_home),
        *(shipment_case(status, PAID_STORE_ORDER, carrier="seven", store=STOP) for status in _IN_STORE),
        *(
            shipment_case(status, PAID_STORE_ORDER, f"{status} without deadline", store=without_deadline)
            for status in _IN_STORE
        ),
        shipment_case(_S.SHIPPED, PAID_STORE_ORDER, "shipped to a store", carrier="seven"),
        *(shipment_case(status, chilled(PAID_ORDER), f"{status} chilled") for status in CHILLED_NEWS),
        _more_to_come(shipment_case(_S.DELIVERED, name="delivered, more to come")),
        _more_to_come(shipment_case(_S.PICKED_UP, PAID_STORE_ORDER, "picked up, more to come", store=STOP)),
    ]


def _more_to_come(case: Case) -> Case:
    return replace(case, facts={**case.facts, "more": "yes"})


def status_case(order: Order, *parcels: Parcel, name: str) -> Case:
    return _case(_T.ORDER_STATUS, {"order_number": order.order_number, **_AS_OF}, order, *parcels, name=name)


def _orders() -> list[Case]:
    unpaid = (AWAITING_DETAILS, AWAITING_PAYMENT, CONFIRMING)
    refunding = replace(PAID_ORDER, open_refund="R1")
    at_store = parcel(
        _S.SHIPPED,
        _S.READY_FOR_PICKUP,
        order=STORE_ORDER,
        carrier="seven",
        tracking_number="E12345678901",
        store=STOP,
    )
    picked = parcel(_S.SHIPPED, _S.READY_FOR_PICKUP, _S.PICKED_UP, order=STORE_ORDER, store=STOP)
    two = (
        parcel(_S.SHIPPED, _S.DELIVERED, items={"TEA-JAS": 12}),
        parcel(_S.SHIPPED, shipment_id="S2", items={"TEA-JAS": 24}),
    )
    several = [
        replace(PAID_ORDER, order_number=f"C{number}K3Q-9XM2T", created_at=NOW - timedelta(days=number))
        for number in range(12)
    ]
    parcels = [
        status_case(PAID_ORDER, parcel(_S.SHIPPED, status), name=f"parcel {status}")
        for status in (_S.OUT_FOR_DELIVERY, _S.DELAYED, _S.DELIVERED, _S.RETURNED, _S.LOST)
    ]
    return [
        *(
            status_case(order, name=f"{order.state} {order.confirming_attempt or ''}".strip())
            for order in (*unpaid, PAID_ORDER, *ENDED_ORDERS)
        ),
        *parcels,
        status_case(refunding, name="refund open"),
        status_case(replace(PAID_ORDER, completed_at=NOW), name="completed"),
        status_case(PAID_ORDER, parcel(_S.SHIPPED), name="shipped"),
        status_case(PAID_STORE_ORDER, at_store, name="ready"),
        status_case(PAID_STORE_ORDER, picked, name="picked up"),
        status_case(PAID_ORDER, *two, name="partly"),
        status_case(
            LONG_ORDER, *(parcel(_S.SHIPPED, shipment_id=f"S{number}") for number in range(9)), name="long"
        ),
        _case(_T.ORDERS, {}, *several),
        _case(_T.ORDERS, {}, *unpaid[:1], name="one"),
        _case(_T.ORDERS, {}, name="none"),
        _case(_T.NO_ORDERS, {}),
        _case(_T.ORDER_UNKNOWN, {}),
        _case(
            _T.ORDER_STATUS,
            {
                "order_number": ORDER_NUMBER,
                "as_of": (NOW + timedelta(days=9)).isoformat(),
                "silent_since": NOW.isoformat(),
            },
            PAID_ORDER,
            name="silent",
        ),
        status_case(PAID_STORE_ORDER, parcel(_S.SHIPPED, order=STORE_ORDER), name="to a store"),
        *(
            status_case(
                PAID_STORE_ORDER, parcel(_S.READY_FOR_PICKUP, order=STORE_ORDER, store=stop), name=name
            )
            for stop, name in ((None, "in some store"), (replace(STOP, deadline=None), "without a deadline"))
        ),
        status_case(
            replace(PAID_ORDER, lines=tuple(replace(line, lead_days=0) for line in PAID_ORDER.lines)),
            name="without a lead time",
        ),
    ]


ELSEWHERE = replace(
    PAID_ORDER,
    quote_id="",
    payment_method=PaymentMethod.ELSEWHERE,
    origin=Origin("shop", "WEB-20261124-0007"),
    hold=HoldState.RELEASED,
    history=(),
    captured=0,
)
"""Placed in a web shop, one line of it nothing that the catalogue knows."""


def _linking() -> list[Case]:
    nameless = replace(ELSEWHERE.lines[0], sku="", name="年節禮盒 A", unit="piece", quantity=2)
    order = replace(ELSEWHERE, lines=(*ELSEWHERE.lines, nameless))
    received = replace(order, completed_at=NOW)
    taken = {**_OF_ORDER, "items": "0", "wants": "refund", "reason": "faulty"}
    return [
        _case(_T.LINK_NUMBER, {}),
        *(
            _case(_T.LINK_DIGITS, {"digits": "4", **hint}, name=name)
            for name, hint in (("plain", {}), ("with a slip", {"slip": "yes"}))
        ),
        _case(_T.LINK_REFUSED, {"digits": "4"}),
        _case(_T.LINK_LOCKED, {"hours": "24"}),
        _case(_T.LINK_LEFT, {}),
        *(
            _case(_T.ORDER_LINKED, {**_OF_ORDER, **_AS_OF, **before}, order, *parcels, name=name)
            for name, before, parcels in (
                ("new", {}, ()),
                ("on its way", {}, (parcel(_S.SHIPPED),)),
                ("before", {"before": "yes"}, ()),
            )
        ),
        _case(_T.ORDERS, {}, order, PAID_ORDER, name="one placed elsewhere"),
        status_case(received, parcel(_S.SHIPPED, _S.DELIVERED), name="placed elsewhere, received"),
        _case(_T.RETURN_TAKEN, taken, received, name="placed elsewhere"),
        _case(_T.ORDER_CANNOT_CANCEL, {**_OF_ORDER, "reason": "elsewhere"}, order, name="elsewhere"),
        _case(_T.DELIVERY_CANNOT_CHANGE, {**_OF_ORDER, "reason": "elsewhere"}, order, name="elsewhere"),
    ]


def _after_sales() -> list[Case]:
    received = replace(PAID_ORDER, completed_at=NOW)
    perishable = replace(received.lines[0], return_policy=ReturnPolicy.PERISHABLE_NO_RETURN)
    mixed = replace(received, lines=(*(2 * received.lines[:1]), perishable))
    ends = {"ends": (NOW + timedelta(days=7)).isoformat()}
    asked = {**_OF_ORDER, "items": "0", "wants": "refund"}
    two = f"{ORDER_NUMBER},{STORE_ORDER}"
    staff = {"customer_id": "k7q2mzb4xw", "as_of": NOW.isoformat(), "language": "th", **_OF_ORDER}
    return [
        *(
            _case(_T.SATISFACTION_THANKS, {**_OF_ORDER, "score": "5", **more}, name=name)
            for name, more in (("high", {}), ("low", {"score": "1"}), ("kept", {"kept": "yes"}))
        ),
        _with(status_case(received, name="received"), "with a guide", products=WITH_A_GUIDE),
        *(_case(_T.COMMENT_NOTED, {"comment": given}, name=given) for given in ("yes", "none")),
        *(
            _case(_T.WHICH_ORDER, {"about": about, "orders": two}, received, PAID_STORE_ORDER, name=about)
            for about in ("return", "broken")
        ),
        _case(_T.RETURN_ITEMS, {**_OF_ORDER, **ends, "items": "0"}, received, name="only"),
        *(
            _case(_T.RETURN_ITEMS, {**_OF_ORDER, **ends, "items": items}, mixed, name=f"of several {items}")
            for items in ("", "0", "0,1")
        ),
        *(_case(_T.RETURN_REASON, {**asked, "wants": wants}, received, name=wants) for wants in Wants),
        *(
            _case(_T.RETURN_REFUSED, {**_OF_ORDER, **ends, "verdict": verdict}, received, name=verdict)
            for verdict in Verdict
            if verdict is not Verdict.OPEN
        ),
        *(
            _case(_T.RETURN_TAKEN, {**asked, "wants": wants, "reason": "faulty"}, received, name=wants)
            for wants in Wants
        ),
        *(
            _case(_T.PROBLEM_TAKEN, {**_OF_ORDER, "problem": "broken", "photo": photo}, name=photo)
            for photo in ("yes", "no")
        ),
        _case(
            _T.PROBLEM_TAKEN,
            {**_OF_ORDER, "problem": "other", "photo": "no", "opens": UNTIL.isoformat()},
            name="closed",
        ),
        _case(_T.PHOTO_TAKEN, _OF_ORDER),
        *(
            _case(_T.STAFF_CUSTOMER, {**staff, "why": "problem", "problem": problem}, received, name=problem)
            for problem in Problem
        ),
        *(
            _case(
                _T.STAFF_CUSTOMER,
                {
                    **staff,
                    "why": "return",
                    "wants": "exchange",
                    "reason": reason,
                    "items": "TEA-JAS:36,GONE:1",
                },
                received,
                name=f"return {reason}",
            )
            for reason in ReturnReason
        ),
        _case(_T.STAFF_CUSTOMER, {**staff, "why": "score", "score": "1"}, received, name="low score"),
    ]


def _prices() -> list[Case]:
    """Everything that is said about a price, to customers and to staff."""
    agreed = QuoteLine.priced(JASMINE, 36, Language.ZH_TW, AgreedPrice(165, 36))
    haggled = replace(QUOTE, lines=(agreed,), agreed={"TEA-JAS": AgreedPrice(165, 36)})
    step = {"step_sku": "TEA-JAS", "step_more": "12", "step_price": "162"}
    one = Approval(
        approval_id=f"{QUOTE_ID}-a1",
        quote_id=QUOTE_ID,
        quote_version=1,
        customer_id="customer",
        reason=Reason.BELOW_FLOOR,
        asked={"TEA-JAS": 120},
        standing={"TEA-JAS": 171},
        quantities={"TEA-JAS": 36},
        created_at=NOW,
    )
    two = replace(
        one,
        reason=Reason.LARGE_TOTAL,
        asked={"TEA-JAS": 120, "CAK-PIN": 300},
        standing={"TEA-JAS": 171, "CAK-PIN": 360},
        quantities={"TEA-JAS": 36, "CAK-PIN": 2},
    )
    cakes = QuoteLine.priced(PINEAPPLE, 2, Language.ZH_TW)
    both = replace(QUOTE, lines=(agreed, cakes))
    asking = {"approval_id": one.approval_id}
    approved = one.decided(ApprovalState.APPROVED, "somebody", NOW, one.asked)
    decisions = [
        approved.carried_out(Effect.OFFERED),
        one.decided(ApprovalState.COUNTERED, "shop:Amy", NOW, {"TEA-JAS": 150}).carried_out(
            Effect.ACCEPTED_BEFORE
        ),
        one.decided(ApprovalState.DECLINED, "customer", NOW).carried_out(Effect.DECLINED),
        approved.carried_out(Effect.CHANGED_BEFORE),
        approved.carried_out(Effect.ENDED_BEFORE),
        approved,
        one.lapsed(NOW),
    ]
    return [
        *(
            _case(_T.QUOTE, {**_OF_QUOTE, "haggled": how, "saved": "216", **more}, haggled, name=how)
            for how, more in (("met", {}), ("countered", step), ("approved", {}), ("offered", {}))
        ),
        _case(
            _T.QUOTE,
            {**_OF_QUOTE, "haggled": "countered", "saved": "216", "last_word": "yes", **step},
            haggled,
            name="last word",
        ),
        _case(_T.QUOTE, {**_OF_QUOTE, **asking, "opens_at": NOW.isoformat()}, QUOTE, one, name="referred"),
        _case(_T.PRICE_ASKED, _OF_QUOTE, QUOTE),
        _case(_T.PRICE_FIRST, {"sku": ""}, name="what"),
        _case(_T.PRICE_FIRST, {"sku": "TEA-JAS"}, name="how many"),
        _case(_T.PRICE_WHICH, {"skus": "TEA-JAS,CAK-PIN", "amount": "150"}),
        *(_case(topic, _OF_QUOTE, QUOTE) for topic in (_T.PRICE_ALREADY, _T.PRICE_FIRM, _T.PRICE_REFUSED)),
        _case(_T.PRICE_DELAYED, _OF_QUOTE, QUOTE),
        _case(_T.PRICE_REFERRED, {**_OF_QUOTE, **asking}, QUOTE, one),
        _case(
            _T.PRICE_REFERRED, {**_OF_QUOTE, **asking, "opens_at": UNTIL.isoformat()}, QUOTE, name="closed"
        ),
        *(
            _case(_T.STAFF_APPROVAL, asking, both, replace(two, reason=reason), name=reason)
            for reason in Reason
            if reason not in {Reason.WITHIN_RULES, Reason.STEP}
        ),
        _case(_T.STAFF_APPROVAL, {**asking, "reminder": "yes"}, QUOTE, one, name="reminder"),
        *(
            _case(_T.STAFF_ANSWER, {**asking, "said": said}, QUOTE, one, name=said)
            for said in ("price_wanted", "price_wrong", "own", "unknown")
        ),
        _case(_T.STAFF_ANSWER, {**asking, "said": "price_wanted"}, both, two, name="total wanted"),
        *(
            _case(
                _T.STAFF_ANSWER,
                {**asking, "said": "decided"},
                QUOTE,
                each,
                name=f"{each.state} {each.effect or 'pending'}",
            )
            for each in decisions
        ),
    ]


ODD = replace(
    JASMINE,
    sku="ODD-1",
    names=names(*(["\u202e\"'{0}%s</b> \u0e01\u0e33 🍵👨‍👩‍👧 " + "茶" * 70] * 4)),
    specifications={Language.ZH_TW: {"成分\u200f" * 12: "茶\n" * 300, "素食": "{name}"}},
)
KINDS = tuple(kind for kind in About if kind is not About.COMPARISON)


def _products() -> list[Case]:
    told = replace(
        JASMINE,
        specifications={
            language: {
                **pairs,
                "素食": "全素",
                "沖泡": "90°C 2 分鐘",
                "成分": "綠茶",
                "保存": "陰涼處",
                "過敏原提醒": "無",
            }
            for language, pairs in JASMINE.specifications.items()
        },
    )
    shop = {"products": Catalogue.of((told, OOLONG, PINEAPPLE, GIFT_WRAP))}
    some = {"stock": "TEA-JAS:2400,TEA-OOL:0,CAK-PIN:12"}
    both = _case(_T.PRODUCT_ANSWER, {**some, "kinds": "price,stock", "skus": "TEA-JAS,TEA-OOL"}, name="two")
    late = replace(OOLONG, lead_days=0)
    without_stock = {"kinds": "stock,lead_time", "skus": "TEA-OOL", "stock": "TEA-OOL:0"}
    three = {**some, "skus": "TEA-JAS,TEA-OOL,CAK-PIN"}
    odd = {"skus": "ODD-1", "stock": "ODD-1:99999", "kinds": ",".join(KINDS)}
    with_odd = {"products": Catalogue.of((JASMINE, ODD))}
    return [
        *(
            _with(
                _case(_T.PRODUCT_ANSWER, {**some, "kinds": kind, "skus": sku}, name=f"{kind} {sku}"),
                "",
                **shop,
            )
            for kind in KINDS
            for sku in ("TEA-JAS", "CAK-PIN", "SVC-GIF")
        ),
        *(_case(_T.PRODUCT_ANSWER, {"kinds": kind, "skus": ""}, name=f"{kind} of any") for kind in KINDS),
        _with(
            _case(_T.PRODUCT_ANSWER, {"kinds": "lead_time"}), "one lead", products=Catalogue.of((JASMINE,))
        ),
        _with(_case(_T.PRODUCT_ANSWER, {"kinds": "lead_time"}), "none", products=Catalogue.of((GIFT_WRAP,))),
        _with(_case(_T.PRODUCT_ANSWER, without_stock), "out of stock", products=Catalogue.of((OOLONG,))),
        _with(_case(_T.PRODUCT_ANSWER, without_stock), "no date", products=Catalogue.of((late,))),
        both,
        _case(
            _T.PRODUCT_ANSWER, {"kinds": "sample", "skus": "GONE", "opens": UNTIL.isoformat()}, name="gone"
        ),
        _case(_T.PRODUCT_ANSWER, {"kinds": "nonsense", "skus": "TEA-JAS"}, name="nonsense"),
        _with(_case(_T.PRODUCT_ANSWER, odd, name="odd"), "", **with_odd),
        _with(_case(_T.PRODUCT, odd, name="odd"), "", **with_odd),
        _with(_case(_T.COMPARISON, {**odd, "skus": "ODD-1,TEA-JAS"}, name="odd"), "", **with_odd),
        *(
            _case(_T.PRODUCT, {**some, "skus": sku}, name=sku)
            for sku in ("TEA-JAS", "CAK-PIN", "SVC-GIF", "GONE")
        ),
        _case(_T.QUESTION_ABOUT, {"kinds": "vegetarian"}),
        _case(_T.QUESTION_ABOUT, {"kinds": "shelf_life", "skus": "TEA-JAS,CAK-PIN"}, name="of two"),
        _with(_case(_T.QUESTION_ABOUT, {"kinds": ""}), "of a large shop", products=LARGE_CATALOGUE),
        _case(_T.COMPARISON, three),
        _case(_T.COMPARISON, {**some, "skus": "TEA-JAS,TEA-OOL"}, name="two"),
        _case(_T.COMPARISON, {"skus": "GONE"}, name="gone"),
    ]


def _people() -> list[Case]:
    customer = {"customer_id": "k7q2mzb4xw", "as_of": NOW.isoformat(), "language": "th"}
    summary = {
        "products": "TEA-JAS:3,CAK-PIN:1,GONE:2",
        "asked": "price,shelf_life,comparison,shipping_fee",
        "since": NOW.isoformat(),
    }
    about = {"kinds": "sample,vegetarian", "skus": "TEA-JAS,CAK-PIN"}
    return [
        *(_case(_T.PERSON, {"why": why}, name=why) for why in ("person", "photo")),
        _case(_T.PERSON, {"why": "person", "opens": UNTIL.isoformat()}, name="closed"),
        _case(_T.SELF_SERVICE, {}),
        *(_case(_T.STAFF_CUSTOMER, {**customer, "why": why}, name=why) for why in Why),
        _case(
            _T.STAFF_CUSTOMER,
            {**customer, **summary, **about, **_OF_QUOTE, "why": "hot"},
            MIXED_QUOTE,
            name="all",
        ),
        _case(_T.STAFF_CUSTOMER, {**customer, **_OF_ORDER, "why": "sample"}, PAID_ORDER, name="of an order"),
        _with(
            _case(
                _T.STAFF_CUSTOMER,
                {**customer, "why": "sample", "kinds": "sample", "skus": "ODD-1"},
                name="odd",
            ),
            "",
            products=Catalogue.of((ODD,)),
        ),
        *(
            _case(_T.STAFF_HANDOVER, {"customer_id": "k7q2mzb4xw", "outcome": outcome}, name=outcome)
            for outcome in ("taken", "other", "ended")
        ),
        _case(_T.STAFF_HANDOVER, {"customer_id": "", "outcome": "gone"}, name="gone"),
        _case(_T.HOW_TO_ORDER, {"resumed": "yes"}, name="resumed"),
        _case(
            _T.QUOTE,
            {**_OF_QUOTE, "also_kinds": "shelf_life", "also_skus": "CAK-PIN"},
            MIXED_QUOTE,
            name="and an answer",
        ),
    ]


CASES = (
    *_products(),
    *_people(),
    *_greetings(),
    *_quotes(),
    *_prices(),
    *_deliveries(),
    *_payments(),
    *_personal(),
    *_shipments(),
    *_orders(),
    *_after_sales(),
    *_linking(),
)
