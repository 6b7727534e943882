"""Flex messages that between them use every component and property that LINE documents, for the page's renderer."""

from typing import Any

JsonObject = dict[str, Any]
PICTURE = "https://demo-shop.example/pictures/TEA-JAS.png"


def flex(contents: JsonObject, alt_text: str = "卡片", **more: Any) -> JsonObject:
    return {"type": "flex", "altText": alt_text, "contents": contents, **more}


def text(words: str, **more: Any) -> JsonObject:
    return {"type": "text", "text": words, **more}


def box(layout: str, *contents: JsonObject, **more: Any) -> JsonObject:
    return {"type": "box", "layout": layout, "contents": list(contents), **more}


def button(label: str, action: JsonObject, **more: Any) -> JsonObject:
    return {"type": "button", "action": {"label": label, **action}, **more}


def postback(data: str, **more: Any) -> JsonObject:
    return {"type": "postback", "data": data, **more}


def uri(address: str) -> JsonObject:
    return {"type": "uri", "uri": address}


def row(name: str, value: str, **more: Any) -> JsonObject:
    return box(
        "horizontal",
        text(name, size="sm", color="#555555", flex=0),
        text(value, size="sm", color="#111111", align="end", **more),
    )


def quote_card(data: str = "accept:1") -> JsonObject:
    return flex(
        {
            "type": "bubble",
            "header": box(
                "vertical",
                text("報價單", weight="bold", size="xl", color="#ffffff"),
                text("有效至 10 月 12 日 18:00", size="xs", color="#e7fff2", margin="sm"),
                backgroundColor="#066c3c",
            ),
            "body": box(
                "vertical",
                row("茉莉綠茶 24 盒", "NT$4,104"),
                row("鳳梨酥 5 盒", "NT$1,800"),
                row("太陽餅 1 盒", "NT$252"),
                {"type": "separator", "margin": "lg"},
                box(
                    "baseline",
                    text("總計", weight="bold", flex=0),
                    text("NT$6,156", weight="bold", size="xl", align="end", color="#066c3c"),
                    margin="lg",
                ),
                text(
                    "滿 NT$1,000 免運費。宅配 NT$120,超商取貨 NT$60。",
                    size="xs",
                    color="#666666",
                    wrap=True,
                    margin="md",
                ),
                spacing="sm",
            ),
            "footer": box(
                "vertical",
                button("接受報價", postback(data, displayText="接受報價"), style="primary", height="sm"),
                button("修改數量", {"type": "message", "text": "修改數量"}, style="secondary", height="sm"),
                button("看退貨規定", uri("https://shop.example/returns"), style="link", height="sm"),
                spacing="sm",
            ),
            "styles": {"footer": {"separator": True, "separatorColor": "#e5e7eb"}},
        },
        "報價單 NT$6,156",
        quickReply={
            "items": [
                {"type": "action", "action": {"type": "message", "label": "我的訂單", "text": "我的訂單"}},
                {
                    "type": "action",
                    "action": {
                        "type": "postback",
                        "label": "找客服",
                        "data": "help",
                        "displayText": "找客服",
                    },
                },
                {
                    "type": "action",
                    "action": {
                        "type": "datetimepicker",
                        "label": "指定到貨日",
                        "data": "wished",
                        "mode": "date",
                        "min": "2026-10-06",
                    },
                },
                {"type": "action", "action": {"type": "location", "label": "傳位置"}},
            ]
        },
    )


def product(name: str, price: str, picture: str) -> JsonObject:
    return {
        "type": "bubble",
        "size": "micro",
        "hero": {
            "type": "image",
            "url": picture,
            "size": "full",
            "aspectRatio": "4:3",
            "aspectMode": "cover",
        },
        "body": box(
            "vertical",
            text(name, weight="bold", size="sm", wrap=True, maxLines=2),
            text(price, size="sm", color="#066c3c", margin="xs"),
        ),
        "footer": box(
            "vertical",
            button("詢價", {"type": "message", "text": f"{name} 10 盒"}, style="primary", height="sm"),
        ),
    }


def product_carousel() -> JsonObject:
    names = [
        ("茉莉綠茶", "NT$180"),
        ("高山烏龍茶", "NT$420"),
        ("阿薩姆紅茶", "NT$150"),
        ("鳳梨酥", "NT$360"),
        ("太陽餅", "NT$280"),
    ]
    bubbles = [product(name, price, PICTURE) for name, price in names]
    return flex({"type": "carousel", "contents": bubbles}, "我們的商品")


def receipt_card() -> JsonObject:
    return flex(
        {
            "type": "bubble",
            "size": "kilo",
            "body": box(
                "vertical",
                box(
                    "horizontal",
                    box(
                        "vertical",
                        text("✓", align="center", color="#ffffff", weight="bold"),
                        width="28px",
                        height="28px",
                        cornerRadius="14px",
                        backgroundColor="#066c3c",
                        justifyContent="center",
                    ),
                    text("付款成功", weight="bold", size="lg", gravity="center", flex=1),
                    spacing="md",
                ),
                text("訂單編號", size="xs", color="#666666", margin="lg"),
                box(
                    "horizontal",
                    text("A7K3Q-9XM2T", weight="bold", size="lg", flex=1, gravity="center"),
                    button(
                        "複製", {"type": "clipboard", "clipboardText": "A7K3Q-9XM2T"}, height="sm", flex=0
                    ),
                ),
            ),
        },
        "付款成功 A7K3Q-9XM2T",
    )


def spans_card() -> JsonObject:
    return flex(
        {
            "type": "bubble",
            "size": "hecto",
            "body": box(
                "vertical",
                {
                    "type": "text",
                    "wrap": True,
                    "contents": [
                        {"type": "span", "text": "限量春茶 "},
                        {
                            "type": "span",
                            "text": "NT$1,200",
                            "decoration": "line-through",
                            "color": "#767676",
                            "size": "sm",
                        },
                        {
                            "type": "span",
                            "text": " NT$1,100",
                            "weight": "bold",
                            "color": "#b42318",
                            "size": "xl",
                        },
                        {"type": "span", "text": " 現省 100", "style": "italic", "decoration": "underline"},
                    ],
                },
                text(
                    "第一行\n第二行 " + "很長的說明" * 20,
                    wrap=True,
                    maxLines=3,
                    size="sm",
                    lineSpacing="6px",
                    margin="md",
                ),
                text("不換行所以會以刪節號結束的一行很長的文字,真的很長", size="sm", margin="md"),
                text("縮小到剛好放得下的一行文字,看得出來", adjustMode="shrink-to-fit", margin="md"),
            ),
        }
    )


def layout_card() -> JsonObject:
    cell = {"cornerRadius": "md", "paddingAll": "sm"}
    return flex(
        {
            "type": "bubble",
            "body": box(
                "vertical",
                box(
                    "horizontal",
                    box(
                        "vertical",
                        text("1", align="center", size="sm"),
                        backgroundColor="#dcefe4",
                        flex=1,
                        **cell,
                    ),
                    box(
                        "vertical",
                        text("2", align="center", size="sm"),
                        backgroundColor="#c5e5d3",
                        flex=2,
                        **cell,
                    ),
                    box(
                        "vertical",
                        text("3", align="center", size="sm"),
                        backgroundColor="#a8d8bd",
                        flex=3,
                        **cell,
                    ),
                    spacing="sm",
                ),
                box(
                    "horizontal",
                    text("上", gravity="top", flex=0),
                    text("中", gravity="center", flex=0, margin="lg"),
                    text("下", gravity="bottom", flex=0, margin="lg"),
                    {"type": "filler"},
                    box(
                        "vertical",
                        text("框線", size="xs", align="center"),
                        borderWidth="medium",
                        borderColor="#066c3c",
                        cornerRadius="xl",
                        paddingAll="lg",
                        flex=0,
                    ),
                    margin="lg",
                ),
                box(
                    "vertical",
                    text("漸層背景", color="#ffffff", weight="bold"),
                    box(
                        "vertical",
                        text("NEW", size="xxs", color="#ffffff", align="center"),
                        position="absolute",
                        offsetTop="8px",
                        offsetEnd="8px",
                        width="44px",
                        backgroundColor="#b42318",
                        cornerRadius="sm",
                    ),
                    background={
                        "type": "linearGradient",
                        "angle": "90deg",
                        "startColor": "#04371f",
                        "endColor": "#0b6b4a",
                        "centerColor": "#066c3c",
                        "centerPosition": "40%",
                    },
                    cornerRadius="lg",
                    paddingAll="xl",
                    margin="lg",
                ),
                box(
                    "horizontal",
                    text("起", size="sm", flex=0),
                    text("中", size="sm", flex=0),
                    text("迄", size="sm", flex=0),
                    justifyContent="space-between",
                    margin="md",
                ),
                box(
                    "vertical",
                    text("置中", size="sm", offsetStart="12px", position="relative"),
                    alignItems="center",
                    height="40px",
                    justifyContent="center",
                    margin="md",
                    backgroundColor="#f2f4f7",
                ),
            ),
        }
    )


def progress_card() -> JsonObject:
    return flex(
        {
            "type": "bubble",
            "size": "deca",
            "header": box("vertical", text("配送中", weight="bold")),
            "body": box(
                "vertical",
                box(
                    "vertical",
                    box("vertical", {"type": "filler"}, width="70%", height="8px", backgroundColor="#066c3c"),
                    height="8px",
                    backgroundColor="#dfe3e8",
                    cornerRadius="4px",
                ),
                box(
                    "baseline",
                    {"type": "icon", "url": PICTURE, "size": "sm"},
                    text("黑貓宅急便", size="sm", margin="sm"),
                    margin="md",
                ),
            ),
        }
    )


def pictures_card() -> JsonObject:
    return flex(
        {
            "type": "bubble",
            "hero": {
                "type": "image",
                "url": PICTURE,
                "size": "full",
                "aspectRatio": "20:13",
                "aspectMode": "cover",
                "action": {**uri("https://shop.example/tea"), "label": "看茶"},
            },
            "body": box(
                "horizontal",
                {"type": "image", "url": PICTURE, "size": "xxs", "flex": 0, "backgroundColor": "#f2f4f7"},
                {"type": "image", "url": PICTURE, "size": "60px", "aspectMode": "fit", "align": "end"},
                {
                    "type": "image",
                    "url": "https://elsewhere.example/a.png",
                    "size": "xs",
                    "aspectRatio": "3:4",
                    "gravity": "bottom",
                },
            ),
        }
    )


def tappable_card() -> JsonObject:
    return flex(
        {
            "type": "bubble",
            "size": "kilo",
            "body": box(
                "vertical",
                box(
                    "horizontal",
                    text("整列可點"),
                    text(">", align="end"),
                    action=postback("row", label="打開", displayText="打開這列"),
                    paddingAll="md",
                ),
                {"type": "separator"},
                text("文字可點", action=postback("words", label="文字"), margin="md", color="#1d4f91"),
                box(
                    "vertical",
                    text("外框可點"),
                    button("裡面", postback("inside", displayText="裡面"), height="sm"),
                    action=postback("outside", label="外框", displayText="外框"),
                    margin="md",
                ),
            ),
        }
    )


def sizes_carousel() -> JsonObject:
    sizes = ("nano", "micro", "deca", "hecto", "kilo", "mega", "giga")
    return flex(
        {
            "type": "carousel",
            "contents": [
                {"type": "bubble", "size": size, "body": box("vertical", text(size, size="sm"))}
                for size in sizes
            ],
        }
    )


def lettering_card() -> JsonObject:
    sizes = ("xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl", "27px")
    return flex(
        {
            "type": "bubble",
            "size": "giga",
            "body": box("vertical", *(text(f"{size} 字", size=size) for size in sizes)),
        }
    )


def right_to_left_card() -> JsonObject:
    return flex(
        {
            "type": "bubble",
            "direction": "rtl",
            "body": box("horizontal", text("مرحبا", flex=0), text("شاي", align="end"), spacing="md"),
        }
    )


def video_card() -> JsonObject:
    return flex(
        {
            "type": "bubble",
            "hero": {
                "type": "video",
                "url": "https://demo-shop.example/pictures/film.mp4",
                "previewUrl": PICTURE,
                "altContent": {"type": "image", "url": PICTURE, "size": "full"},
                "aspectRatio": "20:13",
                "action": {**uri("https://shop.example/film"), "label": "看更多"},
            },
            "body": box("vertical", text("製茶過程")),
        }
    )


def wrong_card() -> JsonObject:
    """What LINE would not take, or what a later LINE may bring: the page has to say so."""
    return flex(
        {
            "type": "bubble",
            "body": box(
                "vertical",
                text("認得的部分", sparkle=True, color="red", size="huge"),
                {"type": "hologram", "contents": []},
                box("diagonal", text("沒有這種排列")),
                button("壞連結", uri("javascript:alert(1)")),
                button("沒有這種動作", {"type": "teleport"}),
            ),
        }
    )


def known_good() -> dict[str, JsonObject]:
    return {
        "quote": quote_card(),
        "products": product_carousel(),
        "receipt": receipt_card(),
        "spans": spans_card(),
        "layout": layout_card(),
        "progress": progress_card(),
        "pictures": pictures_card(),
        "tappable": tappable_card(),
        "sizes": sizes_carousel(),
        "lettering": lettering_card(),
        "right to left": right_to_left_card(),
        "video": video_card(),
    }


def templates() -> dict[str, JsonObject]:
    yes, no = (
        {"type": "message", "label": "是", "text": "是"},
        {"type": "message", "label": "否", "text": "否"},
    )
    column = {"title": "太陽餅", "text": "十入一盒", "thumbnailImageUrl": PICTURE, "actions": [yes]}
    return {
        "confirm": {
            "type": "template",
            "altText": "確認",
            "template": {"type": "confirm", "text": "要用上次的地址嗎?", "actions": [yes, no]},
        },
        "buttons": {
            "type": "template",
            "altText": "滿意嗎",
            "template": {
                "type": "buttons",
                "title": "滿意度",
                "text": "這次購物還滿意嗎?",
                "thumbnailImageUrl": PICTURE,
                "actions": [yes, no],
            },
        },
        "carousel": {
            "type": "template",
            "altText": "商品",
            "template": {"type": "carousel", "columns": [column, column]},
        },
        "image carousel": {
            "type": "template",
            "altText": "商品",
            "template": {"type": "image_carousel", "columns": [{"imageUrl": PICTURE, "action": yes}]},
        },
    }
