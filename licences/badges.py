"""What an ad shows as if it were a licence, and numbers that fit no form of their kind: remarks, no verdicts."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from findings.model.errors import Said
from licences.codes import LicenceNumberKind, licence_number_kind, payment_licence_warning
from licences.tabledata import load_own

MAX_SHOWN = 16  # code points of the ad's words that a remark quotes
_DENIED = re.compile(
    r"(?:不是|并非|不等于|不代表|不构成|没有|无|未|非|警惕|谨防|不得以|假|虚假)[^，。]{0,4}$"
)
#: What may stand between the name of a licence and its number.
_LABEL = (
    r"(?:的)?(?:机构)?(?:编|证|流水|登记|备案)?(?:号|码|编码|代码|编号){0,2}(?:为|是)?[\s:：#（(【\[]{0,4}"
)
#: Numbers that an ad names as those of a licence: what precedes them, and the kind that their form must be.
_NAMED_NUMBERS: tuple[tuple[re.Pattern[str], LicenceNumberKind, Said], ...] = tuple(
    (re.compile(rf"(?:{words}){_LABEL}(?=[a-z]*\d)([a-z0-9]{{5,24}})(?![a-z0-9])"), kind, said)
    for words, kind, said in (
        (
            "金融许可证|金融机构许可证",
            LicenceNumberKind.FINANCIAL,
            Said("a number of a financial licence", zh="金融许可证编码（字母、4 位数字、字母、9 位数字）"),
        ),
        (
            "支付业务许可证|支付牌照|支付许可证",
            LicenceNumberKind.PAYMENT,
            Said("a number of a payment licence", zh="支付业务许可证编号（Z2 加 12 位数字）"),
        ),
        (
            "私募(?:证券|股权)?(?:投资)?基金管理人(?:登记)?|私募基金登记",
            LicenceNumberKind.PRIVATE_FUND,
            Said("a registration of a private fund manager", zh="私募基金管理人登记编号（P 加 7 位数字）"),
        ),
    )
)


@cache
def _badges() -> tuple[tuple[re.Pattern[str], Said], ...]:
    raw = load_own("data/badges.yaml", "badges.schema.json")
    return tuple(
        (re.compile("|".join(f"(?:{one})" for one in row["patterns"])), Said(row["en"], zh=row["zh"]))
        for row in raw["badges"]
    )


def false_badges(key: str) -> Iterator[Said]:
    """What a text (its key) shows as if it were a licence: each badge once, with the words it was seen by."""
    for pattern, said in _badges():
        for found in pattern.finditer(key):
            if not _DENIED.search(key[max(0, found.start() - 8) : found.start()]):
                words = found.group()[:MAX_SHOWN]
                yield Said(f"“{words}”: {said}", zh=f"「{words}」：{said.zh}")
                break


def odd_numbers(text: str) -> Iterator[Said]:
    """Numbers that a text calls a licence's and that fit no form of such numbers: one of each kind."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    for pattern, kind, form in _NAMED_NUMBERS:
        for found in pattern.finditer(folded):
            number = found.group(1).upper()
            if licence_number_kind(number) is not kind:
                yield Said(
                    f"{number} is not in the form of {form}", zh=f"编号 {number} 不符合{form.zh}的格式"
                )
                break


def number_warnings(numbers: tuple[str, ...]) -> Iterator[Said]:
    """What looks wrong about licence numbers of a right form: a hint, never a verdict."""
    for number in numbers:
        if licence_number_kind(number) is LicenceNumberKind.PAYMENT:
            warning = payment_licence_warning(number)
            if warning is not None:
                yield Said(
                    f"payment licence {number}: {warning}", zh=f"支付业务许可证编号 {number}：{warning.zh}"
                )
