"""The whole product in one process: the template's stack under moto, and LINE, LINE Pay and an order system around.

Handlers are the real ones, called with the events that AWS would send; LINE and LINE Pay are the stand-ins, real
servers on 127.0.0.1. Nothing runs by itself but the state machine: a test moves the queues on.
"""

import asyncio
import base64
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import boto3
import pytest
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.sqs.models import sqs_backends
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router
from starlette.types import Receive, Scope, Send

from dev.catalogue import DEMO_SHOP, load
from dev.driver.back_office import sign
from dev.local.context import LocalCredentials
from dev.local.seeding import secret_values
from dev.standins import line_reading
from dev.standins.line_pay import Action, LinePayPlatform, Payment, line_pay_app
from dev.standins.line_platform import ChatEntry, Fault, LinePlatform, line_app
from storefront.adapters.dynamodb import DynamoDbStore
from storefront.adapters.layout import Table
from storefront.domain.conversation import customer_id_of
from storefront.domain.order import Order
from storefront.services.ports import DueKind, Put
from tests.aws.deployment import ACCOUNT, REGION, TABLE, Deployment
from tests.aws.functions import FunctionProcess, LambdaContext, environment, forget_warm_state
from tests.aws.meter import Meter
from tests.doubles.little_shop import RETENTION
from tests.doubles.promised import hold_to_the_promise
from tests.standins.serving import free_socket, serving

type Json = dict[str, Any]

PATIENCE: Final = 20.0
HOME_DETAILS: Final = "王小明 0912345678 台北市信義區市府路45號"
STORE_DETAILS: Final = "王小明 0912345678 7-11 市府門市"
"""Seconds that a busy machine may take for what the state machine does by itself."""

AWS: Final = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_MAX_ATTEMPTS": "1",
}
RETURNS: Final = {"approve": Action.APPROVE, "cancel": Action.CANCEL, "decline": Action.DECLINE}


@dataclass
class Door:
    """One server for all worlds of a session; each has a path of its own there."""

    url: str = ""
    worlds: list[Mount] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Router(self.worlds)(scope, receive, send)


@dataclass
class OrderSystem:
    """The shop's order system: checks each signature with somebody else's code, answers what it is told to."""

    secret: str
    answers: list[int] = field(default_factory=list)
    events: list[Json] = field(default_factory=list)
    requests: list[tuple[int, Mapping[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        body = await request.body()
        status = self.answers.pop(0) if self.answers else 204
        self.requests.append((status, dict(request.headers), body))
        event = Webhook(self.secret).verify(body, dict(request.headers))
        hold_to_the_promise(body.decode())
        if 200 <= status < 300:
            self.events.append(event)
        return Response(status_code=status)


@dataclass(frozen=True)
class HttpAnswer:
    """What a caller of the API gets."""

    status: int
    headers: Mapping[str, str]
    body: str

    def json(self) -> Any:
        return json.loads(self.body)


class World:
    """A deployed shop and everybody around it."""

    def __init__(self, door: Door, parameters: Mapping[str, str], secrets: Mapping[str, Json]) -> None:
        stack = f"shop-{uuid.uuid4().hex[:6]}"
        self.path_of_all = f"/{stack}"
        self.url = f"{door.url}{self.path_of_all}"
        self.lock = threading.RLock()
        self.failures: list[tuple[str, str]] = []
        self.closed = False
        self._go_on = threading.Event()
        self._go_on.set()
        self.deployment = Deployment(
            {
                "LineApiBaseUrl": f"{self.url}/_line",
                "LineDataApiBaseUrl": f"{self.url}/_line",
                "LinePayBaseUrl": f"{self.url}/_line_pay",
                "BackofficeUrl": f"{self.url}/_order_system",
                "PublicBaseUrl": self.url,
                **parameters,
            },
            stack=stack,
        )
        self.credentials = LocalCredentials()
        line, line_pay = secrets["LineSecret"], secrets["LinePaySecret"]
        self.line = LinePlatform(
            f"{self.url}/line/webhook", str(line["channelId"]), str(line["channelSecret"])
        )
        self.pay = LinePayPlatform(str(line_pay["channelId"]), str(line_pay["channelSecret"]))
        self.order_system = OrderSystem(str(secrets["OrderSystemSecret"]["signingSecret"]))
        self.deployment.deploy(secrets)
        self.meter = Meter(self.deployment)
        self._dynamodb = boto3.session.Session().client("dynamodb", region_name=REGION)
        self._sqs = boto3.session.Session().client("sqs", region_name=REGION)
        self._secrets = boto3.session.Session().client("secretsmanager", region_name=REGION)
        self._workflow = boto3.session.Session().client("stepfunctions", region_name=REGION)
        loaded = load(
            DEMO_SHOP,
            dynamodb_client=self._dynamodb,
            catalogue_table=self.deployment.reference("CatalogueTable"),
        )
        assert loaded.loaded
        environments = {name: self.deployment.environment(name) for name in self.deployment.functions()}
        self._all_names = frozenset(name for each in environments.values() for name in each)
        self._processes = {
            name: FunctionProcess(self.deployment.folder(name), variables)
            for name, variables in environments.items()
        }
        tables = {table: self.deployment.reference(f"{table.value.capitalize()}Table") for table in Table}
        self.store = DynamoDbStore(self._dynamodb, tables, lambda: datetime.now(UTC), RETENTION)
        self.mount = Mount(self.path_of_all, self._app())

    # The API ---------------------------------------------------------------------------------------------

    def _app(self) -> Starlette:
        def route(method: str, path: str, function: str) -> Route:
            async def handle(request: Request) -> Response:
                target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                body = await request.body()
                headers, as_base64 = joined(request), not is_text(body)
                answer = await run_in_threadpool(
                    lambda: self.call(
                        method, target, headers, body, request.path_params, function, as_base64=as_base64
                    )
                )
                return Response(answer.body, answer.status, dict(answer.headers))

            return Route(path, handle, methods=[method])

        return Starlette(
            routes=[
                *(route(each.method, each.path, each.function) for each in self.deployment.http_routes()),
                Route("/_order_system", self.order_system.take, methods=["POST"]),
                Mount("/_line_pay", line_pay_app(self.pay)),
                Mount("/_line", line_app(self.line)),
            ]
        )

    def call(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        path_parameters: Mapping[str, str] | None = None,
        function: str = "",
        *,
        as_base64: bool = False,
    ) -> HttpAnswer:
        """One request as API Gateway hands it to the function of its route."""
        target = target.removeprefix(self.path_of_all)
        path = urlsplit(target).path
        if not function:
            function, path_parameters = self._route(method, path)
        event = http_event(method, target, headers or {}, body, path_parameters or {}, as_base64=as_base64)
        try:
            answer = self.invoke(function, event)
        except Exception as failed:
            self.failures.append((function, type(failed).__name__))
            return HttpAnswer(500, {}, '{"message":"Internal Server Error"}')
        return HttpAnswer(int(answer["statusCode"]), answer["headers"], answer["body"])

    def _route(self, method: str, path: str) -> tuple[str, dict[str, str]]:
        parts = path.strip("/").split("/")
        for route in self.deployment.http_routes():
            wanted = route.path.strip("/").split("/")
            if route.method == method and len(wanted) == len(parts):
                pairs = list(zip(wanted, parts, strict=True))
                if all(name == part or name.startswith("{") for name, part in pairs):
                    return route.function, {n.strip("{}"): p for n, p in pairs if n.startswith("{")}
        raise LookupError(f"{method} {path} is no route of the template")

    def webhook(self, body: bytes, signature: str | None = None, **more: Any) -> HttpAnswer:
        """LINE's request over these bytes, with LINE's own signature unless another is given."""
        headers = self.line.sign(body) if signature is None else {"x-line-signature": signature}
        return self.call(
            "POST", "/line/webhook", {"content-type": "application/json", **headers}, body, **more
        )

    def hook(
        self,
        event: Json | bytes,
        source: str = "wms",
        *,
        secret: str = "",
        sent_at: int | None = None,
        headers: Mapping[str, str] | None = None,
        as_base64: bool = False,
    ) -> HttpAnswer:
        """A back office's signed event; `headers` replaces the signed ones."""
        body = event if isinstance(event, bytes) else json.dumps(event, ensure_ascii=False).encode()
        known = {"wms": self.credentials.wms_secret, "shop": self.credentials.shop_secret}
        message_id = str(event["id"]) if isinstance(event, dict) else f"evt-{uuid.uuid4().hex}"
        signed = self.signed(body, message_id, secret or known.get(source, known["wms"]), sent_at)
        sent = {"content-type": "application/cloudevents+json", **signed, **(headers or {})}
        return self.call(
            "POST",
            "/hooks/source",
            sent,
            body,
            {"source": source},
            "BackofficeEventsFunction",
            as_base64=as_base64,
        )

    @staticmethod
    def signed(body: bytes, message_id: str, secret: str, sent_at: int | None = None) -> dict[str, str]:
        """Standard Webhooks headers; `sent_at` in seconds since 1970."""
        return sign(secret, message_id, int(time.time()) if sent_at is None else sent_at, body)

    def shipment(self, order_number: str, status: str, shipment_id: str = "S1", **details: Any) -> HttpAnswer:
        """A parcel's news, taken and applied."""
        data = {"shipmentId": shipment_id, "status": status, **details}
        answer = self.hook(cloud_event("shipment.status.v1", order_number, data))
        self.settle()
        return answer

    # Functions -------------------------------------------------------------------------------------------

    def invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        """Invoke a function by its logical id, one at a time in the whole stack."""
        process = self._processes[function]
        context = LambdaContext(self.deployment.function_name(function))
        with (
            self.lock,
            environment(process.environment, self._all_names),
            self.meter.running(function),
        ):
            if self.closed:
                raise RuntimeError("the shop is closed")
            return process(event, context)

    def invoke_for_workflow(self, function: str, body: str, response_headers: Json) -> bytes:
        """As Lambda answers an Invoke call: a raised exception is an answer with its type's name."""
        self._go_on.wait(PATIENCE)
        try:
            return json.dumps(self.invoke(function, json.loads(body))).encode()
        except Exception as failed:
            self.failures.append((function, type(failed).__name__))
            response_headers["x-amz-function-error"] = "Unhandled"
            told = {"errorType": type(failed).__name__, "errorMessage": str(failed)}
            return json.dumps(told).encode()

    def function(self, function: str) -> FunctionProcess:
        """The warm function."""
        return self._processes[function]

    def renew(self, function: str) -> None:
        """A cold start, with the environment as it is now."""
        folder = self.deployment.folder(function)
        self._processes[function] = FunctionProcess(folder, self._processes[function].environment)

    # Queues ----------------------------------------------------------------------------------------------

    def waiting(self, queue: str) -> int:
        """Messages on a queue, also those that are hidden or delayed."""
        names = (
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesDelayed",
        )
        found = self._sqs.get_queue_attributes(
            QueueUrl=self.deployment.reference(queue),
            AttributeNames=list(names),  # type: ignore[arg-type]
        )
        attributes: Any = found["Attributes"]
        return sum(int(attributes[name]) for name in names)

    def put(self, queue: str, body: str, group: str = "") -> None:
        """A message straight onto a queue."""
        more: Any = {"MessageGroupId": group, "MessageDeduplicationId": uuid.uuid4().hex} if group else {}
        self._sqs.send_message(QueueUrl=self.deployment.reference(queue), MessageBody=body, **more)

    def receive(self, queue: str, most: int = 10) -> list[Any]:
        answer = self._sqs.receive_message(
            QueueUrl=self.deployment.reference(queue),
            MaxNumberOfMessages=most,
            MessageSystemAttributeNames=["All"],
            WaitTimeSeconds=0,
        )
        return list(answer.get("Messages", []))

    def clear(self, queue: str, messages: list[Any]) -> None:
        """Take received messages off their queue."""
        for message in messages:
            url, receipt = self.deployment.reference(queue), message["ReceiptHandle"]
            self._sqs.delete_message(QueueUrl=url, ReceiptHandle=receipt)

    def remove_queue(self, queue: str) -> None:
        self._sqs.delete_queue(QueueUrl=self.deployment.reference(queue))

    @contextmanager
    def secret(self, logical_id: str, value: Json) -> Iterator[None]:
        """Another value in the secret store, until the end."""
        name = self.deployment.arn(logical_id).rpartition(":")[2]
        before = self._secrets.get_secret_value(SecretId=name)["SecretString"]
        self._secrets.put_secret_value(SecretId=name, SecretString=json.dumps(value))
        try:
            yield
        finally:
            self._secrets.put_secret_value(SecretId=name, SecretString=before)

    def pump(self) -> int:
        """Hand every visible message to its function once, as the event source mappings do."""
        handled = 0
        for trigger in self.deployment.triggers():
            if not self._seen(trigger.queue):
                continue
            with self.lock:
                messages = self.receive(trigger.queue, trigger.batch_size)
                if not messages:
                    continue
                handled += len(messages)
                url = self.deployment.reference(trigger.queue)
                failed = self._consumed(trigger.function, trigger.queue, messages)
                for message in messages:
                    receipt = message["ReceiptHandle"]
                    if message["MessageId"] in failed:
                        # Seen again at once, so that a test need not wait for the visibility timeout.
                        self._sqs.change_message_visibility(
                            QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=0
                        )
                    else:
                        self._sqs.delete_message(QueueUrl=url, ReceiptHandle=receipt)
        return handled

    def _seen(self, queue: str) -> bool:
        """Whether asking the queue is worth while: moto is in this process, and a call to it takes its time."""
        known = sqs_backends[ACCOUNT][REGION].queues.get(self.deployment.queue_name(queue))
        return known is not None and bool(known.messages)

    def _consumed(self, function: str, queue: str, messages: list[Any]) -> set[str]:
        """Ids of the messages that the function did not finish."""
        event = sqs_event(self.deployment.arn(queue), messages)
        try:
            answer = self.invoke(function, event)
        except Exception as failed:
            self.failures.append((function, type(failed).__name__))
            return {message["MessageId"] for message in messages}
        return {each["itemIdentifier"] for each in answer["batchItemFailures"]}

    def settle(self) -> None:
        """Until no queue holds anything that can be seen now."""
        while self.pump():
            pass

    def until[Found](self, seen: Callable[[], Found], seconds: float = PATIENCE) -> Found:
        """Move the queues on until `seen` gives something true."""
        ends = time.monotonic() + seconds
        while True:
            self.settle()
            found = seen()
            if found:
                return found
            if time.monotonic() > ends:
                raise AssertionError(f"not seen within {seconds:g} s; workflows: {self.workflows()}")
            time.sleep(0.05)

    # The workflow ----------------------------------------------------------------------------------------

    def workflows(self, machine: str = "OrderStateMachine") -> dict[str, str]:
        """Status of every execution of a machine by its name."""
        arn = self.deployment.arn(machine)
        listed = self._workflow.list_executions(stateMachineArn=arn)["executions"]
        return {each["name"]: str(each["status"]) for each in listed}

    def history(self, name: str, machine: str = "OrderStateMachine") -> list[Any]:
        arn = self.deployment.arn(machine).replace("stateMachine", "execution")
        return list(
            self._workflow.get_execution_history(executionArn=f"{arn}:{name}", maxResults=1000)["events"]
        )

    def path(self, name: str, machine: str = "OrderStateMachine") -> list[str]:
        """The states that an execution entered, in order."""
        return [
            event["stateEnteredEventDetails"]["name"]
            for event in self.history(name, machine)
            if "stateEnteredEventDetails" in event
        ]

    def transitions(self, name: str) -> int:
        """State transitions as they are billed: each state entered, each try of its task, and the end."""
        kinds = [event["type"] for event in self.history(name)]
        retries = kinds.count("TaskScheduled") - kinds.count("TaskStateEntered")
        return len(self.path(name)) + retries + 1

    def start(self, name: str, payload: Json, machine: str = "OrderStateMachine") -> None:
        """Start an execution as the chat does."""
        arn = self.deployment.arn(machine)
        self._workflow.start_execution(stateMachineArn=arn, name=name, input=json.dumps(payload))

    def stop(self) -> None:
        """End the executions that still run; whatever one of them asks for from now on is refused."""
        running = [
            (machine, name)
            for machine in self.deployment.of_kind("AWS::Serverless::StateMachine")
            for name, status in self.workflows(machine).items()
            if status == "RUNNING"
        ]
        for machine, name in running:
            while not self.path(name, machine):
                time.sleep(0.01)
        with self.lock:
            self.closed = True
            for machine, name in running:
                arn = self.deployment.arn(machine).replace("stateMachine", "execution")
                self._workflow.stop_execution(executionArn=f"{arn}:{name}")

    def lose_token(self, name: str, step: str) -> None:
        """The execution waits on, and nobody can wake it any more (D2)."""
        key = f"WORKFLOW#{name}"
        self.until(lambda: f"{key} WAIT#{step}" in self.rows("LedgerTable"))
        self._dynamodb.delete_item(
            TableName=self.deployment.reference("LedgerTable"),
            Key={"pk": {"S": key}, "sk": {"S": f"WAIT#{step}"}},
        )

    @contextmanager
    def workflow_on_hold(self) -> Iterator[None]:
        """The state machine invokes nothing meanwhile: whatever else happens comes first (D1)."""
        self._go_on.clear()
        try:
            yield
        finally:
            self._go_on.set()

    def token_of(self, task: str, name: str) -> str:
        """The token that the newest such task of an execution was given, as its history tells."""
        scheduled = [
            json.loads(event["taskScheduledEventDetails"]["parameters"])["Payload"]
            for event in self.history(name)
            if "taskScheduledEventDetails" in event
        ]
        return str(next(payload["token"] for payload in reversed(scheduled) if payload["task"] == task))

    # State -----------------------------------------------------------------------------------------------

    def rows(self, table: str) -> dict[str, Json]:
        """Everything in a table, by key."""
        found = self._dynamodb.scan(TableName=self.deployment.reference(table))["Items"]
        return {f"{item['pk']['S']} {item['sk']['S']}": dict(item) for item in found}

    def state(self) -> Json:
        """All tables and the length of every queue: what must be the same when nothing was to happen."""
        tables = {table: self.rows(table) for table in self.deployment.of_kind(TABLE)}
        return tables | {trigger.queue: self.waiting(trigger.queue) for trigger in self.deployment.triggers()}

    def orders(self) -> list[Order]:
        """Every order, oldest first."""
        keys = [
            key.split()[0].removeprefix("ORDER#") for key in self.rows("LedgerTable") if key.endswith(" -")
        ]
        found = [self.store.read(Order, key) for key in keys if "#" not in key]
        return sorted((each for each in found if each), key=lambda order: order.created_at)

    def make_due(self, kind: DueKind) -> None:
        """Time goes on for the rows that a sweep would look for."""
        now = datetime.now(UTC)
        for row in self.store.due(kind, now + timedelta(days=1000), 100):
            self.store.commit(Put(replace(row, due_at=now - timedelta(seconds=1))))  # type: ignore[type-var]

    def put_order(self, order: Order, **changes: Any) -> None:
        """An order with other times."""
        self.store.commit(Put(replace(order, **changes)))

    @contextmanager
    def line_out_of_order(self, call: str = "*") -> Iterator[None]:
        """LINE answers such calls with an error meanwhile."""
        self.line.faults.append(Fault(call, times=1000))
        try:
            yield
        finally:
            self.line.faults.clear()

    def stock(self, sku: str) -> dict[str, int]:
        row = self.rows("CatalogueTable")[f"STOCK#{sku} -"]
        return {name: int(row[name]["N"]) for name in ("on_hand", "available", "held", "committed")}

    # People ----------------------------------------------------------------------------------------------

    def adopt(self, user_id: str) -> "Phone":
        """The phone of somebody whom LINE knows already."""
        return Phone(self, user_id)

    def access_tokens(self) -> list[str]:
        """Every access token that LINE gave out, as its answers tell."""
        asked = [hop for hop in self.line.wire if hop.url.endswith("/oauth2/v3/token")]
        return [str(json.loads(hop.response_body)["access_token"]) for hop in asked if hop.status == 200]

    def phone(self, name: str = "王小明", language: str = "zh-TW", *, follow: bool = True) -> "Phone":
        """Somebody with LINE; a friend of the shop unless told otherwise."""
        customer = self.line.add_customer(name, language)
        phone = Phone(self, customer.user_id)
        if follow:
            phone.deliver(self.line.follow(customer.user_id))
            phone.heard()
        return phone


@dataclass
class Phone:
    """One customer's phone."""

    world: World
    user_id: str
    read: int = 0

    @property
    def customer_id(self) -> str:
        return customer_id_of(self.user_id)

    def deliver(self, *events: Json) -> list[int | None]:
        """LINE sends events in one request and the shop works on them: the webhook's answers."""
        hops = asyncio.run(self.world.line.deliver(events))
        self.world.settle()
        return [hop.status for hop in hops]

    def redeliver(self, *events: Json) -> None:
        asyncio.run(self.world.line.redeliver([event["webhookEventId"] for event in events]))
        self.world.settle()

    def say(self, text: str) -> list[ChatEntry]:
        """Write, and read what the shop answers."""
        self.deliver(self.world.line.text(self.user_id, text))
        return self.heard()

    def tap(self, label: str) -> list[ChatEntry]:
        """Press the newest button that shows these words."""
        tapped = self.world.line.tap(self.user_id, self.world.line.find_button(self.user_id, label))
        assert tapped.event is not None
        self.deliver(tapped.event)
        return self.heard()

    def press(self, data: str) -> list[ChatEntry]:
        """A postback with any data, as a forged or an old button would send it."""
        self.deliver(self.world.line.postback(self.user_id, data))
        return self.heard()

    def heard(self) -> list[ChatEntry]:
        """What the shop said since the last look."""
        entries = self.world.line.chat(self.user_id).entries
        new = [entry for entry in entries[self.read :] if entry.from_shop]
        self.read = len(entries)
        return new

    def everything(self) -> list[ChatEntry]:
        """All that the shop ever said here."""
        return [entry for entry in self.world.line.chat(self.user_id).entries if entry.from_shop]

    # The way of an order ---------------------------------------------------------------------------------

    def quote(self, inquiry: str = "我要 3 箱茉莉綠茶") -> str:
        """Ask for a quote; gives the name of the workflow that waits for the decision."""
        before = set(self.world.workflows())
        self.say(inquiry)
        (name,) = set(self.world.workflows()) - before
        return name

    def accept(self) -> None:
        self.tap("確認訂購" if self.sees("確認訂購") else "接受報價")

    def sees(self, label: str) -> bool:
        """Whether there is a button with these words."""
        return any(
            label in shown for button in self.world.line.tappable(self.user_id) for shown in button.shown
        )

    def tell_where(self, details: str = HOME_DETAILS) -> Payment:
        """Delivery details; gives the payment that LINE Pay was asked for, once its link is in the chat."""
        known = len(self.world.pay.payments)
        self.say(details)
        self.world.until(lambda: self.payment_link() and len(self.world.pay.payments) > known)
        self.read = len(self.world.line.chat(self.user_id).entries)
        return list(self.world.pay.payments.values())[-1]

    def payment_link(self) -> str | None:
        """The newest link to LINE Pay in the chat."""
        for entry in reversed(self.everything()):
            for link in line_reading.links(entry.message):
                if "/web/payment/" in link:
                    return link
        return None

    def at_line_pay(
        self, payment: Payment, action: Action = Action.APPROVE, *, returns: bool = True
    ) -> HttpAnswer:
        """What the customer does on LINE Pay's page, and the page of the shop that the browser is sent to."""
        leads_to = self.world.pay.act(payment, action).leads_to
        if leads_to is None or not returns:
            return HttpAnswer(0, {}, "")
        parts = urlsplit(leads_to)
        answer = self.world.call("GET", f"{parts.path}?{parts.query}")
        self.world.settle()
        return answer

    def ordered(self, inquiry: str = "我要 3 箱茉莉綠茶", details: str = HOME_DETAILS) -> tuple[str, Payment]:
        """From the inquiry to the payment link: the workflow and the payment."""
        name = self.quote(inquiry)
        self.accept()
        payment = self.tell_where(details)
        self.world.until(lambda: self._waits_for(name, "payment"))
        return name, payment

    def bought(self, inquiry: str = "我要 3 箱茉莉綠茶", details: str = HOME_DETAILS) -> tuple[str, Order]:
        """From the inquiry to the paid order, with its workflow waiting for the parcels."""
        name, payment = self.ordered(inquiry, details)
        self.at_line_pay(payment)
        self.world.until(lambda: self._waits_for(name, "delivery"))
        self.heard()
        return name, self.order()

    def _waits_for(self, name: str, step: str) -> bool:
        """Whether the token is stored and its task has returned: moto loses an answer that comes before."""
        stored = f"WORKFLOW#{name} WAIT#{step}" in self.world.rows("LedgerTable")
        return stored and self.world.history(name)[-1]["type"] == "TaskSubmitted"

    def order(self) -> Order:
        """This customer's newest order."""
        return [order for order in self.world.orders() if order.customer_id == self.customer_id][-1]


def words(entries: list[ChatEntry]) -> str:
    """All that can be read in these messages."""
    return "\n".join(line_reading.words(entry.message) for entry in entries)


def cloud_event(kind: str, subject: str | None, data: Json) -> Json:
    """A CloudEvent with an id of its own."""
    about = {"subject": subject} if subject is not None else {}
    return {
        "specversion": "1.0",
        "id": f"evt-{uuid.uuid4().hex}",
        "source": "/wms",
        "type": kind,
        "time": datetime.now(UTC).isoformat(),
        **about,
        "data": data,
    }


def joined(request: Request) -> dict[str, str]:
    """Headers as API Gateway hands them on: one that came more than once is joined with commas."""
    return {name: ",".join(request.headers.getlist(name)) for name in request.headers}


def is_text(body: bytes) -> bool:
    """Whether API Gateway could hand the body on as it is; in base64 otherwise."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def http_event(
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: bytes,
    path_parameters: Mapping[str, str],
    *,
    as_base64: bool = False,
) -> Json:
    """API Gateway's event, payload format 2.0: header names in lower case, empty parts left out."""
    parts = urlsplit(target)
    event: Json = {
        "version": "2.0",
        "routeKey": f"{method} {parts.path}",
        "rawPath": parts.path,
        "rawQueryString": parts.query,
        "headers": {name.lower(): value for name, value in headers.items()},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api0000000",
            "domainName": f"api0000000.execute-api.{REGION}.amazonaws.com",
            "http": {"method": method, "path": parts.path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"},
            "requestId": "request-1",
            "stage": "$default",
            "timeEpoch": int(time.time() * 1000),
        },
        "isBase64Encoded": as_base64,
    }
    if body:
        event["body"] = (
            base64.b64encode(body).decode() if as_base64 else body.decode("utf-8", "surrogatepass")
        )
    if path_parameters:
        event["pathParameters"] = dict(path_parameters)
    if parts.query:
        event["queryStringParameters"] = dict(parse_qsl(parts.query, keep_blank_values=True))
    return event


def sqs_event(queue_arn: str, messages: list[Any]) -> Json:
    """The event of an SQS event source mapping."""
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message.get("ReceiptHandle", "receipt"),
                "body": message["Body"],
                "attributes": {name: str(value) for name, value in message.get("Attributes", {}).items()},
                "messageAttributes": {},
                "md5OfBody": message.get("MD5OfBody", ""),
                "eventSource": "aws:sqs",
                "eventSourceARN": queue_arn,
                "awsRegion": REGION,
            }
            for message in messages
        ]
    }


def local_secrets() -> dict[str, Json]:
    """The local run's credentials, by the logical ids of the template's secrets."""
    values = secret_values(LocalCredentials())
    owners = {"LineSecret": "line", "LinePaySecret": "line_pay", "OrderSystemSecret": "order_system"}
    return {
        logical_id: values[owner]
        for logical_id, owner in {**owners, "BackOfficeSecret": "back_office"}.items()
    }


@contextmanager
def world(door: Door, secrets: Mapping[str, Json] | None = None, **parameters: str) -> Iterator[World]:
    """A fresh shop; `parameters` are parameters of the stack."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in AWS.items():
            patch.setenv(name, value)
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        configuration: Any = {
            "stepfunctions": {"execute_state_machine": True},
            "lambda": {"use_docker": False},
        }
        with mock_aws(config=configuration):
            forget_warm_state()
            made = World(door, parameters, secrets or local_secrets())

            # moto's Lambda without containers answers with its input; the only way to real code is this method.
            elsewhere = LambdaSimpleBackend.invoke

            def invoked(
                backend: Any, name: str, qualifier: Any, body: Any, headers: Any, answer: Json
            ) -> Any:
                function = made.deployment.function_named(name)
                if function is None:
                    return elsewhere(backend, name, qualifier, body, headers, answer)
                return made.invoke_for_workflow(
                    function, body.decode() if isinstance(body, bytes) else body, answer
                )

            patch.setattr(LambdaSimpleBackend, "invoke", invoked)
            patch.setattr(boto3, "DEFAULT_SESSION", None)
            door.worlds.append(made.mount)
            try:
                with made.meter.listening():
                    yield made
            finally:
                made.stop()
                door.worlds.remove(made.mount)
                forget_warm_state()


@pytest.fixture(scope="session")
def door() -> Iterator[Door]:
    """The port of all worlds."""
    made = Door()
    with serving(made, free_socket()) as url:
        made.url = url
        yield made


__all__ = ["Door", "Phone", "World", "cloud_event", "door", "local_secrets", "words", "world"]
