"""The back office of the local run: reads the tables to show them, changes things through the operator's desk only."""

import getpass
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from botocore.config import Config

from dev.local.context import DeployedStack
from dev.local.deploying import local_session
from dev.local.orders import digest, listed
from dev.local.tables import Rows, Tables
from dev.page.books import Books
from storefront.domain.approval import Approval
from storefront.domain.casework import OperatorCase, ReceivedEvent, ReceivedState
from storefront.domain.catalogue import Product

JsonObject = dict[str, Any]

STUCK: Final = frozenset({ReceivedState.PARKED, ReceivedState.QUARANTINED})
# A deed may ask LINE Pay; what was asked twice would be two deeds.
_ONCE: Final = Config(read_timeout=60, retries={"total_max_attempts": 1})


class LocalOffice:
    """One for the whole run; both methods may be called from any thread."""

    def __init__(self, stack: DeployedStack) -> None:
        self._tables = Tables(stack)
        self._lambda = local_session().client("lambda", endpoint_url=stack.endpoint, config=_ONCE)
        self._queues = local_session().client("sqs", endpoint_url=stack.endpoint)
        self._letters = {queue: url for queue, url in stack.queues.items() if queue.endswith("DeadLetters")}
        self._desk = stack.outputs["OperatorDeskFunctionName"]
        self._who = f"local:{getpass.getuser()}"

    def books(self) -> Books:
        rows = self._tables.rows()
        orders, pages = listed(rows)
        return Books(orders, pages, _stock(*self._tables.shelf()), _waiting(rows, self._dead_letters()))

    def operate(self, task: Mapping[str, Any]) -> JsonObject:
        """`who` is whoever started the run, whatever the task says. Raises OSError-like errors of botocore."""
        payload = json.dumps({**task, "who": self._who}).encode()
        answer = self._lambda.invoke(FunctionName=self._desk, Payload=payload)
        told: JsonObject = json.loads(answer["Payload"].read())
        if answer.get("FunctionError"):
            return {"refused": f"{told.get('errorType')}: {told.get('errorMessage')}"}
        return told

    def _dead_letters(self) -> dict[str, int]:
        """How many lie in each queue of dead letters; those in somebody's hand count too."""
        found = {}
        for queue, url in self._letters.items():
            told = self._queues.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            waiting, in_hand = (
                told["ApproximateNumberOfMessages"],
                told["ApproximateNumberOfMessagesNotVisible"],
            )
            found[queue] = int(waiting) + int(in_hand)
        return found


def _stock(products: Mapping[str, Product], counters: Mapping[str, Mapping[str, int]]) -> list[JsonObject]:
    """What is counted; price, unit and return policy are what a changed product has to name as well."""
    return [
        {
            "sku": sku,
            "onHand": of["on_hand"],
            "held": of["held"],
            "committed": of["committed"],
            "available": of["available"],
            "price": products[sku].price,
            "unit": products[sku].unit.value,
            "returnPolicy": products[sku].return_policy.value,
        }
        for sku, of in sorted(counters.items())
        if sku in products
    ]


def _waiting(rows: Rows, letters: Mapping[str, int]) -> dict[str, JsonObject]:
    stuck = [
        f"{event.source} {event.event_id} {event.revision}"
        for event in rows.of(ReceivedEvent)
        if event.state in STUCK
    ]
    stuck += [f"{queue} {number}" for queue, count in letters.items() for number in range(count)]
    return {
        "approvals": _counted(
            [f"{each.approval_id} {each.revision}" for each in rows.of(Approval) if each.is_open]
        ),
        "cases": _counted(
            [f"{case.kind} {case.subject} {case.revision}" for case in rows.of(OperatorCase) if case.is_open]
        ),
        "stuck": _counted(stuck),
    }


def _counted(what: Sequence[str]) -> JsonObject:
    return {"count": len(what), "digest": digest(sorted(what))}
