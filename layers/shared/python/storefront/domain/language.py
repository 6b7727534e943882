"""Languages that the shop speaks."""

from enum import StrEnum
from typing import Self


class Language(StrEnum):
    """A language of the shop, as a BCP 47 tag; zh-TW is Chinese in traditional characters."""

    ZH_TW = "zh-TW"
    EN = "en"
    JA = "ja"
    TH = "th"

    @classmethod
    def of_tag(cls, tag: str | None) -> Self | None:
        """The language that best serves a reader of `tag` (`zh-Hant`, `en-GB`, `ja_JP`), if we speak one.

        A profile without consent has no tag at all, and every kind of Chinese is answered in zh-TW.
        """
        primary = (tag or "").strip().replace("_", "-").partition("-")[0].lower()
        return next((language for language in cls if language.partition("-")[0] == primary), None)
