"""The day that a customer wishes to have the goods by: shown, doubted, chosen from a calendar, asked for."""

from collections.abc import Mapping
from datetime import date, timedelta

from storefront.domain.quote import Quote
from storefront.messages import flex, taps, terms
from storefront.messages.flex import Node
from storefront.messages.scene import Scene
from storefront.messages.speaker import TAIPEI, Speaker

type Facts = Mapping[str, str]


def lead_days(offered: Quote) -> int:
    """Days until all of it could leave."""
    return max((line.lead_days for line in offered.lines), default=0)


def _first_day(offered: Quote) -> date:
    return offered.created_at.astimezone(TAIPEI).date() + timedelta(days=lead_days(offered))


def rows(offered: Quote, speaker: Speaker) -> list[Node]:
    """The wished day with its weekday; and when it is before the goods could leave, from when on they can."""
    if offered.wished_date is None:
        return []
    wished = terms.wished_day(offered.wished_date, speaker)
    shown = [flex.row(speaker.say("terms.wished_date"), wished, bold=True)]
    if offered.wished_date < _first_day(offered).isoformat():
        soon = speaker.say("quote.too_soon", day=speaker.day(_first_day(offered)))
        shown.append(flex.text(soon, color=flex.ATTENTION, size="xs"))
    return shown


def gone(facts: Facts, speaker: Speaker) -> list[Node]:
    """A day that was wished for and that there is not, or no longer."""
    if "no_day" not in facts:
        return []
    said = speaker.say("quote.no_day", phrase=flex.one_line(facts["no_day"], 40))
    return [flex.text(said, color=flex.ATTENTION, size="xs")]


def picker(offered: Quote, speaker: Speaker) -> Node:
    """A calendar from the first possible day on; a day can be wished for at any time, and changed."""
    return taps.wish_date(
        speaker,
        offered.quote_id,
        offered.quote_version,
        first=_first_day(offered).isoformat(),
        chosen=offered.wished_date,
    )


def ask_date(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """Which day then? For a day that has gone, or that no calendar has."""
    offered = scene.quote(facts["quote_id"], int(facts["quote_version"]))
    said = speaker.say(
        "ask_date.text",
        phrase=flex.one_line(facts.get("phrase", ""), 40),
        day=speaker.day(_first_day(offered)),
    )
    return [flex.text_message(said, [picker(offered, speaker)])]
