"""What stands in a message beside the order: prices, times, phone numbers, politeness. It is left out of the search."""

import re
from collections.abc import Iterable, Iterator

from storefront.domain.order_number import find_order_number
from storefront.language.quantities import TAKEN_MARK
from storefront.language.text import fold

_LINE_NUMBER = re.compile(r"^\s?(?:\(?[0-9]{1,2}[.、)）](?![0-9])|[①-⑳])\s?", re.MULTILINE)
_LIST_BEGINS = re.compile(r"^\s?\(?1[.、)）](?![0-9])")
_NUMBER_IN_LIST = re.compile(r"(?<=[\s,，;；])\(?[2-9][.、)）](?![0-9])\s?")
_COUNT_ME_IN = re.compile(r"^\s?\+1(?=\s)")
_MARKUP = re.compile(r"<[^<>\n]{0,200}>")
_CALL = re.compile(r"(?<![a-z0-9_])[a-z_][a-z0-9_.]{1,40}\([^()\n]{0,60}\)")
_CLOCK = re.compile(
    r"(?:上午|下午|早上|晚上|中午)?\s?(?:(?<![0-9])[0-9]{1,2}|[一二三四五六七八九十]{1,3})\s?(?:點|時)"
    r"(?:[0-9一二三四五六七八九十]{1,3}分|(?![0-9〇一二兩三四五六七八九十])(?:半|整|鐘|前|後|左右)?)"
    r"|(?<![0-9:])[0-9]{1,2}:[0-9]{2}(?![0-9:])|(?<![0-9])[0-9]{1,2}\s?[ap]m(?![a-z])|上午|下午|早上|晚上|中午"
)
_MONEY = re.compile(
    r"(?:nt|twd|us|hk)?\s?\$\s?[0-9][0-9,.]*|(?<![a-z])(?:nt|ntd|twd)\s?[0-9][0-9,.]*"
    r"|(?<![0-9,.])(?:[0-9][0-9,.]{0,12}\s?塊錢|(?:[2-9][0-9]|[0-9][0-9,.]{2,12})\s?塊)"
    r"|(?<![0-9,.])[0-9][0-9,.]{0,12}\s?(?:元|圓|yen|ntd?(?![a-z])|twd|dollars?|baht|บาท)"
    r"|[一二三四五六七八九十百千萬兩]{1,8}(?:元|塊錢)|[一二三四五六七八九兩]?[百千萬][一二三四五六七八九十百千萬兩]{0,6}塊"
)
_PHONE = re.compile(r"(?<![0-9])(?:\+?886[ -]?|0)[0-9](?:[ -]?[0-9]){7,9}(?![0-9])")
_LINK = re.compile(
    r"https?://\S{1,500}|www\.\S{1,500}|(?<![a-z0-9._-])[a-z0-9._-]{1,64}@[a-z0-9-]{1,64}\.[a-z.]{2,20}"
)
_STORE = re.compile(r"(?<![0-9])7-?(?:11|eleven)(?![0-9])")
_STREET = re.compile(
    r"(?<![0-9])[0-9]{1,5}[a-z]? (?:[a-z]{2,20} ){1,4}"
    r"(?:rd|road|st|street|ave|avenue|lane|ln|blvd|boulevard|drive|dr|sec|section)(?![a-z])[^\n]{0,60}"
)
_COMPANY_NUMBER = re.compile(
    r"(?:統編|統一編號|(?<![a-z])(?:tax id|vat)(?![a-z]))[^0-9\n]{0,4}[0-9]{8}(?![0-9])"
)
_ADDRESS_END = (
    r"(?:[0-9一二三四五六七八九十]{1,3}段)?(?:\s?[0-9]{1,4}巷)?(?:\s?[0-9]{1,4}弄)?\s?[0-9]{1,4}(?:[-之][0-9]{1,3})?號"
    r"(?:之[0-9]{1,3})?(?:\s?(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3})樓)?(?:之[0-9]{1,3})?"
)
_ADDRESS = re.compile(
    r"(?:(?<![0-9])[0-9]{3,6}\s?)?[\u4e00-\u9fff]{2}[縣市]\s?(?:[\u4e00-\u9fff]{1,3}[區鄉鎮市])?\s?[\u4e00-\u9fff]{1,8}"
    + _ADDRESS_END
)
_HOUSE = re.compile(r"(?<=[路街道])" + _ADDRESS_END)
_PATTERNS = (_LINK, _PHONE, _ADDRESS, _HOUSE, _COMPANY_NUMBER, _STREET, _MONEY, _STORE, _CLOCK)

_POLITE_CHINESE = (
    "我想要 我要 我想 想要 想買 想訂 想喝 想吃 想問 要訂 要買 訂購 預訂 預購 下單 購買 幫我訂 幫我 幫忙 麻煩 "
    "幫 "
    "請問 請給我 給我 請 謝謝 感謝 感恩 你好 您好 哈囉 老闆 老闆娘 店家 小編 可不可以 可以 能不能 能 嗎 呢 "
    "吧 喔 哦 啦 唷 "
    "囉 的話 的 了 囉 嘍 啊 阿 呀 耶 噢 嗯 恩 呃 嘿 欸 誒 哎 唉 哇 咧 捏 嘛 勒 呦 咯 哩 "
    "有沒有 沒有 有賣 還有 有 需要 再來 再加 再 還要 來 買 訂 要 各 總共 一共 共 數量 送到 寄到 希望 送達 "
    "到貨 送來 送去 "
    "送禮用 送禮 自用 送人 送 寄 以前 之前 以後 之後 左右 大約 大概 差不多 約 就好 就 這樣 先 另外 以及 和 "
    "跟 與 及 還 也 是 "
    "多少錢 怎麼賣 價格 價錢 報價單 報價 預算 多少 改成 改為 改 換成 換 變成 變 更正 修正 不要 不是 不對 "
    "取消 不用 不需要 "
    "追加 加購 加 多 少 減 又 由 扣 算 說 意思 那麼 這麼 麼 以上 以下 葉 類 系列 款式 口味 味道 應該 才對 "
    "打錯 說錯 寫錯 "
    "拿掉 刪掉 刪除 去掉 扣掉 其他 其它 不變 照舊 一樣 "
    "同樣 全部 通通 整箱 整盒 整 都 "
    "前 後 給 那 這個 那個 這款 那款 這種 那種 這 我們 我 你們 他們 你 您 個 喜歡 好喝 好吃 好 對 嗨 點 到 "
    "在 於 "
    "收到 出貨 宅配 寄送 配送 一下 大家 還是 或 想 用 號 每種 每樣 每款 不 留 準備 備 把 一些 些 幾 拜託 "
    "辛苦 不好意思 抱歉 對不起 打擾 "
    "可能 也許 如果 因為 所以 但是 可是 然後 而且 其實 已經 剛剛 剛才 剛 現在 今天 上次 這次 下次 之間 最多 "
    "最少 至少 只要 只 "
    "盡快 趕快 快點 急用 急 公司 客戶 客人 同事 家人 家裡 媽媽 爸爸 朋友 長輩 老婆 老公 小孩 自己 團購 代訂 "
    "代購 訂單 內容 品項 品名 "
    "詢問 打聽 了解 想了解 想知道 預計 打算 計畫 考慮 更改 修改 調整 增加 附上 附 開立 開 發票 統編 三聯 "
    "二聯 載具 收據 提袋 紙袋 卡片 寫 "
    "急需 需 到時候 時候 地方 吃吃看 喝喝看 夠 不夠 補訂 除了 如下 以下 清單 商品 產品 喝 吃 要用 "
    "拿(?!鐵|破) 分 個別 分別 補 嚐 嘗試 試試 試 看看 看 知道 覺得 聽說 "
    "原味 經典 招牌 傳統 正宗 新鮮 手工(?!皂|餅|麵) 熱賣 人氣 便宜 一起 重新 再次 想說 決定 確定 確認 目前 "
    "先前 其中 "
    "過年 過節 中秋節? 聖誕節? 端午節? 生日 伴手禮 下午茶 開會 活動 辦公室 為 當 做 讓 從 向 比較 很 非常 "
    "真的 超 太 最 更 蠻 滿"
)
_POLITE_ENGLISH = (
    "i'd i'm i'll i've we'd we're we'll we've i would like want need can could may please pls plz get have "
    "order buy me my mine "
    "our us your you u give of some the a an to for "
    "and with hi hello hey thanks thank thx ty tks cheers is are was were be been by on at how much many "
    "price cost deliver "
    "delivery delivered delivering ship shipped shipping "
    "each we do does did done it that this these those more add remove drop delete change cancel no not "
    "don't dont also plus about it's its "
    "there any in then just send sent before after x make made instead another extra one's less fewer swap "
    "replace with only maybe perhaps around "
    "sorry meant mean actually oops wait correction update sure ok okay yes yeah yep great good nice fresh "
    "delicious famous tasty lovely best "
    "increase reduce raise lower cut adjust rid prefer rather favourite favorite usual same again too as "
    "well so if when will would should let lets "
    "let's take took "
    "try put down up out reserve "
    "hold keep save set aside pick grab purchase bring interested looking wanna gonna gotta lemme gimme "
    "total altogether all both every "
    "from by until within asap tomorrow today now soon here him her them they he she who what which where why "
    "anymore any more longer few several couple bunch quantity qty sku product products item items name "
    "number amount order orders list "
    "box boxes morning afternoon evening dear sir madam team friend mate guys everyone office company client "
    "clients customer family mom dad "
    "boss friends birthday party gift gifts or but because than rather think thought guess really very quite "
    "pretty bit little kind type "
    "see look hear know tell ask help per x's yes thankyou welcome happy love loved last time next first second"
)
_POLITE_JAPANESE = (
    "ください 下さい くださいませ お願いします お願いいたします お願いできますでしょうか お願いできますか "
    "お願い 注文 したい です ます ました ほしい 欲しい 購入 "
    "こんにちは こんばんは おはようございます はじめまして 初めまして お世話になっております "
    "お世話になります よろしく 宜しく いたします 致します いただけますか いただきたい いただ "
    "けますでしょうか けますか させて たく 存じます 恐れ入りますが 恐れ入ります ではなく じゃなくて やっぱり "
    "やはり それから それと そして あと "
    "ありがとうございます ありがとう すみません すいません ごめんなさい 申し訳 ずつ いくら 届けて 届け 届く "
    "付き つき これ それ あれ この その "
    "ように まで お を が は に の と で も か ね よ 変更 変えて 変える 減らして 減らす "
    "追加 いりません いらない なし 買いたい 頼みたい 買います 頼みます 欲しいです して する します しました "
    "なります 両方 どちらも どっちも やめます やめて 合計 全部 希望 着 "
    "送って 発送 プレゼント用 自宅用 同じ また 今回 前回 のですが んですが けど もらえますか もらえ もらう "
    "ますか でしょうか ください。 な だけ くらい ぐらい ほど"
)
_POLITE_THAI = (
    "ขอ เอา อยากได้ อยาก ได้ไหม ได้มั้ย ได้ สั่งซื้อ สั่ง ซื้อ จอง ต้องการ ครับผม ครับ ค่ะ คะ ค่า จ้า จ้ะ นะ "
    "หน่อย ด้วย และ กับ สวัสดี ขอบคุณมาก ขอบคุณ อย่างละ ส่ง ราคา "
    "เท่าไหร่ เพิ่ม อีก ไม่เอา ไม่ใช่ ไม่ จะ ให้ ที่ มี ไหม มั้ย เปลี่ยนเป็น เปลี่ยน แก้ไข แก้เป็น แก้ ลดเหลือ "
    "เหลือ ลด ผม ดิฉัน ฉัน หนู เรา แล้วก็ แล้ว ก็ ออก ยกเลิก ลบ เป็น เอง "
    "รบกวน แอดมิน พี่ ร้าน ขอโทษ ภายใน ก่อน วัน ของ นี้ นั้น ว่า จาก ถึง ใน ช่วย คน กิน ทาน สนใจ รับ แบบเดิม "
    "เหมือนเดิม เดิม งั้น ทั้งหมด รวม ทุก "
    "อัน มาก เลย สัก แค่ ดี พอ ไป มา"
)
_POLITE = f"{_POLITE_CHINESE} {_POLITE_ENGLISH} {_POLITE_JAPANESE} {_POLITE_THAI}"


def _by_first_letter() -> dict[str, list[tuple[str, re.Pattern[str] | None]]]:
    """The words of politeness by their first letter, the longest first; some with what may not follow them."""
    found: dict[str, list[tuple[str, re.Pattern[str] | None]]] = {}
    for written in sorted({fold(word) for word in _POLITE.split()}, key=len, reverse=True):
        word, condition, rest = written.partition("(?!")
        unless = re.compile(rest.removesuffix(")")) if condition else None
        found.setdefault(word[0], []).append((word, unless))
    return found


_NOT_POLITE = ("迷你", "拿鐵")
"""Words with a word of politeness in them."""

_FILLERS = _by_first_letter()
# Letters with the marks on them, and what joins them; not bopomofo, which people write for particles (ㄉ, ㄇ, ㄛ).
_CHUNK = re.compile(r"(?:[^\W\d_\u3105-\u312f]|[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]|[ '.-])+")
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
    if _LIST_BEGINS.match(text):
        text = _NUMBER_IN_LIST.sub(lambda match: " " * len(match[0]), text)
    for pattern in (_LINE_NUMBER, _COUNT_ME_IN, _MARKUP, _CALL):
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    for pattern in _PATTERNS:
        text = pattern.sub(lambda match: TAKEN_MARK * len(match[0]), text)
    return text


def unexplained(rest: str) -> Iterator[tuple[int, int]]:
    """The stretches of words that are neither understood nor politeness, as places in the text."""
    for chunk in _CHUNK.finditer(rest):
        begin = place = chunk.start()
        while place <= chunk.end():
            if rest.startswith(_NOT_POLITE, place):
                place += 2
            end = _end_of_filler(rest, place) if place < chunk.end() else place
            if end is None:
                place += 1
                continue
            written = rest[begin:place]
            start = begin + len(written) - len(written.lstrip(" '.-"))
            stop = begin + len(written.rstrip(" '.-"))
            if start < stop and _WORD.search(rest, start, stop):
                yield start, stop
            begin = end
            place = end if end > place else place + 1


def _end_of_filler(rest: str, place: int) -> int | None:
    """Where the word of politeness ends that begins here; Latin ones are whole words."""
    for word, unless in _FILLERS.get(rest[place], ()):
        end = place + len(word)
        if not rest.startswith(word, place) or (unless is not None and unless.match(rest, end)):
            continue
        if not word.isascii() or not (_is_latin(rest[place - 1 : place]) or _is_latin(rest[end : end + 1])):
            return end
    return None


def _is_latin(character: str) -> bool:
    return "a" <= character <= "z" or character == "'"
