"""What a message wants, when it is not an order: and which queue its event belongs to.

The webhook's door asks `queue_of` about every event, so this module imports nothing but the standard library,
does no I/O and never raises, whatever the event looks like.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from storefront.domain.language import Language
from storefront.domain.order_number import find_order_number
from storefront.language.after_sales import after_sale_in
from storefront.language.linking import number_named
from storefront.language.text import clean, fold

Queue = Literal["inquiry", "status"]

_LONGEST_PHRASE = 60


class Intent(StrEnum):
    """What a customer asks for with a short message; OTHER is everything else, orders above all."""

    MY_ORDERS = "my_orders"
    ORDER_NUMBER = "order_number"
    TALK_TO_A_PERSON = "talk_to_a_person"
    THANKS = "thanks"
    ACKNOWLEDGE = "acknowledge"
    GREETING = "greeting"
    HELP = "help"
    CATALOGUE = "catalogue"
    CANCEL = "cancel"
    CHANGE_DELIVERY = "change_delivery"
    FORMAL_QUOTE = "formal_quote"
    LANGUAGE = "language"
    MY_DATA = "my_data"
    ERASE_MY_DATA = "erase_my_data"
    LINK_ORDER = "link_order"
    OTHER = "other"


_LANGUAGE_NAMES = {
    Language.ZH_TW: "中文 繁體中文 正體中文 國語 chinese 中国語 ภาษาจีน",
    Language.EN: "english 英文 英語 ภาษาอังกฤษ",
    Language.JA: "日本語 日文 日語 japanese ภาษาญี่ปุ่น",
    Language.TH: "ภาษาไทย ไทย 泰文 泰語 thai タイ語",
}

# Whole messages, once politeness is taken off. A phrase stands for itself only: "謝謝，再來 2 盒" is an
# order.
_PHRASES = {
    Intent.MY_ORDERS: (
        "我的訂單|訂單|查訂單|查詢訂單|訂單查詢|訂單狀態|訂單進度|看訂單|看我的訂單|查我的訂單|查詢我的訂單"
        "|我訂的東西|查進度|進度|訂單紀錄|訂單記錄|歷史訂單|出貨進度|配送進度|物流|物流狀態|查貨|查詢進度"
        "|my order|my orders|orders|order status"
        "|track my order|track order|tracking|show my orders|order history"
        "|注文状況|注文履歴|注文確認|私の注文|配送状況|発送状況"
        "|คำสั่งซื้อของฉัน|คำสั่งซื้อ|ออเดอร์ของฉัน|สถานะคำสั่งซื้อ|เช็คสถานะ|เช็คออเดอร์|ติดตามพัสดุ"
    ),
    Intent.THANKS: (
        "謝謝|謝謝你|謝謝您|謝謝妳|謝謝老闆|謝謝你們|謝啦|謝了|謝|感謝|感謝你|感謝您|非常感謝|感恩|感謝老闆"
        "|感謝喔|感恩老闆|多謝|謝謝喔|太感謝了"
        "|thank you|thanks|thank you very much|thank you so much|thanks a lot|many thanks|thx|ty|3q"
        "|ありがとう|ありがとうございます|ありがとうございました|どうも|感謝します|サンキュー"
        "|ขอบคุณ|ขอบคุณครับ|ขอบคุณค่ะ|ขอบคุณมาก|ขอบคุณมากครับ|ขอบคุณมากค่ะ|ขอบใจ"
    ),
    Intent.ACKNOWLEDGE: (
        "好|好的|好喔|好哦|好啊|好呀|好滴|ok|okay|okk|okok|k|了解|瞭解|收到|知道了|沒問題|嗯|嗯嗯|對|對的|是"
        "|是的|可以|行"
        "|yes|yep|yeah|sure|got it|alright|understood|fine|great|noted"
        "|はい|了解|了解です|了解しました|わかりました|承知しました|承知|オッケー|うん"
        "|ได้|ได้ครับ|ได้ค่ะ|โอเค|โอเคครับ|โอเคค่ะ|ตกลง|รับทราบ|ครับ|ค่ะ|ใช่"
    ),
    Intent.GREETING: (
        "你好|您好|妳好|哈囉|哈嘍|嗨|嗨嗨|早|早安|午安|晚安|晚上好|安安|在嗎|有人嗎|老闆|老闆好|老闆你好|你好嗎"
        "|hi|hello|hey|hi there|hello there|good morning|good afternoon|good evening|yo"
        "|こんにちは|おはよう|おはようございます|こんばんは|はじめまして|もしもし"
        "|สวัสดี|สวัสดีครับ|สวัสดีค่ะ|หวัดดี|ดีครับ|ดีค่ะ"
    ),
    Intent.HELP: (
        "怎麼訂|怎麼訂購|如何訂購|如何訂|怎麼買|如何購買|怎麼下單|如何下單|怎麼用|怎麼使用|使用說明|說明|幫助"
        "|教學|訂購方式|訂購流程"
        "|help|how to order|how do i order|how can i order|how does this work|how to use|instructions"
        "|ヘルプ|使い方|注文方法|注文の仕方|買い方|どうやって注文|どうやって注文しますか"
        "|ช่วยเหลือ|ช่วยด้วย|วิธีสั่ง|วิธีสั่งซื้อ|วิธีใช้|สั่งยังไง|สั่งอย่างไร|สั่งซื้อยังไง"
    ),
    Intent.CATALOGUE: (
        "有什麼|有什麼商品|有什麼產品|有什麼茶|有什麼好喝的|有什麼好吃的|有賣什麼|賣什麼|你們賣什麼"
        "|你們有什麼|有哪些|有哪些商品"
        "|有哪些產品|有哪些茶|菜單|選單|商品|商品目錄|商品列表|商品清單|所有商品|看商品|看菜單|目錄|型錄|產品"
        "|產品目錄|價目表|價格表"
        "|看商品|看看商品|看有什麼|看一下商品|看看有什麼|有什麼可以買|有什麼推薦|推薦|推薦商品"
        "|show me the products|show me your products|show products|show me what you have|see the products"
        "|see the menu|the menu"
        "|menu|catalog|catalogue|products|product list|price list"
        "|what do you sell|what do you have|what s available"
        "|メニュー|メニューを見せて|商品一覧|商品一覧を見せて|商品を見せて|何を売っていますか"
        "|何を賣っていますか|カタログ|何がありますか|何があります|おすすめ|価格表|商品を見る"
        "|เมนู|ดูเมนู|ดูสินค้า|ดูรายการสินค้า|มีสินค้าอะไรบ้าง|มีอะไรขายบ้าง|สินค้า|สินค้าทั้งหมด"
        "|รายการสินค้า|มีอะไรบ้าง|ขายอะไร|ขายอะไรบ้าง|แคตตาล็อก"
    ),
    Intent.CANCEL: (
        "取消|不要了|取消訂單|取消訂購|取消報價|不買了|我不買了|不訂了|我不訂了|我不要了|先不要|先不要好了"
        "|先不用|先不用好了|還是不要好了|還是算了|算了不要|下次好了|下次再說|先這樣不要|不用了"
        "|不用|不要|算了|全部取消|都不要了|通通取消|訂單全部取消|全部都取消|整筆取消|全部不要了|都取消"
        "|取消全部|清空|全部清掉|全部不要|全都不要|全都不要了|全不要|都不要|通通不要|通通不要了|統統不要|統統不要了"
        "|cancel|cancel order|cancel my order|cancel it|cancel everything|cancel all|cancel it all"
        "|cancel the whole order|cancel the order|never mind|nevermind|no thanks|no thank you|forget it"
        "|i don't want it|i don't want it anymore|i don't want them|i don't want them anymore|i changed my mind"
        "|キャンセル|キャンセルします|全部キャンセル|全部キャンセルして|すべてキャンセル|全てキャンセル"
        "|全部キャンセルします|注文をキャンセル|やめます|やめる|いりません|いらない|いらないです|結構です"
        "|ยกเลิก|ยกเลิกทั้งหมด|ยกเลิกหมด|ไม่เอาทั้งหมด|ไม่เอาเลย|ยกเลิกออเดอร์|ยกเลิกคำสั่งซื้อ|ไม่เอาแล้ว"
        "|ไม่เอา|ไม่ต้องแล้ว|ไม่ซื้อแล้ว"
    ),
    Intent.CHANGE_DELIVERY: (
        "改地址|更改地址|修改地址|換地址|變更地址|改配送|更改配送|修改配送|更改配送資料|修改配送資料"
        "|更改收件地址|改收件地址|改收件人|更改收件人"
        "|改收件資料|更改收件資料|改門市|換門市|更改門市|改取貨門市|改送貨地址|更改送貨地址|地址寫錯了|地址錯了"
        "|change address|change my address|change the address|change delivery|change the delivery"
        "|change the delivery details|change delivery address|change shipping address|wrong address"
        "|update my address|edit address"
        "|届け先を変更|届け先変更|住所を変更|住所変更|配送先を変更|配送先変更|お届け先を変更|住所を変えたい"
        "|届け先を変えたい"
        "|เปลี่ยนที่อยู่|แก้ไขที่อยู่|เปลี่ยนข้อมูลจัดส่ง|เปลี่ยนการจัดส่ง|เปลี่ยนสาขา|ที่อยู่ผิด"
    ),
    Intent.FORMAL_QUOTE: (
        "報價單|正式報價單|正式報價|估價單|開報價單|給我報價單|要報價單|報價單pdf|公司報價單|下載報價單"
        "|報價單麻煩開|麻煩開報價單|開一下報價單|開正式報價單|可以開報價單"
        "|quotation|formal quote|formal quotation|written quote|quote pdf|pdf quote|official quote"
        "|見積書|見積|見積もり|見積り|見積書をください|御見積書|お見積もり|ใบเสนอราคา|ขอใบเสนอราคา"
    ),
    Intent.LANGUAGE: (
        "語言|切換語言|換語言|更改語言|語言設定|改語言|language|change language|switch language|languages"
        "|言語|言語設定|言語を変更|言語変更|ภาษา|เปลี่ยนภาษา|"
        + "|".join(name for names in _LANGUAGE_NAMES.values() for name in names.split())
    ),
    Intent.MY_DATA: (
        "我的資料|個資|我的個資|個人資料|我的個人資料|查看我的資料|下載我的資料"
        "|my data|my personal data|export my data"
        "|download my data|show my data"
        "|個人情報|個人データ|私のデータ|マイデータ|ข้อมูลของฉัน|ข้อมูลส่วนตัว|ข้อมูลส่วนบุคคล"
    ),
    Intent.ERASE_MY_DATA: (
        "刪除我的資料|刪除個資|刪除我的個資|刪除個人資料|刪除我的個人資料|刪我的資料|清除我的資料"
        "|移除我的資料|把我的資料刪掉"
        "|delete my data|erase my data|remove my data|delete my personal data|forget me"
        "|データを削除|私のデータを削除|個人情報を削除|個人情報削除|データ削除|ลบข้อมูลของฉัน|ลบข้อมูลส่วนตัว"
        "|ลบข้อมูล"
    ),
    Intent.LINK_ORDER: (
        "綁定訂單|綁訂單|綁定我的訂單|綁定一筆訂單|訂單綁定|綁定訂單編號|綁定訂單號碼|綁定訂單單號|連結訂單|連結我的訂單"
        "|連結訂單編號|綁定電話訂單|綁定官網訂單|綁定網站訂單|綁定網路訂單|綁定其他訂單|綁定其他通路訂單|綁定別處的訂單"
        "|link order|link my order|link an order|link the order|link this order|link order number|link order no"
        "|link my order number|link a phone order|link a web order|connect my order|connect an order"
        "|注文を連携|注文を連携する|注文を連携したい|注文の連携|注文連携|注文番号を連携|この注文を連携|注文を紐付け|注文を紐づけ"
        "|注文を紐付ける|注文を紐づける|注文の紐付け|注文を紐付けたい"
        "|ผูกคำสั่งซื้อ|ผูกออเดอร์|ผูกคำสั่งซื้อของฉัน|ผูกหมายเลขคำสั่งซื้อ|เชื่อมคำสั่งซื้อ|เชื่อมต่อคำสั่งซื้อ|เชื่อมออเดอร์"
        "|เชื่อมต่อออเดอร์|ลิงก์คำสั่งซื้อ"
    ),
}

# Questions that may stand in a longer sentence, as long as that sentence orders nothing.
_INSIDE = (
    (
        Intent.ERASE_MY_DATA,
        r"(?:刪除?|清除|移除)掉?我?的?(?:所有)?(?:個人)?(?:資料|個資)|(?:delete|erase"
        r"|remove)(?:all)?my(?:personal)?data"
        r"|(?:データ|個人情報)を?(?:すべて)?(?:削除|消)|ลบข้อมูล",
    ),
    (
        Intent.TALK_TO_A_PERSON,
        r"真人|客服|專人|人工服務|找店員|找老闆|聯絡你們|打電話給你|realperson|humanbeing|customerservice"
        r"|(?:talk|speak|chat)(?:to|with)(?:a|an|the|some)?(?:one|body|real|human|person|agent|staff|manager"
        r"|owner)"
        r"|^(?:human|agent|support|staff|operator)$|representative"
        r"|オペレーター|担當者|スタッフ|有人チャット|人と話|お問い合わせ|問い合わせ"
        r"|เจ้าหน้าที่|แอดมิน|คุยกับคน|พนักงาน|ติดต่อร้าน",
    ),
    (
        Intent.MY_ORDERS,
        r"到哪(?:了|裡|兒)?|(?:東西|包裹|訂單|貨|商品)(?:寄|到|送)(?:了|出|達)|(?:到|寄|送)了(?:嗎|沒)"
        r"|(?:什麼時候|何時|多久|幾號|哪天|幾點)(?:才|會|可以|能|要)*(?:送到|寄到|到|收到|拿到|出貨|寄出"
        r"|送達)"
        r"|(?:寄出|送出|出貨|發貨|寄|送到|到貨)了(?:嗎|沒)|還沒(?:收到|寄|出貨|送到)|沒收到|(?:查|看)(?:詢"
        r"|一下)?我?的?(?:訂單|包裹)"
        r"|訂單(?:狀態|進度|查詢)|(?:追蹤|查詢?)(?:包裹|物流)"
        r"|where(?:is|s|are)my(?:order|parcel|package|stuff)|when(?:will|does|is)(?:my|it"
        r"|the).{0,30}(?:arrive|ship|come|deliver)"
        r"|track(?:my)?(?:order|parcel|package)|(?:has|did)(?:my|it).{0,20}ship|orderstatus|^(?:show|see"
        r"|check|view)myorders?$"
        r"|いつ(?:届|着|屆)|(?:届|屆)き(?:ます|ました)か|注文(?:状|狀)況|配送(?:状|狀)況|どこまで(?:来|來)"
        r"|(?:発|發)送(?:しました|されました|済み)"
        r"|ถึงไหน|ส่ง(?:ของ)?(?:หรือ)?ยัง|เมื่อ(?:ไหร่|ไร)(?:จะ)?(?:ถึง|ได้|ส่ง)|(?:จะ)?ถึงเมื่อ|ติดตามพัสดุ"
        r"|เช็คพัสดุ|สถานะ(?:คำสั่งซื้อ|พัสดุ)",
    ),
)

# How long it would take is no question about an order that there is.
_NOT_YET_ORDERED = re.compile(
    fold(
        "(?:現在|今天|今日|明天|如果|若|要是|假如)(?:才|我)?(?:下?[訂單]|買|購)|[下訂]單?(?:後|完|之後)"
        "|訂購後|訂了(?:之後|以後)?(?:幾|多)"
        "|最快|if(?:i|we)(?:order|buy)|ordertoday|orderednow|orderingto|afterorder|(?:注文|購入)(?:し"
        "|する)(?:たら|て|と|場合)|注文後"
        "|สั่งวันนี้|สั่งตอนนี้|ถ้าสั่ง|หลังสั่ง|สั่งแล้วกี่"
    )
)

_POLITE_START = re.compile(
    r"(?:請問|請|麻煩|給我|讓我|幫忙|先|不好意思|我想要|我想|我要|想要|想|要|幫我|可以|可不可以|能不能|那"
    r"|那個|你們|妳們|您|你好|您好|哈囉|嗨|老闆"
    r"|please|idliketo|iwouldliketo|iwantto|iwant|canyou|couldyou|cani|couldi|mayi|hello|hi"
    r"|すみません|あの|ขอ|อยาก|ช่วย)"
)
_POLITE_END = re.compile(
    r"(?:謝謝你?您?|感謝|嗎|呢|吧|喔|哦|噢|啊|阿|呀|啦|囉|嘍|唷|耶|一下|好嗎|please|pls|thanks|thankyou"
    r"|ください|下さい|お願いします|お願い|をお願いします|です|ですか|ますか|を|ครับผม|ครับ|ค่ะ|คะ|นะ|หน่อย"
    r"|จ้า)$"
)

# What is left of a text to compare: letters, digits and the marks that Thai letters carry.
_NOT_A_WORD = re.compile(r"[^\w\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]|_")
_ORDERS_SOMETHING = re.compile(
    r"[0-9๐-๙]|[一二兩三四五六七八九十百千半]\s?(?:盒|箱|罐|袋|包|個|組|份|打|杯|瓶)"
    r"|(?:หนึ่ง|สอง|สาม|สี่|ห้า|หก|เจ็ด|แปด|เก้า|สิบ)\s?(?:กล่อง|ลัง|กระป๋อง|ถุง|ชิ้น)"
    r"|\b(?:a|one|two|three|four|five|six|seven|eight|nine|ten|dozen)\s(?:box|case|tin|bag|piece|set|dozen)"
)


def _bare(text: str) -> str:
    return _NOT_A_WORD.sub("", fold(text))


_BY_PHRASE = {
    _bare(clean(phrase)): intent
    for intent, phrases in _PHRASES.items()
    for phrase in phrases.split("|")
    if phrase
}
_INSIDE_PATTERNS = tuple((intent, re.compile(fold(pattern))) for intent, pattern in _INSIDE)
_BY_LANGUAGE_NAME = {
    _bare(clean(name)): language for language, names in _LANGUAGE_NAMES.items() for name in names.split()
}


_WHERE = re.compile(
    fold(
        "到哪|哪裡|哪裏|到了|到貨|寄[出到]?了|送[出到]?了|出貨了|還沒|沒收到|什麼時候|何時|多久|幾號|哪天|幾點"
        "|where|when|arrive|track|いつ|どこ|届|発送|ถึง|เมื่อ|ส่ง.*ยัง|ติดตาม"
    )
)


def intent_of(text: str) -> Intent:
    """What a short message asks for; OTHER when it says more than that, or something else."""
    text = clean(text)
    mention = find_order_number(text)
    if mention is not None:
        around = intent_of(text[: mention.start] + text[mention.end :])
        if around is Intent.LINK_ORDER:
            return around
        return Intent.CANCEL if mention.valid and around is Intent.CANCEL else Intent.ORDER_NUMBER
    bare = _bare(text)
    if not bare or len(bare) > _LONGEST_PHRASE:
        return Intent.OTHER
    for core in _cores(bare):
        if core in _BY_PHRASE:
            return _BY_PHRASE[core]
    if _links_another_number(text):
        return Intent.LINK_ORDER
    if not _ORDERS_SOMETHING.search(fold(text)):
        for intent, pattern in _INSIDE_PATTERNS:
            if pattern.search(bare) and not (intent is Intent.MY_ORDERS and _NOT_YET_ORDERED.search(bare)):
                return intent
    return Intent.OTHER


def _links_another_number(text: str) -> bool:
    """綁定訂單 SHOP-10023: the words that link an order, and the number that another system gave it."""
    named = number_named(text)
    return named is not None and any(
        _BY_PHRASE.get(core) is Intent.LINK_ORDER for core in _cores(_bare(named.around))
    )


def asks_where(text: str) -> bool:
    """Whether a question about orders is about where something is or when it comes, and not about the list."""
    return _WHERE.search(_bare(clean(text, limit=_LONGEST_PHRASE))) is not None


def language_named(text: str) -> Language | None:
    """The language that a message names ("English", "切換成日文"), in whatever language it names it."""
    bare = _bare(clean(text, limit=_LONGEST_PHRASE))
    named = {language for name, language in _BY_LANGUAGE_NAME.items() if name in bare}
    return named.pop() if len(named) == 1 else None


def queue_of(event: Mapping[str, object]) -> Queue:
    """The queue of a LINE webhook event: `status` for questions about orders, `inquiry` for the rest."""
    return "status" if _asks_about_an_order(event) else "inquiry"


def _asks_about_an_order(event: object) -> bool:
    if not isinstance(event, Mapping):
        return False
    if event.get("type") == "postback":
        postback = event.get("postback")
        pressed = postback.get("data") if isinstance(postback, Mapping) else None
        return isinstance(pressed, str) and pressed.startswith(("status", "orders"))
    message = event.get("message")
    if event.get("type") != "message" or not isinstance(message, Mapping) or message.get("type") != "text":
        return False
    text = message.get("text")
    if not isinstance(text, str) or intent_of(text) not in {Intent.MY_ORDERS, Intent.ORDER_NUMBER}:
        return False
    words = after_sale_in(text)
    return words is None or not words.certain


def _cores(bare: str) -> list[str]:
    """The message as it is, then with politeness taken off its ends step by step."""
    cores = [bare]
    core = bare
    for _ in range(4):
        shorter = _POLITE_END.sub("", core)
        if shorter:
            cores.append(shorter)
            core = shorter
        start = _POLITE_START.match(core)
        if start and start.end() < len(core):
            core = core[start.end() :]
            cores.append(core)
    return cores
