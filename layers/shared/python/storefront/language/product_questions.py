"""Reads questions about products: 有現貨嗎, 保存期限, 素食嗎, 怎麼泡, "A or B, which is better?", 送料はいくら, เจไหม.

Only what is asked and about which products; the answers come from the catalogue. A message may order and ask at once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from storefront.language.products import Vocabulary
from storefront.language.quantities import PRODUCT_MARK
from storefront.language.small_talk import marked
from storefront.language.text import clean, fold

MAX_CHARACTERS = 400
"""A question is a sentence or two; longer texts are read up to here."""

MOST_COMPARED = 3


class About(StrEnum):
    """What a question is about."""

    COMPARISON = "comparison"
    SAMPLE = "sample"
    VEGETARIAN = "vegetarian"
    ALLERGENS = "allergens"
    INGREDIENTS = "ingredients"
    SHELF_LIFE = "shelf_life"
    USAGE = "usage"
    RETURNS = "returns"
    LEAD_TIME = "lead_time"
    SHIPPING_FEE = "shipping_fee"
    SPECIFICATION = "specification"
    STOCK = "stock"
    PRICE = "price"
    ORIGIN = "origin"
    DETAILS = "details"


@dataclass(frozen=True)
class ProductQuestion:
    """What is asked (`kinds`, in the order of the text, at least one) about which products.

    `skus` are those named, or meant by a name that several share; none when the question is about what is being
    talked of. COMPARISON names two or three, or none when the customer wants to hear what to choose from.
    """

    kinds: tuple[About, ...]
    skus: tuple[str, ...] = ()

    @property
    def kind(self) -> About:
        """What is asked first."""
        return self.kinds[0]


_P = f"{PRODUCT_MARK}+"
_WORDS = {
    About.COMPARISON: (
        "差在哪|差別|差異|有什麼不一?樣|有什麼不同|哪裡不一?樣|哪裡不同|不一樣在哪|區別|比較表|比一比"
        "|比較一下|比較(?=[^\\S\\n]*$)|幫我比較|想比較"
        "|哪[一個種款]?[個種款]?比?較?(?:好喝|好吃|好|推薦|適合|划算|便宜|甜|濃|受歡迎|熱賣|香)|推薦哪|選哪"
        "|差(?:在|多少)|還是.{0,8}比較好"
        r"|differences?(?![a-z])|(?<![a-z])differ(?![a-z])|(?<![a-z])compar(?:e|ison)"
        r"|(?<![a-z])vs\.?(?![a-z])|versus|which (?:one |tea |cake )?(?:is |do you |would you "
        r"|should )?(?:better|best|recommend|i (?:buy|get|choose))"
        "|違い|違う|どちら|どっち|比べ|比較して|比較した"
        "|ต่างกัน|แตกต่าง|เปรียบเทียบ|เทียบ|อันไหน(?:ดี|อร่อย|หอม)|แบบไหน(?:ดี|อร่อย)|ตัวไหน(?:ดี|อร่อย)"
        "|ไหนดีกว่า|ดีกว่ากัน"
    ),
    About.SAMPLE: (
        "試吃|試喝|試飲|試用|樣品|試樣|體驗包|小樣|先嚐|試試看味道|(?<![a-z])samples?(?![a-z])"
        "|(?<![a-z])tasters?(?![a-z])|trial (?:size|pack)|(?:try|taste) (?:it |some |one )?(?:first|before)"
        "|サンプル|お試し|試食|試供|味見|ตัวอย่าง|ทดลอง(?:ชิม|ดื่ม)?|ขอชิม|ชิมก่อน|แซมเปิล"
    ),
    About.VEGETARIAN: (
        "素食|吃素|全素|奶素|蛋素|純素|素的|葷素|葷的|茹素|(?<![a-z])vegetarians?(?![a-z])"
        "|(?<![a-z])vegans?(?![a-z])|plant[- ]based"
        "|ベジタリアン|ヴィーガン|ビーガン|菜食|動物性|มังสวิรัติ|วีแกน|กินเจ|อาหารเจ"
        "|(?<![\u0e01-\u0e4e])เจ(?:ไหม|มั้ย|หรือเปล่า|กิน)|คนกินเจ|ทานเจ|เป็นเจ"
    ),
    About.ALLERGENS: (
        "過敏|麩質|無麩|(?:有沒?有?|含|加)(?:有|加|到)?(?:蛋|奶|牛奶|乳製品|堅果|花生|核桃|小麥|麵粉|大豆"
        "|芝麻|蝦|海鮮)(?!奶?素|[茶酥糖餅])"
        r"|allerg|gluten|lactose|dairy|(?<![a-z])(?:pea)?nuts?(?![a-z])(?= in| free|\?|$)|(?:contain|have"
        r"|any|with|got) (?:any )?(?:eggs?|milk|(?:pea)?nuts?|wheat|soy|sesame)(?![a-z])"
        "|アレルギー|アレルゲン|グルテン|(?:卵|玉子|牛乳|乳|小麥|ナッツ|大豆|落花生|そば)(?:は|が|を)?(?:入"
        "|使|含|使用)|แพ้|สารก่อภูมิแพ้|กลูเตน|(?:มี|ใส่|ผสม)(?:ของ)?(?:ถั่ว|นม|ไข่|แป้งสาลี)"
    ),
    About.INGREDIENTS: (
        "成分|成份|原料|食材|內容物有|是用什麼做|用什麼做|什麼做的|(?:有沒?有?|會不會)加(?:防腐劑|色素|香精"
        "|香料|糖|什麼)|防腐劑|色素|香精|添加物|含糖|無糖|熱量|卡路里|幾卡|咖啡因|清真|豬油|動物油"
        "|ingredients?(?![a-z])|made (?:of|from|with)(?![a-z])|what s in (?:it|the|your|this)"
        "|preservatives?|caffein|calori|sugar[- ]free|(?:added|any|much) sugar|halal|nutrition|additives?"
        "|原材料|成分|カフェイン|カロリー|添加物|保存料|着色料|ハラル|ハラール|無糖|ส่วนผสม|ส่วนประกอบ"
        "|คาเฟอีน|แคลอรี|ทำจาก|ทำมาจาก|วัตถุกันเสีย|สารกันบูด|ฮาลาล|ใส่น้ำตาล"
    ),
    About.SHELF_LIFE: (
        "保存|保鮮|有效期|效期|期限|賞味|(?:可以|能|會)?放(?:得了|到)?(?:多久|幾天|幾個?月|多長|常溫|冰箱"
        "|冷凍|到)|過期|會壞|壞掉|幾天內(?:要)?吃完|要冰嗎|需要冰|需要冷藏|要冷藏|新鮮嗎"
        "|shelf ?life|expir|best[- ]before|use[- ]by|how long (?:do|does|will|can|is|are) .{0,24}(?:keep"
        "|last|good|stay|store)|(?:keep|last|store)[sd]? (?:it |them )?for|how (?:do|should) (?:i|we"
        "|you) (?:store|keep)|(?:need|have) to (?:be )?refrigerat|in the fridge"
        "|賞味期限|消費期限|日持ち|保存|何日もち|何日くらいもつ|どれくらいもつ|常溫|冷藏庫|หมดอายุ"
        "|วันหมดอายุ|เก็บ(?:ได้|ไว้|ยังไง|อย่างไร|รักษา|นาน)|อยู่ได้(?:กี่|นาน)|กี่วันเสีย|เสียไหม|แช่เย็น"
        "|ตู้เย็น"
    ),
    About.USAGE: (
        "怎麼[泡煮沖吃喝用洗調]|如何(?:沖?泡|煮|吃|喝|使用|清洗|料理|食用)|[沖]?泡法|沖泡|煮法|吃法|喝法"
        "|用法|使用方(?:法|式)|食用方(?:法|式)|做法|水溫|幾度[水的]?|[泡煮]幾?(?:多久|分鐘)|[泡煮]幾分"
        "|幾分鐘|冷泡(?!茶)|回沖|可以(?:微波|加熱|冷泡(?!茶)|冰飲|機洗|烤)|微波|烤箱|洗碗機|耐熱"
        r"|(?<![a-z])brew|(?<![a-z])steep|how (?:do|should|can|to) (?:i |we |you )?(?:make|cook|prepare|use"
        r"|serve|eat|drink|boil|wash|clean)(?! (?:an? |my |the )?(?:order|payment))|how to (?:make|cook"
        r"|prepare|use)(?! (?:an? )?order)|(?:water )?temperature|microwave|dishwasher|cold[- ]brew|oven"
        r"|heat[- ]?(?:proof|resistant)|instructions for"
        "|(?:淹|入)れ方|作り方|食べ方|飲み方|使い方を|調理|茹で|煮方|お湯の溫度|何度のお湯|何分|レンジ"
        "|食洗機|水出し|耐熱|ชง|ต้ม(?:ยังไง|กี่|อย่างไร|นาน)|วิธี(?:ชง|ต้ม|กิน|ทาน|ใช้|ดื่ม|ทำ|ล้าง)|(?:กิน"
        "|ทาน|ใช้|ดื่ม)(?:ยังไง|อย่างไร)|ไมโครเวฟ|เครื่องล้างจาน|อุณหภูมิ|ทนความร้อน"
    ),
    About.RETURNS: (
        "退貨|退換|換貨|鑑賞期|鑒賞期|(?:可以|能|可不可以|能不能)退(?!出)|可退|退嗎|不滿意|瑕疵|破掉|破損"
        "|壞了怎麼|退錢|不喜歡.{0,6}退"
        r"|(?<![a-z])returns?(?![a-z])|(?<![a-z])returned(?![a-z])|(?<![a-z])refund(?:s|able|ed)?(?![a-z])"
        r"|exchange|money[- ]back|send (?:it|them) back|damaged"
        "|返品|返金|交換|คืนสินค้า|คืน(?:ได้|ของ|เงิน)|(?:เปลี่ยน)(?:สินค้า|ของ|คืน)|ของเสียหาย|แตก(?:หัก"
        "|เสียหาย)"
    ),
    About.LEAD_TIME: (
        "(?:幾|多少)天(?:內)?(?:可以|能|會|才)?(?:到|出貨|出|寄|收|拿|送|做好|有)|(?:要|需)(?:等)?(?:多久"
        "|幾天|幾個工作天)|多久(?:可以|能|會|才)?(?:到|出貨|出|寄|收|拿|送|有|可以)|(?:什麼時候|何時|哪天"
        "|幾號)(?:可以|能|會|才)?(?:到|出貨|寄|收到|拿到|送)"
        "|交期|備貨|工作天|最快(?:什麼|何|幾|多|哪|要|可以)|最慢|來得及|趕得[及上]|趕不趕|急著?[要用]"
        "|出貨時間|到貨時間|送貨時間|隔天(?:會)?到|當天(?:出貨|到)|今天(?:可以|能)出|幾天前訂|提前多久"
        "|提早幾天|現貨幾天"
        "|lead ?time|how (?:long|soon|fast|quick(?:ly)?|many days)(?![^.?!]{0,24}(?:keep|last|brew|steep"
        "|good|fresh))|when (?:can|could|will|would|do) (?:you|i|we|it|they)|delivery (?:time|date)"
        "|same[- ]day|next[- ]day|in time for|ship(?:ping)? time|earliest|turnaround"
        "|納期|いつ(?:届|屆|頃|ごろ|発送|發送|出荷|もら|受け取)|何日(?:で|くらい|ぐらい|かか|後)"
        "|どれ(?:くらい|ぐらい)(?:で|かか)|どのくらい(?:で|かか)|最短|間に合|即日|กี่วัน(?!เสีย)|(?:ใช้เวลา"
        "|รอ)(?:นาน|กี่|เท่า)|นานไหม|เมื่อ(?:ไหร่|ไร)|เร็วสุด|ทันไหม|ส่งวันไหน|จัดส่งกี่"
    ),
    About.SHIPPING_FEE: (
        "運費|免運|郵資|宅配費|運送費|寄送費|包郵|shipping (?:fee|cost|charge|rate)|free (?:shipping"
        "|delivery)|delivery (?:fee|cost|charge)|(?:postage|freight)|how much (?:is"
        "|for) (?:the )?(?:shipping|delivery)|cost (?:of|for) (?:shipping|delivery)"
        "|送料|配送料|配送費|ค่าส่ง|ค่าจัดส่ง|ส่งฟรี|ค่าขนส่ง"
    ),
    About.SPECIFICATION: (
        "混搭|混裝|混著裝|最[少低]要?訂?(?:多少|幾[盒箱罐包袋個組份])|最低訂購|起訂|低消|minimum (?:order"
        "|quantity)|(?:can|could) (?:i|we) mix"
        "|(?:一|每)?[盒包袋罐箱組](?:裡面?|內|裝)?(?:有|是|裝|共)?(?:幾|多少)(?:個|顆|入|包|片|塊|粒|盒|罐"
        "|克|公克|g|袋|杯|ml)|幾入|幾顆裝|多重|淨重|重量|內容量|幾克|幾公克|容量|尺寸|多大|大小|規格"
        "|多少(?:克|公克|g"
        "|ml|毫升|cc)|幾(?:ml|毫升|cc|公分|兩重|斤重)"
        "|how many (?:pieces|pcs|bags|cakes|teabags|servings|cups|grams|ml|in|per|are|come|units"
        "|boxes (?:in|per|are))|how (?:big|heavy|large|tall)|(?<![a-z])weigh|(?<![a-z])sizes?(?![a-z])"
        "|capacity|dimension|specification|(?<![a-z])specs?(?![a-z])|volume|net weight"
        "|何個入|何枚入|何グラム|何g|內容量|容量|サイズ|大きさ|重さ|規格|กี่(?:ชิ้น|อัน|ซอง|กรัม|ถุง|กล่อง"
        "|มล)(?:ต่อ|ใน|คะ|ครับ|$)|(?:มี|ได้)กี่(?:ชิ้น|อัน|ซอง|กรัม)|ขนาด|น้ำหนัก|ปริมาณ|ความจุ"
    ),
    About.STOCK: (
        f"有(?:沒有)?現?貨|現貨|庫存|缺貨|斷貨|補貨|賣完|完售|售完|還有嗎|還有沒有|還剩|剩(?:幾|多少)"
        f"|還有(?:幾|多少)|有沒有賣?{_P}|[有賣]{_P}(?:還有|有)?(?:嗎|沒)|有{_P}(?=\\s?(?:$|[嗎沒呢?]))"
        f"|{_P}(?:有|還有)(?:嗎|沒|貨|賣)|有賣{_P}|{_P}有賣|還有賣"
        rf"|in stock|out of stock|sold out|(?<![a-z])stock(?![a-z])|availab|(?:do you"
        rf"|you) (?:still )?(?:have|sell|carry|got) (?:any )?{_P}|(?:how many|any) .{{0,12}}left|(?:is"
        rf"|are) there (?:any )?{_P}"
        f"|在庫|品切れ|売り切れ|賣り切れ|残って|殘って|{_P}は?(?:まだ)?(?:あります|ありませんか|ある)"
        f"|まだあり|มีของ|ของหมด|หมดหรือยัง|หมดยัง|พร้อมส่ง|สต[็๊]?อก|เหลือ(?:กี่|อีก|เท่า|ไหม|มั้ย)|มี"
        f"[^\\s]{{0,10}}{_P}[^\\s]{{0,6}}?\\s?(?:ไหม|มั้ย|หรือเปล่า|บ้าง|ป่าว)|ยังมี|มีขาย"
    ),
    About.PRICE: (
        "多少錢|怎麼賣|價格|價錢|價位|售價|多少元|單價|幾元|幾塊|怎麼算|賣多少|多少$|多少(?=[?\\s])|批發價"
        "|價目|報價(?!單)|how much(?! (?:is|for) (?:the )?(?:shipping|delivery))(?! (?:sugar|caffeine"
        "|water))|(?<![a-z])pric(?:e|es|ing)(?![a-z])|(?:what|how) does .{0,20}cost"
        "|(?<![a-z])costs?(?![a-z])|what s the rate"
        "|いくら|おいくら|値段|價格|単價|單價|何元|ราคา|เท่าไหร่|เท่าไร|กี่บาท|เท่าไหล่"
    ),
    About.ORIGIN: (
        "產地|原產|產自|(?:是|在)?哪裡(?:生產|出產|產|做|種|來)的?|哪裡的|(?:是|在)?哪國|台灣(?:茶|產|製)嗎"
        "|where (?:is|are|does|do) .{0,24}(?:from|made|grown|come)|(?<![a-z])origin(?![a-z])|made in"
        "|産地|產地|原産|どこの(?:お茶|もの|商品)|どこで(?:作|採)|แหล่งผลิต|แหล่งกำเนิด|ผลิตที่ไหน|มาจากไหน"
        "|ปลูกที่ไหน"
    ),
    About.DETAILS: (
        "介紹|特色|什麼味道|口味|味道(?:如何|怎樣|怎麼樣)|(?:會|很|太)?甜嗎|會不會(?:很|太)?甜|好[喝吃]嗎"
        "|順口嗎|會苦嗎|是什麼$|什麼是|詳細|(?:看|有)照片|有圖"
        "|tell me (?:more )?about|more (?:info|information|details)|details (?:of|on|about)|what (?:is"
        "|are) (?:this|these|that|the)?\\s?{p}|taste|flavou?r"
        "|(?:is|are) (?:it|they) (?:good|sweet|bitter)|photos?(?![a-z])|pictures?(?![a-z])"
        "|どんな(?:味|お茶|商品|もの)|味は|甘いですか|について(?:教|詳)|詳しく|おいしい"
        "|美味し|รสชาติ|หวานไหม|หวานมาก|แนะนำ|รายละเอียด|อร่อยไหม|ขอดูรูป"
    ).replace("{p}", _P),
}
_PATTERNS = tuple((kind, re.compile(fold(words))) for kind, words in _WORDS.items())
# 運費多少 asks for no product's price, and 保存多久 for no day of delivery.
_SAID_WITH = {
    About.SHIPPING_FEE: {About.PRICE},
    About.SHELF_LIFE: {About.LEAD_TIME, About.STOCK, About.USAGE},
    About.USAGE: {About.LEAD_TIME, About.DETAILS},
    About.COMPARISON: {About.DETAILS, About.STOCK},
    About.SAMPLE: {About.STOCK, About.DETAILS},
    About.VEGETARIAN: {About.STOCK},
    About.ALLERGENS: {About.STOCK, About.INGREDIENTS, About.PRICE},
    About.INGREDIENTS: {About.STOCK, About.DETAILS},
    About.RETURNS: {About.STOCK},
    About.SPECIFICATION: {About.STOCK, About.PRICE},
    About.ORIGIN: {About.STOCK, About.DETAILS, About.INGREDIENTS},
}


def product_question_of(text: str, vocabulary: Vocabulary) -> ProductQuestion | None:
    """The question about products in a message; None when it asks nothing of the kind."""
    folded = fold(clean(text, limit=MAX_CHARACTERS))
    named = vocabulary.find(folded)
    work = marked(folded, ((mention.start, mention.end) for mention in named), PRODUCT_MARK)
    skus = tuple(dict.fromkeys(sku for mention in named for sku in mention.skus))
    return question_about(skus, question_words(work))


def question_about(skus: tuple[str, ...], words: Sequence[tuple[About, int, int]]) -> ProductQuestion | None:
    """The question that these words (see `question_words`) ask about these products."""
    kinds = [kind for kind, _, _ in words]
    if About.COMPARISON in kinds:
        if len(skus) == 1 or len(skus) > MOST_COMPARED:
            kinds.remove(About.COMPARISON)
        else:
            kinds.sort(key=lambda kind: kind is not About.COMPARISON)
    for kind in tuple(kinds):
        kinds = [other for other in kinds if other not in _SAID_WITH.get(kind, ())]
    return ProductQuestion(tuple(kinds), skus) if kinds else None


def question_words(work: str) -> list[tuple[About, int, int]]:
    """What is asked, and where the words for it stand in a folded text whose products are blanked out."""
    work = work.replace("'", " ")
    found = ((kind, pattern.search(work)) for kind, pattern in _PATTERNS)
    places = [(kind, match.start(), match.end()) for kind, match in found if match is not None]
    return sorted(places, key=lambda place: place[1])


_SAID_AROUND = re.compile(
    fold(
        "多久|期限|開封[後前]?|什麼?|哪[些一個種款]*|請問|[這那][個款種]?|大概|告訴我?|知道|教えて(?:ください)?|いつ(?:まで)?|知りたい"
        "|อะไร|ทราบ|ช่วยบอก|what s|(?<![a-z])(?:what|tell|know|about|please|thanks?)(?![a-z])"
    )
)
_A_THING = re.compile(r"[a-z]{3,}|[^\W\d_a-z]{2,}")


def speaks_of_something_else(unexplained: str) -> bool:
    """Whether the words of a question that nothing explains may name a thing, as 抹茶 does.

    Then the question is not about what is being talked of.
    """
    left = fold(clean(unexplained, limit=MAX_CHARACTERS)).replace("'", " ")
    for _, pattern in _PATTERNS:
        left = pattern.sub(" ", left)
    return _A_THING.search(_SAID_AROUND.sub(" ", left)) is not None
