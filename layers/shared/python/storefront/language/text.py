"""Turns what somebody typed into text that the parsers can rely on, and says which language it is in."""

import re
import unicodedata

from storefront.domain.language import Language
from storefront.language.han_forms import FORMS

MAX_CHARACTERS = 5_000
"""LINE's own limit of a text message."""

_MAX_MARKS = 3  # Thai needs two on one letter; a flood of them is an attack on whoever draws the text
_ZERO_WIDTH_JOINER = "\u200d"
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_LINE_ENDS = frozenset("\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co"})
# NFKC would turn a square metre's ² into 2, ½ into 1⁄2 and a list's ① into 1: other quantities than
# were written.
_KEPT_FORMS = ("<super>", "<sub>", "<fraction>", "<circle>")
_THAI_SARA_AM = "\u0e33"  # NFKC takes it apart, and the customer's own name would come back changed
_FULL_WIDTH_COMMA = "，"
_FULL_WIDTH_DIGITS = frozenset("０１２３４５６７８９")


def clean(text: str, limit: int = MAX_CHARACTERS) -> str:
    """The text without what cannot be seen, in normal forms, spaces collapsed, at most `limit` characters.

    NFKC except for forms that carry a number of their own (², ½, ①) and the full-width comma between
    words, which separates where the ASCII comma may group digits. Lone surrogates go: they cannot be
    encoded. Line breaks stay, one at a time; joiners stay inside emoji.
    """
    text = text[:limit]
    if not text.isascii():
        text = _normalised(text, limit)
    elif not text.isprintable():
        text = "".join(_plain_ascii(character) for character in text)
    lines = (" ".join(line.split(" ")).strip() for line in text.split("\n"))
    shortened = "\n".join(re.sub(" {2,}", " ", line) for line in lines if line)
    return shortened[:limit].rstrip()


def _plain_ascii(character: str) -> str:
    if character in _LINE_ENDS:
        return "\n"
    if character == "\t":
        return " "
    return character if character.isprintable() else ""


def _normalised(text: str, limit: int) -> str:
    pieces: list[str] = []
    run: list[str] = []
    marks = 0
    before = ""

    length = 0

    def close_run() -> None:
        nonlocal length
        pieces.append(unicodedata.normalize("NFKC", "".join(run)))
        length += len(pieces[-1])
        run.clear()

    for place, character in enumerate(text):
        if len(run) >= 256 and unicodedata.category(character)[0] != "M":
            close_run()
            if length > limit:  # one character can have a normal form of eighteen
                break
        if character.isascii():
            marks = 0
            run.append(character if character.isprintable() else _plain_ascii(character))
            before = character
            continue
        after = text[place + 1] if place + 1 < len(text) else ""
        category = unicodedata.category(character)
        if character in _LINE_ENDS:
            run.append("\n")
        elif category == "Zs" or character in _BLANK_LETTERS:
            run.append(" ")
        elif category in _DROPPED:
            if character != _ZERO_WIDTH_JOINER or not (_is_pictorial(before) and _is_pictorial(after)):
                continue
            run.append(character)
        elif category in {"Mn", "Me"}:
            marks += 1
            # A keycap is a digit with two marks on it: the digit is what was meant.
            if marks > _MAX_MARKS or character == "\u20e3" or (character == "\ufe0f" and before.isascii()):
                continue
            run.append(character)
            continue
        elif _keeps_its_form(character, before, after):
            close_run()
            pieces.append(character)
        else:
            run.append(character)
        marks = 0
        before = character
    close_run()
    return "".join(pieces)


def _is_pictorial(character: str) -> bool:
    return bool(character) and unicodedata.category(character) in {"So", "Sk"}


def _keeps_its_form(character: str, before: str, after: str) -> bool:
    if character == _FULL_WIDTH_COMMA:
        return not (before in _FULL_WIDTH_DIGITS and after in _FULL_WIDTH_DIGITS)
    if character == _THAI_SARA_AM:
        return True
    return unicodedata.decomposition(character).startswith(_KEPT_FORMS)


# Forms that stand in Traditional texts too, or whose Traditional form here is not the most frequent one. Both
# sides of every comparison are folded, so a pair that is wrong in some other word does no harm.
_PAIRS = (
    "凤鳳 绿綠 緑綠 红紅 乌烏 龙龍 阳陽 饼餅 圆圓 円圓 双雙 层層 礼禮 装裝 温溫 萨薩 个個 箇個 组組 "
    "两兩 単單 单單 订訂 购購 买買 卖賣 売賣 请請 谢謝 货貨 发發 発發 达達 运運 费費 报報 价價 価價 "
    "钱錢 銭錢 样樣 么麼 没沒 说說 话話 电電 号號 时時 间間 点點 后後 来來 给給 帮幫 换換 删刪 减減 "
    "变變 変變 为為 还還 这這 们們 员員 会會 张張 陈陳 县縣 県縣 区區 乡鄉 镇鎮 邮郵 门門 楼樓 万萬 "
    "亿億 负負 周週 台臺 状狀 询詢 问問 数數 账帳 税稅 额額 黒黑 缶罐 莱萊 尔爾 乐樂 欢歡 现現 线線 "
    "结結 帐帳 处處 从從 开開 关關 条條 码碼 统統 编編 业業 体體 国國 华華 东東 车車 马馬 鱼魚 鸟鳥 "
    "面麵 龟龜 盐鹽 优優 让讓 该該 语語 应應 实實 际際 无無 错錯 误誤 转轉 轻輕 输輸 边邊 远遠 进進 "
    "连連 适適 选選 热熱 冻凍 净淨 凉涼 宝寶 盘盤 预預 约約 续續 战戰 币幣 师師 带帶 帰歸 当當 归歸 "
    "广廣 庆慶 库庫 录錄 总總 态態 怀懷 惊驚 户戶 扫掃 扰擾 护護 抢搶 拥擁 择擇 拟擬 担擔 据據 损損 "
    "摄攝 説說 頼賴 届屆 検檢 "
)
_FOLDED = FORMS | {ord(pair[0]): pair[1] for pair in _PAIRS.split()}


def fold(text: str) -> str:
    """Lower case and one form of each Han character, for comparing; as long as the text that went in."""
    return text.replace("\u0130", "i").lower().translate(_FOLDED)


_HIRAGANA = re.compile("[\u3041-\u306d\u306f-\u3096]")  # without の, which Taiwanese shop signs use as well
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]")
_THAI = re.compile("[\u0e01-\u0e3a\u0e40-\u0e4e]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff]")
_CHINESE_ONLY = re.compile(
    "我要|我想|我们|我們|請問|请问|麻煩|麻烦|[嗎吗們们這这還还沒没麼么訂订買买謝谢喔囉你妳您哪啦吧呢]"
)
_JAPANESE_ONLY = re.compile("[変届込円缶発働気図売読続単帰駅県]|注文|状況|日本語|お")
_LATIN_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9'’@/:._-]*")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}(?:['’-][A-Za-z]+)*")
# Words that people of every language here write: they do not tell which one it is.
_NEUTRAL_WORDS = (
    "ok okay hi line pay qq xd lol app id email mail tw nt ntd twd atm vip qr pcs pc kg cm ml "
    "familymart hi-life hilife okmart mart eleven linepay"
)
_NEUTRAL = frozenset(_NEUTRAL_WORDS.split())


def language_of(text: str, reader: Language | None = None) -> Language | None:
    """The language that a text is written in; None when nothing in it says so.

    Han characters alone may be either language of a `reader` of Japanese, and say nothing then.

    Kana say Japanese, Thai letters Thai, Han characters Chinese and Latin words English; a foreign product
    name inside a Chinese or an English sentence does not turn it over. Digits, order numbers, symbols and
    the names of services say nothing.
    """
    text = clean(text)
    chinese = _CHINESE_ONLY.search(text) is not None
    if _HIRAGANA.search(text):
        return Language.JA
    if chinese:
        return Language.ZH_TW
    if _KATAKANA.search(text):
        return Language.JA
    if _THAI.search(text):
        return Language.TH
    found = _of_han_and_latin(text)
    return None if found is Language.ZH_TW and reader is Language.JA else found


def _of_han_and_latin(text: str) -> Language | None:
    han = len(_HAN.findall(text))
    words = _latin_words(text)
    if han == 0:
        return Language.EN if words else None
    if len(words) >= 3 and sum(map(len, words)) >= 3 * han:
        return Language.EN
    return Language.JA if _JAPANESE_ONLY.search(text) else Language.ZH_TW


def _latin_words(text: str) -> list[str]:
    tokens = (token.rstrip(".:'’-_/@?!,") for token in _LATIN_TOKEN.findall(text))
    return [token for token in tokens if _LATIN_WORD.fullmatch(token) and token.lower() not in _NEUTRAL]
