"""Waking the functions: every door is asked once, with nothing that it could act upon."""

from dev.local.settings import ROOT
from dev.local.template import Json, read_template
from dev.local.warming import NOBODYS_EVENT, WAKING, batch_of, door_requests
from storefront.adapters.signatures import is_from_line
from storefront.contracts.line_events import QueuedEvent, chat_event
from storefront.contracts.tasks import PAYMENT_JOB, BackOfficeJob, CheckJob, OrderEventJob
from storefront.services.turns import Happening

TEMPLATE: Json = {
    "Resources": {
        "Webhook": {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "Events": {
                    "A": {"Type": "HttpApi", "Properties": {"Method": "post", "Path": "/line/webhook"}}
                }
            },
        },
        "Return": {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "Events": {
                    "A": {"Type": "HttpApi", "Properties": {"Method": "get", "Path": "/pay/{key}/confirm"}},
                    "B": {"Type": "HttpApi", "Properties": {"Method": "get", "Path": "/pay/{key}/cancel"}},
                }
            },
        },
    }
}


def test_each_door_is_asked_once_and_the_webhook_as_line_tests_it() -> None:
    asked = {request.url.path: request for request in door_requests(TEMPLATE, "secret")}

    assert sorted(asked) == ["/line/webhook", "/pay/warm-up/confirm"]
    webhook = asked["/line/webhook"]
    assert webhook.content == b'{"destination":"warm-up","events":[]}'
    assert is_from_line(webhook.content, webhook.headers["x-line-signature"], ["secret"])
    assert "x-line-signature" not in asked["/pay/warm-up/confirm"].headers


def test_the_chat_ignores_the_event_that_wakes_it() -> None:
    [record] = batch_of(NOBODYS_EVENT)["Records"]
    queued = QueuedEvent.model_validate_json(record["body"])

    event = chat_event(queued.event, queued.receivedAt)

    assert event is not None
    assert event.happening is Happening.IGNORED


def test_what_wakes_the_other_functions_are_jobs_for_ids_of_nothing() -> None:
    assert PAYMENT_JOB.validate_python(WAKING["LinePayCheckoutFunction"]) == CheckJob(
        job="check", attemptId="warm-up", cause="warm-up"
    )
    assert BackOfficeJob.model_validate(WAKING["ShippingNotificationsFunction"]).eventId == "warm-up"
    assert OrderEventJob.model_validate(WAKING["OrderEventsFunction"]).eventId == "warm-up"


def test_the_functions_that_are_woken_are_in_the_template() -> None:
    assert set(WAKING) <= set(read_template(ROOT / "template.yaml")["Resources"])
