"""What was said, to keep or to pass on: one chat, or a whole scenario with its steps, as Markdown or as JSON.

Nobody's words can become markup: every character with a meaning in Markdown is escaped, and what only steers the
direction of text is left out.
"""

import dataclasses
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from dev.page.player import Performance, PlayState
from dev.scenario import Line
from dev.standins.line_platform import (
    Button,
    ChatEntry,
    LinePlatform,
    Via,
    buttons,
    customer_json,
    entry_json,
    words,
)

JsonObject = dict[str, Any]

TAIPEI: Final = timezone(timedelta(hours=8), "Asia/Taipei")
# What means something in Markdown anywhere in a line, what only does at its beginning, and what becomes a link.
MARKUP: Final = re.compile(r"[\\`*_\[\]<&|~#@]|(?<![A-Za-z])\$")
AT_THE_BEGINNING: Final = re.compile(r"^([-+=>:]|\d+(?=[.)]))")
LINKS: Final = re.compile(r"(?<=www)\.|:(?=//)", re.IGNORECASE)
# Control characters, and those that turn the direction of the text around.
UNSEEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")

WORDS: Final = {
    "zh-TW": {
        "chat": "{name} 與 {shop} 的聊天紀錄",
        "times": "時間為台灣時間（{day}）",
        "reply": "（回覆）",
        "push": "（主動通知）",
        "multicast": "（群發）",
        "buttons": "按鈕：",
        "quick": "快速回覆：",
        "unsent": "（訊息已收回）",
        "undelivered": "（沒有送到手機）",
        "playing": "播放中",
        "passed": "全部符合",
        "failed": "不符合",
        "stopped": "已停止",
    },
    "en": {
        "chat": "{name} and {shop}",
        "times": "Times are those of Taiwan ({day})",
        "reply": " (reply)",
        "push": " (notice)",
        "multicast": " (to many)",
        "buttons": "Buttons: ",
        "quick": "Quick replies: ",
        "unsent": "(taken back)",
        "undelivered": "(never reached the phone)",
        "playing": "playing",
        "passed": "all held",
        "failed": "not as expected",
        "stopped": "stopped",
    },
}


def escaped(text: str) -> str:
    """The text on one line of Markdown, to be read as it is."""
    flat = " ".join(UNSEEN.sub("", text).split())
    marked = LINKS.sub(r"\\\g<0>", MARKUP.sub(r"\\\g<0>", flat))
    begins = AT_THE_BEGINNING.match(marked)
    if begins is None:
        return marked
    end = begins.end()
    return f"{marked[:end]}\\{marked[end:]}" if begins[0].isdigit() else f"\\{marked}"


# One chat ------------------------------------------------------------------------------------------------


def chat_json(line: LinePlatform, user_id: str) -> JsonObject:
    """Raises NoSuchCustomer."""
    chat = line.chat(user_id)
    return {
        "customer": customer_json(line.customer(user_id)),
        "entries": [entry_json(entry) for entry in chat.entries],
    }


def chat_markdown(line: LinePlatform, user_id: str, shop_name: str, language: str = "zh-TW") -> str:
    """Raises NoSuchCustomer."""
    say = WORDS.get(language, WORDS["zh-TW"])
    customer, entries = line.customer(user_id), line.chat(user_id).entries
    title = say["chat"].format(name=escaped(customer.display_name), shop=escaped(shop_name))
    day = _day(entries[0].at) if entries else ""
    blocks = [f"# {title}", *([say["times"].format(day=day)] if entries else [])]
    blocks += [_entry(entry, customer.display_name, shop_name, say) for entry in entries]
    return "\n\n".join(blocks) + "\n"


# A scenario ----------------------------------------------------------------------------------------------


def performance_json(performance: Performance, line: LinePlatform) -> JsonObject:
    people = set(performance.people)
    timeline: list[JsonObject] = []
    for each in performance.timeline:
        if isinstance(each, Line):
            timeline.append({"line": dataclasses.asdict(each)})
        elif each.chat_id in people:
            timeline.append({"entry": entry_json(line.chat(each.chat_id).entries[each.index])})
    return {
        "scenario": performance.billed.name,
        "what": performance.billed.english,
        "state": performance.state,
        "beganAt": performance.began_at,
        "people": [customer_json(line.customer(user_id)) for user_id in performance.people],
        "timeline": timeline,
    }


def performance_markdown(
    performance: Performance, line: LinePlatform, shop_name: str, language: str = "zh-TW"
) -> str:
    """Headings are the steps; what people said stands in full in place of the acts that say the same shortly."""
    say = WORDS.get(language, WORDS["zh-TW"])
    billed, people = performance.billed, set(performance.people)
    english = language == "en"
    title = billed.english_title if english else billed.about.title
    what = billed.english if english else billed.about.what_happens
    mark = {PlayState.PASSED: "✓ ", PlayState.FAILED: "✗ "}.get(performance.state, "")
    blocks = [
        f"# {escaped(title)}",
        escaped(what),
        f"{say['times'].format(day=_day(performance.began_at))} · {mark}{say[performance.state]}",
    ]
    # The first line announces the scenario itself.
    for each in performance.timeline[1:]:
        if isinstance(each, Line):
            blocks += _line(each)
        elif each.chat_id in people:
            entry = line.chat(each.chat_id).entries[each.index]
            blocks.append(_entry(entry, line.customer(each.chat_id).display_name, shop_name, say))
    return "\n\n".join(blocks) + "\n"


def _line(line: Line) -> list[str]:
    match line.kind:
        case "step":
            return [f"## {escaped(line.text)}"]
        case "met":
            return [f"- ✓ {escaped(line.text)}"]
        case "unmet" | "error":
            return [f"- **✗ {escaped(line.text)}**"]
    return [] if line.who else [f"*{escaped(line.text)}*"]


# One entry -----------------------------------------------------------------------------------------------


def _entry(entry: ChatEntry, name: str, shop_name: str, say: dict[str, str]) -> str:
    clock = _moment(entry.at).strftime("%H:%M")
    if entry.via is Via.SYSTEM:
        return f"{clock} · {escaped(name)} · *{escaped(words(entry.message))}*"
    via = say[entry.via] if entry.from_shop else ""
    head = f"**{clock} {escaped(shop_name if entry.from_shop else name)}**{via}"
    if entry.from_shop:
        head = f"{head} → {escaped(name)}"
    if entry.unsent:
        return f"{head}\n\n> {say['unsent']}"
    lines = list(_quoted(entry, say))
    if not entry.delivered:
        lines.append(say["undelivered"])
    return f"{head}\n\n" + "\n".join(f"> {line}  " if line else ">" for line in lines).rstrip()


def _quoted(entry: ChatEntry, say: dict[str, str]) -> Iterator[str]:
    """What can be read, then what can be tapped."""
    alt = entry.message.get("altText")
    if alt:
        yield f"**{escaped(str(alt))}**"
    for line in words(entry.message).splitlines():
        if line.strip() and line != alt:
            yield escaped(line)
    offered = buttons(entry.message)
    for title, chosen in (
        ("buttons", [each for each in offered if not each.in_quick_reply]),
        ("quick", [each for each in offered if each.in_quick_reply]),
    ):
        if chosen:
            yield f"{say[title]}{_labels(chosen)}"


def _labels(chosen: Sequence[Button]) -> str:
    names = dict.fromkeys(each.label or next(iter(each.shown), "…") for each in chosen)
    return " ".join(f"\\[{escaped(name)}\\]" for name in names)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone(TAIPEI)


def _day(milliseconds: int) -> str:
    return _moment(milliseconds).strftime("%Y-%m-%d")
