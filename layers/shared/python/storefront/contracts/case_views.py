"""Operator cases as the operator's desk answers them: JSON with ids, amounts in payable units and times in UTC."""

from typing import Any

from storefront.domain.approval import Approval
from storefront.domain.casework import OperatorCase, offers_of
from storefront.domain.erasure import Erasure
from storefront.domain.order import Order
from storefront.domain.quote import Quote
from storefront.domain.refund import Refund
from storefront.domain.unknown_phrase import UnknownPhrase
from storefront.services.casework import CaseView
from storefront.services.quote_records import QuoteRecord


def case_json(case: OperatorCase) -> dict[str, Any]:
    """One case, as a list shows it."""
    told: dict[str, Any] = {
        "kind": case.kind.value,
        "subject": case.subject,
        "openedAt": case.opened_at.isoformat(),
        "facts": dict(case.facts),
        "offers": [action.value for action in offers_of(case)],
    }
    if case.resolved_at is not None:
        told |= {
            "resolvedAt": case.resolved_at.isoformat(),
            "resolvedBy": case.resolved_by,
            "resolution": case.resolution,
        }
    return told


def approval_json(approval: Approval) -> dict[str, Any]:
    """One price that waits for a decision."""
    return {
        "approvalId": approval.approval_id,
        "askedAt": approval.created_at.isoformat(),
        "reason": approval.reason.value,
        "lines": [
            {
                "sku": sku,
                "quantity": approval.quantities[sku],
                "standing": price,
                "asked": approval.asked.get(sku, price),
            }
            for sku, price in approval.standing.items()
        ],
        "standingTotal": approval.standing_total,
        "askedTotal": approval.asked_total,
        "reminded": approval.reminded_at is not None,
        "escalated": approval.escalated_at is not None,
    }


def erasure_json(wish: Erasure) -> dict[str, Any]:
    """A wish to be forgotten, as far as it has come."""
    return {
        "customerId": wish.customer_id,
        "state": wish.state.value,
        "askedAt": wish.asked_at.isoformat(),
        "askedBy": wish.asked_by,
        "erased": dict(wish.erased),
    }


def phrase_json(phrase: UnknownPhrase) -> dict[str, Any]:
    """A phrase that nobody understood, as a list shows it."""
    return {
        "phrase": phrase.phrase,
        "count": phrase.count,
        "language": phrase.language.value,
        "lastAt": phrase.last_at.isoformat(),
    }


def view_json(view: CaseView) -> dict[str, Any]:
    """One case with its order and its audit."""
    return {
        **case_json(view.case),
        "order": _order_json(view.order) if view.order is not None else None,
        "refunds": [_refund_json(refund) for refund in view.refunds],
        "audit": [
            {
                "at": entry.at.isoformat(),
                "who": entry.who,
                "action": entry.action.value,
                "note": entry.note,
                "facts": dict(entry.facts),
            }
            for entry in view.audit
        ],
    }


def _order_json(order: Order) -> dict[str, Any]:
    origin = order.origin
    placed = {"origin": {"source": origin.source, "number": origin.number}} if origin is not None else {}
    return {
        **placed,
        "orderNumber": order.order_number,
        "state": order.state.value,
        "hold": order.hold.value,
        "currency": order.currency.value,
        "total": order.total,
        "captured": order.captured,
        "refunded": order.refunded,
        "refundable": order.refundable,
        "labelled": order.labelled,
        "confirming": order.confirming_attempt is not None,
    }


def _refund_json(refund: Refund) -> dict[str, Any]:
    return {
        "refundId": refund.refund_id,
        "state": refund.state.value,
        "amount": refund.amount,
        "reason": refund.reason,
        "code": refund.code,
        "providerRefundId": refund.provider_refund_id,
    }


def record_json(record: QuoteRecord) -> dict[str, Any]:
    """The record of a quote: its versions, and every round with the id of the event behind it."""
    newest = record.versions[-1]
    return {
        "quoteId": newest.quote_id,
        "customerId": newest.customer_id,
        "versions": [_version_json(version) for version in record.versions],
        "entries": [
            {
                "at": entry.at.isoformat(),
                "version": entry.quote_version,
                "kind": entry.kind.value,
                "cause": entry.cause,
                "facts": dict(entry.facts),
            }
            for entry in record.entries
        ],
    }


def _version_json(version: Quote) -> dict[str, Any]:
    told: dict[str, Any] = {
        "version": version.quote_version,
        "state": version.state.value,
        "currency": version.currency.value,
        "total": version.total,
        "validUntil": version.valid_until.isoformat(),
        "lines": [
            {
                "sku": line.sku,
                "quantity": line.quantity,
                "unitPrice": line.unit_price,
                "listPrice": line.list_price,
                "reason": line.price_reason.value,
            }
            for line in version.lines
        ],
    }
    return told if version.order_number is None else {**told, "orderNumber": version.order_number}
