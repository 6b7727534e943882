"""The approval workflow run to every end that it has, by the real handlers (D1 to D6)."""

from collections.abc import Iterator

import pytest

from storefront.domain.approval import Approval, ApprovalState, Effect
from storefront.domain.casework import CaseKind, OperatorCase
from tests.aws.world import Door, Phone, World, cloud_event, words, world

AN = "U" + "5afe" * 8
MACHINE = "ApprovalStateMachine"
PATIENT = {"approvalReminderSeconds": 60, "approvalPatienceSeconds": 60, "quoteValiditySeconds": 60}


@pytest.fixture(scope="module")
def staffed_shop(door: Door) -> Iterator[World]:
    """A shop with one member of staff, who is a friend of it."""
    with world(door, StaffLineUserIds=AN) as made:
        made.line.follow(made.line.add_customer("店員小安", user_id=AN).user_id)
        yield made


def asked(shop: World) -> tuple[Phone, Phone, str]:
    """A customer who wants less than the floor: the customer, the member of staff, the approval's id."""
    phone, staff = shop.phone(), shop.adopt(AN)
    staff.heard()
    phone.quote()
    phone.say("一盒 120 可以嗎")
    rows = [row for key, row in shop.rows("LedgerTable").items() if key.startswith("APPROVAL#")]
    (approval_id,) = (row["approval_id"]["S"] for row in rows if row["customer_id"]["S"] == phone.customer_id)
    return phone, staff, approval_id


def read(shop: World, approval_id: str) -> Approval:
    approval = shop.store.read(Approval, approval_id)
    assert approval is not None
    return approval


def ended(shop: World, name: str) -> list[str]:
    shop.until(lambda: shop.workflows(MACHINE)[name] != "RUNNING")
    assert shop.workflows(MACHINE)[name] == "SUCCEEDED"
    return shop.path(name, MACHINE)


def test_staff_approve_in_their_chat_and_the_customer_gets_the_new_quote(staffed_shop: World) -> None:
    shop = staffed_shop
    phone, staff, approval_id = asked(shop)
    assert "請店裡的同事" in words(phone.everything())
    assert "NT$120" in words(staff.heard())

    said = words(staff.tap("核准"))

    assert "新的報價已經傳給客人" in said
    assert "NT$4,320" in words(phone.heard())
    assert ended(shop, approval_id) == ["AwaitApproval", "CarryOut", "Decided"]
    phone.accept()
    payment = phone.tell_where()
    assert payment.asked.amount == 4_320
    assert shop.failures == []


def test_a_signed_call_decides_and_the_workflow_carries_it_out(staffed_shop: World) -> None:
    shop = staffed_shop
    phone, staff, approval_id = asked(shop)
    phone.heard()
    data = {"approvalId": approval_id, "decision": "counter", "unitPrices": {"TEA-JAS": 150}, "by": "Amy"}

    assert shop.hook(cloud_event("quote.approval.decided.v1", None, data), "shop").status == 202

    shop.until(lambda: read(shop, approval_id).effect is not None)
    assert ended(shop, approval_id) == ["AwaitApproval", "CarryOut", "Decided"]
    assert "NT$5,400" in words(phone.heard())
    assert "Amy" in words(staff.heard())
    assert read(shop, approval_id).decided_by == "shop:Amy"


def test_operators_see_what_waits_and_no_longer_once_it_is_decided(staffed_shop: World) -> None:
    shop = staffed_shop
    _, staff, approval_id = asked(shop)

    def listed() -> list[str]:
        found = shop.invoke("OperatorDeskFunction", {"task": "approvals"})["approvals"]
        return [each["approvalId"] for each in found]

    assert approval_id in listed()
    staff.tap("婉拒")
    assert approval_id not in listed()


def test_a_customer_s_forged_button_decides_nothing(staffed_shop: World) -> None:
    shop = staffed_shop
    phone, _, approval_id = asked(shop)

    phone.press(f"approval_ok?a={approval_id}")

    assert read(shop, approval_id).state is ApprovalState.OPEN
    assert shop.workflows(MACHINE)[approval_id] == "RUNNING"


def test_a_decision_that_comes_before_its_token_is_not_lost(staffed_shop: World) -> None:
    shop = staffed_shop
    with shop.workflow_on_hold():
        _, staff, approval_id = asked(shop)
        staff.tap("婉拒")
        assert f"WORKFLOW#{approval_id} WAIT#approval" not in shop.rows("LedgerTable")
    assert ended(shop, approval_id) == ["AwaitApproval", "CarryOut", "Decided"]
    assert read(shop, approval_id).effect is Effect.DECLINED


def test_silence_reminds_tells_and_ends(staffed_shop: World) -> None:
    shop = staffed_shop
    phone, staff, approval_id = asked(shop)
    phone.heard()
    staff.heard()
    # The same approval in an execution whose patience is a second, as in a stack with other durations.
    shop.start("hasty-1", {"approvalId": approval_id, "timers": dict.fromkeys(PATIENT, 1)}, machine=MACHINE)

    path = ended(shop, "hasty-1")

    assert path == ["AwaitApproval", "RemindStaff", "Escalate", "CarryOut", "Decided"]
    assert "提醒" in words(staff.heard())
    assert "不好意思讓您久等" in words(phone.heard())
    assert shop.store.read(OperatorCase, CaseKind.APPROVAL_WANTED, approval_id) is not None
    assert read(shop, approval_id).state is ApprovalState.LAPSED


def test_a_broken_function_ends_with_people_and_not_in_silence(staffed_shop: World) -> None:
    shop = staffed_shop
    shop.start("broken-1", {"approvalId": "none", "timers": PATIENT}, machine=MACHINE)

    assert ended(shop, "broken-1") == ["AwaitApproval", "NeedsOperator", "WithPeople"]
    assert ("InquiryToQuoteFunction", "LookupError") in shop.failures


def test_the_death_of_a_workflow_opens_a_case(staffed_shop: World) -> None:
    shop = staffed_shop
    _, _, approval_id = asked(shop)
    arn = shop.deployment.arn(MACHINE)
    died = {
        "source": "aws.states",
        "detail": {"name": approval_id, "status": "FAILED", "stateMachineArn": arn},
    }

    assert shop.invoke("SweeperFunction", died) == {"caseOpened": True}
    assert shop.invoke("SweeperFunction", died) == {"caseOpened": False}
