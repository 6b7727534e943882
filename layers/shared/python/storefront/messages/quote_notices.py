"""What is said of a quote beside the quote itself: where its page is, and that it ends soon."""

from collections.abc import Mapping

from storefront.messages import flex, quote_cards, taps
from storefront.messages.flex import Node
from storefront.messages.scene import Scene
from storefront.messages.speaker import Speaker

type Facts = Mapping[str, str]


def quote_reminder(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """Until when the quote stands, with its accept button once more."""
    offered = scene.quote(facts["quote_id"], int(facts["quote_version"]))
    until, amount = speaker.moment(offered.valid_until), speaker.amount(offered.total, offered.currency)
    key = "quote_reminder.text" if offered.held_lines else "quote_reminder.text_unheld"
    said = speaker.say(key, until=until, amount=amount)
    number, version = offered.quote_id, offered.quote_version
    formal = quote_cards.is_formal(offered, scene.shop)
    card = flex.bubble(
        flex.heading(speaker.say("quote_reminder.title"), above=scene.shop.name, color=flex.ATTENTION),
        flex.body(
            flex.text(said),
            *quote_cards.counted_lines(offered.lines, offered, scene.catalogue(), speaker),
            flex.total(
                speaker.say("quote.total"), amount, speaker.say("quote.valid_until_only", until=until)
            ),
        ),
        flex.footer(
            flex.button(taps.accept(speaker, number, version, formal=formal), primary=True, height="md"),
            flex.horizontal(
                flex.button(taps.of_quote(speaker, "change", number, version)),
                flex.button(taps.of_quote(speaker, "decline", number, version)),
            ),
        ),
    )
    return [flex.flex_message(said, card)]


def quote_page(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """The way to the page of a quote that has become an order."""
    accepted = scene.quote(facts["quote_id"], int(facts["quote_version"]))
    said = speaker.say("quote_paper.text", number=accepted.workflow_name)
    links = taps.page_of(speaker, accepted, scene.shop)
    if not links:
        return [flex.text_message(said, taps.menu(speaker))]
    card = flex.bubble(
        flex.heading(speaker.say("quote.title_formal"), above=scene.shop.name),
        flex.body(flex.text(said)),
        flex.footer(*(flex.button(link, primary=True) for link in links)),
    )
    return [flex.flex_message(said, card)]
