"""Contacts that belong to a person: mobile numbers, accounts of messengers. A firm's name beside them proves little."""

import re
import unicodedata
from functools import cache

from licences.contradictions import MAX_PHONES, shows_own_phone
from licences.firm import Firm
from licences.phones import PhoneKind, phone_key, phone_kind
from licences.question import Question
from licences.tabledata import load_own

_LONGEST = 30  # code points of a contact that are shown


@cache
def _messenger() -> re.Pattern[str]:
    raw = load_own("data/messengers.yaml", "messengers.schema.json")
    names, add = (
        "|".join(map(re.escape, sorted(raw[key], key=len, reverse=True))) for key in ("names", "add")
    )
    account = r"[\s:：为是号码群id]{0,6}(?:[a-z][a-z0-9_-]{4,19}|\d{5,11})"
    return re.compile(rf"(?<![a-z企业])(?:(?:{names}){account}|(?:{add})(?:{names}))(?!公众|小程序)")


def gives_own_phone(question: Question, claimed: Firm) -> bool:
    """Whether an ad gives a number that is listed for the firm."""
    return shows_own_phone([phone_key(number) for number in question.clues.phones[:MAX_PHONES]], claimed)


def personal_contact(question: Question) -> str | None:
    """A mobile number or messenger of an ad, as it shows it; None without one."""
    for number in question.clues.phones[:MAX_PHONES]:
        if phone_kind(phone_key(number)) is PhoneKind.MOBILE:
            return f"手机号码 {number[:_LONGEST]}"
    found = _messenger().search(unicodedata.normalize("NFKC", question.text).casefold())
    return f"「{found.group()[:_LONGEST]}」" if found else None
