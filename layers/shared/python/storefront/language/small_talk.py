"""What stands in a message beside the order: prices, times, phone numbers, politeness. It is left out of the search."""

import re
from collections.abc import Iterable, Iterator

from storefront.domain.order_number import find_order_number
from storefront.language.quantities import PRODUCT_MARK, TAKEN_MARK
from storefront.language.text import fold

_LINE_NUMBER = re.compile(r"^\s?(?:\(?[0-9]{1,2}[.、)](?![0-9])|[①-⑳])\s?", re.MULTILINE)
_CLOCK = re.compile(
    r"(?:上午|下午|早上|晚上|中午)?\s?(?:(?<![0-9])[0-9]{1,2}|[一二三四五六七八九十]{1,3})\s?(?:點|時)"
    r"(?:[0-9一二三四五六七八九十]{1,3}分|(?![0-9〇一二兩三四五六七八九十])(?:半|整|鐘|前|後|左右)?)"
    r"|(?<![0-9:])[0-9]{1,2}:[0-9]{2}(?![0-9:])|(?<![0-9])[0-9]{1,2}\s?[ap]m(?![a-z])|上午|下午|早上|晚上|中午"
)
_MONEY = re.compile(
    r"(?:nt|twd|us|hk)?\s?\$\s?[0-9][0-9,.]*|(?<![a-z])(?:nt|ntd|twd)\s?[0-9][0-9,.]*"
    r"|(?<![0-9,.])[0-9][0-9,.]{0,12}\s?(?:元|塊錢?|圓|yen|ntd?(?![a-z])|twd|dollars?|baht|บาท)"
    r"|[一二三四五六七八九十百千萬兩]{1,8}(?:元|塊錢?)"
)
_PHONE = re.compile(r"(?<![0-9])(?:\+?886[ -]?|0)[0-9](?:[ -]?[0-9]){7,9}(?![0-9])")
_LINK = re.compile(
    r"https?://\S{1,500}|www\.\S{1,500}|(?<![a-z0-9._-])[a-z0-9._-]{1,64}@[a-z0-9-]{1,64}\.[a-z.]{2,20}"
)
_STORE = re.compile(r"(?<![0-9])7-?(?:11|eleven)(?![0-9])")
_PATTERNS = (_LINK, _PHONE, _MONEY, _STORE, _CLOCK)

_POLITE_CHINESE = (
    "我想要 我要 我想 想要 想買 想訂 想喝 想吃 想問 要訂 要買 訂購 預訂 預購 下單 購買 幫我訂 幫我 幫忙 麻煩 "
    "請問 請給我 給我 請 謝謝 感謝 你好 您好 哈囉 老闆 可不可以 可以 能不能 嗎 呢 吧 喔 哦 啦 唷 囉 的話 的 了 "
    "有沒有 沒有 有賣 還有 有 需要 再來 再加 再 還要 來 買 訂 要 各 總共 一共 共 數量 送到 寄到 希望 送達 到貨 "
    "送禮用 送禮 自用 送 寄 以前 之前 左右 大約 大概 差不多 就好 就 這樣 先 另外 以及 和 跟 與 及 還 也 是 "
    "多少錢 怎麼賣 價格 價錢 報價單 報價 預算 多少 改成 改為 改 換成 換 不要 不是 取消 不用 不需要 追加 加購 加 多 少 "
    "都 前 後 給 那 這個 那個 這款 那款 這 我們 我 你們 他們 你 個 喜歡 好喝 好吃 好 對 嗨 拿 點 到 在 於 "
    "收到 出貨 宅配 一下 大家 還是 或 想 用 號 每種 每樣 每款 不"
)
_POLITE_ENGLISH = (
    "i'd i'm i would like want need can could may please get have order buy me my give of some the a an to for "
    "and with hi hello hey thanks thank you is are by on at how much many price cost deliver delivery delivered "
    "each we us do does it that this these those more add remove change cancel no not also plus about it's "
    "there any in then just send before x make instead another extra"
)
_POLITE_JAPANESE = (
    "ください 下さい お願いします お願い 注文 したい です ます ました ほしい 欲しい 購入 こんにちは "
    "ありがとうございます ありがとう すみません ずつ いくら 届け まで お を が は に の と で も か ね よ 変更 "
    "追加 いりません いらない なし 買いたい 頼みたい して する します"
)
_POLITE_THAI = (
    "ขอ เอา อยาก ได้ สั่ง ซื้อ ต้องการ ครับ ค่ะ คะ นะ หน่อย ด้วย และ กับ สวัสดี ขอบคุณ อย่างละ ส่ง ราคา "
    "เท่าไหร่ เพิ่ม อีก ไม่ จะ ให้ ที่ มี ไหม เปลี่ยนเป็น ผม ดิฉัน ฉัน"
)
_POLITE = f"{_POLITE_CHINESE} {_POLITE_ENGLISH} {_POLITE_JAPANESE} {_POLITE_THAI}"
_FILLER = re.compile(
    "|".join(
        rf"(?<![a-z']){re.escape(word)}(?![a-z'])" if word.isascii() else re.escape(word)
        for word in sorted({fold(word) for word in _POLITE.split()}, key=len, reverse=True)
    )
)
_CHUNK = re.compile(rf"[^{PRODUCT_MARK}{TAKEN_MARK}\n,，、;；。!?！？/&+|:()（）\[\]「」【】~*=<>\"0-9]+")
_WORD = re.compile(r"[^\W\d_]{2}|[\u3400-\u9fff]")


def marked(text: str, spans: Iterable[tuple[int, int]], mark: str) -> str:
    """The text with these spans blanked out; as long as before, so that places stay what they were."""
    parts: list[str] = []
    place = 0
    for start, end in sorted(spans):
        parts += [text[place:start], mark * (end - start)]
        place = end
    return "".join((*parts, text[place:]))


def without_other_numbers(text: str) -> str:
    """Blanks out numbers that order nothing: order numbers, phones, prices, times, the numbers of a list."""
    mention = find_order_number(text)
    if mention:
        text = marked(text, [(mention.start, mention.end)], TAKEN_MARK)
    text = _LINE_NUMBER.sub(lambda match: " " * len(match[0]), text)
    for pattern in _PATTERNS:
        text = pattern.sub(lambda match: TAKEN_MARK * len(match[0]), text)
    return text


def unexplained(rest: str) -> Iterator[tuple[int, int]]:
    """The stretches of words that are neither understood nor politeness, as places in the text."""
    for chunk in _CHUNK.finditer(rest):
        place = chunk.start()
        for filler in (*_FILLER.finditer(rest, chunk.start(), chunk.end()), None):
            end = filler.start() if filler else chunk.end()
            written = rest[place:end]
            start = place + len(written) - len(written.lstrip(" '.-"))
            end = place + len(written.rstrip(" '.-"))
            if start < end and _WORD.search(rest, start, end):
                yield start, end
            place = filler.end() if filler else end
