"""What stands at the replay desk, as the operator's desk answers it: JSON with ids, words and times in UTC.

docs/operations.md, "The replay desk", describes the same for whoever builds over it.
"""

import json
from typing import Any

from storefront.contracts.tasks import ActOnEvent, DeskTask, ListEvents, ShowEvent
from storefront.domain.replay_desk import DeskAction, ItemId
from storefront.services.rehearsing import Foreseen, Notice
from storefront.services.replay_desk import DeskItem, DeskList, DeskView, ReplayDesk


def desk_answer(desk: ReplayDesk, task: DeskTask) -> dict[str, Any]:
    """What the desk says to `task`.

    Raises:
        ActionRefused: it cannot be done; the message says why.
    """
    match task:
        case ListEvents(show="waiting"):
            return list_json(desk.waiting())
        case ListEvents():
            return list_json(desk.done(DeskAction.DISMISS if task.show == "dismissed" else DeskAction.REPLAY))
        case ShowEvent():
            return {"event": view_json(desk.show(ItemId.parse(task.id)))}
        case ActOnEvent():
            return {"event": view_json(desk.act(task.deed()))}


def list_json(listed: DeskList) -> dict[str, Any]:
    """The list; `more` if there is more than is listed."""
    return {"events": [item_json(item) for item in listed.items], "more": listed.more}


def item_json(item: DeskItem) -> dict[str, Any]:
    """One line of the list."""
    return {
        "id": str(item.item),
        "place": item.item.place.value,
        "kind": item.standing.value,
        "type": item.type,
        "order": item.order,
        "since": item.since.isoformat(),
        "why": item.why,
        "triesAgainAt": item.tries_again_at.isoformat() if item.tries_again_at is not None else None,
        "offers": [action.value for action in item.offers],
    }


def view_json(view: DeskView) -> dict[str, Any]:
    """One thing in full."""
    return {
        **item_json(view.item),
        "body": _parsed(view.body),
        "foreseen": _foreseen_json(view.foreseen) if view.foreseen is not None else None,
        "wouldGoOut": [_notice_json(each) for each in view.foreseen.notices] if view.foreseen else [],
        "nothingBecause": view.silence,
        "audit": [
            {
                "at": entry.at.isoformat(),
                "who": entry.who,
                "action": entry.action.value,
                "note": entry.note,
                "facts": dict(entry.facts),
            }
            for entry in view.journal
        ],
    }


def _foreseen_json(foreseen: Foreseen) -> dict[str, Any]:
    return {
        "state": foreseen.state.value,
        "reason": foreseen.reason,
        "changes": [
            {"what": change.what, "before": change.before, "after": change.after}
            for change in foreseen.changes
        ],
    }


def _notice_json(notice: Notice) -> dict[str, Any]:
    return {
        "customerId": notice.customer_id,
        "topic": notice.topic.value,
        "language": notice.language.value,
        "text": notice.text,
        "messages": list(notice.messages),
        "notBefore": notice.not_before.isoformat() if notice.not_before is not None else None,
    }


def _parsed(body: str) -> Any:
    """The body as JSON; as it is, if it is none; nothing once it was emptied."""
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        return body
