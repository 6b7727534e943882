"""Transcripts: who said what and when, with nobody's words turning into markup."""

import asyncio

import pytest

from dev.page.transcript import chat_json, chat_markdown, escaped
from dev.standins.line_platform import LinePlatform, NoSuchCustomer

AT = 1_790_000_000  # 2026-09-21 22:13:20 in Taiwan


def platform() -> LinePlatform:
    return LinePlatform(
        "http://127.0.0.1:9/line/webhook", clock=lambda: AT, token_hex=lambda count: "ab" * count
    )


@pytest.mark.parametrize(
    ("words", "marked"),
    [
        ("我要 3 箱茉莉綠茶", "我要 3 箱茉莉綠茶"),
        ("NT$180 × 12 盒", "NT$180 × 12 盒"),
        ("# 標題", r"\# 標題"),
        ("- 清單", r"\- 清單"),
        ("1. 清單", r"1\. 清單"),
        ("12) 清單", r"12\) 清單"),
        ("> 引用", r"\> 引用"),
        ("===", r"\==="),
        ("[按我](https://evil.example)", r"\[按我\](https\://evil.example)"),
        ("![圖](x)", r"!\[圖\](x)"),
        ("<script>alert(1)</script>", r"\<script>alert(1)\</script>"),
        ("**粗** _斜_ `碼` ~~刪~~", r"\*\*粗\*\* \_斜\_ \`碼\` \~\~刪\~\~"),
        ("WWW.evil.example", r"WWW\.evil.example"),
        ("$x$", r"\$x$"),
        ("&lt;b&gt;", r"\&lt;b\&gt;"),
        ("a | b", r"a \| b"),
        ("back\\slash", r"back\\slash"),
        ("兩行\n\n# 還是同一行", r"兩行 \# 還是同一行"),
        ("從\u202e右到左\u2066", "從右到左"),
        ("\x00\x1b[31m", r"\[31m"),
    ],
)
def test_what_means_something_in_markdown_is_escaped(words: str, marked: str) -> None:
    assert escaped(words) == marked


def test_a_chat_as_markdown_reads_from_top_to_bottom() -> None:
    line = platform()
    line.webhook_timeout_seconds = 0.1
    someone = line.add_customer("王*小*明", "zh-TW")
    line.follow(someone.user_id)
    line.text(someone.user_id, "我要 3 箱\n- 茉莉綠茶")
    quote = {
        "type": "flex",
        "altText": "報價單 NT$6,156",
        "contents": {
            "type": "bubble",
            "body": {
                "type": "box",
                "layout": "vertical",
                "contents": [
                    {"type": "text", "text": "報價單"},
                    {
                        "type": "box",
                        "layout": "horizontal",
                        "contents": [
                            {"type": "text", "text": "茉莉綠茶 36 盒"},
                            {"type": "text", "text": "NT$6,156"},
                        ],
                    },
                    {
                        "type": "button",
                        "action": {"type": "postback", "label": "接受報價", "data": "a"},
                    },
                ],
            },
        },
        "quickReply": {
            "items": [{"type": "action", "action": {"type": "message", "label": "議價", "text": "議價"}}]
        },
    }
    line.push({"to": someone.user_id, "messages": [quote]}, "r")
    assert chat_markdown(line, someone.user_id, "山海茶行") == (
        "# 王\\*小\\*明 與 山海茶行 的聊天紀錄\n\n"
        "時間為台灣時間（2026-09-21）\n\n"
        "22:13 · 王\\*小\\*明 · *已加入好友*\n\n"
        "**22:13 王\\*小\\*明**\n\n"
        "> 我要 3 箱  \n> \\- 茉莉綠茶\n\n"
        "**22:13 山海茶行**（主動通知） → 王\\*小\\*明\n\n"
        "> **報價單 NT$6,156**  \n> 報價單  \n> 茉莉綠茶 36 盒 NT$6,156  \n"
        "> 按鈕：\\[接受報價\\]  \n> 快速回覆：\\[議價\\]\n"
    )
    assert "(notice)" in chat_markdown(line, someone.user_id, "山海茶行", "en")
    whole = chat_json(line, someone.user_id)
    assert whole["customer"]["display_name"] == "王*小*明"
    assert [entry["via"] for entry in whole["entries"]] == ["system", "customer", "push"]


def test_what_was_taken_back_and_what_never_arrived_say_so() -> None:
    line = platform()
    someone = line.add_customer("Emma", "en")
    line.follow(someone.user_id)
    line.text(someone.user_id, "secret")
    line.unsend(someone.user_id, line.chat(someone.user_id).entries[-1].message_id)
    line.unfollow(someone.user_id)
    line.push({"to": someone.user_id, "messages": [{"type": "text", "text": "hello"}]}, "r")
    said = chat_markdown(line, someone.user_id, "Shop", "en")
    assert "secret" not in said
    assert "> (taken back)" in said
    assert "> hello  \n> (never reached the phone)" in said


def test_nobody_has_no_transcript() -> None:
    with pytest.raises(NoSuchCustomer):
        chat_markdown(platform(), "Unobody", "山海茶行")
    asyncio.run(platform().aclose())
