"""Invoked by people with the right to (`make cases`): lists operator cases, shows one, does something about it.

Also the replay desk of events (`make desk`), the words for products that nobody understood (`make phrases`), the record
of a quote (`make record`), and the wish of a customer to be forgotten (`make erase`).

There is no public route: whoever may invoke this function is an operator, and CloudTrail knows who it was.
"""

from typing import Any

from storefront import bootstrap
from storefront.contracts.case_views import (
    approval_json,
    case_json,
    erasure_json,
    phrase_json,
    record_json,
    view_json,
)
from storefront.contracts.desk_views import desk_answer
from storefront.contracts.tasks import (
    ActOnEvent,
    EraseCustomer,
    ListApprovals,
    ListCases,
    ListEvents,
    ListPhrases,
    ShowCase,
    ShowEvent,
    ShowRecord,
    case_task,
)
from storefront.domain.errors import ActionRefused
from storefront.observability import flush_metrics, logger
from storefront.services.vocabulary import vocabulary_of


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    try:
        task = case_task(event)
        if isinstance(task, ListPhrases):
            vocabulary = vocabulary_of(bootstrap.catalogues().read())
            return {"phrases": [phrase_json(each) for each in bootstrap.phrases().unknown(vocabulary)]}
        if isinstance(task, ShowRecord):
            record = bootstrap.quote_records().of(task.quoteId)
            return {"refused": "no such quote"} if record is None else {"record": record_json(record)}
        if isinstance(task, EraseCustomer):
            wish = bootstrap.personal_desk().wished_by_staff(task.customer, task.who, task.note)
            return {"erasure": erasure_json(wish)}
        if isinstance(task, ListEvents | ShowEvent | ActOnEvent):
            if isinstance(task, ActOnEvent):
                logger().info("operator_acted", extra={"kind": "event", "action": task.task})
            return desk_answer(bootstrap.replay_desk(), task)
        casework = bootstrap.casework()
        if isinstance(task, ListApprovals):
            return {"approvals": [approval_json(each) for each in casework.open_approvals()]}
        if isinstance(task, ListCases):
            return {"cases": [case_json(case) for case in casework.open_cases()]}
        if isinstance(task, ShowCase):
            return {"case": view_json(casework.show(task.kind, task.subject))}
        logger().info(
            "operator_acted", extra={"kind": task.kind, "subject": task.subject, "action": task.action}
        )
        return {"case": view_json(casework.act(task.deed()))}
    except ActionRefused as refused:
        return {"refused": str(refused)}
    finally:
        flush_metrics()
