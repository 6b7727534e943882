"""How plainly a message calls an order off: 取消訂單 says it, 不用了 may be an answer to something else."""

from typing import Final

from storefront.language.text import clean, fold

_PLAIN_WORDS: Final = tuple(fold(word) for word in ("取消", "退款", "退訂", "cancel", "キャンセル", "ยกเลิก"))


def says_cancel(text: str) -> bool:
    """Whether the message names the cancellation itself; money is not given back for less."""
    folded = fold(clean(text))
    return any(word in folded for word in _PLAIN_WORDS)
