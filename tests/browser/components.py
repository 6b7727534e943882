"""Messages for what the gallery's cards leave out: one for each matter of layout, with the properties that decide it.

Each is small and made of numbers that a test can reckon with: 300 px of bubble, 260 px between the paddings of a body.
"""

from typing import Any

from tests.browser.gallery import PICTURE, JsonObject, box, button, flex, postback, text, uri

GREEN, LIGHT, RED, GREY = "#066c3c", "#dcefe4", "#b42318", "#f2f4f7"
SPACES = ("none", "xs", "sm", "md", "lg", "xl", "xxl")
JUSTIFIED = ("flex-start", "center", "flex-end", "space-between", "space-around", "space-evenly")
BORDERS = ("none", "light", "normal", "medium", "semi-bold", "bold", "6px")
IMAGE_SIZES = ("xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl", "full", "25%", "90px")


def block(width: str = "40px", height: str = "20px", color: str = GREEN, **more: Any) -> JsonObject:
    """A coloured rectangle."""
    return box("vertical", width=width, height=height, backgroundColor=color, **more)


def picture(**more: Any) -> JsonObject:
    return {"type": "image", "url": PICTURE, **more}


def bubble(*contents: JsonObject, **more: Any) -> JsonObject:
    return {"type": "bubble", "body": box("vertical", *contents, **more)}


def justified() -> JsonObject:
    rows = [
        box("horizontal", block(), block(), block(), justifyContent=each, backgroundColor=GREY)
        for each in JUSTIFIED
    ]
    return flex(bubble(*rows, spacing="md"))


def aligned() -> JsonObject:
    columns = [
        box(
            "vertical",
            block(),
            text(each, size="xs", flex=0),
            alignItems=each,
            backgroundColor=GREY,
            margin="md",
        )
        for each in ("flex-start", "center", "flex-end")
    ]
    row = box(
        "horizontal",
        block(height="60px"),
        block(height="20px"),
        alignItems="center",
        spacing="md",
        margin="lg",
    )
    return flex(bubble(*columns, row))


def gravities() -> JsonObject:
    action = {"type": "message", "text": "x"}
    rows = [
        box(
            "horizontal",
            text(each, size="sm", gravity=each),
            picture(size="30px", gravity=each, flex=0),
            button("按", action, gravity=each, height="sm", style="secondary"),
            height="90px",
            backgroundColor=GREY,
            margin="md",
            spacing="md",
        )
        for each in ("top", "center", "bottom")
    ]
    return flex(bubble(*rows))


def borders() -> JsonObject:
    widths = [
        box("vertical", text(each, size="xs"), borderWidth=each, borderColor=GREEN, paddingAll="sm")
        for each in BORDERS
    ]
    corners = [block("30px", "30px", cornerRadius=each) for each in SPACES]
    return flex(bubble(*widths, box("horizontal", *corners, justifyContent="space-between"), spacing="sm"))


def measured() -> JsonObject:
    return flex(
        bubble(
            block("50%", "24px", "#8fc7a6"),
            box(
                "vertical", text("最多 120 px 寬的一行字", size="sm"), maxWidth="120px", backgroundColor=LIGHT
            ),
            box(
                "vertical",
                text("一\n二\n三\n四\n五\n六", size="sm", wrap=True),
                maxHeight="50px",
                backgroundColor=GREY,
            ),
            box(
                "horizontal",
                block("30%", "40px"),
                block("80px", "40px", "#8fc7a6"),
                box("vertical", text("其餘", size="sm", align="center"), backgroundColor=LIGHT, flex=1),
            ),
            spacing="md",
        )
    )


def padded() -> JsonObject:
    def filled(**padding: str) -> JsonObject:
        return box("vertical", block("20px"), backgroundColor=LIGHT, margin="md", **padding)

    return flex(
        bubble(
            filled(paddingAll="xxl"),
            filled(paddingAll="10px", paddingTop="none"),
            filled(paddingStart="50px", paddingBottom="lg"),
            filled(paddingAll="10%"),
            box(
                "vertical",
                block("20px"),
                backgroundColor=LIGHT,
                margin="md",
                paddingEnd="40%",
                paddingTop="sm",
            ),
            paddingAll="30px",
        )
    )


def moved() -> JsonObject:
    return flex(
        bubble(
            block(offsetStart="20px", position="relative"),
            block(offsetTop="-10px", color="#8fc7a6"),
            box(
                "vertical",
                block(position="absolute", offsetBottom="10px", offsetEnd="10px"),
                block(position="absolute", offsetTop="50%", offsetStart="25%", color=RED),
                block("100%", "8px", "#8fc7a6", position="absolute", offsetTop="none", offsetStart="none"),
                height="120px",
                backgroundColor=GREY,
            ),
        )
    )


def styled_blocks() -> JsonObject:
    return flex(
        {
            "type": "bubble",
            "header": box("vertical", text("標題", weight="bold")),
            "hero": picture(size="full", aspectRatio="3:1", aspectMode="cover"),
            "body": box("vertical", text("內容")),
            "footer": box("vertical", text("頁尾", size="sm", align="center")),
            "styles": {
                "header": {"backgroundColor": "#fff4d6"},
                "hero": {"separator": True, "separatorColor": RED},
                "body": {"backgroundColor": LIGHT, "separator": True},
                "footer": {"backgroundColor": GREY, "separator": True, "separatorColor": GREEN},
            },
        }
    )


def pictured() -> JsonObject:
    rows = [picture(size=each, align="start", margin="sm") for each in IMAGE_SIZES]
    shapes = box(
        "horizontal",
        picture(size="xs", aspectRatio="16:9", backgroundColor="#ffe2de", align="start", animated=True),
        picture(size="xs", aspectRatio="1:3", aspectMode="cover", align="center"),
        picture(size="xs", align="end", gravity="bottom"),
        margin="lg",
    )
    return flex(bubble(*rows, shapes))


def in_line() -> JsonObject:
    def icon(**more: Any) -> JsonObject:
        return {"type": "icon", "url": PICTURE, **more}

    return flex(
        bubble(
            box(
                "baseline",
                icon(size="sm"),
                text("小", size="sm", flex=0),
                text("大", size="xxl", margin="md"),
                spacing="sm",
            ),
            box(
                "baseline",
                icon(size="xl"),
                icon(size="xl", aspectRatio="3:1", margin="md"),
                icon(size="24px", margin="10px"),
                text("4.0", size="sm", color="#767676", margin="md", flex=0),
                margin="lg",
            ),
            box(
                "baseline", text("左", flex=2), {"type": "filler", "flex": 3}, text("右", flex=1), margin="lg"
            ),
        )
    )


def buttons() -> JsonObject:
    tap = postback("x")
    return flex(
        {
            "type": "bubble",
            "body": box(
                "vertical",
                button("主要", tap, style="primary"),
                button("次要", tap, style="secondary", height="sm", margin="md"),
                button("連結", tap, style="link", height="sm", color=RED),
                button("品牌色", tap, style="primary", color="#17365d", height="sm", margin="xxl"),
                button("次要可以換底色", tap, style="secondary", color="#ffe9b8", height="sm", margin="md"),
                button(
                    "縮小到放得下的一個很長很長的按鈕標題啊",
                    tap,
                    style="primary",
                    adjustMode="shrink-to-fit",
                    scaling=True,
                    height="sm",
                    margin="md",
                ),
            ),
            "footer": box(
                "horizontal",
                button("取消", tap, style="secondary", height="sm"),
                button("確定", tap, style="primary", height="sm", flex=2),
                spacing="md",
            ),
        }
    )


def shaded() -> JsonObject:
    def gradient(angle: str, **more: str) -> JsonObject:
        return {"type": "linearGradient", "angle": angle, "startColor": "#ffffff", "endColor": GREEN, **more}

    return flex(
        bubble(
            box("vertical", height="40px", background=gradient("0deg")),
            box(
                "vertical",
                height="40px",
                background=gradient("45deg", centerColor="#ffd966", centerPosition="10%"),
            ),
            box("vertical", height="40px", background=gradient("90deg", centerColor="#ffd966")),
            box(
                "vertical",
                picture(size="full", aspectRatio="3:1", aspectMode="cover"),
                box(
                    "vertical",
                    text("半透明的文字底", color="#ffffff", size="sm", align="center"),
                    position="absolute",
                    offsetBottom="0px",
                    offsetStart="0px",
                    offsetEnd="0px",
                    paddingAll="sm",
                    backgroundColor="#066c3cb3",
                ),
            ),
            spacing="md",
        )
    )


def lettered() -> JsonObject:
    return flex(
        bubble(
            text("靠左", align="start"),
            text("置中", align="center", weight="bold"),
            text("靠右", align="end", style="italic"),
            text("底線", decoration="underline", color="#355788"),
            text("刪除線", decoration="line-through"),
            text(
                "第一行\n第二行\n第三行", wrap=True, lineSpacing="20px", size="sm", margin="md", scaling=True
            ),
            text(
                "會換行的 very-long-word-without-any-break-in-it-at-all 文字",
                wrap=True,
                size="sm",
                margin="md",
            ),
            text("兩行為限:" + "茶" * 60, wrap=True, maxLines=2, size="sm", margin="md"),
            {
                "type": "text",
                "wrap": True,
                "size": "lg",
                "color": GREEN,
                "margin": "md",
                "contents": [
                    {"type": "span", "text": "繼承"},
                    {"type": "span", "text": "小字", "size": "xxs", "color": "#767676"},
                    {"type": "span", "text": "粗", "weight": "bold"},
                    {"type": "span", "text": "斜", "style": "italic"},
                    {"type": "span", "text": "刪", "decoration": "line-through"},
                    {"type": "span", "text": "\n換行後"},
                ],
            },
        )
    )


def mirrored() -> JsonObject:
    return flex(
        {
            "type": "bubble",
            "direction": "rtl",
            "body": box(
                "vertical",
                box("horizontal", block(), block(color="#8fc7a6"), spacing="md"),
                box("horizontal", text("السعر", flex=0), text("NT$180", align="end")),
                box("vertical", block(), paddingStart="40px", margin="md", backgroundColor=GREY),
                box(
                    "vertical",
                    block(position="absolute", offsetStart="10px", offsetTop="10px"),
                    height="50px",
                    margin="md",
                    backgroundColor=GREY,
                ),
            ),
        }
    )


def divided() -> JsonObject:
    line: JsonObject = {"type": "separator"}
    return flex(
        bubble(
            box("horizontal", text("左", align="center"), line, text("右", align="center")),
            {"type": "separator", "margin": "xl", "color": RED},
            box("vertical", *(block("100%", "10px", LIGHT) for _ in range(3)), spacing="xxl", margin="xl"),
            box(
                "horizontal",
                box("vertical", text("一", align="center"), flex=1, backgroundColor=LIGHT),
                box("vertical", text("二", align="center"), flex=2, backgroundColor="#8fc7a6"),
                {"type": "filler"},
                margin="xl",
            ),
            box(
                "vertical",
                box("vertical", text("占一份"), flex=1, backgroundColor=LIGHT),
                box("vertical", text("占兩份"), flex=2, backgroundColor="#8fc7a6"),
                height="120px",
                margin="xl",
            ),
        )
    )


def overlaid() -> JsonObject:
    """A hero that is a box of its own, and a bubble that is tapped as a whole."""
    return flex(
        {
            "type": "bubble",
            "size": "kilo",
            "hero": box(
                "vertical",
                picture(size="full", aspectRatio="2:1", aspectMode="cover"),
                box(
                    "horizontal",
                    text("特價", color="#ffffff", size="xs", align="center", gravity="center"),
                    position="absolute",
                    offsetTop="12px",
                    offsetStart="12px",
                    width="48px",
                    height="24px",
                    cornerRadius="20px",
                    backgroundColor=RED,
                ),
            ),
            "body": box(
                "vertical",
                text("整張卡片都能點", weight="bold"),
                text("看看茶葉", size="sm", color="#666666"),
            ),
            "action": {**uri("https://shop.example/tea"), "label": "看看茶葉"},
        }
    )


def even_cards() -> JsonObject:
    def card(name: str, words: str) -> JsonObject:
        return {
            "type": "bubble",
            "size": "micro",
            "hero": picture(size="full", aspectRatio="4:3", aspectMode="cover"),
            "body": box("vertical", text(name, weight="bold", size="sm"), text(words, wrap=True, size="xs")),
            "footer": box("vertical", button("選", postback(name), style="primary", height="sm")),
        }

    cards = [
        card("短", "一行。"),
        card("長", "這張卡片的說明長得多,會占去好幾行的空間。" * 2),
        card("中", "兩行多一點的說明文字。"),
    ]
    return flex({"type": "carousel", "contents": cards})


MORE = {
    "justified": justified,
    "aligned": aligned,
    "gravities": gravities,
    "borders": borders,
    "measured": measured,
    "padded": padded,
    "moved": moved,
    "styled blocks": styled_blocks,
    "pictured": pictured,
    "in line": in_line,
    "buttons": buttons,
    "shaded": shaded,
    "lettered": lettered,
    "mirrored": mirrored,
    "divided": divided,
    "overlaid": overlaid,
    "even cards": even_cards,
}
