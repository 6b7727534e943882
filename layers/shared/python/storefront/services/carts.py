"""From words to a cart: pure functions over what the parser understood. A cart maps SKU to units."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from storefront.domain.conversation import Conversation
from storefront.language.inquiry import Change, Inquiry, Question, QuestionKind, RequestedLine
from storefront.language.products import Vocabulary


def cart_after(
    cart: Mapping[str, int],
    asked_sku: str | None,
    inquiry: Inquiry,
    vocabulary: Vocabulary,
    *,
    answers: bool = False,
    asked_also: tuple[str, ...] = (),
) -> dict[str, int] | None:
    """The cart that the words lead to; None when they name nothing that can be ordered.

    A request that stands by itself replaces the cart; 再, 加, 改成 and 不要 change it, and so does a quantity
    alone, which is about the product that was asked about (`asked_sku`) or the only one there is. `answers`:
    the words complete what waits in the cart.
    """
    if not inquiry.lines:
        return None
    corrects = answers or any(line.change is not Change.SET or line.sku is None for line in inquiry.lines)
    after = dict(cart) if corrects else {}
    all_meant = (asked_sku, *asked_also) if asked_sku and asked_also else tuple(after)
    for line in (each for said in inquiry.lines for each in _for_each(said, all_meant, vocabulary)):
        sku = line.sku or asked_sku or (next(iter(after)) if len(after) == 1 else None)
        units = _units(line, sku, vocabulary)
        if sku is None or units is None:
            return None
        match line.change:
            case Change.ADD:
                after[sku] = after.get(sku, 0) + units
            case Change.REMOVE if units == 0 or after.get(sku, 0) <= units:
                after.pop(sku, None)
            case Change.REMOVE:
                after[sku] -= units
            case _:
                after[sku] = units
    return after


def _for_each(line: RequestedLine, skus: Sequence[str], vocabulary: Vocabulary) -> tuple[RequestedLine, ...]:
    """A line that is meant for every product (全部改成 5 盒, 各 3 盒) as one for each; others as they are."""
    if not line.for_all or not skus:
        return (line,)
    units = {sku: _units(line, sku, vocabulary) for sku in skus}
    return tuple(
        replace(line, sku=sku, quantity_in_units=each) for sku, each in units.items() if each is not None
    )


def is_one_answer(inquiry: Inquiry) -> bool:
    """Whether the words are one quantity and nothing else: the answer to "how many?" about one product."""
    return len(inquiry.lines) == 1 and inquiry.lines[0].sku is None and not inquiry.lines[0].for_all


def the_one_sold_by(inquiry: Inquiry, cart: Mapping[str, int], vocabulary: Vocabulary) -> str | None:
    """再加一盒, with tins and boxes in the cart: the only product there that is sold by the unit that was spoken."""
    if not is_one_answer(inquiry) or inquiry.lines[0].spoken_unit is None:
        return None
    found = [sku for sku in cart if _units(inquiry.lines[0], sku, vocabulary) is not None]
    return found[0] if len(found) == 1 else None


def with_the_quantity_asked_about(
    conversation: Conversation, inquiry: Inquiry, vocabulary: Vocabulary
) -> Inquiry:
    """茶 3 盒, "which tea?", 紅茶: a name alone, behind our question, is for the quantity that was spoken of."""
    quantity, unit = conversation.asked_quantity, conversation.asked_unit
    asked = inquiry.questions
    if quantity is None or inquiry.lines or len(asked) != 1 or asked[0].kind is not QuestionKind.HOW_MANY:
        return inquiry
    sku = asked[0].candidates[0]
    units = vocabulary.in_units(sku, quantity, (unit,) if unit else ())
    if units is None:
        return inquiry
    change = Change(conversation.asked_change or Change.SET)
    if change is Change.SET and conversation.cart:
        change = Change.ADD
    line = RequestedLine(sku, units[0], quantity, unit, change)
    return replace(inquiry, lines=(line,), questions=())


def fitting(question: Question, vocabulary: Vocabulary) -> Question:
    """The question about those candidates that are sold by the unit that was spoken, if there are any."""
    if question.quantity is None or question.unit is None:
        return question
    senses = (question.unit,)
    candidates = tuple(
        sku for sku in question.candidates if vocabulary.in_units(sku, question.quantity, senses) is not None
    )
    return replace(question, candidates=candidates) if candidates else question


def units_for_all(question: Question, vocabulary: Vocabulary) -> int | None:
    """The quantity of a question in the products' own units, if it means the same for every candidate."""
    if question.quantity is None:
        return None
    senses = (question.unit,) if question.unit else ()
    found = {vocabulary.in_units(sku, question.quantity, senses) for sku in question.candidates}
    converted = found.pop() if len(found) == 1 else None
    return converted[0] if converted is not None else None


def _units(line: RequestedLine, sku: str | None, vocabulary: Vocabulary) -> int | None:
    """Units of `sku`; a line that names no product has its quantity as it was spoken."""
    if line.sku is not None:
        return line.quantity_in_units
    if sku is None or sku not in vocabulary:
        return None
    converted = vocabulary.in_units(
        sku, line.quantity_in_units, (line.spoken_unit,) if line.spoken_unit else ()
    )
    return converted[0] if converted is not None else None
